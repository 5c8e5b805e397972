/**
 * The programs of a build as the system shows them: who ran which tool, for how long, processor time, memory. They are
 * looked at four times a second where /proc lists a process's children (Linux), else twice a second with ps (macOS and
 * other Unixes). A program that lives shorter than that may not be seen. On Windows nothing is looked at.
 */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { ProcessInfo } from '../protocol/builds.ts';

const interval = 250;
/** Clock ticks a second in /proc/PID/stat, on every architecture that Linux runs on today. */
const ticks = 100;

export interface Watch {
  /** Ends watching; null where processes cannot be seen. */
  stop(): ProcessInfo[] | null;
}

/** Watches a process and all it starts. */
export function watchProcesses(root: number): Watch {
  if (process.platform === 'win32') return { stop: () => null };
  if (!fs.existsSync(`/proc/${root}/task/${root}/children`)) return watchByPs(root);
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

/** What ps says of a process. Processor time in milliseconds, memory in bytes. */
interface Listed {
  pid: number;
  parent: number;
  cpu: number;
  memory: number;
  command: string;
}

/** Lines of `ps -axww -o pid=,ppid=,time=,rss=,args=`: time is [[days-]hours:]minutes:seconds[.hundredths], rss in KiB. */
export function parsePs(text: string): Listed[] {
  const out: Listed[] = [];
  for (const line of text.split('\n')) {
    const m = /^\s*(\d+)\s+(\d+)\s+(?:(\d+)-)?((?:\d+:)?\d+:\d+(?:[.,]\d+)?)\s+(\d+)\s+(.*?)\s*$/.exec(line);
    if (!m) continue;
    const [, pid, parent, days = '0', time, rss, command] = m;
    const seconds = time
      .replace(',', '.')
      .split(':')
      .reduce((sum, part) => sum * 60 + Number(part), 0);
    out.push({
      pid: Number(pid),
      parent: Number(parent),
      cpu: Math.round((Number(days) * 86_400 + seconds) * 1000),
      memory: Number(rss) * 1024,
      command,
    });
  }
  return out;
}

/** Watches with ps, which every Unix has. Each look begins after the one before: a slow ps does not run twice at a time. */
export function watchByPs(root: number): Watch {
  const began = performance.now();
  const seen = new Map<number, ProcessInfo>();
  let timer: NodeJS.Timeout | null = null;
  let stopped = false;
  let failed = false;
  const look = (): void => {
    const args = ['-axww', '-o', 'pid=,ppid=,time=,rss=,args='];
    const options = { env: { ...process.env, LC_ALL: 'C' }, maxBuffer: 1 << 26, windowsHide: true };
    execFile('ps', args, options, (error, text) => {
      if (stopped) return;
      if (error) {
        failed = seen.size === 0;
        return;
      }
      note(parsePs(text), root, performance.now() - began, seen);
      timer = setTimeout(look, 2 * interval);
      timer.unref();
    });
  };
  look();
  return {
    stop() {
      stopped = true;
      if (timer) clearTimeout(timer);
      return failed ? null : [...seen.values()].sort((a, b) => a.start - b.start || a.pid - b.pid);
    },
  };
}

/** Adds what a list says of the process and all below it to what was seen before. */
function note(list: readonly Listed[], root: number, now: number, seen: Map<number, ProcessInfo>): void {
  const byPid = new Map(list.map(p => [p.pid, p]));
  const below = new Map<number, number[]>();
  for (const { pid, parent } of list) {
    const children = below.get(parent);
    if (children) children.push(pid);
    else below.set(parent, [pid]);
  }
  const work = byPid.has(root) ? [root] : [];
  for (let pid = work.pop(); pid !== undefined; pid = work.pop()) {
    const { parent, cpu, memory, command } = byPid.get(pid)!;
    let info = seen.get(pid);
    if (!info) {
      // arguments come joined: one with a space counts as several, which at most hides a package's name
      info = {
        pid,
        parent: pid === root ? 0 : parent,
        ...toolOf(command.split(' ')),
        start: now,
        done: now,
        cpu,
        memory,
      };
      seen.set(pid, info);
    }
    info.done = now;
    info.cpu = Math.max(info.cpu, cpu);
    info.memory = Math.max(info.memory, memory);
    for (const child of below.get(pid) ?? []) if (child !== pid) work.push(child);
  }
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
