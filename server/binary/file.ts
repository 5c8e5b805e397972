/** Executables on disk for the core's readers: slices are read when they are asked for, the file is closed afterwards. */
import fs from 'node:fs';
import path from 'node:path';
import type { ByteSource } from '../../core/binary/bytes.ts';
import type { Image } from '../../core/binary/image.ts';
import { readImage } from '../../core/binary/open.ts';
import { UsageError } from '../command.ts';

/** Calls `use` with the image of a file. Throws a UsageError that names the file when it cannot be read. */
export function withImage<T>(cwd: string, file: string, use: (image: Image) => T): T {
  return withSource(cwd, file, source => {
    const read = readImage(source, use);
    if (!read.ok) throw new UsageError(`cannot read ${file}: ${read.message}`);
    return read.value;
  });
}

/** Calls `use` with a file's bytes by offset. */
export function withSource<T>(cwd: string, file: string, use: (source: ByteSource) => T): T {
  const { source, close } = openSource(cwd, file);
  try {
    return use(source);
  } finally {
    close();
  }
}

/** Opens a file for reading by offset. Throws a UsageError that names the file when it cannot be. */
export function openSource(cwd: string, file: string): { source: ByteSource; close(): void } {
  const full = path.resolve(cwd, file);
  let fd: number;
  try {
    // not opened: opening a pipe waits until somebody writes to it
    if (!fs.statSync(full).isFile()) throw new UsageError(`cannot read ${file}: it is a folder or device, not a file`);
    fd = fs.openSync(full, 'r');
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(`cannot open ${file}: ${reason(error)}`);
  }
  return { source: sourceOfFd(fd, fs.fstatSync(fd).size), close: () => fs.closeSync(fd) };
}

/** The bytes of a file that is open. */
interface FileSource extends ByteSource {
  readonly fd: number;
}

/** The descriptor of the file that the bytes are all of; null where they are not a file on disk. */
export function fdOf(source: ByteSource): number | null {
  return 'fd' in source ? (source as FileSource).fd : null;
}

/** An open file's bytes; what lies past its end is zeros. */
export function sourceOfFd(fd: number, size: number): FileSource {
  return {
    fd,
    size,
    read(offset, length) {
      // every byte is written, or beyond the end of a file that has become shorter: zeros first would cost a tenth of it
      const room = Buffer.allocUnsafeSlow(length);
      const bytes = new Uint8Array(room.buffer, room.byteOffset, length);
      let done = 0;
      while (done < length) {
        const n = fs.readSync(fd, bytes, done, length - done, offset + done);
        if (n === 0) {
          bytes.fill(0, done);
          break;
        }
        done += n;
      }
      return bytes;
    },
    characters: bytes => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'),
  };
}

function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'permission denied';
  return String((error as Error).message);
}
