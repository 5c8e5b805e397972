/** Counts, sizes, times and ages in words and units, for views, pages and tables. */

/** `3 packages`, `1 package`, `1,200 entries`. */
export function formatCount(n: number, noun: string): string {
  return `${n.toLocaleString('en')} ${n === 1 ? noun : `${noun}s`.replace(/([^aeiou])ys$/, '$1ies')}`;
}

/** `512 B`, `1.2 KiB`, `18.42 MiB`, `1.05 GiB`; negative sizes too. */
export function formatSize(bytes: number): string {
  const size = Math.abs(bytes);
  if (size < 2 ** 10) return `${bytes} B`;
  if (size < 2 ** 20) return `${(bytes / 2 ** 10).toFixed(1)} KiB`;
  return size < 2 ** 30 ? `${(bytes / 2 ** 20).toFixed(2)} MiB` : `${(bytes / 2 ** 30).toFixed(2)} GiB`;
}

/** A difference of sizes: `+1.2 KiB`, `−512 B`. */
export function formatSigned(bytes: number): string {
  return bytes === 0 ? '0 B' : `${bytes > 0 ? '+' : '−'}${formatSize(Math.abs(bytes))}`;
}

/** How long ago, in the largest unit that suits: `5 minutes ago`, `1 day ago`. */
export function formatAge(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  if (minutes < 90) return `${formatCount(minutes, 'minute')} ago`;
  const hours = Math.round(minutes / 60);
  return minutes < 36 * 60
    ? `${formatCount(hours, 'hour')} ago`
    : `${formatCount(Math.round(minutes / 1440), 'day')} ago`;
}

/** `1.2 ms`, `340 ms`, `1.23 s`, `12.3 s`, `2.1 min`; '' for less than nothing. */
export function formatTime(ms: number): string {
  if (ms < 0) return '';
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 60_000 ? `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s` : `${(ms / 60_000).toFixed(1)} min`;
}
