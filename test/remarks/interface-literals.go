package p

// The type of a declaration is met before the literals that are identical to it.
type state struct{ list []reporter }

func report(r interface {
	Push(*int)
	Pop()
}) any {
	return reporter{r}
}

type reporter struct{ declared }
type declared interface {
	Push(*int)
	Pop()
}

type named interface{ M(x *int) (y *string) }

func literals(a interface{ M(*int) *string }, b interface{ M(p *int) (q *string) }) *string {
	var n named = a
	var g interface{ N(k []int) }
	_ = g
	return func() *string { n.M(nil); return b.M(nil) }()
}

type later interface{ N([]int) }
type embeds struct{ later }
