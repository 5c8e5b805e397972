// Command rewrite makes Go programs that nobody wrote: it takes packages that compile and replaces random expressions,
// statements and functions with others of the same type (rules.go), so often as it is told, until things stand beside
// each other that no one would put there. What it writes compiles still; go/types is asked after each change.
//
//	go run ./test/oracle/rewrite [-seed N] [-n N] [-rules NAME,…] [-broken] -o DIR package...
//
// DIR/overlay.json is what go build's -overlay takes, so that packages keep their paths, their assembly and what is
// internal to them. The same seed makes the same text of the same package, whatever others are named.
//
// With -broken, faults are put into functions that nothing in their package mentions (damage.go). DIR/overlay.json then
// has the packages with the faults, and DIR/without.json the same without these functions.
//
// Outside a module the go command would take the behaviour of old releases.
//
//go:debug default=go1.25
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/importer"
	"go/token"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

var (
	seed   = flag.Uint64("seed", 1, "which of all rewritings")
	count  = flag.Int("n", 100, "changes in a package; functions with faults with -broken")
	only   = flag.String("rules", "", "names of the rules to take, with commas between; all")
	broken = flag.Bool("broken", false, "faults instead of changes")
	dir    = flag.String("o", "", "folder to write to")
)

// listed is what go list says of a package.
type listed struct {
	ImportPath, Export, Dir, Name string
	GoFiles, CgoFiles             []string
	ImportMap                     map[string]string
	DepOnly                       bool
	Module                        *struct{ GoVersion string }
}

// list asks for the packages of the patterns and what they import, with export data.
func list(patterns []string) ([]listed, error) {
	args := []string{"list", "-export", "-deps", "-json=ImportPath,Export,Dir,Name,GoFiles,CgoFiles,ImportMap,DepOnly,Module"}
	cmd := exec.Command("go", append(args, patterns...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	var all []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var l listed
		if err := dec.Decode(&l); err == io.EOF {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all = append(all, l)
	}
}

// readPackage reads the package with the file of declarations that the rules use beside its own.
func readPackage(l listed, exports map[string]string) (*pkg, error) {
	if len(l.CgoFiles) > 0 || len(l.GoFiles) == 0 {
		return nil, errors.New("no files, or files that import \"C\"")
	}
	importing := importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		if to, ok := l.ImportMap[path]; ok {
			path = to
		}
		return os.Open(exports[path])
	})
	p := &pkg{path: l.ImportPath, importer: importing, version: strings.Join(strings.SplitN(runtime.Version(), ".", 3)[:2], ".")}
	if l.Module != nil && l.Module.GoVersion != "" {
		p.version = "go" + l.Module.GoVersion
	}
	for _, name := range l.GoFiles {
		path := filepath.Join(l.Dir, name)
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		p.files = append(p.files, &file{path: path, text: string(text)})
	}
	if !*broken {
		path := filepath.Join(l.Dir, "zz_rewrite.go")
		p.files = append(p.files, &file{path: path, text: fmt.Sprintf(declarations, l.Name), added: true})
	}
	return p, p.check()
}

// overlay collects the replaced files of one JSON file.
type overlay struct {
	name    string
	Replace map[string]string
}

func (o *overlay) add(p *pkg) error {
	for i, f := range p.files {
		h := fnv.New64a()
		h.Write([]byte(p.path))
		name := filepath.Join(*dir, fmt.Sprintf("%s-%x-%d.go", o.name, h.Sum64(), i))
		if err := os.WriteFile(name, []byte(f.text), 0o666); err != nil {
			return err
		}
		o.Replace[f.path] = name
	}
	return nil
}

func (o *overlay) write() error {
	text, err := json.Marshal(o)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(*dir, o.name+".json"), text, 0o666)
}

func run() error {
	out, err := filepath.Abs(*dir)
	if err != nil {
		return err
	}
	*dir = out
	if err := os.MkdirAll(*dir, 0o777); err != nil {
		return err
	}
	all, err := list(flag.Args())
	if err != nil {
		return err
	}
	exports := map[string]string{}
	for _, l := range all {
		exports[l.ImportPath] = l.Export
	}
	changed := overlay{"overlay", map[string]string{}}
	without := overlay{"without", map[string]string{}}
	for _, l := range all {
		if l.DepOnly {
			continue
		}
		p, err := readPackage(l, exports)
		if err != nil {
			fmt.Printf("%s: left as it is: %v\n", l.ImportPath, err)
			continue
		}
		h := fnv.New64a()
		h.Write([]byte(l.ImportPath))
		random := rand.New(rand.NewPCG(*seed, h.Sum64()))
		var done []string
		if *broken {
			whole := p.clone()
			done = damage(p, whole, random, *count)
			err = without.add(whole)
		} else {
			done = p.rewrite(random, *count)
		}
		if err = errors.Join(err, changed.add(p)); err != nil {
			return err
		}
		fmt.Printf("%s: %d %s\n", l.ImportPath, len(done), strings.Join(done, " "))
	}
	if *broken {
		err = without.write()
	}
	return errors.Join(err, changed.write())
}

func main() {
	flag.Parse()
	if *dir == "" {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "rewrite:", err)
		os.Exit(1)
	}
}
