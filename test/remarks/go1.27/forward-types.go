// A type has its wrappers after those of the types that its declaration leads to, though they mention it.
package forward

type Node interface {
	Copy() Node
	Write(to *[]byte)
	tree() *Tree
}

type List struct {
	tree  *Tree
	Nodes []Node
}

type Branch struct{ of *Tree }

func (b *Branch) tree() *Tree { return b.of }

type If struct{ Branch }

func (t *Tree) newIf() *If { return nil }

type Tree struct{ Root *List }
