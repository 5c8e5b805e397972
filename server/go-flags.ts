/** GOFLAGS, as the go command reads it (cmd/go/internal/base/goflags.go). */
import { GoError } from './command.ts';
import { truth } from './switches.ts';

/** Flags of any go command that take a value; those that builds and list have are refused without one. */
const valued = new Set(
  `C asmflags bench benchtime blockprofile blockprofilerate buildmode buildvcs compat compiler count covermode coverpkg
coverprofile cpu cpuprofile dropexclude dropgodebug dropignore dropreplace droprequire dropretract droptool dropuse exclude
exec f fix fixtool fuzz fuzzminimizetime fuzztime gccgoflags gcflags go godebug http ignore installsuffix ldflags list
memprofile memprofilerate mod modfile module mutexprofile mutexprofilefraction o outputdir overlay p parallel pgo pkgdir
replace require retract reuse run shuffle skip tags timeout tool toolchain toolexec trace use vet vettool debug-actiongraph
debug-runtime-trace debug-trace`.split(/\s+/),
);
/** Flags that are on or off. */
const switches = new Set(
  `a all artifacts asan benchmem c cache changed cmd compiled cover d deps diff e export fail-fast failfast find fmt
fullpath fuzzcache h help i insecure json linkshared m modcache modcacherw msan n print prune r race retracted s short src t
test testcache tool trimpath u unsafe v vendor versions w work x`.split(/\s+/),
);
/** Those of build and list: their values are checked. */
const builds = new Set(
  `a asan cover linkshared modcacherw msan n race trimpath v work x asmflags buildmode compiler covermode coverpkg gccgoflags
gcflags installsuffix ldflags mod modfile overlay pgo pkgdir tags toolexec`.split(/\s+/),
);
/** A word between blanks, or one in quotes. */
const quotedWord = /'([^']*)'|"([^"]*)"|(\S+)/g;

/** Words between blanks, quoted ones whole (cmd/internal/quoted.Split). A quote that is not closed is part of its word. */
export function quotedWords(value: string): string[] {
  return [...value.matchAll(quotedWord)].map(m => m[1] ?? m[2] ?? m[3]);
}

/** The flags of GOFLAGS, in order; a word may be quoted as a whole. Throws a GoError in the go command's words. */
export function goFlags(value: string): [name: string, value: string][] {
  const open = [...value.matchAll(quotedWord)].find(m => /^['"]/.test(m[3] ?? ''));
  if (open !== undefined) throw new GoError(`go: parsing $GOFLAGS: unterminated ${open[0][0]} string`);
  const flags: [string, string][] = [];
  for (const word of quotedWords(value)) {
    const m = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(word);
    if (m === null) throw new GoError(`go: parsing $GOFLAGS: non-flag ${JSON.stringify(word)}`);
    const [, name, text] = m;
    if (!valued.has(name) && !switches.has(name)) throw new GoError(`go: parsing $GOFLAGS: unknown flag -${name}`);
    if (builds.has(name)) {
      if (text === undefined && valued.has(name))
        throw new GoError(`go: flag needs an argument: -${name} (from $GOFLAGS)`, 2);
      if (text !== undefined && switches.has(name) && truth(text) === undefined)
        throw new GoError(
          `go: invalid boolean value ${JSON.stringify(text)} for flag -${name} (from $GOFLAGS): parse error`,
          2,
        );
    }
    flags.push([name, switches.has(name) && text !== undefined ? String(truth(text) ?? text) : (text ?? '')]);
  }
  return flags;
}
