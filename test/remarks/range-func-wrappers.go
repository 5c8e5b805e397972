package p

import "iter"

type C struct{ p *int }

var seq iter.Seq[C]

func (c C) Find(p *int) (C, bool) {
	for d := range seq {
		if d.p == p {
			return d, true
		}
	}
	return c, false
}

func (c C) None() (C, bool) {
	for range 3 {
		println(c.p)
	}
	return c, false
}

type G[T any] struct{ p *T }

func ints(yield func(int) bool) {}

func (g G[T]) Find(int) (_ *T, _ int) {
	for i := range ints {
		return nil, i
	}
	return g.p, 0
}

type E struct {
	C
	*G[string]
	n int
}

type F struct{ *C }

var x, y any = E{}, &F{}
