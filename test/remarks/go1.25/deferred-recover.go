package gm

var kept *int

func deferred() {
	defer recover()
	defer print(kept)
}

func started() { go recover() }

func called() (r any) {
	defer func() { r = recover() }()
	return recover()
}
