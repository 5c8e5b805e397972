package p

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
)

type T struct {
	a int
	p *T
	f func() int
	m map[string]int
	i any
}

var (
	a      = 1
	b      = a
	c, d   = two()
	e      = errors.New("e")
	f      = fmt.Errorf("f %d", a)
	g      = []string{"a", "b", strings.ToUpper("c")}
	h      = map[string]int{"a": 1}
	i      = map[int]*T{1: {a: 1}, 2: {a: 2}, 3: {a: 3}, 4: {a: 4}, 5: {a: 5}}
	j      = &T{a: 1, p: &T{f: func() int { return 1 }}, i: 3}
	k      = func() int { return a }
	l      = k
	m      = [...]any{1, "x", &a, T{}, nil, time.Second}
	n      = regexp.MustCompile("x")
	o, p   = func() (int, error) { return 1, nil }()
	q      = new(int)
	r      = make([]int, 3)
	s      = []byte("abc")
	t      = string(s)
	u      = (*T).M
	v      = j.M
	w      = lit(1)
	x      = lit(a)
	y      = T{p: j, i: j.a}
	z      = struct{ a, b int }{1, a + 1}
	_      = two
	_      = lit(2)
	_, aa  = two()
	ab     = interface{ M() int }(j)
	ac     = ab.(*T)
	ad, ae = ab.(*T)
	af     = len(g)
	ag     = &g
	ah     = &z.b
	ai     = strings.NewReplacer("a", "b")
	aj     = big
	ak     = [3]int{1, 2, 3}
	al     = ak
	am     = [2][]int{{1}, {2, a}}
)

const big = "abc"

func two() (int, int)  { return 1, 2 }
func lit(x int) *T     { return &T{a: x} }
func (t *T) M() int    { return t.a }
func init()            { a = 2 }
