package p
//line f.y:7
func A() *int { return new(int) }
//line g.y:7:3
func B() *int { return new(int) }
//line :9
func C() *int { return new(int) }
