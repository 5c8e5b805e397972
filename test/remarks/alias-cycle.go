package p

type server struct{ waiting []handler }
type handler struct{ f func(*RW) }
type RW = rw
type rw struct{ s *server }

func (sc *server) sched(f func(*RW)) { sc.waiting = append(sc.waiting, handler{f: f}) }
