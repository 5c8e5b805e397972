package store

import (
	"errors"
	"testing"
)

func TestTake(t *testing.T) {
	var s Store
	s.Add("bolt", 3)
	if err := s.Take("bolt", 5); err != nil {
		t.Fatal(err)
	}
	if err := s.Take("nut", 1); !errors.Is(err, ErrNotFound) {
		t.Errorf("Take(nut) = %v, want %v", err, ErrNotFound)
	}
}
