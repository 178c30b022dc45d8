// Catches SIGTERM as a request to end. It is blocked except inside the waits, which unblock it and sleep in one step
// (ppoll's mask): so it cannot come unnoticed between a check and a wait, and it interrupts no other call.
// See CHandlerSession.h.
#define _GNU_SOURCE
#include "CHandler.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <time.h>

static volatile sig_atomic_t is_terminated;
static sigset_t waiting_mask;
static int is_caught;

static void remember(int signal)
{
    (void)signal;
    is_terminated = 1;
}

int chandler_catch_termination(void)
{
    struct sigaction action = {.sa_handler = remember};
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    if (sigaction(SIGTERM, &action, NULL) < 0 || sigprocmask(SIG_BLOCK, &blocked, &waiting_mask) < 0)
        return -errno;
    sigdelset(&waiting_mask, SIGTERM);
    is_caught = 1;
    return 0;
}

const void *chandler_waiting_mask(void)
{
    return is_caught ? &waiting_mask : NULL;
}

int chandler_is_terminated(void)
{
    // A wait that does not sleep delivers no signal: while the peer never makes the handler wait, SIGTERM stays
    // pending.
    sigset_t pending;
    if (is_caught && !is_terminated && sigpending(&pending) == 0)
        is_terminated = sigismember(&pending, SIGTERM);
    return is_terminated;
}

void chandler_pause(int64_t nanoseconds)
{
    int64_t end = chandler_monotonic_nanoseconds() + nanoseconds;
    while (!is_terminated) {
        int64_t left = end - chandler_monotonic_nanoseconds();
        if (left <= 0)
            return;
        struct timespec time = {.tv_sec = left / 1000000000, .tv_nsec = left % 1000000000};
        ppoll(NULL, 0, &time, chandler_waiting_mask());
    }
}
