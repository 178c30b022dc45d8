// Gates and handlers as processes. CLinux.h documents the functions.
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int clinux_fork(void) {
    pid_t pid = fork();
    return pid < 0 ? -errno : pid;
}

// A fork into a control group from the start: moving the child there later takes the kernel some ten milliseconds.
// glibc's fork would also take care of threads, and this process has none.
// Source: clone(2), CLONE_INTO_CGROUP (since Linux 5.7).
int clinux_fork_into(int group) {
    struct clone_args arguments = {
        .flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = (uint64_t)group,
    };
    long pid = syscall(SYS_clone3, &arguments, sizeof arguments);
    return pid < 0 ? -errno : (int)pid;
}

static void fill(struct clinux_end *end, const siginfo_t *info) {
    end->pid = info->si_pid;
    end->was_signalled = info->si_code != CLD_EXITED;
    end->dumped_core = info->si_code == CLD_DUMPED;
    end->status = info->si_status;
}

int clinux_next_end(struct clinux_end *end) {
    siginfo_t info;
    info.si_pid = 0;
    // WNOWAIT: the process stays a zombie, so that its process group's number cannot be given to another process yet.
    if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0) return errno == ECHILD ? 0 : -errno;
    if (info.si_pid == 0) return 0;
    fill(end, &info);
    return 1;
}

int clinux_reap(int pid) {
    siginfo_t info;
    return waitid(P_PID, (id_t)pid, &info, WEXITED) < 0 ? -errno : 0;
}

int clinux_open_process(int pid) {
    // The descriptor is close-on-exec. Source: pidfd_open(2).
    int number = (int)syscall(SYS_pidfd_open, pid, 0);
    return number < 0 ? -errno : number;
}

int clinux_wait(int pid, struct clinux_end *end) {
    siginfo_t info;
    if (waitid(P_PID, (id_t)pid, &info, WEXITED) < 0) return -errno;
    fill(end, &info);
    return 0;
}

// The child of a fork. Nothing here allocates, and every inherited descriptor is close-on-exec.
static _Noreturn void run(int program, char *const *arguments, int output) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int null = open("/dev/null", O_RDWR);
    if (null >= 0 && dup2(null, 0) >= 0 && dup2(output, 1) >= 0) {
        syscall(SYS_execveat, program, "", arguments, environ, AT_EMPTY_PATH);
    }
    _exit(127);
}

int clinux_run(int program, char *const *arguments, int *output) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) return -errno;
    // The caller's end alone: the program may write as programs do.
    if (fcntl(ends[0], F_SETFL, O_NONBLOCK) < 0) {
        int error = errno;
        close(ends[0]);
        close(ends[1]);
        return -error;
    }
    pid_t pid = fork();
    if (pid == 0) run(program, arguments, ends[1]);
    int error = errno;
    close(ends[1]);
    if (pid > 0) {
        *output = ends[0];
        return pid;
    }
    close(ends[0]);
    return -error;
}

int clinux_become(const char *path, char *const *arguments) {
    execv(path, arguments);
    return -errno;
}

int clinux_open_program(const char *path) {
    int fd = open(path, O_PATH | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

// First above all numbers that will be used, so that no descriptor takes the place of one that is still to be moved.
// Source: execveat(2), AT_EMPTY_PATH.
int clinux_execute(
    int program, char *const *arguments, char *const *environment, int errors, int *passed, size_t count) {
    int first_free = 3 + (int)count;
    int executed = fcntl(program, F_DUPFD_CLOEXEC, first_free);
    if (executed < 0) return -errno;
    for (size_t i = 0; i < count; i++) {
        passed[i] = fcntl(passed[i], F_DUPFD_CLOEXEC, first_free);
        if (passed[i] < 0) return -errno;
    }
    if (errors != 2 && dup2(errors, 2) < 0) return -errno;
    for (size_t i = 0; i < count; i++) {
        if (dup2(passed[i], 3 + (int)i) < 0) return -errno;
    }
    syscall(SYS_execveat, executed, "", arguments, environment, AT_EMPTY_PATH);
    return -errno;
}

int clinux_kill(int pid, int signal) { return kill(pid, signal) < 0 ? -errno : 0; }

int clinux_session(int pid) {
    pid_t session = getsid(pid);
    return session < 0 ? -errno : session;
}

// Source: proc(5), task/TID/children.
int clinux_open_children(void) {
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

// Direct children, among them the orphans that a subreaper inherits.
int clinux_children(int fd, void *context, void (*child)(void *context, int pid)) {
    char buffer[4096];
    int pid = 0;
    if (lseek(fd, 0, SEEK_SET) < 0) return -errno;
    for (;;) {
        ssize_t n = read(fd, buffer, sizeof buffer);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return n < 0 ? -errno : 0;
        for (ssize_t i = 0; i < n; i++) {
            if (buffer[i] >= '0' && buffer[i] <= '9') {
                pid = pid * 10 + (buffer[i] - '0');
            } else if (pid > 0) {
                child(context, pid);
                pid = 0;
            }
        }
    }
}

int clinux_become_subreaper(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0 ? -errno : 0; }

int clinux_set_name(const char *name) { return prctl(PR_SET_NAME, name, 0, 0, 0) < 0 ? -errno : 0; }

int clinux_own_pid(void) { return getpid(); }

_Noreturn void clinux_exit(int status) { _exit(status); }

int clinux_start_session(void) { return setsid() < 0 ? -errno : 0; }
