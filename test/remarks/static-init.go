package p
import "errors"
type T struct{ m map[int]int; v any }
var a, b, c = &T{}, []any{1, "x"}, errors.New("e")
var d = T{map[int]int{}, a}
var e = append([]int{}, 1)
