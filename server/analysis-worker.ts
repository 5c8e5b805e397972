/** The analysing thread in Node. */
import { parentPort, receiveMessageOnPort } from 'node:worker_threads';
import { pathToFileURL } from 'node:url';
import { endsWork, Engine } from './analysis/engine.ts';
import type { ToEngine } from './analysis/messages.ts';
import { nodeSessionHost } from './analysis/node-host.ts';
import { Session } from './analysis/session.ts';
import { isUntitled } from './documents.ts';

const port = parentPort!;
/** What has come in while the engine was at work. */
const waiting: ToEngine[] = [];
const deliver = (): void => {
  for (const message of waiting.splice(0)) engine.receive(message);
};
const engine = new Engine({
  async session(settings) {
    return new Session(await nodeSessionHost({ ...process.env, ...settings.env }, () => settings.flags));
  },
  send: message => port.postMessage(message),
  breathe() {
    deliver();
    return new Promise(resolve => setImmediate(resolve));
  },
  isOutdated() {
    for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port))
      waiting.push(next.message as ToEngine);
    return waiting.some(endsWork);
  },
  supply: () => Promise.resolve(false),
  changed: () => {},
  link: (text, path, line) => (isUntitled(path) ? text : `[${text}](${pathToFileURL(path).href}#L${line})`),
});
port.on('message', (message: ToEngine) => {
  waiting.push(message);
  deliver();
});
