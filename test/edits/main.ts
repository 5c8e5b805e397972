/** Runs the judge by hand: see judge.ts. */
import path from 'node:path';
import { nodeSessionHost } from '../../server/analysis/node-host.ts';
import { Session } from '../../server/analysis/session.ts';
import { prepareLoading } from '../../server/loading.ts';
import { judge } from './judge.ts';

const io = {
  cwd: path.resolve('.'),
  env: { ...process.env, CGO_ENABLED: '0' },
};
const [seed = '1', edits = '100', ...files] = process.argv.slice(2);
const defaults = [
  'sort/sort.go',
  'strings/builder.go',
  'encoding/json/encode.go',
  'go/parser/parser.go',
  'net/http/server.go',
];
const loading = prepareLoading(new Map(), io);
const host = await nodeSessionHost(io.env, () => loading.flags);
const live = new Session(host);
// the second of two runs has from the store what the judge has from the sources
const whole = new Session({ ...host, store: null });
let failed = false;
for (const name of files.length > 0 ? files : defaults) {
  const file = path.isAbsolute(name) ? name : path.posix.join(loading.env.goroot ?? '', 'src', name);
  const { texts, followed, difference } = judge(live, whole, file, Number(seed), Number(edits));
  const heap = (process.memoryUsage().heapUsed / 2 ** 20).toFixed(0);
  console.log(
    `${name}: ${texts} texts, ${followed} followed, ${heap} MiB${difference === '' ? '' : `\n${difference}`}`,
  );
  failed ||= difference !== '';
}
for (const _ of live.keep());
process.exitCode = failed ? 1 : 0;
