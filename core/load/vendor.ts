/** vendor/modules.txt: what the vendor folder holds, and whether go.mod agrees with it (modload/vendor.go). */
import { dirname, join } from '../source/path.ts';
import { decodeUtf8 } from '../source/utf8.ts';
import { type Modules, replacement, vendorDir, type VendorList } from './modules.ts';
import { compareGoVersion, compareSelected, type ModuleVersion, versionKey, versionString } from './version.ts';

/** Reads vendor/modules.txt (modload.readVendorList). */
export function readVendorList(ms: Modules): VendorList {
  const packages = new Map<string, ModuleVersion>();
  const version = new Map<string, string>();
  const meta = new Map<string, { explicit: boolean; goVersion: string; replacement: ModuleVersion | null }>();
  const list: ModuleVersion[] = [];
  const replaced: ModuleVersion[] = [];
  const src = ms.env.fs.readFile(join(vendorDir(ms), 'modules.txt'));
  const metaOf = (m: ModuleVersion) => {
    let v = meta.get(versionKey(m));
    if (!v) meta.set(versionKey(m), (v = { explicit: false, goVersion: '', replacement: null }));
    return v;
  };
  let mod: ModuleVersion | null = null;
  for (const line of src ? decodeUtf8(src).split('\n') : []) {
    if (line.startsWith('# ')) {
      let f = line.split(/\s+/).filter(w => w !== '');
      mod = null;
      if (f.length < 3) continue;
      if (/^v\d/.test(f[2])) {
        mod = { path: f[1], version: f[2] };
        f = f.slice(3);
      } else if (f[2] === '=>') {
        mod = { path: f[1], version: '' };
        f = f.slice(2);
      } else continue;
      if (f[0] === '=>' && (f.length === 2 || f.length === 3)) {
        metaOf(mod).replacement = { path: f[1], version: f[2] ?? '' };
        replaced.push(mod);
      }
      continue;
    }
    if (mod === null) continue;
    if (line.startsWith('## ')) {
      for (const entry of line.slice(3).split(';')) {
        const e = entry.trim();
        if (e === 'explicit') metaOf(mod).explicit = true;
        else if (e.startsWith('go ')) metaOf(mod).goVersion = e.slice(3);
      }
      continue;
    }
    const path = line.trim();
    if (path === '' || /\s/.test(path)) continue;
    packages.set(path, mod);
    const have = version.get(mod.path);
    if (have === undefined || compareSelected(mod.path, have, mod.version) < 0) {
      list.push(mod);
      version.set(mod.path, mod.version);
    }
  }
  return { list, version, packages, meta, replaced };
}

/** Whether modules.txt agrees with go.mod (modload.checkVendorConsistency); what does not goes to ms.fatal. */
export function checkVendorConsistency(ms: Modules, v: VendorList): void {
  const out: string[] = [];
  const pre114 = ms.work === null && compareGoVersion(ms.mains[0].goVersion, '1.14') < 0;
  for (const main of ms.mains) {
    for (const r of main.file.require) {
      if (v.meta.get(versionKey(r))?.explicit) continue;
      if (!pre114)
        out.push(
          `${versionString(r)}: is explicitly required in go.mod, but not marked as explicit in vendor/modules.txt`,
        );
      else if (v.version.has(r.path) && v.version.get(r.path) !== r.version)
        out.push(
          `${versionString(r)}: is explicitly required in go.mod, but vendor/modules.txt indicates ${r.path}@${v.version.get(r.path)}`,
        );
    }
  }
  const seen = new Set<string>();
  const replaces = [...ms.mains.flatMap(m => m.file.replace), ...(ms.work?.file.replace ?? [])];
  for (const r of replaces) {
    const key = versionKey(r.old);
    if (seen.has(key)) continue;
    seen.add(key);
    const now = replacement(ms, r.old);
    const was = v.meta.get(key)?.replacement ?? null;
    if (was === null) {
      if (now === null || (pre114 && (r.old.version === '' || v.version.get(r.old.path) !== r.old.version))) continue;
      out.push(
        `${versionString(r.old)}: is replaced in ${ms.work ? 'go.work' : 'go.mod'}, but not marked as replaced in vendor/modules.txt`,
      );
    } else if (now === null || versionKey(was) !== versionKey(now))
      out.push(
        `${versionString(r.old)}: is replaced by ${now ? versionString(now) : ''} in go.mod, but marked as replaced by ${versionString(was)} in vendor/modules.txt`,
      );
  }
  const required = new Set(ms.mains.flatMap(m => m.file.require.map(versionKey)));
  for (const mod of v.list) {
    if (v.meta.get(versionKey(mod))?.explicit && !required.has(versionKey(mod)))
      out.push(
        `${versionString(mod)}: is marked as explicit in vendor/modules.txt, but not explicitly required in ${ms.work ? 'a ' : ''}go.mod`,
      );
  }
  for (const mod of v.replaced)
    if (replacement(ms, mod) === null)
      out.push(
        `${versionString(mod)}: is marked as replaced in vendor/modules.txt, but not replaced in ${ms.work ? 'the workspace' : 'go.mod'}`,
      );
  if (out.length === 0) return;
  ms.fatal.push(
    `inconsistent vendoring in ${dirname(vendorDir(ms))}:\n\t${out.join('\n\t')}\n\n\tTo ignore the vendor directory, use -mod=readonly or -mod=mod.\n\tTo sync the vendor directory, run:\n\t\tgo ${ms.work ? 'work' : 'mod'} vendor`,
  );
}
