/** Colours of kinds and packages: VS Code's chart colours, at most eight. */
import { themeColor } from '../dom.ts';

const CHARTS: [string, string][] = [
  ['charts-blue', '#3794ff'],
  ['charts-green', '#89d185'],
  ['charts-orange', '#d18616'],
  ['charts-purple', '#b180d7'],
  ['charts-yellow', '#cca700'],
  ['charts-red', '#f14c4c'],
  ['charts-foreground', '#888888'],
  ['charts-lines', '#99999980'],
];

/** Which chart colour a kind has; kinds that belong together share one. */
const KIND_COLOR: Record<string, number> = {
  code: 0,
  'foreign code': 3,
  types: 1,
  itabs: 1,
  strings: 4,
  'read-only data': 4,
  data: 2,
  pclntab: 3,
  funcdata: 3,
  'gc masks': 3,
  'build info': 2,
  dwarf: 6,
  symbols: 6,
  relocations: 6,
  header: 7,
  padding: 7,
  unknown: 5,
};

export type Colouring = 'kind' | 'package' | 'difference';

export class Palette {
  private colors: string[] = [];
  constructor() {
    this.reload();
  }
  /** Reads the theme's colours anew. */
  reload(): void {
    this.colors = CHARTS.map(([name, fallback]) => themeColor(name, fallback));
  }
  kind(kind: string): string {
    return this.colors[KIND_COLOR[kind] ?? 7];
  }
  /** By the first element of the import path: std, one's own module, others. */
  package(pkg: string, mainModule: string): string {
    if (pkg === '') return this.colors[6];
    if (pkg === 'main' || (mainModule !== '' && (pkg === mainModule || pkg.startsWith(`${mainModule}/`))))
      return this.colors[2];
    if (/^(?:runtime|internal\/runtime|internal\/abi|internal\/cpu)(?:\/|$)/.test(pkg)) return this.colors[3];
    return pkg.split('/')[0].includes('.') ? this.colors[1] : this.colors[0];
  }
  /** More is red, less is green; the sign stands in the labels as well. */
  difference(old: number, now: number): string {
    return now > old ? this.colors[5] : now < old ? this.colors[1] : this.colors[7];
  }
  legend(colouring: Colouring): [string, string][] {
    if (colouring === 'difference') {
      return [
        ['larger or new', this.colors[5]],
        ['smaller or gone', this.colors[1]],
      ];
    }
    if (colouring === 'package') {
      return [
        ['main module', this.colors[2]],
        ['standard library', this.colors[0]],
        ['runtime', this.colors[3]],
        ['other modules', this.colors[1]],
        ['no package', this.colors[6]],
      ];
    }
    return [
      ['code', this.colors[0]],
      ['types', this.colors[1]],
      ['data', this.colors[2]],
      ['pclntab, funcdata', this.colors[3]],
      ['strings, constants', this.colors[4]],
      ['debug, symbols', this.colors[6]],
      ['header, padding', this.colors[7]],
      ['unknown', this.colors[5]],
    ];
  }
}
