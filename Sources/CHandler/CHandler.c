// See CHandler.h.
#define _GNU_SOURCE
#include "CHandler.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

/// Waits for one event for as long as it takes.
static void wait_for(int fd, short event)
{
    struct pollfd entry = {.fd = fd, .events = event, .revents = 0};
    poll(&entry, 1, -1); // a failure shows at the next read or write
}

/// Whether the call that just failed should be made again.
static int should_retry(int fd, short event)
{
    if (errno == EINTR)
        return 1;
    if (errno != EAGAIN && errno != EWOULDBLOCK)
        return 0;
    wait_for(fd, event);
    return 1;
}

long chandler_read(int fd, void *buffer, size_t count)
{
    long result;
    do
        result = read(fd, buffer, count);
    while (result < 0 && should_retry(fd, POLLIN));
    return result < 0 ? -errno : result;
}

long chandler_write(int fd, const void *buffer, size_t count)
{
    long result;
    do
        result = write(fd, buffer, count);
    while (result < 0 && should_retry(fd, POLLOUT));
    return result < 0 ? -errno : result;
}

int chandler_wait_readable(int fd, int milliseconds)
{
    int64_t end = chandler_monotonic_milliseconds() + milliseconds;
    for (;;) {
        struct pollfd entry = {.fd = fd, .events = POLLIN, .revents = 0};
        int64_t left = end - chandler_monotonic_milliseconds();
        int result = poll(&entry, 1, left > 0 ? (int)left : 0);
        if (result >= 0)
            return result;
        if (errno != EINTR)
            return -errno;
    }
}

int chandler_is_socket(int fd)
{
    int type;
    socklen_t size = sizeof type;
    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0;
}

int chandler_shutdown_write(int fd)
{
    return shutdown(fd, SHUT_WR) < 0 ? -errno : 0;
}

int chandler_ignore_broken_pipe(void)
{
    return signal(SIGPIPE, SIG_IGN) == SIG_ERR ? -errno : 0;
}

int chandler_means_peer_is_gone(int error)
{
    return error == EPIPE || error == ECONNRESET || error == ETIMEDOUT || error == ENOTCONN;
}

int64_t chandler_monotonic_milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now); // cannot fail: the clock exists and the address is ours
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

long chandler_find(const void *bytes, uint8_t byte, size_t count)
{
    const char *found = memchr(bytes, byte, count);
    return found ? found - (const char *)bytes : -1;
}

// Swift's CommandLine does not exist in Embedded mode, and Swift's main keeps argv to itself. But the kernel
// lays the arguments right below the environment: count, argv[0] ... argv[count - 1], NULL, environ[0] ...
// (System V ABI, "Initial Process Stack"; the arm64 one is the same.) A pointer never equals a small count,
// so the walk ends at the right word.
const char *chandler_argument(long index)
{
    char **end = environ - 1;
    long count = 0;
    while ((long)end[-1 - count] != count)
        count++;
    return index < count ? end[index - count] : NULL;
}

const char *chandler_environment(long index)
{
    return environ[index];
}

void chandler_exit(int status)
{
    _exit(status);
}

void *chandler_take_memory(size_t count) {
    static _Alignas(64) unsigned char memory[256 << 10];
    static size_t used;
    size_t rounded = (count + 63) & ~(size_t)63;
    if (rounded < count || rounded > sizeof memory - used) return NULL;
    void *start = memory + used;
    used += rounded;
    return start;
}
