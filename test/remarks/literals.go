package p
var s any
func F() { n := 10; b := make([]int, n); x := 5; s = x; _ = b[0] }
