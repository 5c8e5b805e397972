// What Go 1.26 keeps from being inlined, and where it says that a type is asserted.
package deferred

type stack struct{ sum int }

func (s *stack) each(yield func(int) bool) {
	if yield(s.sum) {
		yield(s.sum + 1)
	}
}

func (s *stack) add(n int) { s.sum += n }

func (s *stack) drain() {
	func() {
		for i := range s.each {
			defer s.add(i)
		}
	}()
}

func (s *stack) self() *stack {
	return (interface {
		self() *stack
	})(s).self()
}

func (s *stack) top() *int { return &s.sum }

func last(s *stack) *int {
	return (interface {
		top() *int
	})(s).top()
}
