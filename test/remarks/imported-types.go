package q

import "sync"

type List[T comparable] struct {
	sync.Mutex
	items []T
}

type Plain = List[struct{}]

type Gadget[T any] interface{ Eval(out *T, in []T) }

type G struct{}

func (G) Eval(out *int, in []int) { *out = in[0] }

func Check(g Gadget[int], out *int) { g.Eval(out, nil) }

func Lists(f func([]List[string])) { f(nil) }

func Inlined() any { var l []*List[int8]; return l }

type Lots[T comparable] = List[T]
