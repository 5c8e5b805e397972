package p

// Types that declarations of an imported package mention have their wrappers there.
import q "fixtures/imported-types"

var l *q.Plain

func lock() { l.Lock() }

func check(g q.Gadget[int], out *int) { q.Check(g, out) }

func mine() (x q.List[int16], y q.Lots[int32], z q.Lots[int64]) { return }

func lists() { q.Lists(func([]q.List[string]) {}) }

func inlined() (q.List[int8], any) { return q.List[int8]{}, q.Inlined() }

// Each interface has methods of its own, with the names of their parameters.
type setter interface{ set(err *int) }
type other interface{ set(e *int); other() }
type same interface{ set(value *int) }
type mine2 = q.List[uint8]
