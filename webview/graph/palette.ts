/** Colours of actions: VS Code's chart colours by what an action does, and how cached and failed ones are told apart. */
import type { ActionKindName, GraphAction } from '../../server/protocol/builds.ts';
import { themeColor } from '../dom.ts';
import { cssOf, inkOn, mix, rgbOf } from '../paint.ts';

const KINDS: [ActionKindName, string, string, string][] = [
  ['compile', 'compile', 'charts-blue', '#3794ff'],
  ['cgo', 'cgo and C', 'charts-orange', '#d18616'],
  ['link', 'link', 'charts-purple', '#b180d7'],
  ['vet', 'vet', 'charts-yellow', '#cca700'],
  ['test', 'test', 'charts-green', '#89d185'],
  ['other', 'other', 'charts-foreground', '#888888'],
];

export class Palette {
  private colors = new Map<ActionKindName, string>();
  private readonly shades = new Map<string, { fill: string; ink: string }>();
  foreground = '';
  background = '';
  muted = '';
  failed = '';
  selection = '';

  constructor() {
    this.reload();
  }

  /** Reads the theme's colours anew. */
  reload(): void {
    this.shades.clear();
    this.colors = new Map(KINDS.map(([kind, , name, fallback]) => [kind, themeColor(name, fallback)]));
    this.foreground = themeColor('editor-foreground', '#cccccc');
    this.background = themeColor('editor-background', '#1e1e1e');
    this.muted = themeColor('descriptionForeground', '#9d9d9d');
    this.failed = themeColor('charts-red', '#f14c4c');
    this.selection = themeColor('focusBorder', '#007fd4');
  }

  of(action: GraphAction): string {
    return action.verdict === 'failed' ? this.failed : this.colors.get(action.kind)!;
  }

  /** The action's colour laid over the page, `share` of it, and the colour of text on that; both opaque. */
  shade(action: GraphAction, share: number): { fill: string; ink: string } {
    const color = this.of(action);
    const key = `${color} ${share}`;
    let shade = this.shades.get(key);
    if (shade === undefined) {
      const fill = mix(rgbOf(color), rgbOf(this.background), share);
      this.shades.set(key, (shade = { fill: cssOf(fill), ink: cssOf(inkOn(fill, rgbOf(this.foreground))) }));
    }
    return shade;
  }

  /** Names and colours of the kinds that occur. */
  legend(actions: readonly GraphAction[]): [string, string][] {
    const kinds = new Set(actions.filter(a => a.lane >= 0).map(a => a.kind));
    const rows: [string, string][] = KINDS.filter(([kind]) => kinds.has(kind)).map(([kind, label]) => [
      label,
      this.colors.get(kind)!,
    ]);
    if (actions.some(a => a.verdict === 'failed')) rows.push(['failed', this.failed]);
    return rows;
  }
}
