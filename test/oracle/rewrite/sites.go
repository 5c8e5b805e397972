package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"math/rand/v2"
	"strconv"
	"strings"
)

// longest is how long a text may be that is copied, in bytes: what is copied twice each time grows fast.
const longest = 400

// sites are places of the package, each with a rule by chance. The package may not compile with some of them.
func (p *pkg) sites(random *rand.Rand) []site {
	var found []site
	for _, f := range p.files {
		if f.added {
			continue
		}
		s := finder{p: p, f: f, random: random}
		ast.Inspect(f.tree, s.visit)
		found = append(found, s.found...)
	}
	return found
}

// finder collects the sites of a file.
type finder struct {
	p      *pkg
	f      *file
	random *rand.Rand
	found  []site
	// path has the nodes around the one that is visited.
	path []ast.Node
	// functions of them are functions.
	functions int
}

func isFunction(n ast.Node) bool {
	switch n.(type) {
	case *ast.FuncDecl, *ast.FuncLit:
		return true
	}
	return false
}

func (s *finder) visit(n ast.Node) bool {
	if n == nil {
		last := len(s.path) - 1
		if isFunction(s.path[last]) {
			s.functions--
		}
		s.path = s.path[:last]
		return true
	}
	var parent ast.Node
	if len(s.path) > 0 {
		parent = s.path[len(s.path)-1]
	}
	s.path = append(s.path, n)
	if isFunction(n) {
		s.functions++
	}
	switch n := n.(type) {
	case ast.Expr:
		if s.functions > 0 {
			s.expr(parent, n)
		}
	case ast.Stmt:
		s.stmt(parent, n)
	case *ast.FuncDecl:
		if n.Body != nil && n.Type.TypeParams == nil {
			s.function(n)
		}
	}
	return true
}

func (s *finder) add(n ast.Node, rule, text string) {
	s.found = append(s.found, site{s.f, s.p.offset(n.Pos()), s.p.offset(n.End()), rule, text})
}

// addRule adds the rule with its $ filled in.
func (s *finder) addRule(n ast.Node, r rule, source, typ string) {
	number := strconv.Itoa(s.p.offset(n.Pos()))
	text := strings.NewReplacer("$e", source, "$s", source, "$T", typ, "$n", number).Replace(r.text)
	s.add(n, strings.TrimSuffix(r.name, "!"), text)
}

func pick[T any](random *rand.Rand, from []T) T { return from[random.IntN(len(from))] }

// stays says whether the operand must be what it is: something that can be assigned to, or whose address is taken.
func stays(parent ast.Node, n ast.Expr) bool {
	switch parent := parent.(type) {
	case *ast.KeyValueExpr:
		return parent.Key == n
	case *ast.UnaryExpr:
		return parent.Op == token.AND
	case *ast.IncDecStmt:
		return true
	case *ast.AssignStmt:
		for _, l := range parent.Lhs {
			if l == n {
				return true
			}
		}
	case *ast.RangeStmt:
		return parent.Key == n || parent.Value == n
	case *ast.SelectorExpr:
		return parent.Sel == n
	}
	return false
}

func (s *finder) expr(parent ast.Node, n ast.Expr) {
	tv, ok := s.p.info.Types[n]
	if !ok || !tv.IsValue() || tv.Value != nil || stays(parent, n) {
		return
	}
	if call, ok := parent.(*ast.CallExpr); ok && call.Fun == n && s.random.IntN(3) > 0 {
		return
	}
	switch t := tv.Type.(type) {
	case *types.Tuple:
		return
	case *types.Basic:
		if t.Info()&types.IsUntyped != 0 {
			return
		}
	}
	source := s.p.source(s.f, n)
	if len(source) > longest {
		return
	}
	rules := values
	if of := rulesOf(tv.Type); of != nil && s.random.IntN(4) == 0 {
		rules = of
	}
	typ := s.p.typeText(s.f, tv.Type)
	if r := pick(s.random, rules); typ != "" || !strings.Contains(r.text, "$T") {
		s.addRule(n, r, source, typ)
	}
	if sel, ok := n.(*ast.SelectorExpr); ok && s.random.IntN(2) == 0 {
		s.method(sel)
	}
}

// rulesOf are the rules for a type of that kind; nil.
func rulesOf(t types.Type) []rule {
	switch t := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case t.Info()&types.IsInteger != 0:
			return integers
		case t.Info()&types.IsFloat != 0:
			return floats
		case t.Info()&types.IsString != 0:
			return texts
		case t.Info()&types.IsBoolean != 0:
			return truths
		}
	case *types.Slice:
		return sliceValues
	case *types.Pointer:
		return pointers
	}
	return nil
}

