package p
type T struct{ x int }
func (t *T) M() int { return t.x }
func F(t *T) int { f := t.M; g := (*T).M; return f() + g(t) }
