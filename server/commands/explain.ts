import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { checkForecast, type Forecast, forecast, type Prediction, type Surprise } from '../../core/actions/explain.ts';
import { parseActionGraph } from '../../core/actions/graph.ts';
import type { InputChange } from '../../core/actions/keys.ts';
import { type BuildRequest, dryRun, runBuilds } from '../build.ts';
import { loadRecord } from '../build-records.ts';
import { parseTargets } from '../build-targets.ts';
import { type Command, Exit, type Io, UsageError } from '../command.ts';

export const explain: Command = {
  name: 'explain',
  usage: '[--run] [--json] [--target os/arch[/level]] [--profile name] [packages]',
  summary: 'what the next build would build again, and which changed input is the cause',
  help: [
    'Asks the Go on this machine with go build -n, compares the keys with those of the last build that Gospect recorded,',
    'and names the input that differs. A package whose imports are built again is built itself only if their output comes',
    'out different: that is said so. With --run the build is made and the forecast checked against it.',
  ].join('\n'),
  flags: {
    run: { value: 'none', help: 'build, and check the forecast' },
    target: { value: 'required', placeholder: 'target', help: 'os/arch[/level] to build for' },
    profile: { value: 'required', placeholder: 'name', help: 'named set of flags, as for gospect build' },
    tags: { value: 'required', placeholder: 'list', help: 'passed to go build' },
    ldflags: { value: 'required', placeholder: 'flags', help: 'passed to go build' },
    gcflags: { value: 'required', placeholder: 'flags', help: 'passed to go build' },
    json: { value: 'none', help: 'print JSON' },
  },
  async run({ flags, args }, io) {
    const targets = parseTargets((flags.get('target') ?? '').split(',').filter(t => t !== ''));
    if (targets.length > 1) throw new UsageError('explain looks at one target: name one');
    const passed: string[] = [];
    for (const name of ['tags', 'ldflags', 'gcflags']) {
      const value = flags.get(name);
      if (value !== undefined) passed.push(`-${name}=${value}`);
    }
    const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-explain-'));
    try {
      const request: BuildRequest = {
        cwd: io.cwd,
        packages: args,
        targets,
        profile: flags.get('profile') ?? '',
        folder: () => scratch,
        flags: passed,
        program: '',
      };
      const dry = await dryRun(request, io.env, io.signal);
      if (!dry.ok) throw new UsageError(dry.message);
      const { run } = dry;
      const said = forecast(run.graph, run.keys, run.last?.keys ?? null);
      const surprises = flags.has('run') ? await check(request, said, io) : null;
      if (flags.has('json')) io.out(`${JSON.stringify({ v: 1, target: run.target, ...said, surprises })}\n`);
      else io.out(report(said, run.last !== null, surprises));
      return surprises !== null && surprises.length > 0 ? Exit.Errors : Exit.Done;
    } finally {
      fs.rmSync(scratch, { recursive: true, force: true });
    }
  },
};

/** Builds and says where the forecast was wrong. */
async function check(request: BuildRequest, said: Forecast, io: Io): Promise<Surprise[]> {
  const { results, message } = await runBuilds(request, io.env, io.signal, event => {
    if (event.type === 'target') io.err(`${event.command}\n`);
    else if (event.type === 'output') io.err(event.text);
  });
  const record = results[0] ? loadRecord(io.env, results[0].record) : null;
  const parsed = record ? parseActionGraph(record.graph) : null;
  if (message !== '' || results[0]?.message || !parsed?.ok)
    throw new UsageError(message || results[0]?.message || 'the build left no action graph');
  return checkForecast(said, parsed.graph);
}

function report(f: Forecast, recorded: boolean, surprises: Surprise[] | null): string {
  let out = '';
  const some = (verdict: Prediction['verdict']): Prediction[] => f.packages.filter(p => p.verdict === verdict);
  const own = some('rebuilt');
  for (const p of own) out += `${p.package}: rebuilt, ${p.changes.map(changeText).join('; ')}\n`;
  for (const p of some('absent')) out += `${p.package}: rebuilt, its entry is no longer in the cache\n`;
  for (const p of some('depends'))
    out += `${p.package}: depends on the output of ${p.on.join(', ')}${same(p.on, p.roots) ? '' : ` (from ${p.roots.join(', ')})`}\n`;
  const unproved = some('unproved');
  if (unproved.length > 0) {
    const why = recorded ? 'were not part of the last build' : 'there is no record of an earlier build of this';
    out += `${unproved.length} ${unproved.length === 1 ? 'package is' : 'packages are'} not in the cache; the cause is not proved: ${why}\n`;
    for (const p of unproved.slice(0, 20)) out += `  ${p.package}\n`;
    if (unproved.length > 20) out += `  and ${unproved.length - 20} more\n`;
  }
  for (const l of f.links) out += `link ${l}: linked, the cache does not hold links\n`;
  out += `${f.kept} kept\n`;
  if (surprises !== null) {
    if (surprises.length === 0) out += 'The build did what was said.\n';
    for (const s of surprises) out += `WRONG ${s.package}: said ${s.expected}, was ${s.happened}\n`;
  }
  return out;
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every(x => b.includes(x));
}

export function changeText(c: InputChange): string {
  const what = c.kind === 'import' ? `the output of ${c.name}` : `${c.kind} ${c.name}`;
  if (c.before === null) return `${what} is new`;
  if (c.after === null) return `${what} is gone`;
  return `${what} changed (${c.before} → ${c.after})`;
}
