package main

import (
	"go/ast"
	"go/types"
	"math/rand/v2"
	"strings"
)

// faults are what is put at the head of a body. Those are left out that leave no doubt what is meant, such as unused
// variables: they keep gc from going on, and not us.
var faults = []string{
	"var mutFault int = \"s\"; _ = mutFault",
	"mutFault()",
	"return 1, 2, 3, 4, 5, 6, 7",
	"x.mutFault = 1",
	"var mutFault struct{ a int }; mutFault.b = 2",
	"_ = []int{1}[\"a\"]",
	"func() int {}()",
	"_ = mutFault{1, 2}",
	"mutFault :=",
	"if {",
	"for ( {",
	")",
	"var",
	"switch x := {",
	"_ = [",
	"x := func( {",
	"else {",
}

// damage puts faults into as many as n functions of p that nothing in the package mentions and without which it
// compiles, and takes them out of whole, whose texts are p's: all else stays where it is. It returns their names and faults.
func damage(p, whole *pkg, random *rand.Rand, n int) []string {
	mentioned := map[types.Object]bool{}
	for _, o := range p.info.Uses {
		if f, ok := o.(*types.Func); ok {
			o = f.Origin()
		}
		mentioned[o] = true
	}
	type victim struct {
		index int
		name  string
		// extents in bytes
		start, body, end int
	}
	var all []victim
	for i, f := range p.files {
		for _, d := range f.tree.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Body == nil || fn.Name.Name == "_" || fn.Name.Name == "init" || mentioned[p.info.Defs[fn.Name]] {
				continue
			}
			all = append(all, victim{i, fn.Name.Name, p.offset(fn.Pos()), p.offset(fn.Body.Lbrace) + 1, p.offset(fn.End())})
		}
	}
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	var done []string
	var chosen []victim
	for _, v := range all {
		if len(done) == n {
			break
		}
		f := whole.files[v.index]
		if whole.apply(site{f, v.start, v.end, "", blank(f.text[v.start:v.end])}) {
			done = append(done, v.name)
			chosen = append(chosen, v)
		}
	}
	// the later ones of a file first, so that places before them hold
	for i, f := range p.files {
		for end := len(f.text); ; {
			last := -1
			for j, v := range chosen {
				if v.index == i && v.end <= end && (last < 0 || v.start > chosen[last].start) {
					last = j
				}
			}
			if last < 0 {
				break
			}
			at, fault := chosen[last].body, pick(random, faults)
			f.text = f.text[:at] + fault + ";" + f.text[at:]
			done[last] += " {" + fault + "}"
			end = chosen[last].start
		}
	}
	return done
}

// blank is the text with spaces for all but the ends of lines.
func blank(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' {
			return r
		}
		return ' '
	}, text)
}
