// See CHandlerSession.h.
#define _GNU_SOURCE
#include "CHandler.h"

#include <sys/random.h>
#include <time.h>
#include <unistd.h>

int64_t chandler_seconds_since_1970(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now); // cannot fail: the clock exists and the address is ours
    return now.tv_sec;
}

int32_t chandler_process_id(void)
{
    return getpid();
}

uint64_t chandler_random_bits(void)
{
    uint64_t bits;
    if (getrandom(&bits, sizeof bits, GRND_NONBLOCK) == sizeof bits)
        return bits;
    return (uint64_t)chandler_monotonic_nanoseconds() * 0x9e3779b97f4a7c15u;
}
