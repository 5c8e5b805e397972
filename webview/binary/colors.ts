/** Colours of kinds and packages: VS Code's chart colours, at most eight. */
import { themeColor } from '../dom.ts';
import { mix, type Rgb, rgbOf } from '../paint.ts';

const CHARTS: [string, string][] = [
  ['charts-blue', '#3794ff'],
  ['charts-green', '#89d185'],
  ['charts-orange', '#d18616'],
  ['charts-purple', '#b180d7'],
  ['charts-yellow', '#cca700'],
  ['charts-red', '#f14c4c'],
  ['descriptionForeground', '#9d9d9d'],
];

/** Which chart colour a kind has, and what those that share one are called together. */
const KINDS: [title: string, color: number, kinds: string[]][] = [
  ['code', 0, ['code']],
  ['types', 1, ['types', 'itabs']],
  ['data, strings, embedded files', 4, ['data', 'strings', 'read-only data', 'embedded files', 'build info']],
  ['pclntab, funcdata', 3, ['pclntab', 'funcdata', 'gc masks']],
  ['foreign code and data', 2, ['foreign code', 'foreign data']],
  ['unknown', 5, ['unknown']],
  ['debug, symbols', 6, ['dwarf', 'symbols', 'relocations']],
  ['header, padding', 7, ['header', 'padding']],
];
const KIND_COLOR = new Map(KINDS.flatMap(([, color, kinds]) => kinds.map(kind => [kind, color] as const)));

export type Colouring = 'kind' | 'package' | 'difference';

export class Palette {
  private colors: Rgb[] = [];
  constructor() {
    this.reload();
  }
  /** Reads the theme's colours anew. */
  reload(): void {
    this.colors = CHARTS.map(([name, fallback]) => rgbOf(themeColor(name, fallback)));
    // what nobody looks for is the faintest
    this.colors.push(mix(this.colors[6], rgbOf(themeColor('editor-background', '#1e1e1e')), 0.4));
  }
  kind(kind: string): Rgb {
    return this.colors[KIND_COLOR.get(kind) ?? 7];
  }
  /** By the first element of the import path: std, one's own module, others. */
  package(pkg: string, mainModule: string): Rgb {
    if (pkg === '') return this.colors[6];
    if (pkg === 'main' || (mainModule !== '' && (pkg === mainModule || pkg.startsWith(`${mainModule}/`))))
      return this.colors[2];
    if (/^(?:runtime|internal\/runtime|internal\/abi|internal\/cpu)(?:\/|$)/.test(pkg)) return this.colors[3];
    return pkg.split('/')[0].includes('.') ? this.colors[1] : this.colors[0];
  }
  /** More is red, less is green; the sign stands in the labels as well. */
  difference(old: number, now: number): Rgb {
    return now > old ? this.colors[5] : now < old ? this.colors[1] : this.colors[7];
  }
  /** Names and colours; of kinds those that occur. */
  legend(colouring: Colouring, occurring: ReadonlyMap<string, number>): [string, Rgb][] {
    const named = (rows: [string, number][]) => rows.map(([name, color]): [string, Rgb] => [name, this.colors[color]]);
    if (colouring === 'difference') {
      return named([
        ['larger or new', 5],
        ['smaller or gone', 1],
      ]);
    }
    if (colouring === 'package') {
      return named([
        ['main module', 2],
        ['standard library', 0],
        ['runtime', 3],
        ['other modules', 1],
        ['no package', 6],
      ]);
    }
    return named(
      KINDS.filter(([, , kinds]) => kinds.some(kind => occurring.has(kind))).map(([name, color]) => [name, color]),
    );
  }
}
