// Package hot is compiled with the profile hot.pre.
package hot

type Op interface {
	Apply(a, b int) int
	Name() string
}

type Add struct{ calls int }

func (x *Add) Apply(a, b int) int { x.calls++; return a + b }
func (x *Add) Name() string       { return "add" }

type Mul int

func (m Mul) Apply(a, b int) int { return a * b * int(m) }

//go:noinline
func (m Mul) Name() string { return "mul" }

type Sub struct{}

func (Sub) Apply(a, b int) int { return a - b }
func (Sub) Name() string       { return "sub" }

// Big costs more than 80.
func Big(p *int, list []int) *int {
	sum := 0
	for i, x := range list {
		if x > i {
			sum += x * i
		} else if x < -i {
			sum -= x * i * 2
		} else {
			sum ^= x<<2 | i<<3
		}
		for j := range list {
			sum += list[j] * j * x
			if sum&1 == 0 {
				sum /= 2
			} else {
				sum = 3*sum + 1
			}
		}
	}
	for i := len(list) - 1; i > 0; i-- {
		sum += list[i]*sum - list[i-1]<<uint(i&7) + list[i%3]*list[i%5]
		if sum > 1000 && list[i] != 0 {
			sum = sum % (list[i]*list[i] + 1)
		}
	}
	*p = sum
	return p
}

func HotCaller(list []int) int {
	var x int
	return *Big(&x, list)
}

func ColdCaller(list []int) int {
	var x int
	return *Big(&x, list)
}

func Devirtualized(op Op, list []int) (n int) {
	for i := range list {
		n += op.Apply(n, list[i])
		n += len(op.Name())
		n -= op.Apply(i, n)
	}
	return n
}

func TwoOnALine(a, b Op) int {
	return a.Apply(1, len(b.Name()))
}

func Unseen(op Op) int {
	return op.Apply(3, 4)
}

func Tie(op Op) int {
	return op.Apply(5, 6)
}

func inc(x int) int  { return x + 1 }
func dec(x *int) int { return *x - 1 }

func Through(f func(int) int, g func(*int) int, n int) int {
	n = f(n)
	defer f(n)
	n += g(&n)
	return n
}

func pair(a, b string, rest ...*int) (string, error) { return a + b, nil }

func Variadic(f func(string, string, ...*int) (string, error), p *int) string {
	s, err := f("a", "b", p, nil)
	if err != nil {
		return ""
	}
	return s
}

func Captured(f func(int) int) func() int {
	return func() int {
		return f(7)
	}
}
