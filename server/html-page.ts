/** A page of the editor as one file for a browser: its data, script and style in it, and nothing to load. */
import fs from 'node:fs';
import { UsageError } from './command.ts';

/** `page` is a folder of webview/, whose bundles lie beside the program; `data` what its script reads. */
export function htmlPage(page: string, title: string, data: object): string {
  const part = (name: string): string => {
    try {
      return fs.readFileSync(new URL(`webview/${name}`, import.meta.url), 'utf8');
    } catch {
      throw new UsageError(`--html needs ${name} beside the program: run the built one (npm run build)`);
    }
  };
  const inScript = (text: string): string =>
    text
      .replaceAll('</script', '<\\/script')
      .replaceAll('<!--', '<\\!--')
      .replace(/\/\/# sourceMappingURL=.*\s*$/, '');
  const safe = title.replace(/[&<>"]/g, c => `&#${c.charCodeAt(0)};`);
  return `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>${safe}</title><style>${part(`${page}.css`)}</style></head>
<body><div id="app"></div>
<script type="application/json" id="data">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>
<script>${inScript(part(`${page}.js`))}</script>
</body>
</html>
`;
}
