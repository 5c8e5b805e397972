/** The HTML around a page of webview/. */
import * as vscode from 'vscode';
import { escapedText, inScript } from '../server/protocol/html.ts';

/** Reads a file of the extension as text, where the host has its files on disk. */
export type ReadText = (file: vscode.Uri) => string;

/**
 * The HTML of one of the pages in dist/webview, which may load its script and style and nothing else. With `read` both are
 * part of the HTML, since a file that a webview loads comes through several processes; without, they are links.
 */
export function pageHtml(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  page: string,
  title: string,
  read: ReadText | null,
): string {
  const uri = (name: string) => vscode.Uri.joinPath(extensionUri, 'dist', 'webview', name);
  const file = (name: string) => webview.asWebviewUri(uri(name)).toString();
  const nonce = crypto.randomUUID();
  const source = read === null ? webview.cspSource : `'nonce-${nonce}'`;
  const [style, script] =
    read === null
      ? [`<link rel="stylesheet" href="${file(`${page}.css`)}">`, `<script src="${file(`${page}.js`)}"></script>`]
      : [
          `<style>${read(uri(`${page}.css`))}</style>`,
          `<script nonce="${nonce}">${inScript(read(uri(`${page}.js`)))}</script>`,
        ];
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src ${source}; style-src ${webview.cspSource} 'unsafe-inline'; img-src ${webview.cspSource} data:; font-src ${webview.cspSource}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapedText(title)}</title>
${style}
</head>
<body><div id="app"></div>${script}</body>
</html>`;
}
