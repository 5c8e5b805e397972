// Package report writes an inventory down.
package report

import (
	"bufio"
	"fmt"
	"io"
	"text/tabwriter"

	"example.com/inventory/store"
)

// A Writer writes items in one form.
type Writer interface {
	Write(items []store.Item) error
}

type table struct {
	w *tabwriter.Writer
}

// Table returns a Writer of aligned columns.
func Table(w io.Writer) Writer {
	return &table{tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)}
}

func (t *table) Write(items []store.Item) error {
	for i := range items {
		it := &items[i]
		fmt.Fprintf(t.w, "%s\t%d\t%v\n", it.Name, it.Count, it.Tags)
	}
	return t.w.Flush()
}

type lines struct {
	w *bufio.Writer
}

// Lines returns a Writer of one name a line.
func Lines(w io.Writer) Writer {
	return &lines{bufio.NewWriter(w)}
}

func (l *lines) Write(items []store.Item) error {
	for _, it := range items {
		l.w.WriteString(it.Name)
		l.w.WriteByte('\n')
	}
	return l.w.Flush()
}

// Total adds up the items' counts.
func Total(items []store.Item) (total int) {
	for _, it := range items {
		total += it.Count
	}
	return total
}
