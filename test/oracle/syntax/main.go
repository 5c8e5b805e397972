// Command syntax prints what go/parser makes of Go files, for comparison with our own syntax trees.
//
// It reads file names from standard input. For each it prints the name, the number of nodes and a hash over the nodes'
// kinds and extents (byte offsets, in order of start, longer first); with -v the nodes themselves. A file that go/parser
// refuses gets the word "error".
//
// The vocabulary is what both trees have: parentheses and lists are left out, since gc's tree keeps only some of them.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"sort"
)

var verbose = flag.Bool("v", false, "print the nodes")

type node struct {
	start, end int
	kind       string
}

func kindOf(n ast.Node) string {
	switch n := n.(type) {
	case *ast.Ident:
		return "Name"
	case *ast.BasicLit:
		return "BasicLit"
	case *ast.CompositeLit:
		return "CompositeLit"
	case *ast.KeyValueExpr:
		return "KeyValue"
	case *ast.FuncLit:
		return "FuncLit"
	case *ast.SelectorExpr:
		return "Selector"
	case *ast.IndexExpr, *ast.IndexListExpr:
		return "Index"
	case *ast.SliceExpr:
		return "Slice"
	case *ast.TypeAssertExpr:
		return "Assert"
	case *ast.StarExpr:
		return "Unary*"
	case *ast.UnaryExpr:
		return "Unary" + n.Op.String()
	case *ast.BinaryExpr:
		return "Binary" + n.Op.String()
	case *ast.CallExpr:
		return "Call"
	case *ast.ArrayType:
		return "Array"
	case *ast.StructType:
		return "Struct"
	case *ast.InterfaceType:
		return "Interface"
	case *ast.MapType:
		return "Map"
	case *ast.ChanType:
		return "Chan"
	case *ast.FuncDecl:
		return "FuncDecl"
	case *ast.SendStmt:
		return "Send"
	case *ast.IncDecStmt:
		return "Assign" + n.Tok.String()
	case *ast.AssignStmt:
		return "Assign" + n.Tok.String()
	case *ast.GoStmt:
		return "go"
	case *ast.DeferStmt:
		return "defer"
	case *ast.ReturnStmt:
		return "Return"
	case *ast.BranchStmt:
		return n.Tok.String()
	case *ast.BlockStmt:
		return "Block"
	case *ast.IfStmt:
		return "If"
	case *ast.ForStmt, *ast.RangeStmt:
		return "For"
	case *ast.SwitchStmt, *ast.TypeSwitchStmt:
		return "Switch"
	case *ast.SelectStmt:
		return "Select"
	}
	return ""
}

func nodesOf(name string) ([]node, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	base := fset.File(file.FileStart).Base()
	var nodes []node
	// A switch's and a select's clauses hang in a block that gc's tree does not have, and so does a type switch's
	// guard in an assignment.
	skip := map[ast.Node]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case nil:
			return true
		case *ast.SwitchStmt:
			skip[n.Body] = true
		case *ast.SelectStmt:
			skip[n.Body] = true
		case *ast.TypeSwitchStmt:
			skip[n.Body] = true
			skip[n.Assign] = true
		case *ast.ImportSpec:
			if n.Name != nil && n.Name.Name == "." {
				skip[n.Name] = true
			}
		}
		if kind := kindOf(n); kind != "" && !skip[n] {
			nodes = append(nodes, node{int(n.Pos()) - base, int(n.End()) - base, kind})
		}
		return true
	})
	sort.Slice(nodes, func(i, j int) bool {
		a, b := nodes[i], nodes[j]
		if a.start != b.start {
			return a.start < b.start
		}
		if a.end != b.end {
			return a.end > b.end
		}
		return a.kind < b.kind
	})
	return nodes, nil
}

func main() {
	flag.Parse()
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		nodes, err := nodesOf(in.Text())
		if err != nil {
			fmt.Fprintln(out, in.Text(), "error")
			continue
		}
		// FNV-1a, 32 bits.
		hash := uint32(2166136261)
		for _, n := range nodes {
			line := fmt.Sprintf("%s %d %d\n", n.kind, n.start, n.end)
			for i := 0; i < len(line); i++ {
				hash = (hash ^ uint32(line[i])) * 16777619
			}
			if *verbose {
				fmt.Fprint(out, line)
			}
		}
		fmt.Fprintln(out, in.Text(), len(nodes), hash)
	}
}
