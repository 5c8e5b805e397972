/** What to do when go cannot build for a reason outside the code. */

const hints: readonly [pattern: RegExp, hint: string][] = [
  [
    /dial tcp|no such host|connection refused|i\/o timeout|TLS handshake|module lookup disabled by GOPROXY=off|proxyconnect/,
    'modules are missing and cannot be downloaded: go online, set GOPROXY to a proxy that can be reached, or vendor them where they are (go mod vendor)',
  ],
  [
    /failed to initialize build cache|GOCACHE is not defined|build cache is (?:required|disabled)/,
    'set GOCACHE to a folder that can be written to',
  ],
  [
    /C compiler "[^"]*" not found|cgo: .*executable file not found/,
    'install that C compiler, set CC to one that is there, or build without cgo (CGO_ENABLED=0, profile static)',
  ],
  [
    /requires external \(cgo\) linking, but cgo is not enabled/,
    'cgo is off, as it is for other targets than the host unless asked for: set CGO_ENABLED=1 and CC to a C compiler for the target',
  ],
  [/go\.mod file not found|cannot find main module/, 'open a folder with a go.mod, or make one: go mod init'],
  [/no space left on device/, 'the disk is full: go clean -cache frees what can be built again'],
  [
    /read-only file system|permission denied/,
    'a folder cannot be written to: choose another one for the output (--out), or set GOCACHE or GOTMPDIR',
  ],
  [
    /cannot find GOROOT directory|package \S+ is not in std/,
    'the Go installation is incomplete, or the import path is mistyped: go env GOROOT shows which installation it is',
  ],
  [
    /toolchain not available|download go1\.\S+ for|invalid toolchain/,
    'install that release of Go, or set GOTOOLCHAIN=local to use the one that is there',
  ],
];

/** The hint for what go said; '' where there is none. */
export function hintFor(said: string): string {
  return hints.find(([pattern]) => pattern.test(said))?.[1] ?? '';
}
