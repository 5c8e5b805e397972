package p
func F(f func(func(int) bool)) (n int) {
	for x := range f { if x > 2 { return x }; n += x }
	return
}
