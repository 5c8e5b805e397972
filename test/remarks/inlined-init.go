package p

type names [4]string

func mk(base, ptr string) names {
	return names{base, base + "_32", base + "_32" + ptr, base + "_64" + ptr + base}
}

var (
	a = mk("access", "")
	b = mk("assign", "ptr")
	c = mk(d, "x")
	d = a[0]
)

type small uint8

func narrow(x int) small      { return small(x) }
func boxed(x int) any         { return int8(x) }
func scaled(x int) float64    { return float64(x) }
func join(x, y string) string { return x + y + "z" }

var (
	e = narrow(256)
	f = []small{narrow(257), narrow(-1)}
	g = boxed(200)
	h = scaled(2)
	i = []any{join("a", "b"), boxed(3)}
)
