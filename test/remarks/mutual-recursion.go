package p
func R(n int, p *int) (q *int) { if n == 0 { return p }; return R(n-1, p) }
func F(p, q **int) { *p = *q; G(q) }
func G(p **int) { F(p, nil) }
