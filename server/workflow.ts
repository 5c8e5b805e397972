/** A GitHub Actions workflow for when one machine is not enough. */
import { levelKnob } from '../core/load/target.ts';
import { type BuildTarget, targetName } from './build-targets.ts';
import { UsageError } from './command.ts';

/** Which machine of GitHub builds for the target: its own where cgo needs it. */
function runner(target: BuildTarget, cgo: boolean): string {
  if (!cgo) return 'ubuntu-latest';
  if (target.goos === 'windows') return 'windows-latest';
  if (target.goos === 'darwin') return target.goarch === 'amd64' ? 'macos-13' : 'macos-latest';
  return target.goarch === 'arm64' ? 'ubuntu-24.04-arm' : 'ubuntu-latest';
}

export interface WorkflowQuestion {
  targets: readonly BuildTarget[];
  /** Settings and flags of the profile. */
  env: Readonly<Record<string, string>>;
  /** The profile asks for a C compiler with musl. */
  musl?: boolean;
  flags: readonly string[];
  packages: readonly string[];
  /** go.mod's place from the repository's root, `go.mod`. */
  goMod: string;
}

/** A GitHub Actions workflow that builds each target on a machine of its own, and keeps what comes out. */
export function workflow(q: WorkflowQuestion): string {
  if (q.musl) throw new UsageError('the machines of GitHub have no C compiler with musl: choose the profile static');
  const cgo = q.env['CGO_ENABLED'] === '1';
  const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
  const env = (indent: string, values: Readonly<Record<string, string>>): string =>
    Object.entries(values)
      .map(([k, v]) => `${indent}${k}: ${v.startsWith('${{') ? v : quote(v)}\n`)
      .join('');
  const include = q.targets
    .map(t => {
      const knob = levelKnob(t.goarch);
      const level = knob && t.level !== '' ? `, level: ${quote(`${knob.variable}=${t.level}`)}` : '';
      return `          - { target: ${quote(targetName(t).replaceAll('/', '_'))}, os: ${runner(t, cgo)}, goos: ${t.goos}, goarch: ${quote(t.goarch)}${level} }\n`;
    })
    .join('');
  const levels = q.targets.some(t => t.level !== '');
  // Arguments reach the shell of the machine through variables, so that nothing in them is taken for syntax.
  const args = [...q.flags, '-o', 'out/', ...(q.packages.length > 0 ? q.packages : ['.'])];
  const words = args.map(a => `"${a.replace(/["$`\\]/g, '\\$&')}"`).join(' ');
  return `name: build
on:
  push:
  pull_request:
jobs:
  build:
    strategy:
      fail-fast: false
      matrix:
        include:
${include}    runs-on: \${{ matrix.os }}
    env:
      GOOS: \${{ matrix.goos }}
      GOARCH: \${{ matrix.goarch }}
${env('      ', { CGO_ENABLED: '0', ...q.env })}    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0
      - uses: actions/setup-go@v5
        with:
          go-version-file: ${quote(q.goMod)}
${levels ? `      - if: matrix.level\n        shell: bash\n        run: echo "\${{ matrix.level }}" >> "$GITHUB_ENV"\n` : ''}      - shell: bash
        run: go build ${words}
      - uses: actions/upload-artifact@v4
        with:
          name: \${{ matrix.target }}
          path: out/
`;
}
