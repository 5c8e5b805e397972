/**
 * The programs of a build as the system shows them: who ran which tool, for how long, processor time, memory. Looked at
 * four times a second where /proc tells a process's children (Linux); what lives shorter than that may not be seen.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { ProcessInfo } from './protocol/builds.ts';

const interval = 250;
/** Clock ticks a second in /proc/PID/stat, on every architecture that Linux runs on today. */
const ticks = 100;

export interface Watch {
  /** Ends watching; null where processes cannot be seen. */
  stop(): ProcessInfo[] | null;
}

/** Watches a process and all it starts. */
export function watchProcesses(root: number): Watch {
  if (process.platform !== 'linux' || !fs.existsSync(`/proc/${root}/task/${root}/children`))
    return { stop: () => null };
  const began = performance.now();
  const seen = new Map<number, ProcessInfo>();
  const look = (): void => {
    const now = performance.now() - began;
    const work: [pid: number, parent: number][] = [[root, 0]];
    for (let next = work.pop(); next; next = work.pop()) {
      const [pid, parent] = next;
      let info = seen.get(pid);
      if (!info) {
        const command = commandOf(pid);
        if (command === null) continue;
        info = { pid, parent, ...toolOf(command), start: now, done: now, cpu: 0, memory: 0 };
        seen.set(pid, info);
      }
      info.done = now;
      measure(info);
      for (const child of childrenOf(pid)) work.push([child, pid]);
    }
  };
  const timer = setInterval(look, interval);
  timer.unref();
  look();
  return {
    stop() {
      clearInterval(timer);
      return [...seen.values()].sort((a, b) => a.start - b.start || a.pid - b.pid);
    },
  };
}

function commandOf(pid: number): string[] | null {
  try {
    const words = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    words.pop();
    return words.length > 0 ? words : null;
  } catch {
    return null;
  }
}

/** What a command line is: the tool, and the package that Go's own tools are told with -p. */
export function toolOf(command: readonly string[]): { name: string; package: string; command: string } {
  const name = path.basename(command[0]).replace(/\.exe$/, '');
  const at = ['compile', 'asm'].includes(name)
    ? command.indexOf('-p')
    : name === 'cgo'
      ? command.indexOf('-importpath')
      : -1;
  const text = command.join(' ');
  return {
    name,
    package: at < 0 ? '' : (command[at + 1] ?? ''),
    command: text.length > 2000 ? `${text.slice(0, 1999)}…` : text,
  };
}

function measure(info: ProcessInfo): void {
  try {
    const stat = fs.readFileSync(`/proc/${info.pid}/stat`, 'latin1');
    // The name in brackets may hold anything, brackets too.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    info.cpu = Math.max(info.cpu, ((Number(fields[11]) + Number(fields[12])) * 1000) / ticks);
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(fs.readFileSync(`/proc/${info.pid}/status`, 'latin1'));
    if (peak) info.memory = Math.max(info.memory, Number(peak[1]) * 1024);
  } catch {
    // It has ended.
  }
}

function childrenOf(pid: number): number[] {
  const out: number[] = [];
  try {
    for (const thread of fs.readdirSync(`/proc/${pid}/task`)) {
      const text = fs.readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1');
      for (const word of text.split(' ')) if (word !== '') out.push(Number(word));
    }
  } catch {
    // It has ended.
  }
  return out;
}
