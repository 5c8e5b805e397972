/** Incremental equals scratch, in short: a few random edits in small packages (edits/main.ts does it at length). */
import path from 'node:path';
import { expect } from 'vitest';
import { nodeSessionHost } from '../server/analysis/node-host.ts';
import { Session } from '../server/analysis/session.ts';
import { prepareLoading } from '../server/loading.ts';
import { judge } from './edits/judge.ts';
import { goTest } from './go.ts';

goTest(
  'whatever is edited, what is said of it is what a whole analysis says',
  async () => {
    const io = {
      cwd: path.resolve('.'),
      env: { ...process.env, CGO_ENABLED: '0' },
      out() {},
      err() {},
      terminal: false,
      signal: new AbortController().signal,
    };
    const loading = prepareLoading(new Map(), io);
    const host = await nodeSessionHost(io.env, () => loading.flags);
    const live = new Session(host);
    const whole = new Session(host);
    for (const name of ['sort/sort.go', 'container/list/list.go', 'text/tabwriter/tabwriter.go']) {
      const file = path.posix.join(loading.env.goroot ?? '', 'src', name);
      const { texts, followed, difference } = judge(live, whole, file, 7, 25);
      expect(difference).toBe('');
      expect(followed).toBeGreaterThan(texts / 3);
    }
  },
  120_000,
);
