package p
func F(s string) byte { b := []byte(s); return b[0] }
func G(s string) byte { b := []byte(s); b[0]++; return b[0] }
