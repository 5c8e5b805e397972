package p

import (
	"sync/atomic"
	"unsafe"
)

var at uintptr

func keptAlive() {
	b := []byte("text")
	atomic.StoreUintptr(&at, uintptr(unsafe.Pointer(&b[0])))
}

func alone() uintptr {
	b := []byte("text")
	return uintptr(unsafe.Pointer(&b[0]))
}
