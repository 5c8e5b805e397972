#include "textflag.h"

#define CALLS(name, frame) \
TEXT name(SB), NOSPLIT, $frame-24; \
	CALL ·calledFromAssembly(SB); \
	RET

CALLS(·inAssembly, 24)

#ifdef GOARCH_amd64
TEXT ·inAssemblyToo(SB), NOSPLIT, $0-16
	/* comment */ JMP static<>(SB) // JMP ·static(SB)
#else
TEXT ·static(SB), NOSPLIT, $0-16
	RET
#endif

TEXT static<>(SB), NOSPLIT, $0
	RET

TEXT other·abigen<ABIInternal>(SB), NOSPLIT, $0
	RET
