package p
func it(y func(int) bool) { y(1) }
func F() (n int) { for x := range it { n += x }; return }
