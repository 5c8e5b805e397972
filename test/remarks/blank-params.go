package p

import _ "unsafe"

func A(_ *int, x *int) {}
func B(*int, []byte) {}
func F(f func(*int), y *int) { f(y) }

//go:linkname asm runtime.memmove
func asm(_, _ *int, _ int) (_ *int)

//go:noescape
//go:linkname noescape runtime.memclr
func noescape(_ *int, x *int, _ []byte)

//go:linkname unnamed runtime.memclr2
func unnamed(*int, []byte)
