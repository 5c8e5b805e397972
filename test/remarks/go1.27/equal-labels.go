// A label of a literal that has the name of one around it: a branch is to the one of its own function.
package gm

func seq(y func(int) bool) { _ = y(1) && y(2) }

func Q(n int) (s int) {
L:
	for range n {
		for x := range seq {
			f := func() {
			L:
				for {
					break L
				}
			}
			f()
			if x > n {
				break L
			}
		}
	}
	return
}
