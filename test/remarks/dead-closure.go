package p
func F(n int) int { f := func() int { return n }; return f() }
