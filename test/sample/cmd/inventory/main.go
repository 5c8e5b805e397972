// Command inventory prints a small inventory.
package main

import (
	"flag"
	"fmt"
	"os"

	"example.com/inventory/report"
	"example.com/inventory/store"
)

func main() {
	tag := flag.String("tag", "", "print only items with this tag")
	terse := flag.Bool("terse", false, "print names only")
	flag.Parse()

	var s store.Store
	s.Add("bolt", 120, "steel", "M6")
	s.Add("nut", 95, "steel", "M6")
	s.Add("washer", 300, "brass")

	items := s.Select(func(it *store.Item) bool { return *tag == "" || it.HasTag(*tag) })
	w := report.Table(os.Stdout)
	if *terse {
		w = report.Lines(os.Stdout)
	}
	if err := w.Write(items); err != nil {
		fmt.Fprintln(os.Stderr, "inventory:", err)
		os.Exit(1)
	}
	if !*terse {
		fmt.Println("total", report.Total(items))
	}
}
