package p
func F(x int) *int { return new(x) }
func G() *int { return new(3 + 4) }
