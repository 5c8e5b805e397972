package p
var s any
func F(a *int, b func(), c struct{ _ [0]int; p *int }, d [1]map[int]int, e int, f struct{}) { s = a; s = b; s = c; s = d; s = e; s = f }
