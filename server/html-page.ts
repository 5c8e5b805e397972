/** A page of the editor as one file for a browser: its data, script and style in it, and nothing to load. */
import fs from 'node:fs';
import { UsageError } from './command.ts';
import { escapedText, inScript } from './protocol/html.ts';

/** Colours of a light theme, for browsers that prefer one; those of a dark theme are in the style sheets. */
const LIGHT = {
  'editor-background': '#ffffff',
  'editor-foreground': '#3b3b3b',
  descriptionForeground: '#5f5f5f',
  'panel-border': '#e5e5e5',
  'input-background': '#ffffff',
  'input-foreground': '#3b3b3b',
  'input-border': '#cecece',
  'dropdown-background': '#ffffff',
  'dropdown-foreground': '#3b3b3b',
  'dropdown-border': '#cecece',
  'toolbar-hoverBackground': '#b8b8b850',
  'list-hoverBackground': '#f2f2f2',
  'list-activeSelectionBackground': '#e8e8e8',
  'list-activeSelectionForeground': '#000000',
  'list-inactiveSelectionBackground': '#e4e6f1',
  'editorHoverWidget-background': '#f8f8f8',
  'editorHoverWidget-foreground': '#3b3b3b',
  'editorHoverWidget-border': '#cecece',
  'textLink-foreground': '#005fb8',
  focusBorder: '#005fb8',
  'charts-blue': '#1a85ff',
  'charts-green': '#388a34',
  'charts-orange': '#d18616',
  'charts-purple': '#652d90',
  'charts-yellow': '#bf8803',
  'charts-red': '#e51400',
  'charts-foreground': '#3b3b3b',
};
const lightStyle = Object.entries(LIGHT)
  .map(([name, color]) => `--vscode-${name}:${color}`)
  .join(';');

/** `page` is a folder of webview/, whose bundles lie beside the program; `data` what its script reads. */
export function htmlPage(page: string, title: string, data: object): string {
  const part = (name: string): string => {
    try {
      return fs.readFileSync(new URL(`webview/${name}`, import.meta.url), 'utf8');
    } catch {
      throw new UsageError(`--html needs ${name} beside the program: run the built one (npm run build)`);
    }
  };
  return `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>${escapedText(title)}</title><style>@media (prefers-color-scheme: light){:root{${lightStyle}}}
${part(`${page}.css`)}</style></head>
<body><div id="app"></div>
<script type="application/json" id="data">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>
<script>${inScript(part(`${page}.js`))}</script>
</body>
</html>
`;
}
