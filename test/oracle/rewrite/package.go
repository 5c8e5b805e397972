package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// file is a file of a package that is being changed.
type file struct {
	path string
	text string
	// added says that it is not one of the package's own.
	added bool
	tree  *ast.File
}

// pkg is a package that is being changed. What check found out holds for the texts of that moment.
type pkg struct {
	path     string
	version  string
	importer types.Importer
	files    []*file
	fset     *token.FileSet
	info     *types.Info
	types    *types.Package
}

func (p *pkg) clone() *pkg {
	c := *p
	c.files = nil
	for _, f := range p.files {
		copied := *f
		c.files = append(c.files, &copied)
	}
	return &c
}

// check parses the files and checks their types.
func (p *pkg) check() error {
	p.fset = token.NewFileSet()
	var trees []*ast.File
	for _, f := range p.files {
		tree, err := parser.ParseFile(p.fset, f.path, f.text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		f.tree = tree
		trees = append(trees, tree)
	}
	p.info = &types.Info{
		Types:      map[ast.Expr]types.TypeAndValue{},
		Defs:       map[*ast.Ident]types.Object{},
		Uses:       map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{},
	}
	config := types.Config{Importer: p.importer, Sizes: types.SizesFor("gc", "amd64"), GoVersion: p.version}
	var err error
	p.types, err = config.Check(p.path, p.fset, trees, p.info)
	return err
}

// offset is where pos is in its file, in bytes from 0.
func (p *pkg) offset(pos token.Pos) int { return p.fset.PositionFor(pos, false).Offset }

func (p *pkg) source(f *file, n ast.Node) string { return f.text[p.offset(n.Pos()):p.offset(n.End())] }

// typeText is t as f can write it; empty when it cannot.
func (p *pkg) typeText(f *file, t types.Type) string {
	named := true
	text := types.TypeString(t, func(o *types.Package) string {
		if o == p.types {
			return ""
		}
		for _, spec := range f.tree.Imports {
			if path, _ := strconv.Unquote(spec.Path.Value); path != o.Path() {
				continue
			}
			if spec.Name == nil {
				return o.Name()
			}
			named = named && spec.Name.Name != "." && spec.Name.Name != "_"
			return spec.Name.Name
		}
		named = false
		return ""
	})
	if !named || strings.Contains(text, "untyped") || strings.Contains(text, "invalid") {
		return ""
	}
	return text
}

// site is a place of a file and what may stand there instead.
type site struct {
	file       *file
	start, end int
	rule       string
	text       string
}

// apply puts the site's text in its place; false, and all as before, when the package does not compile with it.
func (p *pkg) apply(s site) bool {
	before := s.file.text
	s.file.text = before[:s.start] + s.text + before[s.end:]
	if p.check() == nil {
		return true
	}
	s.file.text = before
	return false
}

// rewrite makes n changes, each of a text that has those before it, and returns the names of their rules. It ends early
// where hardly anything can be changed.
func (p *pkg) rewrite(random *rand.Rand, n int) []string {
	var done []string
	for tries := 0; len(done) < n && tries < 6*n; {
		sites := p.sites(random)
		if *only != "" {
			rules := strings.Split(*only, ",")
			sites = slices.DeleteFunc(sites, func(s site) bool { return !slices.Contains(rules, s.rule) })
		}
		if len(sites) == 0 {
			break
		}
		applied := false
		for range 10 {
			s := sites[random.IntN(len(sites))]
			tries++
			if applied = p.apply(s); applied {
				done = append(done, s.rule)
				break
			}
		}
		// what the sites were found in holds again
		if !applied && p.check() != nil {
			panic("a text that compiled does not compile any more")
		}
	}
	return done
}
