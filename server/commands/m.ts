/** gospect m: as go build -gcflags=-m. */
import type { CompileFlags } from '../../core/ir/env.ts';
import { type Package, packageDesc } from '../../core/load/package.ts';
import { decodeUtf8 } from '../../core/source/utf8.ts';
import { compilePatterns, failureText, parseGcflags, shortenPaths } from '../analysis/batch.ts';
import { trimPaths } from '../analysis/trimpath.ts';
import { BUILD_FLAGS, type Command, Exit, UsageError } from '../command.ts';
import { prepareLoading } from '../loading.ts';
import { slashed } from '../node-files.ts';
import { summaryStore } from '../summary-store.ts';
import { THREADS_FLAG, threadsOf } from '../threads.ts';

export const m: Command = {
  name: 'm',
  usage: '[-m=2] [-l[=4]] [-N] [-cover] [-test] [-json] [packages]',
  help: [
    'Prints what the compiler decides about the packages, from our own analysis: the lines of go build -gcflags=-m,',
    'package by package. Packages are named as for go build; the default is the package in the current directory.',
  ].join('\n'),
  examples: [
    ['m ./...', 'every package below'],
    ['m -m=2 net/http', 'with costs and reasons'],
    ['m -json -goos windows .', 'as data, with the flow to the heap'],
  ],
  flags: {
    m: { value: 'optional', placeholder: 'level', help: 'level of detail: 1 (the default) or 2' },
    l: { value: 'optional', placeholder: 'level', help: 'disable inlining; 4 inlines more' },
    N: { value: 'none', help: 'without optimizations' },
    test: { value: 'none', help: 'with the files of tests, as go test -gcflags=-m compiles them' },
    json: { value: 'none', help: 'one remark a line, as JSON, with range and explanation' },
    cover: {
      value: 'switch',
      help: 'as built with -cover; columns are those of the rewritten code, as go prints them',
    },
    covermode: { value: 'required', placeholder: 'mode', help: 'as built with -covermode: set, count or atomic' },
    coverpkg: {
      value: 'required',
      placeholder: 'list',
      help: 'as built with -coverpkg: patterns of the packages that are covered, separated by commas',
    },
    ...THREADS_FLAG,
    ...BUILD_FLAGS,
  },
  async run({ flags, args }, io) {
    const compile = compileFlags(flags);
    const json = flags.has('json');
    // costs and explanations are part of the data
    if (json) compile.m = 2;
    const cwd = slashed(io.cwd);
    const loading = prepareLoading(flags, io);
    if (loading.cover !== null && flags.has('test')) throw new UsageError('-cover and -test cannot go together');
    const { instrument } = loading.target;
    if (instrument !== '') compile[instrument] = true;
    const patterns = args.length > 0 ? args : ['.'];
    let status: number = Exit.Done;
    const failures = new Set<string>();
    const results = compilePatterns(patterns, loading, {
      flags: compile,
      rendering: json ? 'json' : 'lines',
      store: summaryStore(io.env),
      tests: flags.has('test'),
      threads: threadsOf(flags),
      signal: io.signal,
      warn: line => io.err(`${line}\n`),
    });
    const printed = (p: Package, lines: string): string =>
      json ? lines : shortenPaths(loading.trimpath ? trimPaths(lines, p) : lines, p.dir, cwd);
    for await (const { package: p, errors, text } of results) {
      if (text === null) {
        // what cannot be loaded is no package yet: go build says why, without a heading
        if (p.error !== null) io.err(`${errors.join('\n')}\n`);
        else {
          const said = failureText(p, errors, cwd);
          // the same profile may fail several packages
          if (!failures.has(said)) io.err(said);
          failures.add(said);
        }
        status = Exit.Errors;
      } else {
        if (!json && text.length > 0) io.out(shortenPaths(`# ${packageDesc(p)}\n`, p.dir, cwd));
        for (const piece of text) {
          io.out(printed(p, decodeUtf8(piece)));
          await io.drained();
          if (io.signal.aborted) return Exit.Errors;
        }
      }
    }
    return io.signal.aborted ? Exit.Errors : status;
  },
};

function compileFlags(flags: ReadonlyMap<string, string>): CompileFlags {
  const words = [];
  for (const name of ['m', 'l', 'N']) {
    const value = flags.get(name);
    if (value === undefined) continue;
    if (!/^\d*$/.test(value)) throw new UsageError(`-${name}=${value}: not a level (see gospect m --help)`);
    words.push(value === '' ? `-${name}` : `-${name}=${value}`);
  }
  const compile = parseGcflags(words);
  if (compile.m < 1 || compile.m > 2) throw new UsageError('-m has levels 1 and 2');
  return compile;
}
