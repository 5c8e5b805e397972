import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openStdPack, PACK_GOROOT } from '../server/std-pack.ts';
import { goTest } from './go.ts';

goTest('the pack holds what GOROOT holds', async ({ goroot, version }) => {
  const { packStd } = (await import('../scripts/std-pack.mjs' as string)) as {
    packStd(goroot: string, target: string): unknown;
  };
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-pack-'));
  try {
    packStd(goroot, path.join(folder, 'std.pack'));
    const pack = openStdPack(new Uint8Array(fs.readFileSync(path.join(folder, 'std.pack'))));
    expect(pack.go).toBe(version);
    for (const file of [
      'VERSION',
      'src/fmt/print.go',
      'src/vendor/modules.txt',
      'src/internal/goos/zgoos_windows.go',
    ]) {
      expect(
        Buffer.from(pack.readFile(`${PACK_GOROOT}/${file}`)!).equals(fs.readFileSync(path.join(goroot, file))),
        file,
      ).toBe(true);
    }
    expect(pack.readFile(`${PACK_GOROOT}/src/fmt/fmt_test.go`)).toBeNull();
    expect(pack.stat(`${PACK_GOROOT}/src/net`)).toBe('dir');
    expect(pack.stat(`${PACK_GOROOT}/src/net/nothing`)).toBeNull();
    expect(pack.readDir(`${PACK_GOROOT}/src/unicode`)!.map(e => e.name)).toContain('utf8');
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

test('a file that is no pack is refused in words', () => {
  expect(() => openStdPack(new TextEncoder().encode('nothing of the kind'))).toThrow('not a pack');
});