// method has a method called through an interface that has just this one, or its value passed on.
func (s *finder) method(n *ast.SelectorExpr) {
	selection := s.p.info.Selections[n]
	if selection == nil || selection.Kind() != types.MethodVal {
		return
	}
	signature, isFunc := strings.CutPrefix(s.p.typeText(s.f, selection.Obj().Type()), "func")
	if !isFunc {
		return
	}
	x := s.p.source(s.f, n.X)
	s.add(n, "devirtualize", "(interface{ "+n.Sel.Name+signature+" })("+x+")."+n.Sel.Name)
	s.add(n, "methodid", "mutId("+x+"."+n.Sel.Name+")")
}

func (s *finder) stmt(parent ast.Node, n ast.Stmt) {
	switch parent.(type) {
	case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
	default:
		return
	}
	switch n := n.(type) {
	case *ast.DeclStmt, *ast.LabeledStmt, *ast.BranchStmt, *ast.EmptyStmt, *ast.CaseClause, *ast.CommClause:
		return
	case *ast.AssignStmt:
		if n.Tok == token.DEFINE {
			s.define(n)
			return
		}
	case *ast.ExprStmt:
		if _, ok := n.X.(*ast.CallExpr); ok && s.random.IntN(6) == 0 {
			s.addRule(n, pick(s.random, calls), s.p.source(s.f, n), "")
			return
		}
	}
	r := pick(s.random, statements)
	if !strings.HasSuffix(r.name, "!") || !leaves(n) {
		s.addRule(n, r, s.p.source(s.f, n), "")
	}
}

// define has a variable declared in another way.
func (s *finder) define(n *ast.AssignStmt) {
	if len(n.Lhs) != 1 || len(n.Rhs) != 1 {
		return
	}
	name, value := s.p.source(s.f, n.Lhs[0]), s.p.source(s.f, n.Rhs[0])
	typ := s.p.typeText(s.f, s.p.info.Types[n.Rhs[0]].Type)
	if typ == "" {
		return
	}
	switch s.random.IntN(3) {
	case 0:
		s.add(n, "declared", "var "+name+" "+typ+" = "+value)
	case 1:
		s.add(n, "declaredzero", "var "+name+" "+typ+"; "+name+" = "+value)
	default:
		s.add(n, "tuple", name+", _ := "+value+", mutSink")
	}
}

// leaves says whether control may leave the statement, or whether it must be in its own function to mean the same.
func leaves(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(m ast.Node) bool {
		switch m := m.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt, *ast.BranchStmt:
			found = true
		case *ast.CallExpr:
			if name, ok := m.Fun.(*ast.Ident); ok && name.Name == "recover" {
				found = true
			}
		}
		return !found
	})
	return found
}

// arguments are the parameters, passed on; false when one has no name.
func (s *finder) arguments(n *ast.FuncDecl) (string, bool) {
	var args []string
	for _, field := range n.Type.Params.List {
		if len(field.Names) == 0 {
			return "", false
		}
		for _, name := range field.Names {
			if name.Name == "_" {
				return "", false
			}
			arg := name.Name
			if _, ok := field.Type.(*ast.Ellipsis); ok {
				arg += "..."
			}
			args = append(args, arg)
		}
	}
	return strings.Join(args, ", "), true
}

// function changes what is around a body: it becomes that of a generic function, of a method of a generic type, of a
// closure, of one that calls itself, or recovers.
func (s *finder) function(n *ast.FuncDecl) {
	if s.random.IntN(3) > 0 {
		return
	}
	p, f := s.p, s.f
	args, ok := s.arguments(n)
	name := n.Name.Name
	if n.Recv != nil || name == "init" || name == "main" {
		ok = false
	}
	signature := f.text[p.offset(n.Type.Params.Pos()):p.offset(n.Body.Pos())]
	head, body := f.text[p.offset(n.Pos()):p.offset(n.Body.Pos())], p.source(f, n.Body)
	result := ""
	if n.Type.Results.NumFields() > 0 {
		result = "return "
	}
	argument := pick(s.random, []string{"int", "string", "*int", "any", "struct{ a, b int }", "[]string", "error"})
	switch kind := s.random.IntN(5); {
	case kind == 0 && ok:
		s.add(n, "generic", head+"{ "+result+"mutG"+name+"["+argument+"]("+args+") }\n\n"+
			"func mutG"+name+"[P any]"+signature+body)
	case kind == 1 && ok:
		s.add(n, "genericmethod", head+"{ "+result+"mutM"+name+"["+argument+"]{}.call("+args+") }\n\n"+
			"type mutM"+name+"[P any] struct{ p P }\n\nfunc (m mutM"+name+"[P]) call"+signature+body)
	case kind == 2 && ok:
		s.add(n, "selfcall", head+"{ if mutSink == 3 { "+name+"("+args+") };"+body[1:])
	case kind == 3:
		if passed, named := s.arguments(n); named {
			s.add(n, "literalbody", head+"{ "+result+"func"+signature+body+"("+passed+") }")
		}
	default:
		s.add(n, "recover", head+"{ defer func() { if r := recover(); r != nil { mutSink = r } }();"+body[1:])
	}
}
