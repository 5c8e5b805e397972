package p

type Maker[T any] interface{ Make(T) }
type Both[T any] interface {
	Maker[T]
	Two()
}

type Set[T comparable] struct {
	m     map[T]*int
	s     []*T
	i     Maker[T]
	makes []Maker[T]
	both  Both[T]
	any   any
}

// The method of *Set[T] that calls the one of Set[T] passes its dictionary on. Where an operation of what is inlined takes
// a run-time type from it, the copy has a use for it.
func (s Set[T]) index(k T) *int               { return s.m[k] }
func (s Set[T]) remove(k T, p *int) *int      { delete(s.m, k); return p }
func (s Set[T]) copied(p []*T) int            { return copy(s.s, p) }
func (s Set[T]) slice(p *T) []*T              { x := make([]*T, 1); x[0] = p; return x }
func (s Set[T]) grow(p *T) []*T               { return append(s.s, p) }
func (s Set[T]) boxed(p *T) any               { return p }
func (s Set[T]) same(p Maker[T]) any          { return p }
func (s Set[T]) wide(p Both[T]) Maker[T]      { return p }
func (s Set[T]) keys(p *int) *int             { for range s.m { println("k") }; return p }
func (s Set[T]) elems(p []*T) any             { for _, s.any = range p { println("k") }; return p }
func (s Set[T]) makers(p []Maker[T]) Maker[T] { var m Maker[T]; for _, m = range p { println("k") }; return m }
func (s Set[T]) length(p *int) *int           { println(len(s.m)); return p }
func (s Set[T]) literal(k T, p *int) *int     { _ = map[T]*int{k: p}; return p }
func (s Set[T]) two(p *T) (*T, *T)            { return p, p }
func (s Set[T]) spread(p *T) (a, b any)       { a, b = s.two(p); return }



func use(s *Set[string]) any {
	return s
}
