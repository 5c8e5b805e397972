/** The Go that the settings choose, as go.goroot, go.alternateTools and gospect.goroot do. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runBuilds } from '../server/build/build.ts';
import { makeReport } from '../server/reports/report.ts';
import { goTest } from './go.ts';

const top = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-settings-')));
afterAll(() => fs.rmSync(top, { recursive: true, force: true }));
const dir = path.join(top, 'm');
fs.mkdirSync(dir);
fs.writeFileSync(path.join(dir, 'go.mod'), 'module example.com/m\n\ngo 1.24\n');
fs.writeFileSync(path.join(dir, 'main.go'), `package main\n\nfunc main() { println("${top}") }\n`);

/** Another installation: a go command of its own, the rest is shared. */
function installation(goroot: string): string {
  const other = path.join(top, 'other');
  if (fs.existsSync(other)) return other;
  fs.mkdirSync(path.join(other, 'bin'), { recursive: true });
  for (const name of fs.readdirSync(goroot))
    if (name !== 'bin') fs.symlinkSync(path.join(goroot, name), path.join(other, name));
  fs.copyFileSync(path.join(goroot, 'bin/go'), path.join(other, 'bin/go'));
  return other;
}

async function build(program: string, env: Record<string, string>): Promise<string> {
  let said = '';
  const { results, message } = await runBuilds(
    {
      cwd: dir,
      packages: ['.'],
      targets: [],
      profile: '',
      folder: () => path.join(top, 'out'),
      flags: ['-x', '-buildvcs=false'],
      program,
    },
    { ...process.env, GOFLAGS: '', GOSPECT_CACHE: path.join(top, 'records'), ...env },
    new AbortController().signal,
    event => {
      if (event.type === 'output') said += event.text;
    },
  );
  expect(message + (results[0]?.message ?? '') + said.slice(-500)).not.toMatch(/does not match go tool version/);
  expect(results.map(r => r.status)).toEqual(['ok']);
  return said;
}

const posix: typeof goTest = process.platform === 'win32' ? name => test.skip(name) : goTest;

posix('is the one whose tools run, though the environment has a GOROOT of another', async ({ goroot }) => {
  const other = installation(goroot);
  const said = await build(path.join(other, 'bin/go'), { GOROOT: goroot });
  expect(said).toContain(`${other}/pkg/tool/`);
  expect(said).not.toContain(`${goroot}/pkg/tool/`);
});

posix('may be a script that calls go', async ({ goroot }) => {
  const script = path.join(top, 'go-with-mark');
  fs.writeFileSync(script, `#!/bin/sh\necho "called $1" >> '${top}/calls'\nexec '${goroot}/bin/go' "$@"\n`, {
    mode: 0o755,
  });
  await build(script, {});
  expect(fs.readFileSync(path.join(top, 'calls'), 'utf8')).toBe('called build\n');
});

posix('is the one that views speak of', async ({ goroot }) => {
  const other = installation(goroot);
  const report = async (kind: 'toolchain' | 'modules', program: string) => {
    const params = {
      id: '',
      kind,
      cwd: dir,
      target: '',
      profile: '',
      profiles: {},
      packages: [],
      program,
      env: {},
      flags: [],
    };
    const answer = await makeReport(params, { ...process.env, GOROOT: goroot }, new AbortController().signal, () => {});
    return answer.ok ? answer.nodes : [];
  };
  const [chosen] = await report('toolchain', path.join(other, 'bin/go'));
  expect(chosen).toMatchObject({ icon: 'good', detail: 'the settings name it', file: other });
  const [plain] = await report('toolchain', 'go');
  expect(plain).toMatchObject({ detail: 'GOROOT is set', file: goroot });
});
