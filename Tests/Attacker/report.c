// Gives the results. attacker.h documents the functions.
#include "attacker.h"

#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

int attacker_report = -1;
int attacker_socket;
struct attacker_context attacker_context;

const char *attacker_errno_name(int number) {
    static const struct {
        int number;
        const char *name;
    } names[] = {
        {EPERM, "EPERM"},
        {ENOENT, "ENOENT"},
        {ESRCH, "ESRCH"},
        {EIO, "EIO"},
        {ENXIO, "ENXIO"},
        {ENOEXEC, "ENOEXEC"},
        {EBADF, "EBADF"},
        {EAGAIN, "EAGAIN"},
        {ENOMEM, "ENOMEM"},
        {EACCES, "EACCES"},
        {EFAULT, "EFAULT"},
        {ENOTBLK, "ENOTBLK"},
        {EBUSY, "EBUSY"},
        {EEXIST, "EEXIST"},
        {EXDEV, "EXDEV"},
        {ENODEV, "ENODEV"},
        {ENOTDIR, "ENOTDIR"},
        {EISDIR, "EISDIR"},
        {EINVAL, "EINVAL"},
        {EMFILE, "EMFILE"},
        {ENOTTY, "ENOTTY"},
        {ETXTBSY, "ETXTBSY"},
        {EFBIG, "EFBIG"},
        {ENOSPC, "ENOSPC"},
        {EROFS, "EROFS"},
        {EPIPE, "EPIPE"},
        {ENOSYS, "ENOSYS"},
        {ELOOP, "ELOOP"},
        {ENOTSOCK, "ENOTSOCK"},
        {EPROTONOSUPPORT, "EPROTONOSUPPORT"},
        {ESOCKTNOSUPPORT, "ESOCKTNOSUPPORT"},
        {EOPNOTSUPP, "EOPNOTSUPP"},
        {EAFNOSUPPORT, "EAFNOSUPPORT"},
        {EADDRNOTAVAIL, "EADDRNOTAVAIL"},
        {ENETUNREACH, "ENETUNREACH"},
        {ECONNRESET, "ECONNRESET"},
        {EISCONN, "EISCONN"},
        {ETIMEDOUT, "ETIMEDOUT"},
        {ECONNREFUSED, "ECONNREFUSED"},
        {EHOSTUNREACH, "EHOSTUNREACH"},
        {EDQUOT, "EDQUOT"},
        {ENOPROTOOPT, "ENOPROTOOPT"},
        {EPROTOTYPE, "EPROTOTYPE"},
        {ENOBUFS, "ENOBUFS"},
        {EUSERS, "EUSERS"},
        {EOVERFLOW, "EOVERFLOW"},
        {ENOKEY, "ENOKEY"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (names[i].number == number) return names[i].name;
    }
    static char unnamed[16];
    snprintf(unnamed, sizeof unnamed, "E%d", number);
    return unnamed;
}

// Where an attempt returns to that this process runs itself.
static jmp_buf beginning;
static bool is_here;
static char text[256];

void attacker_run_here(const struct attacker_attempt *attempt, char *result, size_t size) {
    snprintf(text, sizeof text, "void\tthe attempt ended and said nothing");
    is_here = true;
    if (setjmp(beginning) == 0) attacker_begin(attempt);
    is_here = false;
    snprintf(result, size, "%s", text);
}

static noreturn void say(const char *status, const char *format, va_list arguments) {
    int length = snprintf(text, sizeof text, "%s\t", status);
    vsnprintf(text + length, sizeof text - (size_t)length, format, arguments);
    if (is_here) longjmp(beginning, 1);
    // Dropped on purpose: the parent of a process that wrote no result counts it as void.
    ssize_t written = write(attacker_report, text, strlen(text));
    _exit(written < 0);
}

#define SAY(status)                  \
    va_list arguments;               \
    va_start(arguments, format);     \
    say(status, format, arguments);

void attacker_done(const char *format, ...) { SAY("DONE") }
void attacker_refused_by(const char *format, ...) { SAY("refused") }
void attacker_void(const char *format, ...) { SAY("void") }
void attacker_allowed(const char *format, ...) { SAY("allowed") }

static noreturn void say_plainly(const char *format, ...) __attribute__((format(printf, 1, 2)));
static noreturn void say_plainly(const char *format, ...) { SAY("left") }

void attacker_left(pid_t pid) { say_plainly("%d", pid); }

static noreturn void say_sent(const char *format, ...) { SAY("sent") }

void attacker_sent(const char *signal) { say_sent("%s", signal); }

void attacker_refused(const char *step) { attacker_refused_by("%s (%s)", attacker_errno_name(errno), step); }

void attacker_no_child(void) {
    if (errno == EPERM) attacker_refused("fork");
    attacker_void("fork: %s", attacker_errno_name(errno));
}

void attacker_judge(const char *step, long result) {
    if (result >= 0) attacker_done("%s returned %ld", step, result);
    if (errno == EPERM || errno == EACCES || errno == ENOSYS) attacker_refused(step);
    attacker_done("%s was let through as far as %s", step, attacker_errno_name(errno));
}

pid_t attacker_pid(enum attacker_target target) {
    static const char *const names[] = {"sibling", "gate", "supervisor"};
    pid_t pid = attacker_context.targets[target];
    if (pid <= 0) attacker_void("the test gave no pid of the %s", names[target]);
    return pid;
}

const char *attacker_variable(const char *name) {
    const char *value = getenv(name);
    if (!value || !*value) attacker_void("%s is not set", name);
    return value;
}

pid_t attacker_fork(unsigned long flags) {
    // Not through libc, which could choose another call than the one that the filter is to refuse.
    return (pid_t)syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
}

int attacker_wait(pid_t pid) {
    int status;
    pid_t waited;
    do waited = waitpid(pid, &status, 0);
    while (waited < 0 && errno == EINTR);
    return waited < 0 ? -1 : status;
}
