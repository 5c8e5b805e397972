package p

type node[K any] struct {
	whole bool
	key   K
}

//go:noinline
func (n *node[K]) entry() *K {
	var k any = n.key
	last = k
	return &n.key
}

type entry[K any] struct {
	node[K]
	n int
}

type box[T any] struct{ p *T }

func (b *box[T]) any() any { return b.p }

var last any

// The shape of entry[K] promotes methods whose dictionary is of their own package.
type tree[K any] struct{ root box[entry[K]] }

func (t *tree[K]) get() any { return t.root.any() }

var t tree[any]

func get() any { return t.get() }
