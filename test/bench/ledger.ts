/** node scripts/program.mjs test/bench/ledger.ts FILE: the ledger of a file in a process of its own, and what it cost, as JSON. */
import { readBuildInfo } from '../../core/binary/buildinfo.ts';
import { ledgerOf } from '../../core/size/attribute.ts';
import { groupLedger } from '../../core/size/group.ts';
import { savings } from '../../core/size/savings.ts';
import { debugReader } from '../../server/binary/debug-thread.ts';
import { withImage } from '../../server/binary/file.ts';
import type { LedgerCost } from './size.ts';

const cost = withImage(process.cwd(), process.argv[2], (image): LedgerCost => {
  const info = readBuildInfo(image);
  const ledger = ledgerOf(image, debugReader);
  groupLedger(image, ledger, ['package'], info);
  savings(image, info?.goVersion ?? '');
  let homeless = 0;
  for (let i = 0; i < ledger.count; i++) if (ledger.pkg[i] === 0) homeless += ledger.length[i];
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return {
    size: ledger.size,
    rows: ledger.count,
    unknown: ledger.unknown,
    homeless,
    // since the process began
    wall: performance.now() / 1000,
    cpu: (userCPUTime + systemCPUTime) / 1e6,
    memory: maxRSS / 1024,
  };
});
console.log(JSON.stringify(cost));
