/** gospect why: the reasons for which a symbol is linked. */
import fs from 'node:fs';
import path from 'node:path';
import { readBuildInfo } from '../../core/binary/buildinfo.ts';
import {
  type Analysis,
  type DeadCode,
  deadCode,
  type Place,
  type Retained,
  retainedBy,
  symbolsNamed,
  type Why,
  type WhyStep,
  whyLinked,
  withoutImport,
} from '../../core/size/why.ts';
import { withImage } from '../binary/file.ts';
import { type Command, Exit, type Io, UsageError } from '../command.ts';
import { linkedProgram, requestOf } from '../binary/linked.ts';
import { formatCount } from '../protocol/units.ts';
import { switchFlag } from '../switches.ts';

/** Flags of go build that change which objects are linked; they are passed on. */
const PASSED = ['tags', 'gcflags', 'ldflags', 'buildmode'];

export const why: Command = {
  name: 'why',
  usage: '[flags] FILE | PACKAGE [SYMBOL]',
  help: [
    'Looks at the objects in the build cache of the Go on this machine, which compiles those that are missing, as the',
    'linker does: a shortest chain from the entry point to the symbol, who refers to it, and the bytes that would go with',
    'it. FILE is an executable, whose main package is looked for in the current module; PACKAGE a main package. SYMBOL is',
    "the linker's name or how it ends: fmt.Println, (*Server).Serve. Without SYMBOL: whether the linker can leave out",
    'methods that nobody calls, and if not, which call is in the way and what it costs.',
  ].join('\n'),
  examples: [
    ['why app fmt.Println', 'who needs it'],
    ['why ./cmd/app', 'whether dead code goes'],
    ['why --without net/http ./cmd/app', 'what that would save'],
  ],
  flags: {
    without: {
      value: 'required',
      placeholder: 'package',
      help: 'what would go if the package were gone; from=package: if only that package did not import it',
    },
    tags: { value: 'required', placeholder: 'list', help: 'build tags, as for go build' },
    gcflags: { value: 'required', placeholder: 'flags', help: 'passed to go build' },
    ldflags: { value: 'required', placeholder: 'flags', help: 'passed to go build' },
    buildmode: { value: 'required', placeholder: 'mode', help: 'as for go build' },
    race: { value: 'switch', help: 'as built with -race' },
    trimpath: { value: 'switch', help: 'as built with -trimpath' },
    json: { value: 'none', help: 'print JSON' },
  },
  async run({ flags, args }, io) {
    if (args.length !== 1 && args.length !== 2)
      throw new UsageError('which program? gospect why FILE SYMBOL, or gospect why ./cmd/x SYMBOL');
    const [subject, symbol] = args;
    const analysis = await analysisOf(subject, flags, io);
    const without = flags.get('without');
    const out = (value: object, text: () => string) =>
      io.out(flags.has('json') ? `${JSON.stringify({ v: 1, ...value })}\n` : text());
    if (without !== undefined) {
      const [from, to] = without.includes('=') ? without.split('=') : [null, without];
      for (const p of [from, to])
        if (p !== null && !analysis.program.packages.some(known => known.path === p))
          throw new UsageError(`${subject} is not linked with a package ${p}`);
      const retained = retainedBy(analysis, withoutImport(analysis.program, to, from));
      out({ without: to, from, retained }, () => retainedText(retained, `Without ${to}`));
    } else if (symbol === undefined) {
      const card = deadCode(analysis);
      out({ deadCode: card }, () => deadCodeText(card));
    } else {
      const found = symbolsNamed(analysis, symbol);
      const names = [...new Set(found.map(analysis.program.nameOf))];
      if (names.length === 0) throw new UsageError(`no symbol ${symbol} is in ${subject}`);
      if (names.length > 1)
        throw new UsageError(
          `${symbol} is one of ${names.length}: ${names.slice(0, 8).join(', ')}${names.length > 8 ? ' …' : ''}`,
        );
      const answer = whyLinked(analysis, found[0]);
      const card = deadCode(analysis);
      out({ ...answer, deadCode: card }, () => `${whyText(answer)}\n${deadCodeText(card)}`);
    }
    return Exit.Done;
  },
};

