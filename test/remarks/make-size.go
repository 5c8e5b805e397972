package p
func F(n int) int {
	_ = make([]byte, 1<<33)
	return len(make([]int, n)) + len(make([]struct{}, 2)) + len(make([]byte, 65536)) + len(make([]byte, 65537))
}
