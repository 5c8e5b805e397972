/** What a command is: its flags, its help, and what it gets to run with. */
import { filled } from './fill.ts';
import { truth } from './switches.ts';

/** A flag of a command, spelled as Go spells them: `-name`, `-name value`, `-name=value`, one dash or two. */
export interface Flag {
  /**
   * Whether a value must follow (`-o file`), may follow after `=` (`-m`, `-m=2`), or makes no sense (`-json`). A `switch`
   * is one of the go command, which GOFLAGS may have set: `-race=false` is kept and says more than nothing.
   */
  value: 'required' | 'optional' | 'none' | 'switch';
  /** What stands for the value in the help text; needed where one must or may follow. */
  placeholder?: string;
  help: string;
}

export type Flags = Readonly<Record<string, Flag>>;

/** What a command was called with. */
export interface Invocation {
  /** Flags by name without dashes; a flag without a value has '', a switch that is off `false`. The last of several wins. */
  flags: ReadonlyMap<string, string>;
  args: readonly string[];
}

/** What a command may touch of the process that runs it. */
export interface Io {
  /** Absolute path that relative arguments are relative to (`-C` applied). */
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  out(text: string): void;
  /** Waits until what was put out has been taken: of what is long, no more than a part is held. */
  drained(): Promise<void>;
  err(text: string): void;
  /** Whether stderr is a terminal that wants colour and progress (NO_COLOR and TERM=dumb honoured). */
  terminal: boolean;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
}

/** Exit status: done; the code has errors, which were printed; wrong usage or unreadable input. */
export const enum Exit {
  Done = 0,
  Errors = 1,
  Usage = 2,
}

/** One command of the program; one file each under commands/. */
export interface Command {
  name: string;
  /** What follows the name on a usage line, `[packages]`; a line for each form there is. */
  usage: string;
  /** The paragraphs of `--help` between usage and flags. */
  help: string;
  /** What to type after `gospect `, and what it does where the line does not say so; shown at the end of `--help`. */
  examples: readonly (readonly [line: string, what: string])[];
  flags: Flags;
  /** Returns the exit status. What the user did wrong is thrown as a {@link UsageError}. */
  run(invocation: Invocation, io: Io): number | Promise<number>;
}

/** What a user can mend: shown as one line on stderr with exit status 2. The message says what to do about it. */
export class UsageError extends Error {}

/** What the go command refuses too: its message as it prints it, and its exit status. */
export class GoError extends UsageError {
  readonly status: number;
  constructor(message: string, status = 1) {
    super(message);
    this.status = status;
  }
}

/** The flags that say which build is meant, common to every command that loads packages. */
export const BUILD_FLAGS: Flags = {
  tags: { value: 'required', placeholder: 'list', help: 'build tags, separated by commas' },
  goos: { value: 'required', placeholder: 'os', help: "target operating system, else GOOS, else the host's" },
  goarch: { value: 'required', placeholder: 'arch', help: "target architecture, else GOARCH, else the host's" },
  go386: { value: 'required', placeholder: 'level', help: 'GO386' },
  goamd64: { value: 'required', placeholder: 'level', help: 'GOAMD64' },
  goarm: { value: 'required', placeholder: 'level', help: 'GOARM' },
  goarm64: { value: 'required', placeholder: 'level', help: 'GOARM64' },
  gomips: { value: 'required', placeholder: 'level', help: 'GOMIPS' },
  gomips64: { value: 'required', placeholder: 'level', help: 'GOMIPS64' },
  goppc64: { value: 'required', placeholder: 'level', help: 'GOPPC64' },
  goriscv64: { value: 'required', placeholder: 'level', help: 'GORISCV64' },
  mod: { value: 'required', placeholder: 'mode', help: 'module mode: mod, readonly or vendor' },
  modfile: { value: 'required', placeholder: 'file', help: 'go.mod to use instead' },
  overlay: { value: 'required', placeholder: 'file', help: "JSON file of replaced files, as go's -overlay" },
  race: { value: 'switch', help: 'as built with -race' },
  msan: { value: 'switch', help: 'as built with -msan' },
  asan: { value: 'switch', help: 'as built with -asan' },
  pgo: {
    value: 'required',
    placeholder: 'file',
    help: "profile to build with: auto (a program's default.pgo), off or a file",
  },
  trimpath: { value: 'switch', help: 'as built with -trimpath' },
};

