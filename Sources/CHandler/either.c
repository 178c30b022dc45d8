// Waits for both directions of a connection at once. See CHandler.h.
#define _GNU_SOURCE
#include "CHandler.h"

#include <errno.h>
#include <poll.h>

int chandler_wait_either(int readable, int writable)
{
    struct pollfd entries[2] = {{.fd = readable, .events = POLLIN}, {.fd = writable, .events = POLLOUT}};
    while (poll(entries, 2, -1) < 0)
        if (errno != EINTR)
            return -errno;
    return (entries[0].revents ? 1 << CHANDLER_READABLE : 0) | (entries[1].revents ? 1 << CHANDLER_WRITABLE : 0);
}
