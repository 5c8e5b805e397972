/** What is analysed, and for which target, where the standard library is the bundled one. */
import type { ModuleEnv } from '../../core/load/modules.ts';
import { enabledExperiments, goRelease, releaseMinor } from '../../core/load/release.ts';
import { fromToolchain } from '../../core/load/version.ts';
import type { FileSystem } from '../../core/source/files.ts';
import type { LoadFlags } from '../load-flags.ts';
import { PACK_GOROOT, type StdPack } from '../std-pack.ts';
import type { Setting } from './session.ts';

/** What is analysed for when nothing else is said: the commonest server. */
const DEFAULT_TARGET = { goos: 'linux', goarch: 'amd64' };

/** Where Go is and what is built for, with the bundled standard library in place of an installed Go. */
export function packSetting(pack: StdPack, fs: FileSystem, dir: string, flags: LoadFlags): Setting {
  const release = releaseMinor(pack.go);
  if (release === null) return { ok: false, message: `cannot tell the release of Go from ${pack.go}` };
  const goos = flags.goos || DEFAULT_TARGET.goos;
  const goarch = flags.goarch || DEFAULT_TARGET.goarch;
  const experiments = enabledExperiments(goRelease(release), goos, goarch, '');
  if (!experiments.ok) return experiments;
  const env: ModuleEnv = {
    fs,
    cwd: dir,
    goroot: PACK_GOROOT,
    gomodcache: '',
    go111module: '',
    gowork: '',
    mod: flags.mod,
    modfile: flags.modfile,
    goVersion: fromToolchain(pack.go),
  };
  return {
    ok: true,
    env,
    target: {
      goos,
      goarch,
      level: '',
      compiler: 'gc',
      cgo: false,
      instrument: flags.instrument,
      tags: flags.tags,
      release,
      experiments: experiments.enabled,
      buildmode: flags.buildmode,
    },
  };
}
