package main

// A rule is what may stand in the place of something. $e is the text of an expression, $T its type, $s the text of a
// statement, $n a number that no other place of the file has.
type rule struct {
	name string
	text string
}

// values are for expressions that have a value, of any type.
var values = []rule{
	{"id", "mutId($e)"},
	{"pointer", "(*mutPtr($e))"},
	{"variadic", "mutLast($e, $e)"},
	{"new", "(*new($e))"},
	{"literal", "func() $T { return $e }()"},
	{"parameter", "func(x $T) $T { return x }($e)"},
	{"curry", "func(x $T) func() $T { return func() $T { return x } }($e)()"},
	{"variable", "func() $T { v := $e; f := func() $T { return v }; return f() }()"},
	{"assigned", "func() $T { v := $e; f := func() { v = $e }; f(); return v }()"},
	{"named", "func() (r $T) { defer func() { _ = recover() }(); r = $e; return }()"},
	{"deferred", "func() (r $T) { defer func(x $T) { r = x }($e); return r }()"},
	{"goto", "func() (r $T) { i := 0; L: r = $e; if i++; i < 2 { goto L }; return }()"},
	{"assert", "any($e).($T)"},
	{"typeswitch", "func() $T { switch x := any($e).(type) { case $T: return x; case int8: panic(x) }; panic(1) }()"},
	{"slice", "[]$T{$e}[0]"},
	{"array", "[3]$T{1: $e}[1]"},
	{"arrays", "func(s struct{ a [2]$T }) $T { return s.a[1] }(struct{ a [2]$T }{[2]$T{1: $e}})"},
	{"large", "(&[1 << 13]$T{$e})[0]"},
	{"make", "append(make([]$T, 0, 1<<13), $e)[0]"},
	{"struct", "(&struct{ f $T }{$e}).f"},
	{"map", "map[string]$T{\"a\": $e}[\"a\"]"},
	{"functions", "[...]func() $T{func() $T { return $e }}[0]()"},
	{"functionmap", "map[bool]func() $T{true: func() $T { return $e }}[mutSink == nil]()"},
	{"channel", "func() $T { c := make(chan $T, 1); c <- $e; return <-c }()"},
	{"select", "func() $T { c := make(chan $T, 1); select { case c <- $e: default: }; select { case v := <-c: return v; default: panic(0) } }()"},
	{"box", "(&mutBox[$T]{$e}).Get()"},
	{"boxvalue", "mutBox[$T].Val(mutBox[$T]{$e})"},
	{"interface", "mutGetter[$T](&mutBox[$T]{$e}).Get()"},
	{"embeddedinterface", "mutGetter[$T](struct{ *mutBox[$T] }{&mutBox[$T]{$e}}).Get()"},
	{"interfacefield", "struct{ mutGetter[$T] }{&mutBox[$T]{$e}}.Get()"},
	{"methodvalue", "mutCall((&mutBox[$T]{$e}).Get)"},
	{"methodexpr", "(*mutBox[$T]).Get(&mutBox[$T]{v: $e})"},
	{"interfaceexpr", "mutGetter[$T].Get(&mutBox[$T]{$e})"},
	{"embedded", "mutEmb[$T]{mutBox: mutBox[$T]{$e}}.Val()"},
	{"embeddedpointer", "(&mutEmb[$T]{mutBox2: &mutBox2[$T]{$e}}).Get2()"},
	{"embeddedexpr", "(*mutEmb[$T]).Get(&mutEmb[$T]{mutBox: mutBox[$T]{$e}})"},
	{"alias", "(&mutAlias[$T]{$e}).Get()"},
	{"call", "mutCall(func() $T { return $e })"},
	{"convert", "mutMap($e, func(x $T) $T { return x })"},
	{"either", "mutIf(mutSink != nil, func() $T { return $e }, func() (r $T) { r = $e; return })"},
	{"recursive", "mutRec(3, $e)"},
	{"mutual", "mutEven[$T](3, $e)"},
	{"rangefunc", "func() $T { for i := range mutSeq(2) { if i == 1 { return $e } }; panic(0) }()"},
	{"rangefunc2", "func() (r $T) { for _, v := range mutSeq2(1, $e) { r = v; if mutSink == nil { continue }; break }; return }()"},
	{"rangedefer", "func() (r $T) { for _, v := range mutSeq2(1, $e) { defer func() { mutSink = v }(); r = v }; return }()"},
	{"rangemapped", "func() (r $T) { for v := range mutMapped(mutSeq(2), func(int) $T { return $e }) { r = v }; return }()"},
	{"rangearray", "func() (r $T) { for _, v := range [2]$T{$e} { r = v }; return }()"},
	{"rangepointer", "func() (r $T) { for _, v := range &[2]$T{$e} { r = v; mutSink = &v }; return }()"},
	{"compare", "func() $T { x, y := $e, $e; if x == y { return x }; return y }()"},
	{"comparestruct", "func() $T { x, y := struct{ a $T; s string }{$e, \"\"}, struct{ a $T; s string }{$e, \"a\"}; if x != y { return x.a }; return y.a }()"},
	{"unsafe", "*(*$T)(mutUnsafe(mutPtr($e)))"},
}

