package p
func F() { var q *int
L:
	q = new(int); if *q == 0 { goto L } }
func G() { q := new(int)
L:
	if *q == 0 { goto L } }
