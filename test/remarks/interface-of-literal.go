package p
var s any
func F(x int) { s = []int{x}; s = append([]int{}, x) }
