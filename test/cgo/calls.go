// Everything that cgo treats differently: its own translation of this file stands beside it.
package calls

/*
#include <stddef.h>
#define LIMIT 4
#define MASK (LIMIT << 2 | 0x80u)
#define RATIO 2.5
#define GREETING "hel" "lo"
#define NAME "plain"
#define NEXT (counter + 1)

typedef unsigned int id_t;
typedef struct node node;
struct node {
	char type;
	short kind;
	node *next;
	void (*visit)(node *, void *);
	unsigned flags : 3;
	unsigned rest : 29;
	union { int i; node *n; } u;
	double values[LIMIT];
	char tail[];
};
struct __attribute__((packed)) wire { char c; int n; long long l; };
enum color { RED, GREEN = 5, BLUE };
enum { NEGATIVE = -1, HUGE = 0x7fffffff };
typedef enum { UP, DOWN } direction;
typedef char uuid[16];
typedef struct { int x, y; } point, *pointp;
typedef int (*callback)(id_t, const char *);
struct opaque;

extern int counter;
extern const char *names[3];
extern point origin;

int add(int a, int b);
void walk(node *n, uuid id, callback f);
pointp move_to(point *p, direction d);
struct opaque *open_it(const char *name, size_t n);
void reset(void);
unsigned char *bytes(void *p, int n);
static inline long twice(long x) { return x * 2; }
*/
import "C"

import (
	"fmt"
	"unsafe"
)

type owner struct {
	n    *C.node
	id   C.uuid
	kind C.enum_color
	u    C.struct_wire
}

const limit = C.LIMIT + C.MASK

//export goVisit
func goVisit(n *C.node, p unsafe.Pointer) C.int {
	return C.int(n.kind)
}

//export goName
func goName(i C.int) (string, bool) { return "", false }

func (o *owner) use(buf []byte, arr *[4]C.point) error {
	C.reset()
	sum, err := C.add(1, C.int(len(buf)))
	if err != nil {
		return err
	}
	C.walk(o.n, (*C.uchar)(unsafe.Pointer(&o.id[0])), C.callback(C.add))
	C.walk(o.n.next, nil, nil)
	defer C.move_to(&arr[1], C.UP)
	p := C.move_to(&o.point().p, C.direction(C.DOWN))
	h := C.open_it(C.CString("x"), C.size_t(C.sizeof_struct_node))
	b := C.GoBytes(unsafe.Pointer(C.bytes(unsafe.Pointer(&buf[0]), 1<<2-C.LIMIT)), 4)
	fmt.Println(sum, p.x, h, b, C.RATIO, C.GREETING, C.NAME, C.NEXT, C.counter, C.names[1], C.origin.x, C.NEGATIVE,
		C.HUGE, C.BLUE, C.twice(3), C.GoString(C.names[0]), C.malloc(8), &C.origin)
	_, err = C.reset()
	return err
}

type pointed struct{ p C.point }

func (o *owner) point() *pointed { return new(pointed) }
