package p
import "time"
var s any
func F(x int) { s = time.Second; s = 'a' + 1; s = byte(97); s = 1e21; s = 2i; s = x << 1; s = uint8(x) + 1; s = []rune("a"); s = 0.1 + 0.2 }
