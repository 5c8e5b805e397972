package p
import "time"
var s any
func F(x int) { s = time.Second; s = 'a' + 1; s = byte(97); s = 1e21; s = 2i; s = x << 1; s = uint8(x) + 1; s = []rune("a"); s = 0.1 + 0.2 }

// halves at the seventh digit, rounded to even
func Halves(x float64) (any, complex128, float32, float64) {
	return 0.001953125, 0.0009765625 + 0.00048828125i, 0.012207031*2.5 + 33333350, x*4503599627370497.5 + 0.0078125 + 1.5*1048577 + 2.5*1048577
}
