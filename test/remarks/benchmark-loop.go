package p

import "testing"

type S struct{ a, b int }

var sink int

func f(x int) int          { return x }
func g(x int)              {}
func h(xs ...any)          {}
func two() (int, int)      { return 1, 2 }

func B1(b *testing.B) { for b.Loop() { f(1) } }
func B2(b *testing.B) { for b.Loop() { g(2) } }
func B3(b *testing.B) { for b.Loop() { g(sink) } }
func B4(b *testing.B) { var s S; xs := make([]int, 3); for b.Loop() { h(1, s, xs) } }
func B5(b *testing.B) { for b.Loop() { two() } }
func B6(b *testing.B) { for b.Loop() { x := f(3); _ = f(x) } }
func B7(b *testing.B) { var s S; for b.Loop() { s.a = f(4) } }
func B8(b *testing.B) { xs := make([]int, 3); for b.Loop() { xs[0] += 2 } }
func B9(b *testing.B) { for b.Loop() { _, _ = two() } }
func B10(b *testing.B) { x := 1; for b.Loop() { if x > 2 { g(x) } else { g(3) } } }
func B11(b *testing.B) { for b.Loop() { for i := range 3 { sink = i } } }
func B12(b *testing.B) { x := 1; for b.Loop() { switch x { case 1: g(1) } } }
func B13(b *testing.B) { var s S; for b.Loop() { p := &s; *&p.a = 1; *p = S{} } }
func B14(b *testing.B) { m := map[int]int{}; for b.Loop() { m[1] = 2; _, ok := m[2]; _ = ok; a, c := two(); _ = a + c } }
func B15(b *testing.B) { c := make(chan int, 1); for b.Loop() { c <- 1; <-c; x := <-c; _ = x; go g(1); defer g(2); println(x) } }
