package p

import (
	"encoding/binary"
	"math"
	"math/bits"
	"sync/atomic"
	"unsafe"
)

type T struct {
	z struct{}
	a int
	b []int
	s string
}
type I interface{ M() int }

//go:noinline
func ext(a int) int        { return a }
func ext2() (int, string)  { panic(1) }
func empty()               {}
func one() int             { return 1 }
func add(a, b int) int     { return a + b }
func addr(t *T) *int       { return &t.a }
func addrb(t *T) *[]int    { return &t.b }
func field(t *T) int       { return t.a }
func call(a int) int       { return ext(a) }
func param(f func() int) int { return f() }
func iface(i I) int        { return i.M() }
func pan()                 { panic("x") }
func two()                 { x, y := 1, 2; x, y = y, x; _, _ = x, y }
func zero()                { var x int; _ = x }
func rng(xs []int) (n int) {
	for _, x := range xs {
		n += x
	}
	return
}
func loop(n int) (s int) {
	for i := 0; i < n; i++ {
		s += i
	}
	return
}
func sw(x int) int {
	switch x {
	case 1:
		return 2
	case 2, 3:
		return 4
	}
	return 0
}
func tsw(x any) int {
	switch y := x.(type) {
	case int:
		return y
	case string, []byte:
		_ = y
		return 1
	case nil:
		return 3
	default:
		return 2
	}
}
func sel(a, b chan int) {
	select {
	case <-a:
	case b <- 1:
	}
}
func sel2(a, b chan int, d chan error) (int, bool, error) {
	select {
	case x, ok := <-a:
		return x, ok, nil
	case err := <-d:
		return 0, false, err
	default:
		return 0, false, nil
	}
}
func mp(m map[string]int, k string) (int, bool) { v, ok := m[k]; return v, ok }
func lit() *T                     { return &T{a: 1, s: "x"} }
func sl() []int                   { return []int{1, 2, 3} }
func app(s []int) []int           { return append(s, 1, 2) }
func clo(x int) func() int        { return func() int { return x } }
func cat(a, b string) string      { return a + b + "c" }
func conv(x int) any              { return x }
func slice(a *[4]int) []int       { return a[:] }
func slice2(s []int) []int        { return s[0:len(s)] }
func slice3(t *T) []int           { return t.b[:len(t.b):cap(t.b)] }
func idx(p *[4]int) int           { return p[1] }
func mn(a, b int) int             { return min(a, b, 3) }
func gt() int                     { i := 0; L: i++; if i < 3 { goto L }; return i }
func br()                         { for { break } }
func prn(a int)                   { println(a, "x"); print() }
func multi() (int, string)        { a, b := ext2(); return a, b }
func multi2() (x any, y any)      { x, y = ext2(); return }
func multi3() (int, string)       { return ext2() }
func rotl(x uint32) uint32        { return bits.RotateLeft32(x, 3) + uint32(bits.Len(uint(x))) }
func sq(x float64) float64        { return math.Sqrt(x) + math.Abs(x) + math.Floor(x) }
func at(p *int32) int32           { return atomic.AddInt32(p, 1) + atomic.LoadInt32(p) }
func le(b []byte) uint64          { return binary.LittleEndian.Uint64(b) + uint64(binary.BigEndian.Uint16(b)) }
func deref(x *float64) uint64     { return *(*uint64)(unsafe.Pointer(x)) }
func derefa(x float64) uint64     { return *(*uint64)(unsafe.Pointer(&x)) }
func constIf() int                { if unsafe.Sizeof(0) == 8 { return 1 }; return 2 }
func constIf2() int               { const debug = false; if debug { return ext(1) } else { return 3 } }
func methval(t I) func() int      { return t.M }
func methexpr(t I) int            { return I.M(t) }
func (t *T) M() int               { return t.a }
func mv(t *T) int                 { f := t.M; return f() }
func me(t *T) int                 { f := (*T).M; return f(t) }
func callLocal(x int) int         { f := func(a int) int { return a + x }; return f(1) + f(2) }
func ret4() (a, b, c, d int)      { return 1, 2, 3, 4 }
func use4() int                   { a, _, c, d := ret4(); return a + c + d }
func dt(x any) int                { return x.(int) }
func dt2(x any) int               { v, _ := x.(int); return v }
func rc(c chan int) int           { v := <-c; w, ok := <-c; if ok { return v }; return w }
func variadic(xs ...int) int      { return len(xs) }
func callv() int                  { return variadic() + variadic(1, 2) }
func callv2(xs []int) int         { return variadic(xs...) }
func cpx(a float64) float64       { c := complex(a, 1); return real(c) + imag(c) }
func cl(m map[int]int, s []int)   { clear(m); clear(s); delete(m, 1); copy(s, s); close((chan int)(nil)) }
func strs(s string, b []byte, r []rune) (string, []byte, []rune) { return string(b) + string(r) + string(rune(1)), []byte(s), []rune(s) }
func arr(b []byte) ([4]byte, *[4]byte) { return [4]byte(b), (*[4]byte)(b) }
func un(p *int, n int) (*int, []int, string) { return (*int)(unsafe.Add(unsafe.Pointer(p), n)), unsafe.Slice(p, n), unsafe.String((*byte)(nil), n) }
func neg(a int, b bool) (int, bool) { return -a ^ +a &^ ^a, !b }
func incdec(a *T) { a.a++; a.b[1]--; a.a <<= 2; a.s += "x" }
func lbl(xs [][]int) int {
outer:
	for i := range xs {
		for range xs[i] {
			continue outer
		}
		break outer
	}
	return 1
}
func fall(x int) int { switch { case x > 1: fallthrough; case x > 2: return 1 }; return 2 }
func rngs(s string, m map[int]int, n int, c chan int) {
	for range n {}
	for i := range n { _ = i }
	for i, r := range s { _, _ = i, r }
	for k, v := range m { _, _ = k, v }
	for v := range c { _ = v }
}
