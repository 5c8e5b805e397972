package ca

type Foo struct{ n int }

func (f Foo) Get() int { return f.n }

type C = interface{ ~int | ~[]Foo }

type D = interface {
	comparable
	Get() int
}

type E = C

type bar struct{ s []string }

func (b *bar) Put(s string) { b.s = append(b.s, s) }

type F = interface {
	*bar
	Put(string)
}

func sum[T C](t T) T { return t }

func put[P F](p P, s string) { p.Put(s) }

func get[P D](p P) int { return p.Get() }

const limit, _ uint8 = 3, 4

func use(b *bar) int {
	put(b, "x")
	return sum(int(limit)) + get(Foo{1})
}
