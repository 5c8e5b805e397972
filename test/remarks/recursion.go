package p
func R(n int) int { if n < 1 { return 0 }; return R(n-1) + 1 }
func F() int { return R(3) }
