/** Answers of the binary explorer that the user's go gives: machine code as text, and why something is linked. */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readBuildInfo } from '../../core/binary/buildinfo.ts';
import { escapePath } from '../../core/load/modpath.ts';
import { type Analysis, deadCode, retainedBy, symbolsNamed, whyLinked, withoutImport } from '../../core/size/why.ts';
import { guarded, type OpenBinary } from './report.ts';
import { type Environment, moduleCache } from '../go-env.ts';
import { linkedProgram, requestOf } from './linked.ts';
import type { BinaryAnswer, BinarySummary, GoProgram } from '../protocol/binary.ts';
import { symbolCopy } from './symbol-copy.ts';

type Result = { ok: true; answer: BinaryAnswer } | { ok: false; message: string };

/** Characters after which text is cut: a function of 10,000 instructions is read by nobody. */
const MOST_TEXT = 1 << 20;

/** What `go tool objdump` says of a function; of a stripped file by way of a copy that has symbols. */
export async function assembly(open: OpenBinary, file: string, symbol: string, go: GoProgram): Promise<Result> {
  if (open.image.symbols() !== null) return objdump(file, symbol, go);
  const copy = guarded(() => symbolCopy(open.image));
  if (!copy.ok) return copy;
  if (copy.value === null)
    return { ok: false, message: 'it has no symbol table, and go tool objdump reads no file without one' };
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-objdump-'));
  try {
    const named = path.join(folder, path.basename(file));
    fs.writeFileSync(named, copy.value);
    return await objdump(named, symbol, go);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function objdump(file: string, symbol: string, go: GoProgram): Promise<Result> {
  const quoted = symbol.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new Promise(resolve => {
    const options = {
      cwd: go.cwd,
      env: { ...process.env, ...go.env, GOTOOLCHAIN: 'local' },
      maxBuffer: 1 << 26,
      windowsHide: true,
    };
    execFile(go.program, ['tool', 'objdump', '-s', `^${quoted}$`, file], options, (error, stdout, stderr) => {
      if (error !== null && stdout === '')
        resolve({
          ok: false,
          message: (stderr.split('\n').find(line => line !== '') ?? error.message).replace(/^objdump: /, ''),
        });
      else if (stdout.trim() === '') resolve({ ok: false, message: 'go tool objdump knows no function of that name' });
      else resolve({ ok: true, answer: { type: 'assembly', text: stdout.slice(0, MOST_TEXT) } });
    });
  });
}

/** The linked program of the file, loaded once. */
export async function analysisOf(
  open: OpenBinary,
  go: GoProgram,
): Promise<{ ok: true; analysis: Analysis } | { ok: false; message: string }> {
  const info = readBuildInfo(open.image);
  if (info === null || info.path === '') return { ok: false, message: 'it does not say what it was built from' };
  if (info.path === 'command-line-arguments')
    return { ok: false, message: 'it was built from single files, which it does not name' };
  const { main, flags, env } = requestOf(info);
  // what the file says comes last: it counts
  const request = { cwd: go.cwd, main, flags, env: { ...process.env, ...go.env, ...env }, program: go.program };
  const found = await linkedProgram(request);
  if (!found.ok) return found;
  if (found.goVersion !== info.goVersion.split(' ')[0])
    return {
      ok: false,
      message: `it was built by ${info.goVersion}, and the go command here is ${found.goVersion}: their objects differ`,
    };
  return found;
}

export function whyAnswer(analysis: Analysis, symbol: string): BinaryAnswer {
  const [found] = symbol === '' ? [] : symbolsNamed(analysis, symbol);
  const why = found === undefined ? null : whyLinked(analysis, found);
  const importers =
    why === null
      ? []
      : analysis.program.packages
          .filter(p => p.path !== why.pkg && p.objects.some(o => o.imports.includes(why.pkg)))
          .map(p => p.path);
  return { type: 'why', why: why === null ? null : { ...why, importers }, deadCode: deadCode(analysis) };
}

export function withoutAnswer(analysis: Analysis, pkg: string, from: string): BinaryAnswer {
  const without = withoutImport(analysis.program, pkg, from === '' ? null : from);
  return { type: 'without', retained: retainedBy(analysis, without) };
}

/** Fills in the licences of modules that are in the module cache. */
export function addLicences(modules: BinarySummary['modules'], env: Environment): BinarySummary['modules'] {
  const cache = moduleCache(env);
  return modules.map(module => {
    const [where, version] = module.replaced === '' ? [module.path, module.version] : module.replaced.split(' ');
    if (!version) return module;
    return { ...module, licence: licenceIn(path.join(cache, escapePath(`${where}@${version}`))) };
  });
}

/** What a folder's licence file is, by words that only it has; empty when there is none. */
function licenceIn(folder: string): string {
  let text: string;
  try {
    const file = fs.readdirSync(folder).find(name => /^(?:un)?(?:licen[cs]e|copying)/i.test(name));
    if (file === undefined) return '';
    text = fs.readFileSync(path.join(folder, file), 'utf8').slice(0, 20_000).replaceAll(/\s+/g, ' ');
  } catch {
    return '';
  }
  if (/Apache License,? Version 2\.0/i.test(text)) return 'Apache-2.0';
  if (/Mozilla Public License,? (?:Version|v\.?) ?2\.0/i.test(text)) return 'MPL-2.0';
  if (/GNU AFFERO GENERAL PUBLIC LICENSE/i.test(text)) return 'AGPL-3.0';
  if (/GNU LESSER GENERAL PUBLIC LICENSE/i.test(text)) return 'LGPL';
  if (/GNU GENERAL PUBLIC LICENSE/i.test(text)) return /Version 2/.test(text) ? 'GPL-2.0' : 'GPL-3.0';
  if (/Redistribution and use in source and binary forms/i.test(text))
    return /Neither the name/i.test(text) ? 'BSD-3-Clause' : 'BSD-2-Clause';
  if (/Permission to use, copy, modify, and(?:\/or)? distribute this software for any purpose/i.test(text))
    return 'ISC';
  if (/Permission is hereby granted, free of charge/i.test(text)) return 'MIT';
  if (/This is free and unencumbered software/i.test(text)) return 'Unlicense';
  return 'other';
}
