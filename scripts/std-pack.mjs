// node scripts/std-pack.mjs [GOROOT]: the standard library's sources as one compressed file, dist/std.pack, for analysis
// where no Go is installed (in the browser above all). Read by server/std-pack.ts. The sources are not committed. Go's
// licence is packed with them, and stands beside them as dist/std.pack.LICENSE.txt.
//
// Layout: "GSPK1\n", the header's length (4 bytes, little-endian), the header as JSON, then one deflated chunk a folder.
// Header: { go, dirs: { "src/fmt": { at, size, files: [[name, bytes], …] }, … } }, `at` counted from the end of the header.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import { root, since } from './node.mjs';

const start = performance.now();

/** Folder names below src that no program imports. */
const LEFT_OUT = new Set(['cmd', 'testdata', 'builtin']);
/** Files beside the sources that decide how they are read. */
const ROOT_FILES = ['VERSION', 'LICENSE', 'go.env'];

/** Path of GOROOT by the argument, the environment, or the `go` on PATH; null when there is none. */
function findGoroot() {
  const named = process.argv[2] ?? process.env.GOROOT;
  if (named) return named;
  try {
    return execFileSync('go', ['env', 'GOROOT'], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return null;
  }
}

/** Relative folders with the files of theirs that go into the pack. */
function* folders(goroot, dir) {
  const files = [];
  const inner = [];
  for (const entry of fs.readdirSync(path.join(goroot, dir), { withFileTypes: true })) {
    const { name } = entry;
    if (entry.isDirectory()) {
      if (!LEFT_OUT.has(name) && !/^[._]/.test(name)) inner.push(`${dir}/${name}`);
    } else if (
      dir === 'src' ? name === 'go.mod' : /\.(?:go|s|h)$|^modules\.txt$/.test(name) && !/_test\.go$/.test(name)
    ) {
      files.push(name);
    }
  }
  if (files.length > 0) yield [dir, files.sort()];
  for (const dir of inner.sort()) yield* folders(goroot, dir);
}

/** Assembly and headers count only by being there: their text is not needed. */
function content(file) {
  return /\.[sh]$/.test(file) ? Buffer.alloc(0) : fs.readFileSync(file);
}

/** Writes the pack of a GOROOT's sources; returns Go's version, and how many folders and bytes it holds. */
export function packStd(goroot, target) {
  const dirs = {};
  const chunks = [];
  let at = 0;
  const add = (dir, files) => {
    const contents = files.map(name => content(path.join(goroot, dir, name)));
    const chunk = deflateRawSync(Buffer.concat(contents), { level: 9 });
    dirs[dir] = { at, size: chunk.length, files: files.map((name, i) => [name, contents[i].length]) };
    chunks.push(chunk);
    at += chunk.length;
  };
  add(
    '',
    ROOT_FILES.filter(name => fs.existsSync(path.join(goroot, name))),
  );
  for (const [dir, files] of folders(goroot, 'src')) add(dir, files);
  const go = fs.readFileSync(path.join(goroot, 'VERSION'), 'utf8').split('\n')[0];
  const header = Buffer.from(JSON.stringify({ go, dirs }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.writeFileSync(`${target}.tmp`, Buffer.concat([Buffer.from('GSPK1\n'), length, header, ...chunks]));
  fs.renameSync(`${target}.tmp`, target);
  return { go, folders: Object.keys(dirs).length, bytes: fs.statSync(target).size };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const goroot = findGoroot();
  if (goroot === null) {
    console.error('std-pack: no Go on PATH and no GOROOT: the package will have no standard library of its own');
    process.exit(1);
  }
  const { go, folders: count, bytes } = packStd(goroot, path.join(root, 'dist/std.pack'));
  fs.copyFileSync(path.join(goroot, 'LICENSE'), path.join(root, 'dist/std.pack.LICENSE.txt'));
  console.log(`std-pack: ${go}, ${count} folders, ${(bytes / 2 ** 20).toFixed(1)} MiB, ${since(start)}`);
}
