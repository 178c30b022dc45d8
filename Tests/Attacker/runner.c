// Runs an attempt in a child of its own and waits for its result. attacker.h documents the function.
#include "attacker.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

// Far longer than any attempt needs, except for filling memory on a slow machine.
enum { time_limit_milliseconds = 9000 };

// The end of a child that has given no result.
static void describe_end(int status, char *text, size_t size) {
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS) {
        snprintf(text, size, "refused\tSIGSYS");
    } else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) {
        snprintf(text, size, "refused\tSIGKILL");
    } else if (WIFSIGNALED(status)) {
        snprintf(text, size, "void\tthe attempt was ended by signal %d", WTERMSIG(status));
    } else {
        snprintf(text, size, "void\tthe attempt ended and said nothing");
    }
}

void attacker_run(const struct attacker_attempt *attempt, void (*print)(const char *line)) {
    char result[300] = "";
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) {
        snprintf(result, sizeof result, "void\tpipe2: %s", attacker_errno_name(errno));
    } else {
        pid_t child = attacker_fork(0);
        if (child == 0) {
            setpgid(0, 0);
            attacker_report = ends[1];
            attacker_begin(attempt);
            _exit(0);
        }
        int error = errno;
        close(ends[1]);
        errno = error;
        if (child < 0 && errno == EPERM) {
            attacker_run_here(attempt, result, sizeof result);
        } else if (child < 0) {
            snprintf(result, sizeof result, "void\tno process for it: %s", attacker_errno_name(errno));
        } else {
            struct pollfd waiting = {.fd = ends[0], .events = POLLIN};
            int ready;
            do ready = poll(&waiting, 1, time_limit_milliseconds);
            while (ready < 0 && errno == EINTR);
            ssize_t length = ready > 0 ? read(ends[0], result, sizeof result - 1) : 0;
            if (ready == 0) snprintf(result, sizeof result, "void\tit hung");
            // The child has given its result, or is late. The rest of its group is killed too.
            if (ready <= 0) kill(child, SIGKILL);
            int status = attacker_wait(child);
            kill(-child, SIGKILL);
            if (length <= 0 && !result[0]) describe_end(status, result, sizeof result);
        }
        close(ends[0]);
    }
    char line[600];
    snprintf(line, sizeof line, "%s\t%s\t%s\n", attempt->name, result, attempt->words);
    print(line);
}
