package p
var t [8]int
var c = func(i int) int { return t[i&7] }
func F(i uint8, j int) int { return t[i&7] + t[j&7] + t[j%8] + t[i>>5] + t[3] + int("abcd"[j&3]) }
