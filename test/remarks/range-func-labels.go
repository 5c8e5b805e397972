package p

func seq(y func(int) bool) { _ = y(1) && y(2) }

// the labels of literals have numbers too, and of equal ones the last counts
func Numbers(n int) (s int) {
	f := func() {
	A:
		for range n {
		B:
			for range n {
				if n > 1 {
					continue A
				}
				break B
			}
		}
	}
C:
	for range n {
		for x := range seq {
			g := func(k int) {
			D:
				for {
					k++
					break D
				}
			}
			if g(x); x == 2 {
				continue C
			}
		E:
			switch {
			case x == 3:
				for y := range seq {
					if y == x {
						break E
					}
					if y == n {
						goto F
					}
				}
			}
			break C
		}
	}
	f()
F:
	s++
	return
}

func Equal(n int) (s int) {
L:
	for range n {
		for x := range seq {
			if x > n {
				break L
			}
			s += x
		}
	}
	func() {
	L:
		for {
			break L
		}
	}()
	return
}
