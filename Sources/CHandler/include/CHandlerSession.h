// What a handler with long sessions needs besides CHandler.h: to be told to end, to pause, and to name things.
#ifndef CHANDLER_SESSION_H
#define CHANDLER_SESSION_H

#include <stdint.h>

/// Seconds since 1970. Source: clock_gettime(2), CLOCK_REALTIME.
int64_t chandler_seconds_since_1970(void);

/// The process's id. Source: getpid(2).
int32_t chandler_process_id(void);

/// 64 random bits; where the kernel has none yet, bits of the clocks. Not for secrets. Source: getrandom(2).
uint64_t chandler_random_bits(void);

#endif
