package p
type T struct{ a, b []int }
func (t *T) M(x []*int) { t.a = t.b[1:]; x[0], x[1] = x[1], x[0] }
