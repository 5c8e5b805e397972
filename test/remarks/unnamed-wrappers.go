package p

type E struct{ x *int }

func (E) Blank(_ *int, _ int, q *int) *int { return q }
func (e E) M(int, *int) (*int, int)  { return e.x, 1 }
func (e *E) P(p *int, _ *int) (_ *int, r *int) { return e.x, p }

var g any = struct{ E }{}
var h any = &struct{ *E }{}
var i interface{ Blank(*int, int, *int) *int } = struct{ E }{}

func f() any {
	return struct {
		a int
		*E
	}{}
}
