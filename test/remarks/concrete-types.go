package p

import (
	"bytes"
	"io"
	"sort"
)

type I interface{ M() int }
type J interface {
	I
	N()
}
type T struct{ x int }

func (t *T) M() int { return t.x }
func (t *T) N()     {}

type V int

func (v V) M() int { return int(v) }

type E struct{ I }
type P struct{ *T }

func mk() I            { return &T{} }
func mk2() (I, error)  { return V(1), nil }
func a() int           { var i I = V(1); return i.M() }
func b() int           { return mk().M() }
func c() int           { i, _ := mk2(); return i.M() }
func d(x bool) int     { var i I; if x { i = &T{} } else { i = V(1) }; return i.M() }
func e() int           { i := I(E{mk()}); return i.M() }
func f() int           { i := I(P{&T{}}); return i.M() }
func g() int           { var j J = &T{}; i := I(j); j.N(); return i.M() }
func h(r io.Reader)    { var w io.Writer = new(bytes.Buffer); w.Write(nil); if x, ok := w.(io.Reader); ok { x.Read(nil) } }
func i() int           { i := mk(); defer i.M(); go i.M(); func() { i.M() }(); return i.M() }
func j(s []int)        { sort.Sort(sort.IntSlice(s)); sort.Sort(sort.Reverse(sort.IntSlice(s))) }
func k() (n int)       { for _, v := range []I{V(1)} { n += v.M() }; for _, v := range []V{1} { var i I = v; n += i.M() }; return }
func l(x any) int      { switch y := x.(type) { case *T: return I(y).M(); case I: return y.M() }; return 0 }
func m() int           { x := any(V(2)); switch y := x.(type) { case I: return y.M() }; return x.(I).M() }
func n(m map[int]V) int { var i I; i, _ = m[1], 0; v, ok := any(&T{}).(I); if ok { return v.M() }; return i.M() }
func o(p *I) int       { i := I(V(1)); p = &i; return i.M() + (*p).M() }
func q() int           { i := I(V(1)); i = i; i = nil; i = V(2); return i.M() }