var integers = []rule{
	{"min", "min($e, $e)"},
	{"max", "max($e, 0)"},
	{"wide", "$T(int64($e))"},
	{"xor", "($e ^ 0)"},
	{"valueswitch", "func() $T { switch x := $e; { case x > 3: return x; default: return x - 1 } }()"},
	{"length", "(mutZero[$T]() + $e)"},
}

var floats = []rule{
	{"min", "min($e, 0)"},
	{"complex", "$T(real(complex(float64($e), 0)))"},
}

var texts = []rule{
	{"bytes", "$T([]byte($e))"},
	{"runes", "$T([]rune($e))"},
	{"appended", "$T(append([]byte(nil), $e...))"},
	{"concat", "($e + mutString)"},
	{"concats", "(\"a\" + $e + mutString + $e)"},
	{"min", "min($e, \"b\")"},
	{"cut", "$e[:len($e)]"},
}

var sliceValues = []rule{
	{"appended", "append($T(nil), $e...)"},
	{"appendself", "append($e[:0:0], $e...)"},
	{"cut", "$e[:]"},
	{"copied", "func() $T { s := make($T, len($e), 10); copy(s, $e); clear(s[:0]); return s }()"},
	{"grown", "append($e, $e...)"},
}

var truths = []rule{
	{"and", "($e && $e)"},
	{"not", "!(!($e))"},
	{"or", "($e || mutSink != nil)"},
	{"false", "(!mutFalse && $e)"},
}

var pointers = []rule{
	{"deref", "(&*$e)"},
	{"unsafepointer", "($T)(mutUnsafe($e))"},
	{"copied", "func() $T { v := *$e; return &v }()"},
}

