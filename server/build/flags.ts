/** What commands that build are told: targets, a profile, and flags of go build that are passed on as they are. */
import fs from 'node:fs';
import path from 'node:path';
import { findModuleRoot } from '../../core/load/mainmodules.ts';
import { dirname, join, relative } from '../../core/source/path.ts';
import { type Flags, type Invocation, type Io, UsageError } from '../command.ts';
import type { BuildRequest } from './go-command.ts';
import { parseTargetList } from './targets.ts';
import { fileError, nodeFiles } from '../node-files.ts';
import type { OwnProfile } from '../protocol/builds.ts';
import { switchFlag } from '../switches.ts';

const withValue: Readonly<Record<string, [placeholder: string, help: string]>> = {
  tags: ['list', 'passed to go build'],
  ldflags: ['flags', 'passed to go build'],
  gcflags: ['flags', 'passed to go build'],
  asmflags: ['flags', 'passed to go build'],
  buildmode: ['mode', 'passed to go build'],
  coverpkg: ['list', 'passed to go build: the packages that -cover counts'],
  covermode: ['mode', 'passed to go build: how -cover counts'],
  buildvcs: ['mode', 'passed to go build: true, false or auto'],
  pgo: ['file', 'passed to go build: a profile, auto or off'],
  mod: ['mode', 'passed to go build'],
  modfile: ['file', 'passed to go build'],
  overlay: ['file', 'passed to go build'],
  toolexec: ['command', 'passed to go build'],
  p: ['n', 'passed to go build: programs run at one time'],
};
const withoutValue: Readonly<Record<string, string>> = {
  race: 'passed to go build',
  msan: 'passed to go build',
  asan: 'passed to go build',
  cover: 'passed to go build',
  trimpath: 'passed to go build',
  a: 'passed to go build: build all again',
};

const PASSED_FLAGS: Flags = {
  ...Object.fromEntries(
    Object.entries(withValue).map(([name, [placeholder, help]]) => [name, { value: 'required', placeholder, help }]),
  ),
  ...Object.fromEntries(Object.entries(withoutValue).map(([name, help]) => [name, { value: 'switch', help }])),
};

const profileFlags: Flags = {
  profile: { value: 'required', placeholder: 'name', help: 'named set of flags; gospect build --help lists them' },
  profiles: {
    value: 'required',
    placeholder: 'file',
    help: 'JSON with profiles of your own, as a settings.json has them under gospect.build.profiles',
  },
};

/** Flags of a command that builds for many targets, and of one that builds for one. */
export const TARGETS_FLAGS: Flags = {
  target: { value: 'required', placeholder: 'list', help: 'targets os/arch[/level], separated by commas' },
  ...profileFlags,
  ...PASSED_FLAGS,
};
export const TARGET_FLAGS: Flags = {
  ...TARGETS_FLAGS,
  target: { value: 'required', placeholder: 'target', help: 'os/arch[/level] to build for' },
};

/** The flags of an invocation that are passed on to go build, each as one argument. */
function passedFlags(given: Invocation['flags']): string[] {
  const out: string[] = [];
  for (const name of Object.keys(withValue)) {
    const value = given.get(name);
    if (value !== undefined) out.push(`-${name}=${value}`);
  }
  for (const name of Object.keys(withoutValue)) if (given.has(name)) out.push(switchFlag(name, given));
  return out;
}

/** What an invocation asks to be built; UsageError for what is wrong with it. */
export function requested({ flags, args }: Invocation, io: Io): Omit<BuildRequest, 'folder'> {
  const file = flags.get('profiles');
  return {
    cwd: io.cwd,
    packages: args,
    targets: parseTargetList(flags.get('target') ?? ''),
    profile: flags.get('profile') ?? '',
    ...(file === undefined ? {} : { profiles: readProfiles(path.resolve(io.cwd, file)) }),
    flags: passedFlags(flags),
    program: '',
  };
}

/** The same for a command that looks at one target. */
export function requestedOne(command: string, invocation: Invocation, io: Io): Omit<BuildRequest, 'folder'> {
  const request = requested(invocation, io);
  if (request.targets.length > 1) throw new UsageError(`${command} looks at one target: name one`);
  return request;
}

/**
 * The profiles in a file: an object of them, or the settings of an editor with `gospect.build.profiles`, comments and
 * all. The file is named by whoever runs the command; none is looked for, since a folder may be anybody's.
 */
function readProfiles(file: string): Record<string, OwnProfile> {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(fileError(error, 'open', file));
  }
  let value: unknown;
  try {
    // Strings stay; comments go, and so does a comma before a closing bracket.
    const strings = /("(?:[^"\\]|\\.)*")/.source;
    const plain = text.replace(/^\uFEFF/, '').replaceAll(new RegExp(`${strings}|//[^\n]*|/\\*[^]*?\\*/`, 'g'), '$1');
    value = JSON.parse(plain.replaceAll(new RegExp(`${strings}|,(?=\\s*[}\\]])`, 'g'), '$1'));
  } catch (error) {
    throw new UsageError(`${file} is not JSON (${error instanceof Error ? error.message : String(error)})`);
  }
  const all = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  const own = all['gospect.build.profiles'] ?? all;
  if (typeof own !== 'object' || own === null || Array.isArray(own))
    throw new UsageError(`${file} has no profiles: an object with a name for each`);
  return own as Record<string, OwnProfile>;
}

/** Where a folder and its go.mod lie in their repository, or in their module if it is in none. */
export function placeInRepository(cwd: string): { goMod: string; folder: string } {
  const files = nodeFiles();
  const root = findModuleRoot(files, cwd);
  if (root === '') throw new UsageError('there is no go.mod here or above: open a folder with one, or go mod init');
  let repository = root;
  while (files.stat(join(repository, '.git')) === null && dirname(repository) !== repository)
    repository = dirname(repository);
  if (files.stat(join(repository, '.git')) === null) repository = root;
  return { goMod: relative(repository, join(root, 'go.mod')), folder: relative(repository, cwd) };
}
