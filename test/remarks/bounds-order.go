package p

var t, u [8]int
var m map[int]int
var s [8]string
var b [8]bool

func f(x int) int    { println(x); return x }
func g(x ...int) int { println(len(x)); return 1 }

//go:noinline
func h(x, y int) (int, int) { return x, y }

func order(i, j, k, l int, c chan int, e any) (r [8]int) {
	t[i&7] = u[j&7] + f(u[k&7]) + t[l&7]
	f(t[i&7] + f(t[j&7]))
	g(t[i&7], f(t[j&7]), t[k&7])
	t[i&7], u[j&7] = h(t[k&7], f(u[l&7]))
	t[i&7], u[j&7] = f(t[k&7]), u[l&7]
	if b[i&7] && b[f(t[j&7])&7] || b[k&7] {
		t[i&7] += len(s[j&7])
	}
	b[i&7] = b[j&7] && b[k&7]
	t[i&7] = m[t[j&7]] + len(s[k&7][l:])
	m[t[i&7]] = t[f(u[j&7])&7]
	t[i&7] = <-c + e.(int) + t[j&7]
	_ = map[int]int{t[i&7]: u[j&7], f(t[k&7]): u[l&7]}
	x := []int{t[i&7], f(t[j&7]), t[k&7]}
	x = append(x, t[i&7], f(u[j&7]))
	t[i&7] = cap(append(x, u[j&7])) + t[k&7]
	for t[i&7] < f(t[j&7]) {
		t[k&7]++
	}
	switch t[i&7] + f(t[j&7]) {
	case t[k&7], f(t[l&7]):
		return [8]int{t[i&7], f(t[j&7]), 2: t[k&7]}
	}
	for range t[i&7] + f(u[j&7]) {
	}
	func() { r[i&7] = f(r[j&7]) }()
	defer f(t[i&7] + f(t[j&7]))
	return
}

func lists(i, j, k uint8, e any, c chan int) {
	var ok bool
	var v [256]int
	v[i], ok = m[v[j]]
	v[i], ok = <-c
	v[i], b[j&7] = e.(int)
	_, b[v[k]&7] = m[v[f(v[i])&15]]
	m[v[i]] += v[j]
	c <- v[i] + f(v[j])
	delete(m, v[i]+f(v[j]))
	copy(v[i:], v[f(v[k])&7:])
	println(ok, v[i], f(v[j]))
	go g(v[i], f(v[j]))
	if x := v[i] + f(v[j]); x == v[k] {
		panic(v[j])
	}
	_ = s[i&7] + string(rune(f(v[j]))) + s[k&7]
	_ = any(v[i]) == any(f(v[j]))
	_ = [2]int{v[i], f(v[j])} == [2]int{v[k]}
	_ = func() int { return v[i] + f(v[j]) }
	select {
	case v[i] = <-c:
	case c <- v[j] + f(v[k]):
	}
	v[i], v[j] = v[j], v[i]
}
