package p

import (
	"cmp"
	"slices"
)

type Num interface{ ~int | ~float64 }
type Str interface{ String() string }
type S string

func (s S) String() string { return string(s) }

func Max[T cmp.Ordered](a, b T) T { if a > b { return a }; return b }
func Map[T, U any](xs []T, f func(T) U) []U {
	out := make([]U, 0, len(xs))
	for _, x := range xs {
		out = append(out, f(x))
	}
	return out
}
func Join[T Str](xs ...T) (s string) {
	for _, x := range xs {
		s += x.String()
	}
	return
}
func Any[T any](x T) any    { return x }
func New[T any]() *T        { return new(T) }
func Is[T any](x any) bool  { _, ok := x.(T); return ok }
func Outer[T any](x T) func() T { return func() T { return Inner(x) } }
func Inner[T any](x T) T    { return x }

type List[T any] struct {
	head *Node[T]
	n    int
}
type Node[T any] struct {
	next *Node[T]
	v    T
}

func (l *List[T]) Push(v T)  { l.head = &Node[T]{l.head, v}; l.n++ }
func (l *List[T]) Len() int  { return l.n }
func (l List[T]) Each(f func(T)) { for n := l.head; n != nil; n = n.next { f(n.v) } }
func (l *List[T]) All() func(func(T) bool) {
	return func(yield func(T) bool) {
		for n := l.head; n != nil; n = n.next {
			if !yield(n.v) {
				return
			}
		}
	}
}

func use() (r int) {
	r += Max(1, 2) + len(Max("a", "b")) + Max[int](3, 4)
	f := Max[float64]
	_ = f(1, 2)
	_ = Map([]int{1}, func(x int) string { return "x" })
	_ = Join(S("a"), S("b"))
	_, _, _ = Any(1), New[int](), Is[string](nil)
	_ = Outer("x")()
	var l List[int]
	l.Push(1)
	l.Each(func(x int) { r += x })
	for v := range l.All() {
		r += v
	}
	g := l.Len
	var i interface{ Len() int } = &l
	slices.Sort([]int{1})
	return r + g() + i.Len()
}
