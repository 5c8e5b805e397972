package p
func P[T any](x T) *T { return &x }
func F(s *string, i *int) { P(s); P(i) }
