import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import type { FromEngine, ToEngine } from '../server/analysis/messages.ts';
import { engineThread, type Thread } from '../server/engine-thread.ts';
import { readSettings } from '../server/settings.ts';

/** Stands for a worker: keeps what it is sent, and ends when it is told to. */
class Ends extends EventEmitter implements Thread {
  readonly sent: ToEngine[] = [];
  postMessage(message: ToEngine): void {
    this.sent.push(message);
  }
}

test('a thread that ends is started again, a few times', () => {
  const threads: Ends[] = [];
  const engine = engineThread(() => {
    threads.push(new Ends());
    return threads.at(-1)!;
  });
  const heard: FromEngine[] = [];
  let restarts = 0;
  engine.onMessage(message => heard.push(message));
  engine.onRestart(() => {
    restarts++;
    engine.send({ type: 'changed', paths: [] });
  });
  // settings alone are no work
  const settings: ToEngine = { type: 'settings', settings: readSettings({}, '', {}) };
  const opened: ToEngine = { type: 'buffer', path: '/a.go', version: 1, text: 'package a' };
  engine.send(settings);
  engine.send({ type: 'changed', paths: ['/b.go'] });
  expect(threads).toHaveLength(0);
  engine.send(opened);
  expect(threads[0].sent).toEqual([settings, opened]);
  threads[0].emit('error', new Error('out of memory'));
  threads[0].emit('exit', 1);
  expect([threads.length, restarts]).toEqual([2, 1]);
  expect(threads[1].sent).toHaveLength(1);
  const hover: FromEngine = { type: 'hover', id: 1, hover: null };
  threads[1].emit('message', hover);
  expect(heard).toEqual([hover]);
  for (let i = 1; i < 4; i++) threads[i].emit('exit', 1);
  expect([threads.length, restarts]).toEqual([4, 3]);
  expect(heard.at(-1)).toMatchObject({ type: 'status', status: { state: 'failed' } });
  // what comes then goes nowhere, and questions are answered
  engine.send({ type: 'changed', paths: [] });
  engine.send({ type: 'rows', id: 2, path: '/a.go' });
  expect(heard.at(-1)).toMatchObject({ type: 'rows', id: 2, list: { rows: [] } });
});