/** Flags every command has. */
const GLOBAL_FLAGS: Flags = {
  C: { value: 'required', placeholder: 'dir', help: 'change to dir first' },
};

/**
 * Splits a command's arguments into flags and the rest, by the rules of Go's package flag, except that flags may also
 * follow arguments; `--` ends them. Throws UsageError for a flag that is not defined or lacks its value.
 */
export function parseArguments(command: Command, argv: readonly string[]): Invocation {
  const defined: Flags = { ...GLOBAL_FLAGS, ...command.flags };
  const flags = new Map<string, string>();
  const args: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const arg = argv[i];
    if (arg === '--') {
      args.push(...argv.slice(i + 1));
      break;
    }
    const match = /^--?([^=-][^=]*)(?:=(.*))?$/s.exec(arg);
    if (match === null) {
      args.push(arg);
      continue;
    }
    const [, name, value] = match;
    const flag = Object.hasOwn(defined, name) ? defined[name] : undefined;
    if (flag === undefined) throw new UsageError(`flag provided but not defined: -${name}${seeHelp(command)}`);
    if (value !== undefined && flag.value === 'none' && value !== 'true' && value !== 'false') {
      throw new UsageError(`flag -${name} takes no value${seeHelp(command)}`);
    }
    // of several the last one counts, also for what they say of each other
    flags.delete(name);
    if (flag.value === 'switch') {
      const on = value === undefined ? true : truth(value);
      if (on === undefined)
        throw new UsageError(`invalid boolean value ${JSON.stringify(value)} for flag -${name}${seeHelp(command)}`);
      flags.set(name, on ? '' : 'false');
    } else if (flag.value === 'none') {
      if (value !== 'false') flags.set(name, '');
    } else if (value !== undefined || flag.value === 'optional') {
      flags.set(name, value ?? '');
    } else if (i + 1 < argv.length) {
      flags.set(name, argv[++i]);
    } else {
      throw new UsageError(`flag needs an argument: -${name}${seeHelp(command)}`);
    }
  }
  return { flags, args };
}

/** Throws a UsageError when more than one of these flags is given. */
export function atMostOne(flags: ReadonlyMap<string, string>, names: readonly string[]): void {
  const [first, second] = names.filter(name => flags.has(name));
  if (second !== undefined) throw new UsageError(`-${first} and -${second} cannot be used together`);
}

function seeHelp(command: Command): string {
  return ` (see gospect ${command.name} --help)`;
}

/** The text of `gospect COMMAND --help`. */
export function helpText(command: Command): string {
  const usage = command.usage.split('\n').map(form => `usage: gospect ${command.name} ${form}`.trimEnd());
  const lines = [...usage, '', command.help.trim(), ''];
  const rows = Object.entries({ ...command.flags, ...GLOBAL_FLAGS }).map(([name, flag]) => {
    const value =
      flag.value === 'required' ? ` ${flag.placeholder}` : flag.value === 'optional' ? `[=${flag.placeholder}]` : '';
    return [`-${name}${value}`, flag.help];
  });
  const width = Math.max(...rows.map(([left]) => left.length));
  lines.push('Flags:', ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`), '');
  const long = Math.max(...command.examples.map(([line]) => line.length));
  lines.push('Examples:');
  for (const [line, what] of command.examples)
    lines.push(`  gospect ${what === '' ? line : `${line.padEnd(long)}  ${what}`}`);
  lines.push('');
  return filled(lines.join('\n'));
}
