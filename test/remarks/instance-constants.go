package p
import "unsafe"
var s any
func D[T any](x T) { if unsafe.Sizeof(x) == 9 { s = new(T) } }
func F() { D(1) }
