/** Asks module proxies, when a user wants it: the places of GOPROXY in their order, which may be folders too. */
import fs from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { escapePath } from '../core/load/modpath.ts';
import { matchPrefixPatterns, type ProxyStep, proxySteps } from '../core/load/proxy.ts';

/** What is asked of a module: its versions, its newest commit, the go.mod of a version. */
export type Question = '@v/list' | '@latest' | `@v/${string}.mod`;

export type Answer = { ok: true; text: string } | { ok: false; absent: boolean; message: string };

export interface ModuleProxy {
  ask(module: string, question: Question): Promise<Answer>;
}

/** Longest answer in characters: no list of versions and no go.mod is longer. */
const most = 16 << 20;
const patience = 30_000;

/** `get`: a setting of go, as GOPROXY. Answers are kept: each question is asked once. */
export function moduleProxy(get: (name: string) => string, signal: AbortSignal): ModuleProxy {
  const steps = proxySteps(get('GOPROXY'));
  const direct = get('GONOPROXY') || get('GOPRIVATE');
  const asked = new Map<string, Promise<Answer>>();
  const lanes = limit(8);
  return {
    ask(module, question) {
      const key = `${module} ${question}`;
      let answer = asked.get(key);
      if (!answer) {
        const places = matchPrefixPatterns(direct, module) ? proxySteps('direct') : steps;
        answer = lanes(() => askAll(places, module, question, signal));
        asked.set(key, answer);
      }
      return answer;
    },
  };
}

/** Runs at most `n` at one time. */
function limit(n: number): <T>(run: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = n;
  return async run => {
    if (free > 0) free--;
    else await new Promise<void>(resolve => waiting.push(resolve));
    try {
      return await run();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}

const refuse = (message: string, absent = false): Answer => ({ ok: false, absent, message });

async function askAll(
  steps: readonly ProxyStep[],
  module: string,
  question: Question,
  signal: AbortSignal,
): Promise<Answer> {
  let last = refuse('GOPROXY names no place to ask: set it, or put back the go.env of the Go installation');
  for (const { where, next } of steps) {
    if (signal.aborted) return refuse('cancelled');
    if (where === 'off') return refuse('GOPROXY=off: nothing is asked');
    if (where === 'direct') {
      // That a proxy does not have it says more than that nobody else was asked.
      const text = `comes straight from version control, which only go asks: go list -m -u ${module}`;
      return refuse(
        last.ok || !last.absent ? text : `${last.message}; otherwise it ${text}`,
        last.ok ? false : last.absent,
      );
    }
    const answer = await askOne(where, `${escapePath(module)}/${escapeQuestion(question)}`, signal);
    if (answer.ok || next === '' || (next === 'not found' && !answer.absent)) return answer;
    last = answer;
  }
  return last;
}

function escapeQuestion(question: Question): string {
  const m = /^@v\/(.*)\.mod$/.exec(question);
  return m ? `@v/${escapePath(m[1])}.mod` : question;
}

async function askOne(where: string, path: string, signal: AbortSignal): Promise<Answer> {
  let url: URL;
  try {
    const base = /^[a-z]+:\/\//i.test(where) ? where : `https://${where}`;
    url = new URL(`${base.replace(/\/$/, '')}/${path}`);
  } catch {
    return refuse(`GOPROXY names ${where}, which is no address`);
  }
  try {
    if (url.protocol === 'file:') return { ok: true, text: await fs.readFile(fileURLToPath(url), 'utf8') };
    if (url.protocol !== 'https:' && url.protocol !== 'http:')
      return refuse(`GOPROXY names ${where}: only https, http and file are asked`);
    const { username, password } = url;
    url.username = url.password = '';
    const headers: Record<string, string> = username
      ? {
          authorization: `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`,
        }
      : {};
    const response = await fetch(url, { headers, signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]) });
    if (!response.ok) {
      await response.body?.cancel();
      const absent = response.status === 404 || response.status === 410;
      return refuse(`${url.host} answers ${response.status} ${response.statusText}`.trimEnd(), absent);
    }
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      if (text.length > most) return refuse(`${url.host} answers more than ${most >> 20} MiB`);
    }
    return { ok: true, text };
  } catch (error) {
    if (signal.aborted) return refuse('cancelled');
    if (url.protocol === 'file:')
      return refuse(`${where} does not have it`, (error as { code?: string }).code === 'ENOENT');
    // fetch says only that it failed; why is in the cause
    const { message, cause } = error as Error & { cause?: Error };
    return refuse(
      `${url.host} cannot be asked (${cause?.message || message}): go online, or set GOPROXY to a proxy that can be reached`,
    );
  }
}
