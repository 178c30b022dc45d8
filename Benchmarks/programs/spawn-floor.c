// spawn-floor PORT PROGRAM: accepts, starts PROGRAM on the connection with posix_spawn, and nothing else: no admission,
// no environment, no sandbox, no log, no reaping. About the most that a server with one process
// per connection could do.
#define _GNU_SOURCE
#include "listener.h"
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    const int listener = listen_on_loopback(argv[1]);
    char *const arguments[] = {argv[2], NULL}, *const environment[] = {NULL};
    signal(SIGCHLD, SIG_IGN);  // the kernel reaps
    for (;;) {
        const int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (connection < 0) {
            if (errno == EINTR || errno == ECONNABORTED) continue;
            return perror("accept4"), 1;
        }
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, connection, STDIN_FILENO);
        posix_spawn_file_actions_adddup2(&actions, connection, STDOUT_FILENO);
        const int error = posix_spawn(&(pid_t){0}, argv[2], &actions, NULL, arguments, environment);
        posix_spawn_file_actions_destroy(&actions);
        close(connection);
        if (error != 0) return fprintf(stderr, "%s: errno %d\n", argv[2], error), 1;
    }
}
