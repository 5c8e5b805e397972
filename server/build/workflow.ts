/** A GitHub Actions workflow for when one machine is not enough. */
import { levelKnob } from '../../core/load/target.ts';
import { dirname } from '../../core/source/path.ts';
import { shellWord } from './targets.ts';
import { type BuildTarget, targetName } from '../protocol/ports.ts';
import { UsageError } from '../command.ts';

/** Which machine of GitHub builds for the target: its own where cgo needs it. */
function runner(target: BuildTarget, cgo: boolean): string {
  if (!cgo) return 'ubuntu-latest';
  const arm = target.goarch === 'arm64';
  if (target.goos === 'windows') return arm ? 'windows-11-arm' : 'windows-latest';
  if (target.goos === 'darwin') return arm ? 'macos-latest' : 'macos-15-intel';
  return arm ? 'ubuntu-24.04-arm' : 'ubuntu-latest';
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
  /** That of the folder to build in; that of go.mod if it is not said. */
  folder?: string;
}

const isElsewhere = (value: string): boolean => /^(?:\/|~\/|[A-Za-z]:[\\/]|\\\\)/.test(value);

/** Whether a flag names a file of the machine it was written on: the program -toolexec runs, a file of -overlay. */
function namesFile(flag: string): boolean {
  const m = /^--?(?:toolexec|exec|overlay|modfile|pgo|pkgdir|C)=["']?(.*)$/s.exec(flag);
  return m !== null && isElsewhere(m[1]);
}

/** A text as one YAML scalar, and nothing in it an expression of GitHub's. */
const scalar = (text: string): string => `'${text.replaceAll('${{', "${{ '${{' }}").replaceAll("'", "''")}'`;

/** A GitHub Actions workflow that builds each target on a machine of its own, and keeps what comes out. */
export function workflow(q: WorkflowQuestion): string {
  if (q.musl) throw new UsageError('the machines of GitHub have no C compiler with musl: choose the profile static');
  const cgo = q.env['CGO_ENABLED'] === '1';
  const settings = Object.entries({ CGO_ENABLED: '0', ...q.env });
  const left = [
    ...q.flags.filter(namesFile),
    ...settings.filter(([, v]) => isElsewhere(v)).map(([k, v]) => `${k}=${v}`),
  ].map(text => `#   ${text.replaceAll(/\s+/g, ' ')}\n`);
  const note =
    left.length > 0 ? `# Left out, since it names files of the machine this was made on:\n${left.join('')}` : '';
  const env = settings.filter(([, v]) => !isElsewhere(v)).map(([k, v]) => `      ${k}: ${scalar(v)}\n`);
  const include = q.targets
    .map(t => {
      const knob = levelKnob(t.goarch);
      const level = knob && t.level !== '' ? `, level: ${scalar(`${knob.variable}=${t.level}`)}` : '';
      return `          - { target: ${scalar(targetName(t).replaceAll(/[/,]/g, '_'))}, os: ${runner(t, cgo)}, goos: ${t.goos}, goarch: ${scalar(t.goarch)}${level} }\n`;
    })
    .join('');
  const levels = q.targets.some(t => t.level !== '');
  const folder = q.folder ?? dirname(q.goMod);
  const packages = q.packages.length > 0 ? q.packages : ['.'];
  const args = [...q.flags.filter(f => !namesFile(f)), '-o', 'out/', ...packages];
  if (args.some(a => /[\n\r]/.test(a))) throw new UsageError('a workflow cannot say an argument with a line break');
  return `${note}name: build
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
${env.join('')}    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0
      - uses: actions/setup-go@v5
        with:
          go-version-file: ${scalar(q.goMod)}
${levels ? `      - if: matrix.level\n        shell: bash\n        run: echo "\${{ matrix.level }}" >> "$GITHUB_ENV"\n` : ''}      - shell: bash
${folder === '.' ? '' : `        working-directory: ${scalar(folder)}\n`}        run: ${scalar(['go', 'build', ...args].map(shellWord).join(' '))}
      - uses: actions/upload-artifact@v4
        with:
          name: \${{ matrix.target }}
          path: ${scalar(folder === '.' ? 'out/' : `${folder}/out/`)}
`;
}
