import { parentPort, workerData } from 'node:worker_threads';
import { UsageError } from './command.ts';
import { withSource } from './binary-file.ts';
import { sourceOf } from '../core/binary/bytes.ts';
import { binaryReport } from './binary-report.ts';
import type { BinaryParams, BinaryResult } from './protocol/binary.ts';

const { name, path, bytes } = workerData as BinaryParams;

function report(): BinaryResult {
  // bytes that came through JSON are an object of numbers by index
  if (path === null) return binaryReport(name, sourceOf(Uint8Array.from(Object.values(bytes ?? {}))));
  try {
    return withSource('/', path, source => binaryReport(name, source));
  } catch (error) {
    if (error instanceof UsageError) return { ok: false, message: error.message };
    throw error;
  }
}

parentPort!.postMessage(report());
