/**
 * A copy of the modules that a folder's builds read, and of the folders that replace modules. They keep their places
 * relative to each other.
 */
import fs from 'node:fs';
import path from 'node:path';
import { findModuleRoot, findWorkFile } from '../../core/load/mainmodules.ts';
import { type ModFile, parseModFile, parseWorkFile } from '../../core/load/modfile.ts';
import { below, dirname, isAbsolute, join } from '../../core/source/path.ts';
import { nodeFiles } from '../node-files.ts';

/** What is copied. Paths are absolute, with slashes. */
interface Sources {
  /** None of them within another. */
  folders: string[];
  /** go.work and its sums. */
  files: string[];
  /** The folder that holds them all. */
  top: string;
  /** The workspace's file; ''. */
  work: string;
}

const moduleFile = (folder: string): ModFile | null => {
  const text = nodeFiles().readFile(join(folder, 'go.mod'));
  return text && parseModFile(text);
};

/** The folders that replace modules, if named by a path relative to `folder`: other paths mean the same in a copy. */
const replacing = (folder: string, file: ModFile | null): string[] =>
  (file?.replace ?? []).filter(r => r.new.version === '' && !isAbsolute(r.new.path)).map(r => join(folder, r.new.path));

/** What a build in `cwd` reads of the user's own; null where there is no module. `gowork` as the variable GOWORK has it. */
export function sourcesOf(cwd: string, gowork: string, goroot: string): Sources | null {
  const files = nodeFiles();
  const work = findWorkFile(files, cwd, gowork, goroot);
  const root = findModuleRoot(files, cwd);
  const text = work === '' ? null : files.readFile(work);
  const folders: string[] = [];
  const single: string[] = [];
  if (text === null) {
    if (root === '') return null;
    folders.push(root, ...replacing(root, moduleFile(root)));
  } else {
    const at = dirname(work);
    const workspace = parseWorkFile(text);
    single.push(...[work, `${work}.sum`].filter(f => files.stat(f) === 'file'));
    folders.push(...replacing(at, workspace));
    for (const use of workspace.use) {
      const folder = isAbsolute(use.path) ? use.path : join(at, use.path);
      folders.push(folder, ...replacing(folder, moduleFile(folder)));
    }
    // Packages may be asked for from a folder that belongs to no module of the workspace.
    if (root === '') folders.push(cwd);
  }
  const there = [...new Set(folders)].filter(f => files.stat(f) === 'dir');
  const outer = there.filter(f => !there.some(other => below(f, other)));
  let top = outer[0] ?? cwd;
  for (const f of [...outer, ...single.map(dirname)]) while (below(f, top) === null) top = dirname(top);
  return { folders: outer, files: single, top, work: text === null ? '' : work };
}

/** Copies the sources into `to`, which stands for their `top`: files as they are, folders that can be written to. */
export function copySources({ folders, files, top }: Sources, to: string): void {
  const place = (file: string): string => path.join(to, path.relative(top, file));
  for (const folder of folders) copyFolder(folder, place(folder));
  for (const file of files) {
    fs.mkdirSync(path.dirname(place(file)), { recursive: true });
    fs.copyFileSync(file, place(file));
  }
}

/** Copies what a build may read: no version control, no packages of Node, links as links. */
function copyFolder(from: string, to: string): void {
  fs.mkdirSync(to, { recursive: true });
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) {
      if (entry.name !== '.git' && entry.name !== 'node_modules') copyFolder(source, target);
    } else if (entry.isSymbolicLink()) fs.symlinkSync(fs.readlinkSync(source), target);
    else if (entry.isFile()) fs.copyFileSync(source, target);
  }
}
