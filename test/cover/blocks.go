//go:build !ignore

// Package main has the blocks that counters are put into, and the places where they cannot be.
package main

import "fmt"

var total = compute(3)

var abs = func(x int) int {
	if x > 0 {
		return x
	}
	return func() int { return -x }()
}

var table = map[string]func(){"a": func() {}, "b": func() { panic("b") }}

func compute(n int) int { return n * 2 }

func _() { fmt.Println("never") }

func empty() {}

func get(p *int) int {
	if p == nil { return 0 }; return *p }

type T struct{ list []int }

func (t *T) add(x int) {
	t.list = append(t.list, x)
}

func branches(x any, n int) string {
	switch v := x.(type) {
	case int: return fmt.Sprint(v)
	case string:
		return v
	case error:
	default:{
			n++
		}
	}
	if n > 1 {
		n--
	} else if m := n; m > 2 {
		n++
	} else /* else */ if n == 3 {} else{n = 7}
	switch {}
	switch n := n + func() int { return 1 }(); n {}
	switch {
	case n > 0: fallthrough
	case n < -5:
		break
	}
	{ n++ }
	return ""
}

func jumps(list []int, c chan int) (sum int) {
	defer func() { recover() }()
again: sum++
outer:
	for i, x := range list {
		for j := 0; j < func() int { return x }(); j++ {
			if j == 3 { continue outer }
			if i > 5 { break outer } else if j > 4 { goto again }
		}
	}
done:
	select {
	case x := <-c:
		sum += x
	case c <- sum:
	default:
		if sum > 100 { panic("much") }
		goto last
	}
	if sum < 0 { goto done }
	;;
inner: { sum++; if sum == 7 { goto inner } }
	for range 3 {}
	for sum < 10 { sum += 2; func() { sum++ }(); sum++ }
	go func() {
		select {}
	}()
last:
	return
}

func generic[K comparable, V any](m map[K]V, f func(V) bool) (keys []K) {
	for k, v := range m { if f(v) { keys = append(keys, k) } }
	return keys
}

func sequence(yield func(int) bool) {
	for i := range 3 { if !yield(i) { return } }
}

func main() {
	x := 1
	defer func() { fmt.Println(x) }()
	for i := range sequence {
		if i == 1 { continue } else if i == 2 { x++ } else { x += get(&i) }
	}
	var t T; t.add(x)
	fmt.Println(total, abs(x), branches(x, 2), jumps(t.list, nil), generic(table, func(f func()) bool { return f != nil }))
}
