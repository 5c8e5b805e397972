// Package store keeps an inventory in memory.
package store

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strings"
)

// ErrNotFound is returned for an item that the store does not hold.
var ErrNotFound = errors.New("store: item not found")

// An Item is one kind of thing and how many of it there are.
type Item struct {
	Name  string
	Count int
	Tags  []string
}

// HasTag reports whether the item carries the tag, upper and lower case aside.
func (it *Item) HasTag(tag string) bool {
	for _, t := range it.Tags {
		if strings.EqualFold(t, tag) {
			return true
		}
	}
	return false
}

// A Store maps names to items. The zero value is ready for use.
type Store struct {
	items map[string]*Item
}

// Add puts count of an item into the store and returns the item.
func (s *Store) Add(name string, count int, tags ...string) *Item {
	if s.items == nil {
		s.items = make(map[string]*Item)
	}
	it, ok := s.items[name]
	if !ok {
		it = &Item{Name: name}
		s.items[name] = it
	}
	it.Count += count
	it.Tags = append(it.Tags, tags...)
	return it
}

// Take removes count of an item.
func (s *Store) Take(name string, count int) error {
	it, ok := s.items[name]
	if !ok {
		return ErrNotFound
	}
	it.Count = max(0, it.Count-count)
	return nil
}

// Select returns the items that keep accepts, by name.
func (s *Store) Select(keep func(*Item) bool) []Item {
	var selected []Item
	for _, name := range slices.Sorted(maps.Keys(s.items)) {
		if it := s.items[name]; keep(it) {
			selected = append(selected, *it)
		}
	}
	return selected
}

// Largest returns the n items of which there are most.
func (s *Store) Largest(n int) []Item {
	items := s.Select(func(*Item) bool { return true })
	slices.SortFunc(items, func(a, b Item) int { return cmp.Compare(b.Count, a.Count) })
	return items[:min(n, len(items))]
}
