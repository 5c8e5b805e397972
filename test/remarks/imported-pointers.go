package p

import (
	"bytes"
	"errors"
)

var x int

func twice(name string) {
	err := errors.New("a")
	if name == "x" {
		err = errors.New("s")
	}
	println(err.Error())
}

func once(name string) {
	f := func() error {
		if x == 1 {
			return errors.New("u")
		}
		return nil
	}
	err := f()
	println(err.Error())
}

func both(name string) {
	var err error
	if name == "x" {
		err = errors.New("s")
	} else {
		err = errors.New("s")
	}
	println(err.Error())
}

type sized interface{ Size() int64 }

func reader(b []byte) sized {
	if b == nil {
		return bytes.NewReader(nil)
	}
	return bytes.NewReader(b)
}

func declared(b []byte) int64 { return reader(b).Size() }
