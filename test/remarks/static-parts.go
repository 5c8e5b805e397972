package p

type pair struct {
	name string
	m    map[string]int
	next *pair
	any  any
	_    int32
	list [2][]int
}

func num() int { println(); return 1 }

var one = num()

var (
	a = &pair{"a", map[string]int{"x": 1}, &pair{m: map[string]int{}, list: [2][]int{1: {one}}}, one, 0, [2][]int{{1}, append([]int{}, one)}}
	b = []any{1, one, &pair{next: &pair{any: one}}, []int{one, 2, 3: one}}
	c = [3]pair{1: {any: &one, list: [2][]int{{0, one}, nil}}}
	d = c
	e = *a
	f = map[string]pair{"x": {any: one}}
	g = struct{ x, y any }{one, d}
)
