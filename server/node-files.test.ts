import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { userCacheDir } from './cache-folder.ts';
import { moduleCache } from './go-env.ts';
import { disk, nodeFiles } from './node-files.ts';
import { portOfNode } from './protocol/ports.ts';

function inFolder(use: (dir: string) => void): void {
  const dir = mkdtempSync(path.join(tmpdir(), 'gospect-files-'));
  try {
    use(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

test.skipIf(process.platform === 'win32')('what cannot be looked at is not there', () => {
  inFolder(dir => {
    symlinkSync('ring', path.join(dir, 'ring'));
    execFileSync('mkfifo', [path.join(dir, 'pipe')]);
    writeFileSync(path.join(dir, 'a'), '');
    const names = ['ring', 'a/b', 'x'.repeat(300), 'none'].map(name => path.join(dir, name));
    for (const files of [disk, nodeFiles()])
      for (const name of names)
        expect([files.stat(name), files.readFile(name), files.readDir(name)]).toEqual([null, null, null]);
    expect(disk.readFile(path.join(dir, 'pipe'))).toBeNull();
    expect(disk.readFile('/dev/zero')).toBeNull();
    expect(disk.readDir(dir)).toEqual([
      { name: 'a', kind: 'file' },
      { name: 'pipe', kind: 'other' },
      { name: 'ring', kind: 'link' },
    ]);
  });
});

test('the folder for caches is the one that os.UserCacheDir names', () => {
  const home = { HOME: '/home/u' };
  expect(userCacheDir(home, 'linux')).toBe(path.join('/home/u', '.cache'));
  expect(userCacheDir({ ...home, XDG_CACHE_HOME: '/c' }, 'linux')).toBe('/c');
  expect(userCacheDir(home, 'darwin')).toBe(path.join('/home/u', 'Library/Caches'));
  // as the system spells it, and as Go does
  for (const name of ['LOCALAPPDATA', 'LocalAppData']) expect(userCacheDir({ [name]: '/l' }, 'win32')).toBe('/l');
});

test('a machine has the name that Go has for it', () => {
  const names = [
    ['linux', 'x64', 'LE'],
    ['linux', 'ppc64', 'LE'],
    ['aix', 'ppc64', 'BE'],
    ['win32', 'ia32', 'LE'],
    ['sunos', 'x64', 'LE'],
    ['linux', 'mipsel', 'LE'],
    ['darwin', 'arm64', 'LE'],
  ] as const;
  expect(names.map(([platform, arch, order]) => Object.values(portOfNode(platform, arch, order)).join('/'))).toEqual([
    'linux/amd64',
    'linux/ppc64le',
    'aix/ppc64',
    'windows/386',
    'solaris/amd64',
    'linux/mipsle',
    'darwin/arm64',
  ]);
});

test('the module cache is the one of the environment, of go env -w, or below GOPATH', () => {
  inFolder(dir => {
    const file = path.join(dir, 'env');
    const env = { HOME: dir, GOENV: file };
    expect(moduleCache(env)).toBe(path.join(dir, 'go/pkg/mod'));
    writeFileSync(file, 'GOPATH=/p\n');
    expect(moduleCache(env)).toBe('/p/pkg/mod');
    writeFileSync(file, 'GOPATH=/p\nGOMODCACHE=/m\n');
    expect(moduleCache(env)).toBe('/m');
    expect(moduleCache({ ...env, GOMODCACHE: '/e' })).toBe('/e');
    expect(moduleCache({ ...env, GOENV: 'off' })).toBe(path.join(dir, 'go/pkg/mod'));
  });
});
