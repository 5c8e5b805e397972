package p

func r1(n int) int {
	if n == 0 {
		return 1
	}
	return r2(n - 1)
}
func r2(n int) int {
	if n == 0 {
		return 2
	}
	return r3(n-1) + 1
}
func r3(n int) int { return r1(n) }

func once(n int) int {
	f := func(a, b, c int) int {
		x := a*b + b*c + c*a
		for i := 0; i < x; i++ {
			x += i*a - i*b - i*c
			x ^= a | b | c
			x += i*a - i*b - i*c
			x ^= a | b | c
			x += i*a - i*b - i*c
		}
		return x
	}
	return f(n, n, n)
}
func twice(n int) int {
	f := func(a, b, c int) int {
		x := a*b + b*c + c*a
		for i := 0; i < x; i++ {
			x += i*a - i*b - i*c
			x ^= a | b | c
			x += i*a - i*b - i*c
			x ^= a | b | c
			x += i*a - i*b - i*c
			x += i*a - i*b - i*c
			x ^= a | b | c
			x += i*a - i*b - i*c
			x += i*a - i*b - i*c
			x ^= a | b | c
			x += i*a - i*b - i*c
		}
		return x
	}
	return f(n, n, n) + f(1, 2, 3)
}
func each(xs []int, f func(int)) {
	for _, x := range xs {
		f(x)
	}
}
func sum(xs []int) (n int) {
	each(xs, func(x int) { n += x })
	each(xs, func(x int) { each(xs, func(y int) { n += x * y }) })
	return
}
func adder(x int) func(int) int { return func(y int) int { x += y; return x } }
func useAdder() int {
	a := adder(1)
	return a(2) + adder(3)(4) + a(5)
}

type node struct{ l, r *node }

func (n *node) walk(f func(*node)) {
	if n == nil {
		return
	}
	n.l.walk(f)
	f(n)
	n.r.walk(f)
}
func count(n *node) (c int) { n.walk(func(*node) { c++ }); return }

type emb struct {
	*node
	x int
}
type emb2 struct{ emb }

func promoted(e emb2) { e.walk(nil) }

func deferred(f func()) {
	defer func() { f() }()
	defer deferred(nil)
	go func(x int) { println(x) }(1)
	func() { f() }()
}
func named() (a int, err error) {
	if a, err = ret(); err != nil {
		return 1, err
	}
	b, err := ret()
	return b, err
}
func ret() (int, error)      { return 1, nil }
func pair() (int, int)       { return 1, 2 }
func take(a, b int) int      { return a + b }
func chain() int             { return take(pair()) + take(take(pair()), 1) }
func shadow(x int) int       { if x := take(x, x); x > 1 { return x }; return x }
func loopc(n int) (r int)    { for i := take(1, 2); i < take(n, n); i += take(1, 1) { r += take(i, r) }; return }
func closures() (fs []func() int) {
	for i := 0; i < 3; i++ {
		fs = append(fs, func() int { return take(i, i) })
		fs = append(fs, adderf(i))
	}
	return
}
func adderf(i int) func() int { return func() int { g := func() int { return i }; return g() + i } }
