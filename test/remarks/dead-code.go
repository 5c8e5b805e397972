package p
var s any
func F() { if false { s = func() {} }; const d = 0; switch d { case 1: s = new(int); default: s = func() int { return 1 } }; return; s = new(int) }
