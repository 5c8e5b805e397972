/** Flags of go build that commands pass on as they are. */
import type { Flags } from './command.ts';

const withValue: Readonly<Record<string, [placeholder: string, help: string]>> = {
  tags: ['list', 'passed to go build'],
  ldflags: ['flags', 'passed to go build'],
  gcflags: ['flags', 'passed to go build'],
  asmflags: ['flags', 'passed to go build'],
  buildmode: ['mode', 'passed to go build'],
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

export const PASSED_FLAGS: Flags = {
  ...Object.fromEntries(
    Object.entries(withValue).map(([name, [placeholder, help]]) => [name, { value: 'required', placeholder, help }]),
  ),
  ...Object.fromEntries(Object.entries(withoutValue).map(([name, help]) => [name, { value: 'none', help }])),
};

/** The flags of an invocation that go build is to be given, each as one argument. */
export function passedFlags(given: ReadonlyMap<string, string>): string[] {
  const out: string[] = [];
  for (const name of Object.keys(withValue)) {
    const value = given.get(name);
    if (value !== undefined) out.push(`-${name}=${value}`);
  }
  for (const name of Object.keys(withoutValue)) if (given.has(name)) out.push(`-${name}`);
  return out;
}
