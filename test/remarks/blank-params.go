package p
func A(_ *int, x *int) {}
func B(*int, []byte) {}
func F(f func(*int), y *int) { f(y) }
