package p

import "strings"

type tracer struct{ on bool }

//go:noinline
func (t *tracer) un(s string, id int) { println(s, id, t.on) }

func (t *tracer) in(s string, args ...any) (string, int) {
	s, _, _ = strings.Cut(s, "(")
	return s, len(args)
}

func pair() (string, int) { return "a", 1 }

func late() (string, any) { return "b", nil }

//go:noinline
func two(s string, x any) {}

// A temporary of a call's several results is captured where the last declaration was read.
func f(t *tracer, n int) {
	if t.on {
		defer t.un(t.in("f", n))
	}
	m := n + 1
	if t.on {
		defer t.un(t.in("g", m))
	}
	go two(late())
	func() {
		defer t.un(pair())
		k, l := m, n
		_ = func() { j := 1; _ = j }
		defer t.un(t.in("h", k, l))
	}()
	for i := range n {
		defer t.un(t.in("i", i))
	}
	switch x := any(n).(type) {
	case int:
		defer t.un(t.in("j", x))
	}
	defer gen[int](pairOf[int]())
	defer first(rest())
}

//go:noinline
func gen[T any](s string, t T) {}

func pairOf[T any]() (s string, t T) { return }

type A struct{ x [4]int }

//go:noinline
func first(a A, s strings.Builder) {}

func rest() (a A, s strings.Builder) { return }
