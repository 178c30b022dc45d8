// Attempts to stay: processes that outlive the handler. They give their pid and end by themselves after a while.
#include "attacker.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>

enum { longest_stay_seconds = 30 };

// Starts a process in a session of its own that has no parent here. Returns only in that process.
static void become_daemon(void) {
    pid_t child = attacker_fork(0);
    if (child < 0) attacker_refused("fork");
    if (child > 0) {
        // The daemon gives the result. The process that started the attempt waits for the result, not for this process.
        attacker_wait(child);
        _exit(0);
    }
    if (setsid() < 0) attacker_refused("setsid");
    pid_t daemon = attacker_fork(0);
    if (daemon < 0) attacker_refused("fork");
    if (daemon > 0) attacker_left(daemon);
    alarm(longest_stay_seconds);
    close(attacker_report);
    // Otherwise this process would hide the handler's end.
    close(attacker_context.lifeline[1]);
}

static void wait_for_handler(void) {
    char byte;
    while (read(attacker_context.lifeline[0], &byte, 1) < 0 && errno == EINTR) {
    }
}

static void leave_daemon(void) {
    become_daemon();
    for (int fd = 0; fd < 256; fd++) close(fd);
    for (;;) pause();
}

// Keeps the connection open, and writes to it two seconds after the handler has ended.
static void hold_connection(void) {
    become_daemon();
    wait_for_handler();
    sleep(2);
    if (write(1, "still here\n", 11) < 0) _exit(1);
    _exit(0);
}

// A chain of processes, each of which forks the next and ends, so that a process that kills one finds another.
static void leave_runner(void) {
    become_daemon();
    for (int fd = 0; fd < 256; fd++) close(fd);
    // 30 s of generations of 10 ms each; a child would not inherit an alarm.
    for (int generation = 0; generation < longest_stay_seconds * 100; generation++) {
        if (attacker_fork(0) > 0) _exit(0);
        poll(NULL, 0, 10);
    }
    _exit(0);
}

const struct attacker_attempt attacker_leftovers[] = {
    {"leave-daemon", "leave a process behind", .run = leave_daemon},
    {"leave-runner", "leave a process behind that is another one every 10 ms", .run = leave_runner},
    {"hold-connection", "keep the connection when the handler has ended", .run = hold_connection},
    {0},
};
