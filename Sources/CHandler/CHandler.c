// See CHandler.h.
#define _GNU_SOURCE
#include "CHandler.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

/// Waits for one event, without a limit.
static void wait_for(int fd, short event)
{
    struct pollfd entry = {.fd = fd, .events = event, .revents = 0};
    poll(&entry, 1, -1); // the next read or write reports a failure
}

/// Whether the caller repeats the call that just failed.
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

long chandler_write_some(int fd, int is_socket, const void *buffer, size_t count)
{
    long result;
    do
        result = is_socket ? send(fd, buffer, count, MSG_DONTWAIT | MSG_NOSIGNAL)
                           : write(fd, buffer, count < PIPE_BUF ? count : PIPE_BUF);
    while (result < 0 && errno == EINTR);
    return result < 0 ? -errno : result;
}

int chandler_wait(int fd, int event, int64_t nanoseconds)
{
    int64_t end = nanoseconds == INT64_MAX ? INT64_MAX : chandler_monotonic_nanoseconds() + nanoseconds;
    for (;;) {
        struct pollfd entry = {.fd = fd, .events = event == CHANDLER_WRITABLE ? POLLOUT : POLLIN, .revents = 0};
        int64_t left = end == INT64_MAX ? 0 : end - chandler_monotonic_nanoseconds();
        if (left < 0)
            left = 0;
        struct timespec time = {.tv_sec = left / 1000000000, .tv_nsec = left % 1000000000};
        int result = ppoll(&entry, 1, end == INT64_MAX ? NULL : &time, chandler_waiting_mask());
        if (result >= 0)
            return result;
        if (errno != EINTR)
            return -errno;
        if (chandler_is_terminated())
            return -EINTR;
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

int chandler_close(int fd)
{
    return close(fd) < 0 ? -errno : 0;
}

int chandler_ignore_broken_pipe(void)
{
    return signal(SIGPIPE, SIG_IGN) == SIG_ERR ? -errno : 0;
}

int chandler_means_peer_is_gone(int error)
{
    return error == EPIPE || error == ECONNRESET || error == ETIMEDOUT || error == ENOTCONN;
}

int chandler_means_try_again(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK;
}

int64_t chandler_monotonic_nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now); // cannot fail: the clock exists and the address is ours
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

// Embedded Swift has no CommandLine, and Swift's main does not pass argv on. But the kernel puts the arguments right
// below the environment: count, argv[0] ... argv[count - 1], NULL, environ[0] ... (System V ABI, "Initial Process
// Stack"; arm64's is the same). A pointer never equals a small count, so the search ends at the right word.
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
    // Aligned to a page, because the kernel copies to and from whole pages faster.
    static _Alignas(4096) unsigned char memory[256 << 10];
    static size_t used;
    size_t rounded = (count + 63) & ~(size_t)63;
    if (rounded < count || rounded > sizeof memory - used) return NULL;
    void *start = memory + used;
    used += rounded;
    return start;
}
