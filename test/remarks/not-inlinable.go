package p

//go:noinline
func a() {}

func b() { defer a() }
func c() { go a() }
func d() any { return recover() }

//go:nosplit
func e() int { return 1 }

//go:uintptrescapes
func f(x uintptr) {}

func init() { println("x") }
func init() { println("y") }
func _() { println() }

var k = func() int { return 3 }()
var l = func() { println(1); println(2); defer println(3) }

func m(f func(func(int) bool)) int {
	for x := range f {
		defer println(x)
		return x
	}
	return 0
}
func n(f func(func(int, string) bool)) (r int) {
	for x, y := range f {
		if y == "" {
			continue
		}
		for range f2 {
			if x > 3 {
				break
			}
			return r
		}
		r += x
	}
	return
}
func f2(func() bool) {}
func o(x int) (y int) {
	y = x*x + x*x + x*x + x*x + x*x + x*x + x*x + x*x + x*x + x*x + x*x + x*x + x*x + x*x + x*x + x*x
	return y + x*x + x*x + x*x
}
