// Attempts to stay: processes that outlive the handler. They say their pid and end by themselves after a while.
#include "attacker.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>

enum { longest_stay_seconds = 30 };

// A process in a session of its own that is nobody's child. Does not return here: there, and then ends.
static void become_daemon(void) {
    pid_t child = attacker_fork(0);
    if (child < 0) attacker_refused("fork");
    if (child > 0) {
        // The daemon says the result. Whoever started the attempt waits for it, not for this process.
        attacker_wait(child);
        _exit(0);
    }
    if (setsid() < 0) attacker_refused("setsid");
    pid_t daemon = attacker_fork(0);
    if (daemon < 0) attacker_refused("fork");
    if (daemon > 0) attacker_left(daemon);
    alarm(longest_stay_seconds);
    close(attacker_report);
    // Or the handler's end could not be seen.
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

// Keeps the connection open, and says something two seconds after the handler has ended.
static void hold_connection(void) {
    become_daemon();
    wait_for_handler();
    sleep(2);
    if (write(1, "still here\n", 11) < 0) _exit(1);
    _exit(0);
}

// Many that beget each other, so that whoever kills one finds the next.
static void leave_runner(void) {
    become_daemon();
    for (int fd = 0; fd < 256; fd++) close(fd);
    // 30 s of generations of 10 ms each: an alarm would not be inherited.
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
