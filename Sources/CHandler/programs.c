// Starts and ends the programs of a handler. See CHandler.h.
#define _GNU_SOURCE
#include "CHandler.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { MOST_VARIABLES = 256, COULD_NOT_START = 127 };

static const char variable[] = "REMOTE_USER=";

/// Copies the environment with another REMOTE_USER, or without one if `user` is NULL.
static void environment(char *to[MOST_VARIABLES + 2], char *user)
{
    size_t count = 0;
    for (char **entry = environ; *entry && count < MOST_VARIABLES; entry++)
        if (strncmp(*entry, variable, sizeof variable - 1) != 0)
            to[count++] = *entry;
    if (user)
        to[count++] = user;
    to[count] = NULL;
}

/// Runs in the child, from the fork to the exec, and calls only what is allowed between the two (signal-safety(7)).
static _Noreturn void become(const char *path, char *name, char **variables, int output, int errors, pid_t parent)
{
    // The process group is its own, so that the handler can kill its children with it. The kernel kills it when the
    // handler ends in any way.
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(COULD_NOT_START);
    signal(SIGPIPE, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int null = open("/dev/null", O_RDONLY);
    // open returns the lowest free number, which is never 0, because the connection is on 0.
    if (null >= 0 && dup2(null, 0) == 0 && dup2(output, 1) == 1) {
        close(null);
        char *arguments[] = {name, NULL};
        execve(path, arguments, variables);
    }
    int error = errno;
    // A successful exec closes the pipe, so bytes in it mean that the exec failed. The exit status says it too, in case
    // the parent is gone.
    if (write(errors, &error, sizeof error) < 0)
        _exit(COULD_NOT_START);
    _exit(COULD_NOT_START);
}

/// Waits for the end of a child that was killed or failed to start, and returns its wait status or -errno.
static int reap(pid_t pid)
{
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return -errno;
    return status;
}

int chandler_start_program(
    const void *directory, size_t directory_count, const void *name, size_t name_count, const void *user,
    size_t user_count, struct chandler_program *program)
{
    char path[PATH_MAX], remote_user[sizeof variable + 256];
    if (directory_count + name_count + 2 > sizeof path || user_count > 255)
        return -ENAMETOOLONG;
    memcpy(path, directory, directory_count);
    path[directory_count] = '/';
    memcpy(path + directory_count + 1, name, name_count);
    path[directory_count + 1 + name_count] = 0;
    if (user) {
        memcpy(remote_user, variable, sizeof variable - 1);
        memcpy(remote_user + sizeof variable - 1, user, user_count);
        remote_user[sizeof variable - 1 + user_count] = 0;
    }
    char *variables[MOST_VARIABLES + 2];
    environment(variables, user ? remote_user : NULL);

    int output[2], errors[2];
    if (pipe2(output, O_CLOEXEC) < 0)
        return -errno;
    if (pipe2(errors, O_CLOEXEC) < 0) {
        int error = errno;
        close(output[0]), close(output[1]);
        return -error;
    }
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0)
        become(path, path + directory_count + 1, variables, output[1], errors[1], parent);
    int error = pid < 0 ? errno : 0;
    close(output[1]), close(errors[1]);
    if (pid > 0 && read(errors[0], &error, sizeof error) == sizeof error)
        reap(pid);
    close(errors[0]);
    if (error == 0) {
        int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
        if (pidfd >= 0) {
            *program = (struct chandler_program){.pid = pid, .pidfd = pidfd, .output = output[0]};
            return 0;
        }
        error = errno;
        kill(-pid, SIGKILL);
        reap(pid);
    }
    close(output[0]);
    return -error;
}

int chandler_end_program(const struct chandler_program *program)
{
    // The group first: while the child is not reaped, no other process can have its number.
    kill(-program->pid, SIGKILL);
    kill(program->pid, SIGKILL);
    close(program->output);
    int status = reap(program->pid);
    close(program->pidfd);
    if (status < 0)
        return status;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
