import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect } from 'vitest';
import { loadRecord } from '../server/build/records.ts';
import type { TargetResult } from '../server/protocol/builds.ts';
import { goTest } from './go.ts';
import { gospect } from './gospect.ts';

const top = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-unchanged-')));
afterAll(() => fs.rmSync(top, { recursive: true, force: true }));

goTest(
  'several targets, built again, are recorded with the keys of builds that tell what they hash',
  async () => {
    const records = path.join(top, 'records');
    const main = path.join(top, 'm/main.go');
    const own = path.join(top, 'm/own/own.go');
    fs.mkdirSync(path.dirname(own), { recursive: true });
    fs.writeFileSync(path.join(top, 'm/go.mod'), 'module example.com/m\n\ngo 1.24\n');
    fs.writeFileSync(own, 'package own\n\nconst Text = "one"\n');
    fs.writeFileSync(main, 'package main\n\nimport "example.com/m/own"\n\nfunc main() { println(own.Text) }\n');
    const build = async (target: string): Promise<TargetResult[]> => {
      const env = { ...process.env, GOSPECT_CACHE: records, GOFLAGS: '-buildvcs=false', CGO_ENABLED: '0' };
      const args = ['build', '--target', target, '--out', 'bin', '--json', '.'];
      const { code, out, err } = await gospect(args, path.join(top, 'm'), env);
      expect(code, err).toBe(0);
      return (JSON.parse(out) as { results: TargetResult[] }).results;
    };
    const both = () => build('linux/amd64,windows/arm64');
    const recorded = (result: TargetResult): string[] => {
      const record = loadRecord({ GOSPECT_CACHE: records }, result.record);
      const keys = (record?.keys ?? []).map(k => `${k.name} ${k.sum} ${k.lines.length}`);
      // A program is looked up more than once.
      return [...new Set(keys)].sort();
    };
    // One target alone is always asked what it hashes.
    const proof = async (results: TargetResult[]): Promise<void> => {
      const [keys, other] = results.map(recorded);
      expect(keys).toEqual(recorded((await build('linux/amd64'))[0]));
      expect(other).toEqual(recorded((await build('windows/arm64'))[0]));
    };
    const first = await both();
    expect(first.every(r => r.packages > 10 && r.files.length === 1)).toBe(true);
    const idle = await both();
    expect(idle.map(r => [r.compiled, r.packages, r.cgo])).toEqual(first.map(r => [0, r.packages, false]));
    await proof(idle);

    fs.writeFileSync(own, 'package own\n\nconst Text = "two and more"\n');
    const edited = await both();
    expect(edited.map(r => r.compiled)).toEqual([2, 2]);
    await proof(edited);

    // An import more and a package less.
    fs.writeFileSync(main, 'package main\n\nimport "errors"\n\nfunc main() { println(errors.New("x").Error()) }\n');
    await proof(await both());

    // Builds in which nothing ran do not crowd out those that did something.
    const names = fs.readdirSync(path.join(records, 'builds')).sort();
    const told = (results: TargetResult[]) => results.map(r => ({ ...r, time: 0 }));
    const once = await both();
    const text = (r: TargetResult): string => fs.readFileSync(path.join(records, 'builds', `${r.record}.json`), 'utf8');
    const written = once.map(text);
    // Nor are they recorded more than once: what they tell is the same.
    const again = await both();
    expect(told(again)).toEqual(told(once));
    expect(again.map(text)).toEqual(written);
    expect(fs.readdirSync(path.join(records, 'builds')).sort()).toEqual(names);

    // Nothing runs and nothing is linked, and yet a package has another key: a comment came, and now it goes.
    fs.writeFileSync(main, 'package main\n\nimport "example.com/m/own"\n\nfunc main() { println(own.Text) }\n');
    const source = fs.readFileSync(own, 'utf8');
    await both();
    fs.writeFileSync(own, `${source}// more\n`);
    await both();
    await both();
    fs.writeFileSync(own, source);
    const back = await both();
    expect(back.map(r => r.compiled)).toEqual([0, 0]);
    await proof(back);

    // A program that is gone or another one is linked again, and that is recorded.
    const [one, other] = again.map(r => r.files[0].path);
    const bytes = [fs.readFileSync(one), fs.readFileSync(other)];
    fs.rmSync(one);
    fs.writeFileSync(other, bytes[0]);
    const linked = await both();
    expect([fs.readFileSync(one), fs.readFileSync(other)]).toEqual(bytes);
    expect(linked.map(r => [r.compiled, r.files.length])).toEqual([
      [0, 1],
      [0, 1],
    ]);
    for (const [i, r] of linked.entries()) expect(text(r)).not.toBe(written[i]);
    await proof(linked);
  },
  300_000,
);
