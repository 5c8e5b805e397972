package p

type closer interface{ Close() }

func run(f func()) int { println(1); return 1 }

func generic[T closer](x T) int { return run(x.Close) }

func nested[T closer](f func() (T, error)) func() (int, error) {
	return func() (int, error) {
		x, err := f()
		return run(x.Close), err
	}
}

var used = []any{generic[closer], nested[closer], generic[interface{ Close(); Open() }]}

func deferred(x closer) { defer x.Close(); go x.Close() }
