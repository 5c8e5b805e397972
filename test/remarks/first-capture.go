package p
var s any
func F() { a := 1; a = 2; s = func() int { return a } }
func G() { a := 1; s = func() int { return a }; a = 2 }
