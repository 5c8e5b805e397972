//go:build go1.27

package p

type Caller interface{ Call() }
type Base struct {
	callee Caller
	any    any
}
type Derived[T Caller] struct {
	Base
	of T
}

func One[T Caller](x T) Derived[T]   { return Derived[T]{callee: x} }
func Three[T Caller](x T) Derived[T] { return Derived[T]{any: &x, of: x, callee: x} }

type number int

func (number) Call() {}

func use() {
	One(number(1))
	Three(number(2))
}
