package p

// the arguments of a generic alias are shapes where one of them has a shape
type set[T comparable] = map[T]bool
type pair[A, B any] = struct {
	a A
	b B
}

type tree[T any] struct {
	kids set[*tree[T]]
	p    pair[T, []int]
}

func (t *tree[T]) all() any {
	f := func() set[*tree[T]] { return t.kids }
	return []any{f(), set[*tree[T]]{}, pair[[]T, string]{}, t.p}
}

func box[T any](t T) any { return &t }

func (t *tree[T]) boxed() any { return box(*t) }

func use() {
	println(new(tree[int]).all(), new(tree[pair[int, string]]).boxed())
}
