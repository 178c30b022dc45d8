// accept-close PORT: accepts and closes, and nothing else: the most that any server could refuse.
#define _GNU_SOURCE
#include "listener.h"
#include <errno.h>
#include <unistd.h>

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    const int listener = listen_on_loopback(argv[1]);
    for (;;) {
        const int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (connection >= 0) close(connection);
        else if (errno != EINTR && errno != ECONNABORTED) return perror("accept4"), 1;
    }
}
