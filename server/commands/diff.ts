/** gospect diff: the remarks that a change gained or lost. */
import { type Message, MessageKind } from '../../core/ir/message.ts';
import type { Package } from '../../core/load/package.ts';
import { diffRemarks, type RemarkChange } from '../../core/remark/diff.ts';
import { type Remark, remarkJson, remarksOf } from '../../core/remark/remark.ts';
import { positionText } from '../../core/remark/wording.ts';
import { compilePatterns, parseGcflags, shortenPaths } from '../analysis/batch.ts';
import { atMostOne, BUILD_FLAGS, type Command, Exit, type Io, UsageError } from '../command.ts';
import { commitOf, filesAt } from '../git.ts';
import { prepareLoading } from '../loading.ts';
import { type Overlay, slashed } from '../node-files.ts';
import { summaryStore } from '../summary-store.ts';
import { sarif } from './sarif.ts';

const HEAP = [MessageKind.MovedToHeap, MessageKind.EscapesToHeap, MessageKind.AppendEscapes];

/** What -fail-on can name. */
const REASONS: Readonly<Record<string, (change: RemarkChange) => boolean>> = {
  'new-heap': ({ change, remark }) => change === 'gained' && HEAP.includes(remark.kind),
  'lost-inlining': ({ change, remark }) =>
    (change === 'lost' && remark.kind === MessageKind.InliningCall) ||
    (change === 'gained' && remark.kind === MessageKind.CannotInline),
  any: () => true,
};

export const diff: Command = {
  name: 'diff',
  usage: '[-fail-on reasons] [-json | -sarif] [REV] [packages]',
  help: [
    'Analyses the packages as they are and as they were at REV (default HEAD), and prints the remarks that were lost (-)',
    'and gained (+), matched by function and expression, so that code that only moved says nothing. git is asked for the',
    'files of REV; the working tree stays as it is.',
  ].join('\n'),
  examples: [
    ['diff', 'what is not committed yet'],
    ['diff -fail-on new-heap origin/main ./...', 'a check for CI'],
    ['diff -sarif HEAD~1 ./... > remarks.sarif', 'for code scanning'],
  ],
  flags: {
    'fail-on': {
      value: 'required',
      placeholder: 'reasons',
      help: `exit with status 1 for any of these, separated by commas: ${Object.keys(REASONS).join(', ')}`,
    },
    json: { value: 'none', help: 'one difference a line, as JSON' },
    sarif: { value: 'none', help: 'one SARIF 2.1.0 log, for code scanning' },
    ...BUILD_FLAGS,
  },
  async run({ flags, args }, io) {
    const reasons = (flags.get('fail-on') ?? '').split(',').filter(Boolean);
    for (const reason of reasons) {
      if (!Object.hasOwn(REASONS, reason))
        throw new UsageError(`-fail-on ${reason}: no such reason; there are ${Object.keys(REASONS).join(', ')}`);
    }
    atMostOne(flags, ['json', 'sarif']);
    const named = args.length > 0 && !args[0].startsWith('.') ? commitOf(io.cwd, args[0]) : null;
    const commit = named ?? commitOf(io.cwd, 'HEAD');
    if (commit === null)
      throw new UsageError(`there is no commit to compare with in ${io.cwd}; name one: gospect diff REV`);
    const rest = named === null ? args : args.slice(1);
    const patterns = rest.length > 0 ? rest : ['.'];

    const old = await remarks(patterns, flags, filesAt(io.cwd, commit), io);
    const now = await remarks(patterns, flags, new Map(), io);
    if (named === null && now.failed.has(args[0]) && old.failed.has(args[0]))
      throw new UsageError(
        `${args[0]} is neither a commit nor a package that can be analysed: ${now.failed.get(args[0])}`,
      );
    for (const [path, error] of now.failed) io.err(`${path}: ${error}\n`);
    const changes = new Map<string, RemarkChange[]>();
    for (const path of [...new Set([...old.packages.keys(), ...now.packages.keys()])].sort()) {
      // of a package that cannot be analysed now, nothing is known to be lost
      if (now.failed.has(path)) continue;
      const found = diffRemarks(old.packages.get(path)?.remarks ?? [], now.packages.get(path)?.remarks ?? []);
      if (found.length > 0) changes.set(path, found);
    }
    const all = [...changes.values()].flat();
    if (flags.has('sarif')) io.out(`${JSON.stringify(sarif(all, slashed(io.cwd)), null, 2)}\n`);
    else if (flags.has('json')) {
      for (const { change, remark } of all) io.out(`${JSON.stringify({ ...remarkJson(remark), change })}\n`);
    } else {
      for (const [path, found] of changes) {
        const dir = (now.packages.get(path) ?? old.packages.get(path)!).dir;
        const lines = found.map(({ change, remark }) =>
          change === 'gained' ? `+ ${line(remark)}` : `- ${line(remark)}`,
        );
        io.out(`# ${path}\n${shortenPaths(`${lines.join('\n')}\n`, dir, slashed(io.cwd))}`);
      }
      const gained = all.filter(({ change }) => change === 'gained').length;
      io.err(`${gained} gained, ${all.length - gained} lost since ${named === null ? 'HEAD' : args[0]}\n`);
    }
    const failed = reasons.some(reason => all.some(REASONS[reason]));
    return failed || now.failed.size > 0 ? Exit.Errors : Exit.Done;
  },
};

interface State {
  packages: Map<string, { dir: string; remarks: Remark[] }>;
  /** Packages that could not be analysed, and why. */
  failed: Map<string, string>;
}

async function remarks(
  patterns: readonly string[],
  flags: ReadonlyMap<string, string>,
  overlay: Overlay,
  io: Io,
): Promise<State> {
  const loading = prepareLoading(flags, io, overlay);
  const compile = parseGcflags(['-m=2']);
  const { instrument } = loading.target;
  if (instrument !== '') compile[instrument] = true;
  const state: State = { packages: new Map(), failed: new Map() };
  const inspect = (p: Package, messages: readonly Message[]): void =>
    void state.packages.set(p.importPath, { dir: p.dir, remarks: remarksOf(p.importPath, messages) });
  const results = compilePatterns(patterns, loading, {
    flags: compile,
    rendering: 'lines',
    store: summaryStore(io.env),
    tests: false,
    threads: 1,
    signal: io.signal,
    inspect,
  });
  for await (const { package: p, text, errors } of results)
    if (text === null) state.failed.set(p.importPath, errors[0] ?? 'has errors; see gospect check');
  return state;
}

/** gc's line. */
function line({ message, data }: Remark): string {
  return data.pos === null ? message : `${positionText(data.pos)}: ${message}`;
}
