/** The HTML around a page of webview/. */
import * as vscode from 'vscode';

/** The HTML of one of the pages in dist/webview: its script and style, and nothing else may load. */
export function pageHtml(webview: vscode.Webview, extensionUri: vscode.Uri, page: string, title: string): string {
  const file = (name: string) =>
    webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', 'webview', name)).toString();
  const source = webview.cspSource;
  const safeTitle = title.replace(/[&<>"]/g, c => `&#${c.charCodeAt(0)};`);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src ${source}; style-src ${source} 'unsafe-inline'; img-src ${source} data:; font-src ${source}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${safeTitle}</title>
<link rel="stylesheet" href="${file(`${page}.css`)}">
</head>
<body><div id="app"></div><script src="${file(`${page}.js`)}"></script></body>
</html>`;
}
