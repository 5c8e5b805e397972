package p
func F() (fs []func() int) { for i := 0; i < 3; i++ { fs = append(fs, func() int { return i }) }; return }
func G() (fs []func() int) { for i := range 3 { fs = append(fs, func() int { i++; return i }) }; return }
