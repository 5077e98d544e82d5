#include "CJemalloc.h"

// One thread allocates nearly all: of arenas by the number of processors, each would keep memory of its own. Pages that
// nobody uses go back to the system after a second.
const char *malloc_conf = "narenas:2,dirty_decay_ms:1000,muzzy_decay_ms:0";
