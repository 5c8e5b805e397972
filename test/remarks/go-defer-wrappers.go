package p
func g(x *int) { println(*x) }
func F(x *int) { defer g(x); go g(x); for { defer g(nil) } }
