/** Placeholders in settings of the Go extension, which mean the same to the client that builds and the server that analyses. */

/** What placeholders stand for: the folder of the workspace, the user's own, and variables of the environment. */
export interface Surroundings {
  folder: string;
  home: string;
  env: Readonly<Record<string, string | undefined>>;
}

/** Replaces `${workspaceFolder}`, `${workspaceRoot}`, `${env:NAME}`, and `~` at the beginning. */
export function substituted(text: string, { folder, home, env }: Surroundings): string {
  return text
    .replaceAll(/\$\{workspace(?:Folder|Root)\}/g, () => folder)
    .replaceAll(/\$\{env:([^}]+)\}/g, (_, name: string) => env[name] ?? '')
    .replace(/^~(?=[/\\]|$)/, () => home || '~');
}
