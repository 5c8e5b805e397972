/** Answers requests for reports: which of them is made, and what it is about. */
import { gorootOf } from '../build/go-command.ts';
import { parseTargets } from '../build/targets.ts';
import type { BuildTarget } from '../protocol/ports.ts';
import { cacheReport, repairCache } from '../cache-report.ts';
import { explainNext } from '../build/explain.ts';
import { cacheDir } from '../go-cache.ts';
import { type Environment, findGo } from '../go-env.ts';
import { nodeFiles, slashed } from '../node-files.ts';
import type { ReportParams, ReportResult } from '../protocol/reports.ts';
import { verifyBuild } from '../build/verify.ts';
import { cacheNodes } from './cache.ts';
import { cgoReport } from './cgo.ts';
import { nextNodes } from './forecast.ts';
import { reportLoading } from './loading.ts';
import { mainsReport } from './mains.ts';
import { modulesReport } from './modules.ts';
import { sumsReport } from './sums.ts';
import { toolchainReport } from './toolchain.ts';
import { upgradesReport } from './upgrades.ts';
import { variablesReport } from './variables.ts';
import { verifyNodes } from './verified.ts';

/** Makes the report, or says why it cannot be made. Throws nothing. */
export async function makeReport(
  params: ReportParams,
  environment: Environment,
  signal: AbortSignal,
  tell: (message: string) => void,
): Promise<ReportResult> {
  try {
    const given = { ...environment, ...params.env };
    // What is said is of the Go that the settings choose.
    const root = gorootOf(params.program, given);
    const env = root === null ? given : { ...given, GOROOT: root };
    const [target = null] = parseTargets(params.target === '' ? [] : [params.target]);
    return await answer(params, target, env, signal, tell);
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

async function answer(
  params: ReportParams,
  target: BuildTarget | null,
  env: Environment,
  signal: AbortSignal,
  tell: (message: string) => void,
): Promise<ReportResult> {
  const { cwd, kind, flags } = params;
  const request = {
    cwd,
    packages: params.packages,
    targets: target ? [target] : [],
    profile: params.profile,
    profiles: params.profiles,
    flags,
    program: params.program,
  };
  switch (kind) {
    case 'next': {
      tell('asking go build -n');
      const explained = await explainNext({ ...request, folder: () => cwd }, env, signal);
      if (!explained.ok) return explained;
      return { ok: true, nodes: nextNodes(explained.said, explained.run.last !== null) };
    }
    case 'verify': {
      let builds = 0;
      const verified = await verifyBuild(request, env, signal, event => {
        const nth = builds < 2 ? 'first' : 'second';
        if (event.type === 'target') tell(`${++builds === 1 ? 'first' : 'second'} build: ${event.command}`);
        else if (event.type === 'progress') tell(`${nth} build: ${event.done} of ${event.total} ${event.compiling}`);
      });
      if (verified.message !== '') return { ok: false, message: verified.message };
      return { ok: true, nodes: verifyNodes(verified) };
    }
    case 'toolchain':
      return { ok: true, nodes: toolchainReport(cwd, env, gorootOf(params.program, env) !== null) };
    case 'modules':
      return { ok: true, nodes: modulesReport(cwd, env, flags) };
    case 'sums':
      return { ok: true, nodes: await sumsReport(cwd, env, flags, signal, tell) };
    case 'upgrades':
      return { ok: true, nodes: await upgradesReport(cwd, env, flags, signal, tell) };
    case 'variables':
      return { ok: true, nodes: await variablesReport(reportLoading(cwd, env, flags), flags, signal) };
    case 'mains':
      return { ok: true, nodes: mainsReport(cwd, env, flags) };
    case 'cgo':
    case 'compile':
      return { ok: true, nodes: await cgoReport(cwd, target, env, kind === 'compile', signal) };
    case 'cache':
    case 'checkCache':
    case 'repairCache': {
      const found = findGo(nodeFiles(), slashed(cwd), env);
      if (!found.ok) return found;
      const where = cacheDir(found.go, env);
      if (!where.ok) return where;
      const question = { dir: where.dir, check: kind !== 'cache', now: Date.now() };
      const report = await cacheReport(question, env, signal, (done, total) =>
        tell(`reading the cache, ${Math.round((100 * done) / total)} %`),
      );
      const removed = kind === 'repairCache' && !signal.aborted ? await repairCache(where.dir, report.faults) : null;
      // What is left is told, without hashing it another time.
      const left = removed?.length ? await cacheReport({ ...question, check: false }, env, signal, () => {}) : report;
      return { ok: true, nodes: cacheNodes({ ...left, checked: report.checked, faults: report.faults }, removed) };
    }
  }
}
