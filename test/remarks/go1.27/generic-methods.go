//go:build go1.27

package gm

type T struct{ x int }

func (t T) M[P any](p P) P { return p }

func (t *T) PM[P any](p P) *P { return &p }

type G[K comparable, V any] struct{ m map[K]V }

func (g *G[K, V]) Map[U any](f func(V) U) *G[K, U] {
	r := &G[K, U]{m: map[K]U{}}
	for k, v := range g.m {
		r.m[k] = f(v)
	}
	return r
}

func (g G[K, V]) Each[S interface{ ~[]E }, E any](s S) (e E) {
	if len(s) > 0 {
		return s[0]
	}
	return
}

func (g G[K, V]) Plain(k K) V { return g.m[k] }

var sink any

func use(t T, g *G[string, int]) {
	sink = t.M(1)
	sink = t.M[string]("a")
	sink = t.PM(2)
	h := g.Map(func(i int) string { return "x" })
	_ = h.Map[float64](func(s string) float64 { return 1 })
	sink = g.Each([]int{1})
	f := t.M[int]
	sink = f(2)
	e := T.M[int]
	sink = e(t, 3)
	pe := (*T).PM[string]
	sink = pe(&t, "b")
	sink = g.Each[[]string, string]
	ge := (*G[string, int]).Map[bool]
	sink = ge
}

func gen[A any](a A, g *G[string, A]) {
	var t T
	sink = t.M(a)
	sink = g.Map(func(A) A { return a })
	f := g.Map[A]
	sink = f
	e := (*G[string, A]).Map[A]
	sink = e
	h := func() { sink = t.PM(a) }
	h()
}

func call(t *T) {
	gen(1, nil)
	gen(t, nil)
}

type E struct {
	*T
	G[int, int]
}

func emb(e E, pe *E) {
	sink = e.M(1)
	sink = e.PM(true)
	sink = pe.PM(int8(1))
	f := e.PM[int]
	sink = f
	g := E.PM[int]
	sink = g
	sink = pe.Each([]int{2})
	defer e.M(3)
	go pe.PM("x")
}
func conv[F float32 | float64, I ~int | ~uint8, S ~string, B ~bool, L ~[]byte | ~string, C complex64 | complex128, A any]() (F, I, S, B, L, C) {
	sink = F(1)
	sink = F(0.1)
	sink = I('a')
	sink = S("x")
	sink = B(1 < 2)
	sink = L("abc")
	sink = C(1)
	sink = C(1i)
	sink = 2 * F(3)
	var f F = 1
	f += 2
	_ = I(5) + 3
	return 1, 2, "s", true, L("x"), 2
}

func useconv() {
	conv[float32, int, string, bool, []byte, complex64, any]()
	conv[float64, uint8, string, bool, string, complex128, int]()
}
