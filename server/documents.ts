/** Which file a document of an editor is, by its URI. */
import { URI } from 'vscode-uri';
import type { Peer } from './peer.ts';

/** Where documents without a name are analysed: in a folder that is not on disk, so that each is a package of its own. */
const UNTITLED = '.untitled';

/** An absolute path with `/`; a drive's letter comes first. */
export const pathOf = (uri: string): string => {
  const { path } = URI.parse(uri);
  return /^\/[A-Za-z]:/.test(path) ? path.slice(1) : path;
};

/**
 * The path under which a document is analysed: that of its file, which need not be on disk yet. A document without a name
 * gets a path below the folder of the workspace, whose modules it may import from. Null for documents that are no files,
 * such as the text of HEAD beside a change.
 */
export function fileOf(uri: string, { schemes, root }: Pick<Peer, 'schemes' | 'root'>): string | null {
  const { scheme, path } = URI.parse(uri);
  if (schemes.has(scheme)) return pathOf(uri);
  if (scheme !== 'untitled') return null;
  // it was opened by the name under which it will be saved
  if (path.startsWith('/')) return pathOf(uri);
  const name = path.replaceAll(/[^\w-]/g, '_').replace(/^_+/, '') || 'untitled';
  return `${root}/${UNTITLED}/${name}/${name}.go`;
}

/** Whether the path is that of a document without a name: nothing can link to it. */
export const isUntitled = (path: string): boolean => path.includes(`/${UNTITLED}/`);