// statements are for statements within a block or a case. A rule whose name ends in ! puts the statement into a function
// literal, so control must not leave it.
var statements = []rule{
	{"function!", "func() { $s }()"},
	{"closure!", "{ f := func() { $s }; f(); if mutSink == nil { f() } }"},
	{"defer!", "defer func() { $s }()"},
	{"go!", "go func() { $s }()"},
	{"forclosure!", "for i := 0; i < 2; i++ { f := func() { mutSink = i; $s }; f() }"},
	{"fordefer!", "for i := range 2 { defer func() { mutSink = i; $s }() }"},
	{"once!", "mutCall(func() int { $s; return 1 })"},
	{"self!", "{ var f func(int); f = func(i int) { if i > 0 { f(i - 1) }; $s }; f(2) }"},
	{"range", "for range 2 { $s }"},
	{"rangemap", "for k := range map[string]int{\"a\": 1} { mutSink = k; $s }"},
	{"rangefunc", "for range mutSeq(2) { $s }"},
	{"rangefunc2", "for k, v := range mutSeq2(1, mutSink) { mutSink = v; _ = k; $s }"},
	{"rangerecover", "for range mutSeq(2) { defer func() { mutSink = recover() }(); $s }"},
	{"rangegoto", "{ for range mutSeq(2) { $s; if mutSink == 1 { goto mutL$n } }; mutL$n: }"},
	{"rangenested", "mutL$n: for range mutSeq(3) { for range mutSeq(2) { if mutSink == 1 { continue mutL$n }; if mutSink == 2 { break mutL$n }; $s } }"},
	{"goto", "{ i := 0; mutL$n: if i < 2 { i++; $s; goto mutL$n } }"},
	{"labelled", "mutL$n: switch { default: for { $s; break mutL$n } }"},
	{"switch", "switch x := mutSink.(type) { case nil: $s; case int: _ = x; case error, string: mutSink = x }"},
	{"switchgeneric", "switch x := any(mutBox[int]{}).(type) { case mutGetter[int]: mutSink = x; default: _ = x; $s }"},
	{"switchconstant", "switch mutConst { case 1: $s; case 2: panic(2) }"},
	{"fallthrough", "switch { case mutSink == 1: mutSink = 2; fallthrough; default: $s }"},
	{"if", "if mutSink != nil { $s } else { mutSink = 1 }"},
	{"ifassert", "if x, ok := mutSink.(interface{ Get() int }); ok { mutSink = x.Get(); $s }"},
	{"dead", "if mutFalse { $s } else if !mutFalse { $s }"},
	{"select", "select { default: $s }"},
	{"selectreceive", "select { case v, ok := <-make(chan int): mutSink, _ = v, ok; default: $s }"},
}

// calls are for statements that are a call.
var calls = []rule{
	{"defercall", "defer $s"},
	{"gocall", "go $s"},
	{"deferloop", "for range 3 { defer $s }"},
}

// declarations is the file that the rules' texts refer to.
const declarations = `//go:build go1.24

package %s

import "unsafe"

const mutFalse, mutConst = false, 1

var mutString string

var mutSink any

func mutId[T any](x T) T { return x }

func mutPtr[T any](x T) *T { return &x }

func mutLast[T any](xs ...T) T { return xs[len(xs)-1] }

func mutZero[T any]() (x T) { return }

func mutUnsafe[T any](x *T) unsafe.Pointer { return unsafe.Pointer(x) }

func mutCall[T any](f func() T) T { return f() }

func mutMap[T, U any](x T, f func(T) U) U { return f(x) }

func mutIf[T any](c bool, a, b func() T) T {
	if c {
		return a()
	}
	return b()
}

func mutRec[T any](n int, x T) T {
	if n == 0 {
		return x
	}
	return mutRec(n-1, x)
}

func mutEven[T any](n int, x T) T {
	if n == 0 {
		return x
	}
	return mutOdd(n-1, x)
}

func mutOdd[T any](n int, x T) T {
	defer func() { mutSink = n }()
	return mutEven(n-1, x)
}

func mutSeq(n int) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for i := 0; i < n; i++ {
			if !yield(i) {
				return
			}
		}
	}
}

func mutSeq2[K, V any](k K, v V) func(yield func(K, V) bool) {
	return func(yield func(K, V) bool) {
		_ = yield(k, v)
	}
}

func mutMapped[T, U any](seq func(func(T) bool), f func(T) U) func(func(U) bool) {
	return func(yield func(U) bool) {
		for x := range seq {
			if !yield(f(x)) {
				break
			}
		}
	}
}

type mutGetter[T any] interface{ Get() T }

type mutBox[T any] struct{ v T }

func (b *mutBox[T]) Get() T { return b.v }
func (b mutBox[T]) Val() T  { return b.v }

type mutBox2[T any] struct{ w T }

func (b *mutBox2[T]) Get2() T { return b.w }

type mutEmb[T any] struct {
	mutBox[T]
	*mutBox2[T]
}

type mutAlias[T any] = mutBox[T]
`
