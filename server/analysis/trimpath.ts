/** -trimpath: how gc names files when it has been told not to tell where they are. */
import { type Package, packageList } from '../../core/load/package.ts';

/** The beginning of a position: a folder, a file name, a line. A sign of division before it does not belong to it. */
const position = /(^|[ \n\t(])((?:[A-Za-z]:)?\/(?:(?! \/)[^:\n])*)\/(?=[^/:\n]+:\d)/g;

/**
 * The path of a package's folder in what is compiled with -trimpath (work.gcToolchain's trimpath): its import path, with
 * the version of its module where that has one.
 */
function trimmedDir({ importPath, module, forTest }: Package): string {
  const path = forTest === '' ? importPath : importPath.replace(/_test$/, '');
  if (module === null || module.version === '') return path;
  return `${module.path}@${module.version}${path.slice(module.path.length)}`;
}

/** Replaces the folders of the package and of what it imports where positions begin. */
export function trimPaths(text: string, p: Package): string {
  const trimmed = new Map(packageList([p]).map(q => [q.dir, trimmedDir(q)]));
  return text.replace(position, (found, before: string, dir: string) => {
    const path = trimmed.get(dir);
    return path === undefined ? found : `${before}${path}/`;
  });
}
