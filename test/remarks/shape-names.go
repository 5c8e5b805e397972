package p

// The name of a shape gives way to its hash from so many bytes on, however few letters these are.

type long struct {
	éüüüüüüüüüüüüa int
	éüüüüüüüüüüüüb int
	éüüüüüüüüüüüüc int
	éüüüüüüüüüüüüd int
	éüüüüüüüüüüüüe int
	éüüüüüüüüüüüüf int
	éüüüüüüüüüüüüg int
	éüüüüüüüüüüüüh int
	éüüüüüüüüüüüüi int
	éüüüüüüüüüüüüj int
}

type short struct {
	éüüüüüüüüüüüüa int
	éüüüüüüüüüüüüb int
	éüüüüüüüüüüüüc int
	éüüüüüüüüüüüüd int
	éüüüüüüüüüüüüe int
}

func shaped[T any](x T) T { return x }

func use() {
	shaped(long{})
	shaped(short{})
}
