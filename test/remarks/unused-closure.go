package p
func F() { _ = func() {}; x := func() {}; _ = x; var y = func() {}; z := y; y = z }
