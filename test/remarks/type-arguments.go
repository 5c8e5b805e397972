package p
import "container/list"
var s any
type L[T any] struct{ v T; w int }
func F() { type M struct{ a int }; s = M{}; s = L[M]{}; s = L[list.List]{}; s = []interface{ m() }{}; s = []any{} }
