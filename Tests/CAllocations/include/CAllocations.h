// Counts what the calling thread allocates, in a program that links this: its malloc takes the place of libc's.
#pragma once
#include <stdint.h>

// Blocks that this thread has been given so far. -1 in a program built with a sanitizer, which has a malloc of its own.
int64_t allocations_of_this_thread(void);
