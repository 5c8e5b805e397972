package p
func g(int) {}
func H(a, b int) {
	f1 := func() { g(a) }
	f2 := func() { g(b) }
	println(a, b, a+b, a-b, a*b, a/b, a%b, a|b, a&b, a^b, a<<1, a>>1, a+1, a+2, a+3, a+4, a+5, a+6, a+7, a+8, a+9)
	f2(); f1()
}
