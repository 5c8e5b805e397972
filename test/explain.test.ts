import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Checked, type Forecast, type Prediction } from '../core/actions/explain.ts';
import { loadRecord } from '../server/build/records.ts';
import { type Group, groups, type Scenario, type Stage } from './explain/scenarios.ts';
import { goTest } from './go.ts';
import { gospect as run } from './gospect.ts';

type Answer = Forecast & Checked;

const gospect = (args: string[], cwd: string, env: Record<string, string>) =>
  run(args, cwd, { ...process.env, ...env });

/** The stage of a group: its module is built and recorded once, and put back to that before each scenario. */
class Scene {
  private readonly top = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-explain-')));
  private readonly dir = path.join(this.top, 'm');
  private readonly records = path.join(this.top, 'records');
  private readonly cache = execFileSync('go', ['env', 'GOCACHE'], { encoding: 'utf8' }).trim();
  private env: Record<string, string> | null = null;
  private base = new Map<string, Buffer>();

  constructor(private readonly group: Group) {}

  async stage(name: string): Promise<Stage> {
    const { group, top, dir, cache, records } = this;
    const beside = path.join(top, name.replaceAll(/\W+/g, '-'));
    fs.mkdirSync(beside);
    const stage: Stage = {
      dir,
      beside,
      env: { ...this.env },
      cache,
      sums: () => {
        const all = fs.readdirSync(path.join(records, 'builds')).flatMap(file => {
          const record = loadRecord({ GOSPECT_CACHE: records }, path.basename(file, '.json'));
          return record?.keys ?? [];
        });
        return new Map(all.map(k => [k.name, k.sum]));
      },
      edit(file, text) {
        const at = path.join(dir, file);
        fs.mkdirSync(path.dirname(at), { recursive: true });
        fs.writeFileSync(at, typeof text === 'string' ? text : text(fs.readFileSync(at, 'utf8')));
      },
      remove: file => fs.rmSync(path.join(dir, file), { recursive: true }),
    };
    if (this.env === null) {
      for (const [file, text] of Object.entries(group.files)) stage.edit(file, unique(file, text, top));
      stage.env = {
        GOFLAGS: '-buildvcs=false',
        GOOS: 'linux',
        GOARCH: 'amd64',
        GOWORK: '',
        GOSPECT_CACHE: records,
        ...group.env,
      };
      group.prepare?.(stage);
      const built = await gospect(['build', ...group.packages], dir, stage.env);
      expect(built.code, built.err).toBe(0);
      for (const root of [dir, records]) this.keep(root);
      this.env = stage.env;
      stage.env = { ...this.env };
    } else {
      for (const root of [dir, records]) fs.rmSync(root, { recursive: true });
      for (const [file, bytes] of this.base) {
        fs.mkdirSync(path.dirname(file), { recursive: true });
        fs.writeFileSync(file, bytes);
      }
      // What a scenario has damaged in the cache of go is made whole by a build.
      execFileSync('go', ['build', ...('main.go' in group.files ? ['-o', `${beside}/`] : []), ...group.packages], {
        cwd: dir,
        env: { ...process.env, ...this.env },
        stdio: 'pipe',
      });
    }
    return stage;
  }

  private keep(root: string): void {
    for (const name of fs.readdirSync(root, { recursive: true }) as string[]) {
      const file = path.join(root, name);
      if (fs.statSync(file).isFile()) this.base.set(file, fs.readFileSync(file));
    }
  }
  remove(): void {
    fs.rmSync(this.top, { recursive: true, force: true });
  }
}

/** Go files with a line of their own in each run: with -trimpath the cache would know them from the last. */
function unique(file: string, text: string, top: string): string {
  return file.endsWith('.go') && !file.startsWith('dep') ? `${text}\n// ${top}\n` : text;
}

function said(p: Prediction, after: Answer): string {
  const waits = p.on.length > 0 ? ` ${p.verdict === 'depends' ? '' : '| '}${p.on.join(', ')}` : '';
  const what = p.verdict === 'rebuilt' ? p.changes.map(c => `${c.kind} ${c.name}`).join(', ') : p.verdict;
  const became = after.outcomes.find(o => o.package === p.package)?.happened ?? 'not built';
  if (p.certain) return what + waits;
  return `${what}${waits} → ${became}`;
}

async function play(scene: Scene, group: Group, s: Scenario): Promise<void> {
  const stage = await scene.stage(s.name);
  const changed = s.change(stage) ?? [];
  const [args, cwd] = Array.isArray(changed) ? [changed, stage.dir] : [changed.flags ?? [], changed.cwd];
  // What is said before the build, and, in the same words, after it.
  const words = await gospect(['explain', ...args, ...group.packages], cwd, stage.env);
  const { code, out, err } = await gospect(['explain', '--run', '--json', ...args, ...group.packages], cwd, stage.env);
  expect(code, `${err}${out}`).toBe(0);
  const answer = JSON.parse(out) as Answer;
  expect(Object.fromEntries(answer.packages.map(p => [p.package, said(p, answer)]))).toEqual(s.expected);
  expect(answer.surprises).toEqual([]);
  if (s.says) expect(words.out).toMatch(s.says);
}

for (const group of groups) {
  describe(`explain names the cause, and the build does what it said: ${group.name}`, () => {
    let scene: Scene | null = null;
    afterAll(() => scene?.remove());
    for (const s of group.scenarios) {
      const lacks = s.lacks?.() ?? '';
      if (lacks !== '') test.skip(`${s.name} (${lacks})`, () => {});
      else goTest(s.name, () => play((scene ??= new Scene(group)), group, s), 300_000);
    }
  });
}
