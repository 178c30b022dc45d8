// Gates and handlers as processes. See CLinux.h.
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int clinux_fork(void) {
    pid_t pid = fork();
    return pid < 0 ? -errno : pid;
}

int clinux_next_end(struct clinux_end *end) {
    siginfo_t info;
    info.si_pid = 0;
    // WNOWAIT: the process stays a zombie, so that its process group can still be named safely.
    if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0) return errno == ECHILD ? 0 : -errno;
    if (info.si_pid == 0) return 0;
    end->pid = info.si_pid;
    end->was_signalled = info.si_code != CLD_EXITED;
    end->dumped_core = info.si_code == CLD_DUMPED;
    end->status = info.si_status;
    return 1;
}

int clinux_reap(int pid) {
    siginfo_t info;
    return waitid(P_PID, (id_t)pid, &info, WEXITED) < 0 ? -errno : 0;
}

int clinux_kill(int pid, int signal) { return kill(pid, signal) < 0 ? -errno : 0; }

// Direct children, orphans that were handed to a subreaper among them. Source: proc(5), task/TID/children.
int clinux_children(void *context, void (*child)(void *context, int pid)) {
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -errno;
    char buffer[4096];
    int pid = 0, error = 0;
    for (;;) {
        ssize_t n = read(fd, buffer, sizeof buffer);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) error = -errno;
        if (n <= 0) break;
        for (ssize_t i = 0; i < n; i++) {
            if (buffer[i] >= '0' && buffer[i] <= '9') {
                pid = pid * 10 + (buffer[i] - '0');
            } else if (pid > 0) {
                child(context, pid);
                pid = 0;
            }
        }
    }
    close(fd);
    return error;
}

int clinux_become_subreaper(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0 ? -errno : 0; }

int clinux_set_name(const char *name) { return prctl(PR_SET_NAME, name, 0, 0, 0) < 0 ? -errno : 0; }

int clinux_own_pid(void) { return getpid(); }

_Noreturn void clinux_exit(int status) { _exit(status); }
