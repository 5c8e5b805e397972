package p
var s any
func g(a int) (r int) { r = a; return }
func h(a int) int { return a + 1 }
func F() { s = g(1) * 2; s = h(1); s = -h(2) }
