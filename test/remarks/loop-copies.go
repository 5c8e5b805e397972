package p

var fs []func()
var ps []*int

func a() {
	for i := 0; i < 3; i++ {
		fs = append(fs, func() { println(i) })
	}
	for i, j := 0, 1; i < j; i, j = i+1, j+2 {
		if i == 2 {
			continue
		}
		ps = append(ps, &i)
	}
	for i := range 4 {
		ps = append(ps, &i)
		fs = append(fs, func() { i++ })
	}
	for k, v := range map[int]int{1: 2} {
		fs = append(fs, func() { println(k, v) })
	}
	for i := 0; ; {
		if i > 3 {
			return
		}
		p := &i
		*p++
	}
}
func b() func() {
	for i := 0; i < 3; i++ {
		return func() { println(i) }
	}
	return nil
}
func c(xs []struct{ a [4]int }) {
	for _, x := range xs {
		s := x.a[:]
		s[0] = 1
	}
	for i := 0; i < 2; i++ {
	inner:
		for j := 0; j < 2; j++ {
			if j == 1 {
				continue inner
			}
			ps = append(ps, &j)
			fs = append(fs, func() { println(i, j) })
		}
	}
}
