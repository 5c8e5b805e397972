// Copies of closures that inlining makes: told apart in the compiler, and so not taken for a cycle.
package copies

import "io"

var sink any

func seq(n int) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for i := 0; i < n; i++ {
			if !yield(i) {
				return
			}
		}
	}
}

type table struct{ n int }

// One copy of seq's closure calls another.
func (t *table) nested() {
	for range seq(2) {
		for i := range seq(3) {
			defer func() { sink = i }()
		}
		t.n++
	}
}

// A literal in a copy is copied again.
func apply(f func() int) int { return f() }

func twice(n int) int {
	return apply(func() int { return apply(func() int { return n }) + apply(func() int { go println(n); return n }) })
}

func caller(n int) int { return twice(n) + twice(n+1) }

type order int

type reader struct{}

func (*reader) init(src io.Reader, o order) {}

// Types behind an unexported method are spelled as all others are.
func start(r *reader, src io.Reader) {
	(interface {
		init(io.Reader, order)
	})(r).init(src, 1)
}
