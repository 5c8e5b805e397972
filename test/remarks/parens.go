package p
var s any
func F(a string) { s = (a + "b" + a); s = []byte(a) }
