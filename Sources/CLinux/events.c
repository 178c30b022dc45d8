// Waiting, signals as messages, clocks. CLinux.h documents the functions.
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { MOST_EVENTS = 64 };

int clinux_poll_create(void) {
    int fd = epoll_create1(EPOLL_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int clinux_poll_add(int poll, int fd, uint64_t token) {
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = token};
    return epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

int clinux_poll_remove(int poll, int fd) {
    struct epoll_event event = {0};
    return epoll_ctl(poll, EPOLL_CTL_DEL, fd, &event) < 0 ? -errno : 0;
}

int clinux_poll_wait(int poll, struct clinux_event *events, int count, int timeout_milliseconds) {
    struct epoll_event found[MOST_EVENTS];
    int n = epoll_wait(poll, found, count < MOST_EVENTS ? count : MOST_EVENTS, timeout_milliseconds);
    if (n < 0) return -errno;
    for (int i = 0; i < n; i++) {
        events[i].token = found[i].data.u64;
        events[i].readable = found[i].events;
    }
    return n;
}

int clinux_signal_queue(const int *signals, size_t count) {
    sigset_t all, queued;
    sigfillset(&all);
    if (sigprocmask(SIG_SETMASK, &all, NULL) < 0) return -errno;
    sigemptyset(&queued);
    for (size_t i = 0; i < count; i++) sigaddset(&queued, signals[i]);
    int fd = signalfd(-1, &queued, SFD_CLOEXEC | SFD_NONBLOCK);
    return fd < 0 ? -errno : fd;
}

int clinux_signal_next(int fd) {
    struct signalfd_siginfo info;
    ssize_t n = read(fd, &info, sizeof info);
    if (n < 0) return errno == EAGAIN ? 0 : -errno;
    return (int)info.ssi_signo;
}

// Calls the kernel with its own struct sigaction, all zero but for the handler. libc refuses to touch signals 32 and
// 33,
// which it keeps for itself, but the program that started this one may have left them ignored, and exec would pass that
// on. This process has no threads, so that nothing needs these two signals.
int clinux_reset_signals(void) {
    struct {
        void (*handler)(int);
        unsigned long flags;
        void *restorer;
        uint64_t mask;
    } standard;
    memset(&standard, 0, sizeof standard);
    for (int number = 1; number <= 64; number++) {
        if (number == SIGKILL || number == SIGSTOP) continue;
        if (syscall(SYS_rt_sigaction, number, &standard, NULL, sizeof standard.mask) < 0) return -errno;
    }
    return 0;
}

static void nothing(int number) { (void)number; }

// Without SA_RESTART, although close(2) and exit never repeat what a signal has ended.
int clinux_wait_limit_prepare(void) {
    struct sigaction action = {.sa_handler = nothing};
    sigset_t alarm;
    sigemptyset(&alarm);
    sigaddset(&alarm, SIGALRM);
    if (sigaction(SIGALRM, &action, NULL) < 0 || sigprocmask(SIG_UNBLOCK, &alarm, NULL) < 0) return -errno;
    return clinux_wait_limit(0, 0);
}

int clinux_wait_limit(int first, int next) {
    struct itimerval timer = {.it_value.tv_usec = first, .it_interval.tv_usec = next};
    return setitimer(ITIMER_REAL, &timer, NULL) < 0 ? -errno : 0;
}

static int64_t nanoseconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t clinux_monotonic_nanoseconds(void) { return nanoseconds(CLOCK_MONOTONIC); }

int64_t clinux_wall_nanoseconds(void) { return nanoseconds(CLOCK_REALTIME); }

int clinux_wait_for_either(int output, int input, int timeout_milliseconds) {
    struct pollfd either[] = {{.fd = output, .events = POLLOUT}, {.fd = input, .events = POLLIN}};
    int ready = poll(either, 2, timeout_milliseconds);
    if (ready < 0) return errno == EINTR ? 0 : -errno;
    // A broken output counts as one that can be written, which then fails.
    return (either[0].revents != 0) | (either[1].revents != 0) << 1;
}
