package p

// What a dictionary holds: nothing of clauses that a constant keeps from being reached, with a tag or without.

const debug = false
const mode = 2

func boxed[T any](x T) any   { return x }
func listed[T any](x T) []T  { return []T{x} }
func address[T any](x T) *T  { return &x }

func NoTag[T any](x T) any {
	switch {
	case debug:
		return boxed(x)
	}
	return listed(x)
}

func NoTagDefault[T any](x T) any {
	switch {
	case debug:
		return boxed(x)
	case 1 > 2, !debug:
		return listed(x)
	default:
		return address(x)
	}
}

func Tag[T any](x T) any {
	switch mode {
	case 1:
		return boxed(x)
	case 2:
		return listed(x)
	}
	return address(x)
}

func NotConstant[T any](x T, b bool) any {
	switch {
	case debug:
		return boxed(x)
	case b:
		return listed(x)
	}
	return nil
}

func use() {
	NoTag(1)
	NoTagDefault("a")
	Tag(1.5)
	NotConstant(byte(1), true)
}
