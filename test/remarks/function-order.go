package p
var t [8]int
func A() func(int) int { return func(i int) int { return t[i&7] } }
func B() func(int) int { return func(i int) int { return t[i&7] } }
func C(k int) (f, g func() int) { f = func() int { return t[k&7] }; g = func() int { return t[k&3] }; k++; return }
func G[T any](i int) int { return t[i&7] }
func D() int { return G[int](1) + E(2) }
func E(i int) int { if i > 99 { panic(E(3)) }; return t[i&7] }
