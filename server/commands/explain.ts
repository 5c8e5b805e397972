/** gospect explain: what the next build builds again, and why. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  checkForecast,
  type Checked,
  type Forecast,
  type Prediction,
  predictionText,
} from '../../core/actions/explain.ts';
import { type ActionGraph, parseActionGraph } from '../../core/actions/graph.ts';
import { runBuilds } from '../build/build.ts';
import type { BuildRequest } from '../build/go-command.ts';
import { requestedOne, TARGET_FLAGS } from '../build/flags.ts';
import { loadRecord } from '../build/records.ts';
import { explainNext } from '../build/explain.ts';
import { type Command, Exit, type Io, UsageError } from '../command.ts';
import { echo } from './build-output.ts';

export const explain: Command = {
  name: 'explain',
  usage: '[--run] [--json] [--target os/arch[/level]] [--profile name] [packages]',
  help: [
    'Asks the Go on this machine with go build -n, compares the keys with those of the last build that Gospect recorded,',
    'and names the input that differs. A package whose imports are built again is itself built only if they come out',
    'different: it is listed as depending on them. With --run the build is made and the forecast checked against it.',
  ].join('\n'),
  examples: [
    ['explain ./...', 'what would be built again, and why'],
    ['explain --run ./...', '… and whether it was so'],
  ],
  flags: {
    run: { value: 'none', help: 'build, and check the forecast' },
    ...TARGET_FLAGS,
    json: { value: 'none', help: 'print JSON' },
  },
  async run(invocation, io) {
    const { flags } = invocation;
    const asked = requestedOne('explain', invocation, io);
    const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-explain-'));
    try {
      const request: BuildRequest = { ...asked, folder: () => scratch };
      const explained = await explainNext(request, io.env, io.signal);
      if (!explained.ok) throw new UsageError(explained.message);
      const { run, said } = explained;
      const before = run.last?.keys ?? null;
      const checked = flags.has('run') ? checkForecast(said, await build(request, io), before) : null;
      if (flags.has('json')) io.out(`${JSON.stringify({ v: 1, target: run.target, ...said, ...checked })}\n`);
      else io.out(report(said, run.last !== null, checked));
      return checked !== null && checked.surprises.length > 0 ? Exit.Errors : Exit.Done;
    } finally {
      fs.rmSync(scratch, { recursive: true, force: true });
    }
  },
};

/** Builds, for the graph of what happened. */
async function build(request: BuildRequest, io: Io): Promise<ActionGraph> {
  const { results, message } = await runBuilds(request, io.env, io.signal, echo(io));
  const record = results[0] ? loadRecord(io.env, results[0].record) : null;
  const parsed = record ? parseActionGraph(record.graph) : null;
  if (message !== '' || results[0]?.message || !parsed?.ok)
    throw new UsageError(message || results[0]?.message || 'the build left no action graph');
  return parsed.graph;
}

function report(f: Forecast, recorded: boolean, checked: Checked | null): string {
  let out = '';
  const happened = new Map(checked?.outcomes.map(o => [o.package, o]));
  const many = (verdict: Prediction['verdict']): boolean => f.packages.filter(p => p.verdict === verdict).length > 20;
  const order: Prediction['verdict'][] = ['rebuilt', 'absent', 'new', 'depends', 'forced', 'unproved'];
  for (const verdict of order) {
    const list = f.packages.filter(p => p.verdict === verdict);
    // What is said of all is said once.
    if (many(verdict) && verdict !== 'rebuilt' && verdict !== 'depends') {
      const of = { ...list[0], note: list.every(p => p.note === list[0].note) ? list[0].note : '' };
      out += `${list.length} packages: ${predictionText(of)}\n`;
      for (const p of list.slice(0, 20)) out += `  ${p.package}\n`;
      out += `  and ${list.length - 20} more\n`;
      continue;
    }
    for (const p of list) {
      out += `${p.package}: ${predictionText(p)}\n`;
      const o = happened.get(p.package);
      if (o && (!p.certain || o.sameOutput))
        out += `  was ${o.happened}${o.sameOutput ? ', and came out as before: what imports it is not built again for it' : ''}\n`;
    }
  }
  for (const l of f.links)
    out += `link ${l}: linked, unless the program in its place is up to date: the cache does not hold links\n`;
  out += `${f.kept} kept${recorded || f.packages.length === 0 ? '' : '; there is no record of an earlier build: gospect build makes one'}\n`;
  if (f.cgoKept.length > 0)
    out += `With cgo: ${f.cgoKept.join(', ')}. C headers outside their folders and what pkg-config says are in no key: after a change there, build with -a (golang/go#24355).\n`;
  if (checked !== null) {
    if (checked.surprises.length === 0) out += 'The build did what was said.\n';
    for (const s of checked.surprises) out += `WRONG ${s.package}: said ${s.expected}, was ${s.happened}\n`;
  }
  return out;
}
