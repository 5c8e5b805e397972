/** Colours as numbers: what a colour of the theme is on the page, and in which colour text is read on it. */

/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [number, number, number];

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
/** What WCAG asks of small text. */
const LEGIBLE = 4.5;

const canvas = document.createElement('canvas').getContext('2d')!;

/** A CSS colour without its transparency: themes give some charts' colours one that suits lines in a minimap. */
export function rgbOf(css: string): Rgb {
  canvas.fillStyle = '#000000';
  canvas.fillStyle = css;
  const found = canvas.fillStyle as string;
  const [r, g, b] = found.startsWith('#')
    ? [1, 3, 5].map(i => Number.parseInt(found.slice(i, i + 2), 16))
    : found.match(/[\d.]+/g)!.map(Number);
  return [r, g, b];
}

/** `share` of the first colour, the rest of the second. */
export function mix(a: Rgb, b: Rgb, share: number): Rgb {
  const part = (i: 0 | 1 | 2) => Math.round(a[i] * share + b[i] * (1 - share));
  return [part(0), part(1), part(2)];
}

export function cssOf([r, g, b]: Rgb): string {
  return `rgb(${r},${g},${b})`;
}

function luminance(color: Rgb): number {
  const [r, g, b] = color.map(c => {
    const share = c / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Contrast of two colours as WCAG counts it, 1 to 21. */
function contrast(a: Rgb, b: Rgb): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

/** The theme's text colour where it is legible on a background, else black or white. */
export function inkOn(background: Rgb, wished: Rgb): Rgb {
  if (contrast(background, wished) >= LEGIBLE) return wished;
  return contrast(background, WHITE) > contrast(background, BLACK) ? WHITE : BLACK;
}
