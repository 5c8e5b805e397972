/** Faults of the kind that type checkers find, put into valid Go by tokens: the same random numbers make the same text. */

type Random = (below: number) => number;

const token =
  /[ \t\r\n]+|\/\/[^\n]*|\/\*[^]*?\*\/|`[^`]*`|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)+'|\.?[0-9](?:[eEpP][+-]|[\w.])*|[\p{L}_][\p{L}\p{Nd}_]*|<<=|>>=|&\^=|\.\.\.|&&|\|\||<-|\+\+|--|[=!<>:+\-*/%&|^]=|<<|>>|&\^|[^]/gu;
const keywords = new Set(
  'break case chan const continue default defer else fallthrough for func go goto if import interface map package range return select struct switch type var'.split(
    ' ',
  ),
);
const operators = '+ - * / % & | ^ << >> && || == != < <= > >= &^'.split(' ');
const types =
  'int string bool float64 complex128 byte uint8 int64 uintptr error any []int []byte map[string]int map[[]int]int chan<-_int <-chan_int *int **int func() func(int)_string struct{} struct{_a_int } interface{_M() } interface{ ~int } comparable [3]int [-1]int [...]int nosuch'
    .split(' ')
    .map(t => t.replaceAll('_', ' '));
const values =
  `1 -1 0 "s" 'c' nil 1.5 1i true iota 1<<70 -1<<63 1e400 x.y f() []int{1} []int{1,2,"a"} [2]int{1,2,3} map[string]int{"a":1,"a":2} func()_{} struct{}{} &struct{_a_int_}{} _ len int new(int) make([]int,-1) make(int) append(nil,1) copy(1,2) delete(1,2) cap(1) len(1,2) close(1) panic() recover(1) min(1,"a") max() clear(1) complex(1,"a") real("a") any(1).(int) any(1).(nosuch) 1.(int) (1) *1 &1 -"a" !1 ^1.5 <-1 +nil 1/0 1%0.5 1.5%2 "a"[5] "a"[1:0] []int{}["a"] [3]int{}[5] 1<<1.5 1<<-1 1.5<<3 "a"<<1 uint8(256) int8(-129) string(1.5) []byte(1) error("x") [](int){1}`
    .split(' ')
    .map(t =>
      t
        .replaceAll('_ ', ' ')
        .replaceAll(/_(?=\{|a|int)/g, ' ')
        .replaceAll('int_}', 'int }'),
    );
const statements = `var unused int
unused1, unused2 := 1, 2
x := nil
var x = nil
_ = nil
_ = nil == nil
var x int = "s"; _ = x
var x, y int = 1; _, _ = x, y
var x, y = 1, 2, 3
const c uint8 = 256
const c int8 = 1 << 7
const c = len([]int{})
const c int = 1.5
const c = nosuch
_ = uint8(255) + 1<<8
_ = 1 << 1000
_ = 10 / 0
_ = 1.0 << 3.5
var s uint = 3; var f float64 = 1 << s; _ = f
var s uint = 3; _ = 1.0 << s
var s uint = 3; _ = "a"[1.0<<s]
_ = make([]int, 2, 1)
L:
L: for { break M }
goto L
goto L; x := 1; _ = x; L:
{ goto L }; { L: }
for { continue L }
break
continue
fallthrough
return
return 1, 2, 3
return nil
defer 1
go func() {}
defer recover
defer int(3)
go len("a")
x++
1++
"a"++
1 = 2
nosuch = 1
len("a") = 1
f() = 1
a, b := 1
a, b := func() int { return 1 }()
a := func() {}()
_ = func() {}()
var a []int; a.x = 1
var a struct{ b int }; a.c = 1
var a struct{ b int }; a.B = 1
var a *struct{ b int }; a.b.c = 1
var a **struct{ b int }; _ = a.b
var a any; a.b()
var a any; _ = a + 1
var a interface{ M() }; _ = a.m
var a interface{ M() } = 1; _ = a
var a error = struct{}{}; _ = a
_ = any(1).(error)
_ = error(nil).(int)
switch 1 { case "a": }
switch 1 { case 1, 1: }
switch { case 1: }
switch x := any(1).(type) { }
switch x := any(1).(type) { case int, int: _ = x }
switch any(1).(type) { case nil, nil: }
switch x := 1.(type) { }
switch any(1).(type) { case error, nosuch: }
switch any(1) { case []int{}: }
switch { default: default: }
select { case 1: }
select { case x := 1: }
select { default: default: }
for i := range 3.5 { _ = i }
for i, j := range 3 { _, _ = i, j }
for i, j, k := range []int{} { }
for range nil { }
for i := range func() {} { _ = i }
for i := range func(yield func(int)) {} { _ = i }
for i, j := range func(yield func(int) bool) {} { _, _ = i, j }
for "a" { }
if 1 { }
if x := 1; x { }
if x = 1; true { }
var c chan<- int; <-c
var c <-chan int; c <- 1
var c <-chan int; close(c)
var c chan int; c <- "a"
for range make(chan<- int) { }
var m map[string]int; m[1] = 2
var m map[[]int]int; _ = m
var p *int; p[0] = 1
var p *[]int; _ = p[0]
var p *[3]int; _ = p[5]
var a [3]int; _ = a[1:5:2]
_ = "abc"[1:2:3]
_ = &1
_ = &f()
_ = *nil
_ = []int{0: 1, 0: 2}
_ = []int{-1: 1}
_ = []int{"a": 1}
_ = [2]int{1, 2, 3}
_ = [...]int{5: 1}[6]
_ = struct{ a int }{1, 2}
_ = struct{ a, b int }{1}
_ = struct{ a int }{b: 1}
_ = struct{ a int }{a: 1, a: 2}
_ = struct{ a, b int }{a: 1, 2}
_ = map[string]int{"a": 1, "a": 2}
_ = map[string]int{1}
_ = []int{}==[]int{}
_ = func() {} == func() {}
_ = struct{ f func() }{} == struct{ f func() }{}
_ = map[string]int{} == nil
_ = 1 == "a"
_ = 1 + "a"
_ = "a" - "b"
_ = true + false
_ = !1
_ = -"a"
_ = 1 && true
_ = []int{}[1.5]
_ = []int{}[-1]
_ = 'a' + "b"
_ = 1.5 % 2
_ = 5 &^ 1.5
_ = [3]int{} < [3]int{}
func() int { }()
func() int { for { break } }()
func() (x int) { { x := 1; return } }()
func(x int) { var x int }(1)
func(x int, x int) {}(1, 2)
func(int, y int) {}(1, 2)
func() (int, x string) { return }()
func(x ...int) {}("a")
func(x ...int) {}([]int{}...)
func(x int) {}([]int{}...)
func(x ...int, y int) {}(1)
func(a int, b string) {}(1)
func(a int, b string) {}(1, "a", 2)
func(a int, b string) {}("a", 1)
func(a int) {}(func() (int, int) { return 1, 2 }())
_ = append([]int{}, "a")
_ = append([]int{}, []string{}...)
_ = append(1)
_ = copy([]int{}, []string{})
_ = copy("a", []byte{})
delete(map[string]int{}, 1)
_ = new(1, 2)
_ = new(nosuch)
_ = make(map[string]int, "a")
_ = make([]int)
_ = make([3]int)
_ = cap(map[int]int{})
_ = len(5)
print(nil)
panic(1, 2)
1
"a"
x
len("a")
append([]int{}, 1)
int(1)
func() {}
nosuch()
nosuch.F()
1()
"a"()
_()
_ = _
_ = int
int = 1
_ = append
var x nosuch
var x []nosuch
var x map[nosuch]int
var x map[func()]int
var x [nosuch]int
var x [1.5]int
var x ["a"]int
var n = 3; var x [n]int
var x chan nosuch
type T T; var x T; _ = x
type T struct{ T }
type T [2]T
type T *T; var x T; _ = x
type T interface{ T }
type T struct{ a int; a string }
type T struct{ a, a int }
type T interface{ m(); m() }
type T interface{ int }; var x T
type T interface{ ~T2 }; type T2 int
type T struct{ *int; *string }
type T struct{ **int }
type T struct{ []int }
type T struct{ any }; var t T; t.x()
type A = A
type A = []A
type T[P any] struct{}; var x T; _ = x
type T[P any] struct{ p P }; var x T[int, string]; _ = x
type T[P int|string] struct{ p P }; var x T[bool]; _ = x
type T[P comparable] struct{ p P }; var x T[[]int]; _ = x
type T[P any] struct{ p P }; _ = T[int]{"a"}
type T[P any] struct{ p P }; _ = T{1}
type T[P any, Q *P] struct{}
type T[P Q, Q P] struct{}
type T[P *T] struct{}
type T[P any] P
type T[P any] struct{ P }
type T[P any] []P; var x T[int] = T[string]{}
type T[P interface{ M() }] struct{ p P }; var x T[int]; _ = x
_ = func[T any](x T) {}
defer func() { recover(1) }()
{ }; { var y int }
if true { return } else { z := 1 }
for i := 0; i < 10; i := 1 { }
for i := 0; i < 10; i++ { i := "a" }
var i int; for i = range "abc" { i.x() }
var e error; e.Foo()
var e error; _ = e.Error
var e error; e.Error() = "a"
var e error; _ = e.(type)
var e error = "a"; _ = e
var r rune = "a"; _ = r
var b byte = 'é'; b = 300
var b byte = '世'; _ = b
var u uint = -1; _ = u
var f float32 = 1e100; _ = f
var i int = 1.5; _ = i
var i8 int8 = 100 + 100; _ = i8
var p uintptr = &p
x, x := 1, 2
x, _ := 1, 2
_, _ := 1, 2
_ := 1
var _ = func() (int, string) { return 1 }
var _ = func() (int, string) { return 1, 2 }
var _ = func() (int, string) { return func() (int, int) { return 1, 2 }() }
var _ = func() { return 1 }
var _ = func() int { return }
var _ = func() int { return "a" }
var _ = func() (a int) { return 1, 2 }
var _ [len("abc")]int = [2]int{}
var _ func(int) = func(string) {}
var _ interface{ M(int) } = (interface{ M() })(nil)
var _ interface{ M() } = struct{}{}
var _ chan int = make(<-chan int)
var _ []any = []int{}
var _ map[string]any = map[string]int{}
var _ *int = nil + nil
var _ = [...]int{1, 2, 3}[:2:1]
var _ = 07 + 08
var _ = 1_000 + 0x_1 + 0b12
for i := range 10 { _ = i }
for range 3 { }
for x := range func(yield func(int) bool) {} { _ = x }
for range func(yield func() bool) {} { }
_ = min(1, 2); _ = max(1.5, 2)
clear(map[int]int{})
_ = new(1 + 2)
_ = new("a"); _ = *new(len("abc"))
_ = [2]int([]int{1, 2})
_ = (*[2]int)([]int{1, 2})
func() { for i := range 10 { defer func() { _ = i }() } }()
type A[P any] = []P; var x A[int]; _ = x
type T[P any] struct{}; type B[P any] = T[P]; _ = B[int]{}
_ = func() bool { var a, b any; f := func(x, y any) bool { return x == y }; return f(a, b) }()
var f func(int) int = func(x int) int { return x }; _ = f.x
var i interface{ comparable }
type C interface{ comparable; ~int | ~string }; var _ C = 1
{ type T struct{}; var _ = T{}.x }
var e1, e2 error; switch { case e1 == e2, e1 == nil, e1: }
switch x := 5; x { case 1: case 2, 1: case 1.0: }
switch "a" { case "a": case "b", "a": }
switch any(1).(type) { case int: case error, int: }
_ = map[any]int{1: 1, 1: 2, "a": 1, 1.0: 3}
_ = []string{2: "a", "b", 2: "c"}
var a [2]int; for i, v := range &a { _, _, _ = i, v, a[3] }
var s []int; s[len(s)-1], x = 1, 2
import "fmt"`.split('\n');
const declarations = `func init() int { return 1 }
func init(x int) {}
var init = 1
func _() { x := 1 }
func _[T any](x T) T { return x + 1 }
func _[T any](x T) { x.M() }
func _[T any](x T) { _ = x == x }
func _[T int | string](x T) { _ = x * x }
func _[T ~[]int](x T) { x["a"] = 1 }
func _[T any](x T) { switch x.(type) { } }
func _[T any]() { var x T = 1; _ = x }
func _[T any]() { var x T = nil; _ = x }
func _[T interface{ ~int | ~string }](x T) int { return int(x) }
func _[K comparable, V any](m map[K]V) { m[1] = 2 }
func _[T any, T any]() {}
func _[T nosuch]() {}
func _[T int]() { _[string]() }
func genericF[T any](x, y T) {}; var _ = genericF
func genericG[T any](x, y T) {}; func _() { genericG(1, "a") }
func genericH[T any]() {}; func _() { genericH() }
func genericI[T, U any](x T) {}; func _() { genericI(1) }
func genericJ[T any](x []T) {}; func _() { genericJ(1) }
func genericK[T interface{ M() }](x T) {}; func _() { genericK(1) }
func genericL[T any](x T) {}; func _() { genericL[int]("a"); genericL[int, string](1) }
type recA struct{ b recB }; type recB struct{ a recA }
type recC [len(recD)]int; var recD recC
var cycA = cycB; var cycB = cycA
const cycC = cycD; const cycD = cycC
var cycE = cycF(); func cycF() int { return cycE }
type cycG interface{ cycH }; type cycH interface{ cycG }
type embA struct{ X int }; type embB struct{ X int }; type embC struct{ embA; embB }; var _ = embC{}.X
type mthA struct{ M int }; func (mthA) M() {}
type mthB int; func (mthB) M() {}; func (mthB) M() {}
type mthC int; func (mthC) M() {}; func (*mthC) M() {}
type mthD *int; func (mthD) M() {}
type mthE interface{}; func (mthE) M() {}
func (int) M() {}
func (nosuch) M() {}
func (x, y mthF) M() {}; type mthF int
func () M() {}
func (**mthG) M() {}; type mthG int
type mthH[T any] struct{}; func (mthH) M() {}
type mthI[T any] struct{}; func (mthI[int]) M() {}; func (mthI[T]) N() { var _ T = 1 }
type mthJ[T any] struct{}; func (mthJ[A, B]) M() {}
type impA interface{ M(); N() }; type impB struct{}; func (impB) M() {}; var _ impA = impB{}
type impC interface{ M() }; type impD struct{}; func (*impD) M() {}; var _ impC = impD{}
type impE interface{ M() int }; type impF struct{}; func (impF) M() {}; var _ impE = impF{}
type impG interface{ Method() }; type impH struct{}; func (impH) method() {}; var _ impG = impH{}
type impI interface{ M() }; var _ impI = new(impI)
var a1, b1 int = 1
var a2, b2 = func() (int, int, int) { return 1, 2, 3 }()
const noinit
const ( c1 = iota; c2 int8 = 200; c3 )
const ( d1, d2 = iota; d3, d4 )
var _ = undefinedThing
var unsafeUse = unsafe.Sizeof(1)
func noBody()
func dup() {}; func dup() {}
type dupT int; type dupT string
var dupV int; const dupV = 1
func missingReturn() int { if true { return 1 } }
func missingReturn2() int { switch { case true: return 1 } }
func missingReturn3() int { for true { } }
func missingReturn4() int { L: for { break L } }
func labels() { L: }
func unusedLabel() { A: B: for { continue A } }
func jump() { goto X; { X: } }
func shadow() { len := 1; _ = len("a") }
func namedResult() (n int, err error) { if n, err := 1, error(nil); true { return } ; return }
type aliasG[T any] = []T; var _ aliasG[int] = aliasG[string]{}
type aliasH = nosuch
type selfA[T selfA[T]] interface{ Less(T) bool }
type selfB[T any] interface{ selfB[T] }
type selfC[T interface{ selfC[T] }] struct{}
func (gmA) Map[T any](x T) T { return x }; type gmA struct{}
func (gmB[P]) Map[T any](x T, p P) {}; type gmB[P any] struct{}; func _() { gmB[int]{}.Map("a", "b") }
type gmI interface{ Map[T any](T) }
func (gmC) M[T any]() {}; type gmC struct{}; var _ = gmC.M[int]; var _ = gmC{}.M
type galA[P any] = struct{ f P }; var _ galA[int, int]; var _ galA
type galB[P any] = galB[P]
type galC[P any] = P
type arrA [unsafeLen]int; const unsafeLen = len(arrA{})
type funcA func(funcA) funcA; var _ funcA = func(int) funcA { return nil }
type strA struct{ strB }; type strB struct{ *strA }; type strC struct{ [2]strC2 }
type invA [2]invB; type invB struct{ x invC }; type invC = invA
type ifaceA interface{ M(ifaceB) }; type ifaceB interface{ M(ifaceA); ifaceA }
var iniA = func() int { return iniB() }(); func iniB() int { return iniC.m() }; type iniT int; func (iniT) m() int { return iniA }; var iniC iniT
var iniD, iniE = iniF(); func iniF() (int, int) { return iniE, 1 }
const bigA = 1 << 600; const bigB = bigA * bigA
const overA uint8 = 1 << iota << 8; const ( overB = -1 << 63; overC int64 = overB - 1 )
func tpA[T ~int | ~[]byte](x T) { for range x { } ; _ = len(x) }
func tpB[T interface{ []int | map[int]string }](x T) { _ = x[0] }
func tpC[T chan int | <-chan int](x T) { x <- 1 }
func tpD[S ~[]E, E any](s S) E { return s[0] }; var _ = tpD[[]int, string](nil); var _ string = tpD([]int{})
func tpE[T interface{ ~struct{ F int } }](x T) int { return x.F }
func tpF[T any](f func(T) T, x T) {}; func _() { tpF(func(x int) string { return "" }, 1) }
func tpG[K comparable](x K) {}; func _() { tpG(func() {}); tpG[any](nil); tpG[[]int](nil) }
func tpH[T int | string](x T) T { return x }; var _ func(float64) float64 = tpH
func tpI[T any](xs ...T) {}; func _() { tpI(1, "a"); tpI(1, 2.5); tpI(nil) }
type lower struct{ a int `.split('\n');

/** A text in the making: its tokens, and random numbers to change them by. */
class Mutating {
  tokens: string[];
  /** Index of the first token behind the package clause. */
  readonly start: number;
  readonly names: string[];

  constructor(
    text: string,
    readonly random: Random,
  ) {
    this.tokens = text.match(token) ?? [];
    this.start = this.tokens.indexOf('package') + 3;
    this.names = [...new Set(this.tokens.slice(this.start).filter(isName))];
  }

  pick<T>(from: readonly T[]): T {
    return from[this.random(from.length)];
  }

  /** Index of one of the tokens for which the test holds, white space and comments aside; -1. */
  among(test: (t: string, i: number) => boolean): number {
    const solid = this.tokens.flatMap((t, i) => (i > this.start && !/^\s|^\/[/*]/.test(t) ? [i] : []));
    const found = solid.filter(i => test(this.tokens[i], i));
    return found.length === 0 ? -1 : this.pick(found);
  }

  /** Index of the bracket that closes the one at i; -1. */
  closing(i: number): number {
    let depth = 0;
    for (let j = i; j < this.tokens.length; j++) {
      if ('([{'.includes(this.tokens[j])) depth++;
      else if (')]}'.includes(this.tokens[j]) && --depth === 0) return j;
    }
    return -1;
  }

  /** Texts between commas of the bracket at i. */
  items(i: number, end: number): string[] {
    const out = [''];
    let depth = 0;
    for (let j = i + 1; j < end; j++) {
      if ('([{'.includes(this.tokens[j])) depth++;
      if (')]}'.includes(this.tokens[j])) depth--;
      if (depth === 0 && this.tokens[j] === ',') out.push('');
      else out[out.length - 1] += this.tokens[j];
    }
    return out;
  }

  /** Starts of lines within bodies of functions. */
  lineStarts(): number[] {
    const { tokens } = this;
    const out: number[] = [];
    let depth = 0;
    let body = false;
    for (let i = this.start; i < tokens.length; i++) {
      if (tokens[i] === 'func' && depth === 0) body = true;
      if (tokens[i] === '{') depth++;
      if (tokens[i] === '}' && --depth === 0) body = false;
      if (body && depth > 0 && tokens[i].includes('\n') && ['{', '}', ')'].includes(tokens[i - 1])) out.push(i);
    }
    return out;
  }

  /** Starts of declarations at package level. */
  topLevel(): number[] {
    return this.tokens.flatMap((t, i) =>
      /^(func|type|var|const)$/.test(t) && this.tokens[i - 1]?.endsWith('\n') ? [i] : [],
    );
  }
}

const isName = (t: string): boolean => /^[\p{L}_]/u.test(t) && !keywords.has(t);

/** Faults by what they change. Each returns whether there was something to change. */
const faults = {
  /** A name misspelt, or another in its place. */
  name(m: Mutating): boolean {
    const i = m.among(isName);
    if (i < 0) return false;
    m.tokens[i] = m.random(3) === 0 ? `${m.tokens[i]}x` : m.pick(m.names);
    return true;
  },
  /** A value in place of a name. */
  nameToValue(m: Mutating): boolean {
    const i = m.among(isName);
    if (i < 0) return false;
    m.tokens[i] = m.pick(values);
    return true;
  },
  /** Another literal. */
  literal(m: Mutating): boolean {
    const i = m.among(t => /^["`'0-9]/.test(t));
    if (i < 0) return false;
    m.tokens[i] = m.pick(values);
    return true;
  },
  /** Another operator. */
  operator(m: Mutating): boolean {
    const i = m.among(t => operators.includes(t));
    if (i < 0) return false;
    m.tokens[i] = m.pick(operators);
    return true;
  },
  /** `=` for `:=`, and the other way round. */
  definition(m: Mutating): boolean {
    const i = m.among(t => t === '=' || t === ':=');
    if (i < 0) return false;
    m.tokens[i] = m.tokens[i] === '=' ? ':=' : '=';
    return true;
  },
  /** Arguments, parameters, elements: one less, one more, two swapped. */
  list(m: Mutating): boolean {
    const i = m.among((t, i) => (t === '(' || t === '[') && m.closing(i) > i + 1);
    if (i < 0) return false;
    const end = m.closing(i);
    const list = m.items(i, end);
    const k = m.random(list.length);
    const how = m.random(3);
    if (how === 0) list.splice(k, 1);
    else if (how === 1) list.splice(k, 0, m.pick(m.random(2) === 0 ? values : m.names));
    else if (list.length > 1) [list[k], list[(k + 1) % list.length]] = [list[(k + 1) % list.length], list[k]];
    else list[0] = m.pick(types);
    m.tokens.splice(i + 1, end - i - 1, list.join(', '));
    return true;
  },
  /** A line less. */
  lineLess(m: Mutating): boolean {
    const lines = m.tokens.join('').split('\n');
    const at = 1 + m.random(lines.length - 1);
    if (!/^\s+(return|[\w.]+ :?=|[\w.]+\(|defer|var|case|break|continue)/.test(lines[at]) || /[{(]$/.test(lines[at]))
      return false;
    lines.splice(at, 1);
    m.tokens = lines.join('\n').match(token) ?? [];
    return true;
  },
  /** A statement more. */
  statement(m: Mutating): boolean {
    const lines = m.lineStarts();
    if (lines.length === 0) return false;
    m.tokens.splice(m.pick(lines), 0, `\n\t${m.pick(statements)}`);
    return true;
  },
  /** A declaration more. */
  declaration(m: Mutating): boolean {
    const tops = m.topLevel();
    if (tops.length === 0) return false;
    m.tokens.splice(m.pick(tops), 0, `${m.pick(declarations)}\n`);
    return true;
  },
  /** A declaration twice, or none. */
  declarationTwiceOrNone(m: Mutating): boolean {
    const tops = m.topLevel();
    if (tops.length === 0) return false;
    const k = m.random(tops.length);
    const whole = m.tokens.slice(tops[k], tops[k + 1] ?? m.tokens.length);
    if (m.random(2) === 0) m.tokens.splice(tops[k], 0, ...whole, '\n');
    else m.tokens.splice(tops[k], whole.length);
    return true;
  },
  /** Other results. */
  results(m: Mutating): boolean {
    const i = m.among(t => t === 'return');
    if (i < 0) return false;
    let end = i + 1;
    while (end < m.tokens.length && !m.tokens[end].includes('\n') && m.tokens[end] !== '}')
      end = '([{'.includes(m.tokens[end]) ? m.closing(end) + 1 || m.tokens.length : end + 1;
    m.tokens.splice(
      i + 1,
      end - i - 1,
      ` ${m.pick(['', '1', 'nil', '1, 2', 'nil, nil', '"a", nil', m.pick(m.names), ...values])}`,
    );
    return true;
  },
  /** Another prefix operator, or none. */
  prefix(m: Mutating): boolean {
    const i = m.among(t => t === '*' || t === '&' || t === '...' || t === '<-' || t === '!');
    if (i < 0) return false;
    m.tokens[i] = m.pick(['', '*', '&', '**']);
    return true;
  },
  /** Another type in place of a basic one. */
  basicType(m: Mutating): boolean {
    const i = m.among(
      (t, i) => isName(t) && /^(int|string|bool|error|byte|any|rune|uint\d*|int\d+|float64)$/.test(m.tokens[i]),
    );
    if (i < 0) return false;
    m.tokens[i] = m.pick(types);
    return true;
  },
  /** An instantiation, selector, call or index where there is none. */
  instance(m: Mutating): boolean {
    const i = m.among(
      (t, i) => isName(t) && (m.tokens[i + 1] === '(' || m.tokens[i + 1] === '{' || m.tokens[i + 1] === ')'),
    );
    if (i < 0) return false;
    m.tokens[i] += m.pick(['[int]', '[int, string]', '[]', '[T]', `[${m.pick(types)}]`, '.x', '()', '[0]', '.(int)']);
    return true;
  },
  /** A selector that is gone, or in the other case. */
  selector(m: Mutating): boolean {
    const i = m.among((t, i) => t === '.' && isName(m.tokens[i + 1] ?? ''));
    if (i < 0) return false;
    if (m.random(2) === 0) m.tokens.splice(i, 2);
    else {
      const n = m.tokens[i + 1];
      m.tokens[i + 1] = m.random(2) === 0 ? n[0].toLowerCase() + n.slice(1) : n[0].toUpperCase() + n.slice(1);
    }
    return true;
  },
  /** An import more. */
  importMore(m: Mutating): boolean {
    const i = m.among(t => t === 'import');
    if (i < 0) return false;
    m.tokens.splice(
      i,
      0,
      m.pick([
        'import "fmt"\n',
        'import "strings"\n',
        'import x "errors"\n',
        'import . "errors"\n',
        'import _ "errors"\n',
        'import fmt "errors"\n',
        'import "unsafe"\n',
      ]),
    );
    return true;
  },
  /** Another keyword. */
  keyword(m: Mutating): boolean {
    const i = m.among(
      t => keywords.has(t) && /^(break|continue|go|defer|range|case|var|const|chan|goto|fallthrough)$/.test(t),
    );
    if (i < 0) return false;
    m.tokens[i] = m.pick(['break', 'continue', 'return', 'goto L', 'go', 'defer', 'fallthrough', '']);
    return true;
  },
  /** Other arguments, or none. */
  argumentList(m: Mutating): boolean {
    const i = m.among((t, i) => t === '(' && isName(m.tokens[i - 1] ?? ''));
    if (i < 0) return false;
    const end = m.closing(i);
    if (end < 0) return false;
    m.tokens.splice(i, end - i + 1, m.pick(['', '()', `(${m.pick(values)})`, `(${m.pick(m.names)})`]));
    return true;
  },
};

/** How often each fault is tried, in 24. */
const weights: readonly [fault: keyof typeof faults, weight: number][] = [
  ['name', 2],
  ['nameToValue', 1],
  ['literal', 1],
  ['operator', 1],
  ['definition', 1],
  ['list', 2],
  ['lineLess', 1],
  ['statement', 4],
  ['declaration', 2],
  ['declarationTwiceOrNone', 1],
  ['results', 1],
  ['prefix', 1],
  ['basicType', 1],
  ['instance', 1],
  ['selector', 1],
  ['importMore', 1],
  ['keyword', 1],
  ['argumentList', 1],
];
const tried = weights.flatMap(([fault, weight]) => Array<(m: Mutating) => boolean>(weight).fill(faults[fault]));

/** The text with one to three faults. */
export function mutant(text: string, random: Random): string {
  const m = new Mutating(text, random);
  for (let left = 1 + random(3), tries = 0; left > 0 && tries < 40; tries++) if (tried[random(tried.length)](m)) left--;
  return m.tokens.join('');
}
