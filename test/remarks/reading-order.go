package p

import "fmt"

// The order in which types are met is that of their wrappers.

const empty Text = ""

type sorter struct{ list []fmt.Stringer }

func (s sorter) Less(i, j int) bool { return s.list[i].String() < s.list[j].String() }

type Text string

func (t Text) Format(f fmt.State, c rune) { fmt.Fprintf(f, "%s", string(t)) }

func (t Text) String() string { return string(t) }

type kind int

const (
	first kind = iota
	second
)

func (k kind) Format(f fmt.State, c rune) {}

type walker interface {
	Walk(Node)
	Tree() Tree
}

type Tree interface {
	Parent() Tree
	SetParent(Tree)
}

type Syntax interface {
	Tree
	Interval() *int
}

type Node interface {
	Syntax
	Accept(v Visitor) any
	Describe([]string, Describer) string
}

type Describer interface {
	Listen(Listener)
	Literals(rule RuleNode) []string
}

type Listener interface {
	Report(d Describer, l Leaf)
}

type RuleNode interface {
	Node
	Context() Context
}

type Context interface {
	RuleNode
	Invoke(c Context, s []string)
}

type Leaf interface {
	Node
	Symbol(t *Token)
}

type ErrorLeaf interface {
	Leaf
	errorNode(Visitor)
}

type Visitor interface {
	Visit(tree Node) any
	VisitChildren(node RuleNode) any
	VisitLeaf(node Leaf) any
	VisitError(node ErrorLeaf) any
}

type Token struct{ leaf ErrorLeaf }

func use(w walker, s sorter, c Context) any { return []any{w, s, c, empty, second} }
