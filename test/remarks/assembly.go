package p

import _ "unsafe"

func inAssembly(p *int, n int) *int

//go:noescape
func inAssemblyToo(p *int) *int

func calledFromAssembly(p, q **int) *int {
	*p = *q
	return *p
}

func static(p *int) *int { return p }

//go:linkname named other.named
func named(p *int) *int { return p }

//go:linkname abigen other.abigen
func abigen(p *int) (int, *int)