async function analysisOf(subject: string, flags: ReadonlyMap<string, string>, io: Io): Promise<Analysis> {
  const passed: string[] = [];
  for (const name of PASSED) if (flags.has(name)) passed.push(`-${name}=${flags.get(name)}`);
  for (const name of ['race', 'trimpath']) if (flags.has(name)) passed.push(switchFlag(name, flags));
  let main = subject;
  let env = io.env;
  let built = '';
  if (isFile(path.resolve(io.cwd, subject)) && !subject.endsWith('.go')) {
    const info = withImage(io.cwd, subject, readBuildInfo);
    if (info === null || info.path === '')
      throw new UsageError(`${subject} does not say what it was built from: name its main package instead`);
    if (info.path === 'command-line-arguments')
      throw new UsageError(`${subject} was built from files: name them or their folder instead`);
    const request = requestOf(info);
    main = request.main;
    env = { ...env, ...request.env };
    passed.unshift(...request.flags);
    built = info.goVersion;
  }
  const found = await linkedProgram({ cwd: io.cwd, main, flags: passed, env, program: 'go' }, io.signal);
  if (!found.ok) {
    const maybeFile = built === '' && !/^\.{0,2}\//.test(subject);
    throw new UsageError(maybeFile ? `there is no file ${subject}, and ${found.message}` : found.message);
  }
  if (built !== '' && built.split(' ')[0] !== found.goVersion)
    io.err(`${subject} was built by ${built}, these objects by ${found.goVersion}: some of it may differ\n`);
  return found.analysis;
}

function isFile(file: string): boolean {
  try {
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

const bytes = (n: number) => formatCount(n, 'byte');
const at = (place: Place | null) => (place === null ? '' : `  ${place.file}:${place.line}`);

function chainText(chain: WhyStep[]): string[] {
  return chain.map((step, i) => (i === 0 ? `  ${step.symbol}` : `  ${step.how}\n  ${step.symbol}${at(step.place)}`));
}

function whyText(answer: Why): string {
  const lines = [`${answer.symbol} (${bytes(answer.size)}) is linked because`, ...chainText(answer.chain), ''];
  if (answer.userCount > 0) {
    lines.push(`It is referred to by ${answer.userCount}:`);
    for (const user of answer.users.slice(0, 20)) lines.push(`  ${user.symbol} ${user.how} it${at(user.place)}`);
    lines.push('');
  }
  if (answer.heldBy.length > 0) lines.push(`Every chain passes through ${answer.heldBy.join(', ')}.`);
  lines.push(...retainedText(answer.retained, 'Without it').split('\n'));
  return lines.join('\n');
}

function retainedText(retained: Retained, start: string): string {
  const lines = [`${start} ${bytes(retained.bytes)} in ${formatCount(retained.count, 'symbol')} would go.`];
  for (const { symbol, size } of retained.symbols.slice(0, 12)) lines.push(`  ${String(size).padStart(9)}  ${symbol}`);
  return `${lines.join('\n')}\n`;
}

function deadCodeText(card: DeadCode): string {
  if (card.on) return 'Dead-code elimination works: methods that nobody calls are left out.\n';
  const reasons = {
    '': '',
    reflect: 'methods are looked up by names that are not constant',
    plugin: 'the program loads plugins, which may call any method',
    mode: 'a plugin must have every method that its program may call',
  };
  const lines = [
    `Dead-code elimination of methods is off: ${reasons[card.reason]}.`,
    `It costs ${bytes(card.cost)} in ${formatCount(card.functions, 'function')} there for nothing else.`,
  ];
  for (const cause of card.causes) {
    lines.push(
      '',
      `${cause.symbol} calls ${cause.call || 'such a lookup'}${at(cause.place)}`,
      ...chainText(cause.chain),
      cause.fix,
    );
  }
  return `${lines.join('\n')}\n`;
}
