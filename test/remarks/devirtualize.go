package p
type I interface{ M() }
type T struct{ x int }
func (t *T) M() {}
func F(b bool) { var i I = &T{1}; if b { i = &T{2} }; i.M() }
func G(b bool) { var i I; if b { i = &T{2} }; i.M(); func() { i.M() }() }
