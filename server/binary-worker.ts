/** The thread of one executable: opens it, keeps what was worked out, and answers questions until it is ended. */
import fs from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { type ByteSource, sourceOf } from '../core/binary/bytes.ts';
import { addLicences, analysisOf, assembly, whyAnswer, withoutAnswer } from './binary/go.ts';
import { debugReader } from './binary/debug-thread.ts';
import { openSource } from './binary/file.ts';
import { answerOf, compareBinaries, guarded, type OpenBinary, openBinary } from './binary/report.ts';
import { UsageError } from './command.ts';
import type { BinaryFile, BinaryParams, BinaryResult } from './protocol/binary.ts';

interface Kept {
  /** Of the file on disk: when it is another, it is opened anew. */
  stamp: string;
  open: OpenBinary;
  close(): void;
}

let current: Kept | null = null;
let analysis: { open: OpenBinary; flags: string; found: ReturnType<typeof analysisOf> } | null = null;

type Opened = { ok: true; kept: Kept } | { ok: false; message: string };

function openFile(file: BinaryFile): Opened {
  let source: ByteSource;
  let close = (): void => {};
  let stamp = 'bytes';
  try {
    if (file.path === null) {
      // bytes that came through JSON are an object of numbers by index
      source = sourceOf(Uint8Array.from(Object.values(file.bytes ?? {})));
    } else {
      stamp = stampOf(file.path);
      ({ source, close } = openSource('/', file.path));
    }
  } catch (error) {
    if (error instanceof UsageError) return { ok: false, message: error.message };
    throw error;
  }
  const read = openBinary(file.name, source, debugReader);
  if (read.ok) return { ok: true, kept: { stamp, open: read.value, close } };
  close();
  return read;
}

function stampOf(file: string): string {
  try {
    const { mtimeMs, size, ino } = fs.statSync(file);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return '';
  }
}

function opened(params: BinaryParams): Opened {
  const fresh = params.path === null ? params.bytes === null : current?.stamp === stampOf(params.path);
  if (current !== null && fresh) return { ok: true, kept: current };
  current?.close();
  current = null;
  analysis = null;
  const found = openFile(params);
  if (found.ok) current = found.kept;
  return found;
}

async function answer(params: BinaryParams): Promise<BinaryResult> {
  const found = opened(params);
  if (!found.ok) return found;
  const { open } = found.kept;
  const { query } = params;
  switch (query.type) {
    case 'assembly':
      if (params.path === null) return { ok: false, message: "it is not on this machine's disk" };
      return assembly(open, params.path, query.symbol, query.go);
    case 'why':
    case 'without': {
      const flags = JSON.stringify(query.go);
      if (analysis?.open !== open || analysis.flags !== flags)
        analysis = { open, flags, found: analysisOf(open, query.go) };
      const linked = await analysis.found;
      if (!linked.ok) {
        // the user may mend what was missing
        analysis = null;
        return linked;
      }
      return {
        ok: true,
        answer:
          query.type === 'why'
            ? whyAnswer(linked.analysis, query.symbol)
            : withoutAnswer(linked.analysis, query.pkg, query.from),
      };
    }
    case 'compare': {
      const old = openFile(query.old);
      if (!old.ok) return { ok: false, message: `${query.old.name} cannot be read: ${old.message}` };
      const compared = guarded(() => compareBinaries(old.kept.open, open));
      old.kept.close();
      return compared.ok ? { ok: true, answer: compared.value } : compared;
    }
    default: {
      const read = guarded(() => answerOf(open, query));
      if (!read.ok) return read;
      if (read.value.type === 'open') read.value.summary.modules = addLicences(read.value.summary.modules, process.env);
      return { ok: true, answer: read.value };
    }
  }
}

// one after the other: answers come in the order of the questions
let last: Promise<unknown> = Promise.resolve();
parentPort!.on('message', ({ id, params }: { id: number; params: BinaryParams }) => {
  last = last.then(async () => {
    try {
      parentPort!.postMessage({ id, result: await answer(params) });
    } catch (error) {
      parentPort!.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
    }
  });
});
