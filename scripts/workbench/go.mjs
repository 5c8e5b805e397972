// A Go toolchain where there is none: the module golang.org/toolchain, as the go command itself would fetch it.
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { run } from '../node.mjs';
import { cached } from './cache.mjs';

const VERSION = 'go1.26.8';
const DEFAULT_PROXY = 'proxy.golang.org';

const PORTS = { linux: 'linux', darwin: 'darwin', win32: 'windows' };
const ARCHITECTURES = { x64: 'amd64', arm64: 'arm64' };

/** Checksums of the module's zip (dirhash h1), computed from the zips that the module proxy serves. */
const H1 = {
  'linux-amd64': 'h1:ZOmGe1OnfREDMIdb1Qi4G9JSuDPBLGExZMQ4nis1RXM=',
  'linux-arm64': 'h1:sYL/O6MqS68ML0kjsQ36WoYIpJqkw60TxizWUYUKQMc=',
  'darwin-amd64': 'h1:7/9KPPN8PckcA9s91hm2jmQMhzW4KyTJXHIs45L0C9M=',
  'darwin-arm64': 'h1:dFjGhY6f8DTsY8/rLchUTDRRfjJP4pCrGCwxvHFT2Fg=',
};

/** The proxies of GOPROXY that can be asked; `direct` and `off` cannot. */
function proxies() {
  const list = process.env.GOPROXY || `https://${DEFAULT_PROXY}`;
  return list.split(/[,|]/).filter(proxy => /^https?:/.test(proxy));
}

/** Go's hash of a module zip: SHA-256 over the sorted lines `hash  name` of its files. */
function hash1(files) {
  const hex = data => crypto.createHash('sha256').update(data).digest('hex');
  const names = Object.keys(files).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const lines = names.map(name => `${hex(files[name])}  ${name}\n`);
  return `h1:${crypto.createHash('sha256').update(lines.join('')).digest('base64')}`;
}

async function download(version) {
  const failures = [];
  for (const proxy of proxies()) {
    const url = `${proxy.replace(/\/$/, '')}/golang.org/toolchain/@v/${version}.zip`;
    try {
      const response = await fetch(url);
      if (response.ok) return new Uint8Array(await response.arrayBuffer());
      failures.push(`${proxy}: status ${response.status}`);
    } catch (error) {
      failures.push(`${proxy}: ${error.cause?.message ?? error.message}`);
    }
  }
  throw new Error(failures.join('; ') || 'GOPROXY names no proxy');
}

/**
 * The folder to be put on PATH so that `go` is found: null when it is on PATH already. Throws with the reason when
 * there is none and none can be had.
 */
export async function goFolder() {
  if ((await run('go', ['version'], { quiet: true })).code === 0) return null;
  const port = `${PORTS[process.platform]}-${ARCHITECTURES[process.arch]}`;
  const expected = H1[port];
  if (!expected) throw new Error(`no Go toolchain is known for ${process.platform} ${process.arch}`);
  const version = `v0.0.1-${VERSION}.${port}`;
  const folder = await cached(
    `${VERSION}-${port}`,
    `${VERSION} from the Go module proxy (about 70 MB)`,
    async folder => {
      const { unzipSync } = await import('fflate');
      const files = unzipSync(await download(version));
      if (hash1(files) !== expected)
        throw new Error(`${version} does not have the checksum that it had when it was chosen`);
      const prefix = `golang.org/toolchain@${version}/`;
      for (const [name, data] of Object.entries(files)) {
        const file = path.join(folder, name.slice(prefix.length));
        fs.mkdirSync(path.dirname(file), { recursive: true });
        // zips of modules carry no modes; the go command makes the same two folders executable
        const executable = /^(bin|pkg\/tool)\//.test(name.slice(prefix.length));
        // and a go.mod inside is stored under another name, lest it end the module
        fs.writeFileSync(file.replace(/_go\.mod$/, 'go.mod'), data, { mode: executable ? 0o755 : 0o644 });
      }
    },
  );
  return path.join(folder, 'bin');
}
