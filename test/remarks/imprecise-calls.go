package p

import "sort"

type Node interface{ ID() int64 }

type T struct{}

func (T) ID() int64 { return 0 }

func ByID[S ~[]E, E Node](n S) {
	sort.Slice(n, func(i, j int) bool { return n[i].ID() < n[j].ID() })
}

func first[E Node](n []E) int64 { return n[0].ID() }

func nodes(n []Node) int64 {
	ByID(n)
	ByID(n)
	return first(n) + first(n)
}

func values(n []T) int64 {
	ByID(n)
	return first(n)
}
