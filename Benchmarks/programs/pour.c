// pour PROGRAM LINE_LENGTH MEGABYTES: pours lines through a program's descriptors 0 and 1, which are one socket, from
// one thread, and reads what comes back in another; prints the megabytes per second, one way, and the program's
// processor time.
//
// The socket is AF_UNIX, the cheapest there is, so that the program's own work shows most.
// Exit status: 0; 1 when not every byte came back; 2 when pour itself could not work.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK = 1 << 18 };

static int peer;
static long total, block_length;
static char block[BLOCK], received[BLOCK];

static void *send_all(void *unused) {
    for (long left = total; left > 0;) {
        const long result = write(peer, block, left < block_length ? left : block_length);
        if (result <= 0) break;
        left -= result;
    }
    shutdown(peer, SHUT_WR);
    return unused;
}

static double now_in_seconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
    const int line_length = argc == 4 ? atoi(argv[2]) : 0;
    if (line_length < 2 || line_length > BLOCK) return 2;
    block_length = BLOCK / line_length * line_length;
    total = (atol(argv[3]) << 20) / block_length * block_length;
    memset(block, 'x', sizeof block);
    for (long end = line_length - 1; end < block_length; end += line_length) block[end] = '\n';

    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return 2;
    peer = ends[1];
    const double start = now_in_seconds();
    const pid_t child = fork();
    if (child < 0) return 2;
    if (child == 0) {
        dup2(ends[0], 0);
        dup2(ends[0], 1);
        execl(argv[1], argv[1], (char *)NULL);
        _exit(127);
    }
    close(ends[0]);
    pthread_t sender;
    if (pthread_create(&sender, NULL, send_all, NULL) != 0) return 2;
    long count = 0;
    for (long result; (result = read(peer, received, sizeof received)) > 0;) count += result;
    const double seconds = now_in_seconds() - start;
    pthread_join(sender, NULL);
    struct rusage usage;
    wait4(child, NULL, 0, &usage);
    printf("%.1f %.4f\n", (double)count / 1e6 / seconds,
           (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
               + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6);
    return count != total;
}
