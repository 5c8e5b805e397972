/** Answers the binary explorer: one executable, what its bytes are and what it says of itself. */
import { readBuildId } from '../core/binary/buildid.ts';
import { type BuildInfo, readBuildInfo } from '../core/binary/buildinfo.ts';
import type { ByteSource } from '../core/binary/bytes.ts';
import type { Image } from '../core/binary/image.ts';
import { readImage } from '../core/binary/open.ts';
import { ledgerOf } from '../core/size/attribute.ts';
import { stripOf, tableOf } from '../core/size/summary.ts';
import type { BinaryResult, BinarySummary, BinaryTable } from './protocol/binary.ts';

export function binaryReport(name: string, source: ByteSource): BinaryResult {
  const read = readImage(source, image => reportOf(name, image));
  return read.ok ? { ok: true, ...read.value } : read;
}

function reportOf(name: string, image: Image): { summary: BinarySummary; table: BinaryTable } {
  const info = readBuildInfo(image);
  const ledger = ledgerOf(image);
  return {
    summary: {
      name,
      size: ledger.size,
      unknown: ledger.unknown,
      format: image.format,
      goos: image.goos,
      goarch: image.goarch,
      go: info?.goVersion ?? '',
      stripped: image.symbols() === null,
      type: image.type,
      buildId: readBuildId(image) ?? '',
      mainPath: info?.path ?? '',
      modules: modulesOf(info),
      settings: info?.settings ?? [],
      libraries: image.libraries,
      strip: stripOf(ledger),
    },
    table: tableOf(image, ledger),
  };
}

function modulesOf(info: BuildInfo | null) {
  if (info === null) return [];
  const all = info.main === null ? info.deps : [info.main, ...info.deps];
  return all.map(({ path, version, replace }) => ({
    path,
    version,
    replaced: replace === null ? '' : `${replace.path} ${replace.version}`.trim(),
  }));
}
