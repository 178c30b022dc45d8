// Puts load on an echo service on loopback, and says how long its connections took.
//
//   load PORT SOURCE LEAST AT_ONCE
//
// Each of AT_ONCE threads makes one connection after the other from SOURCE (an address of 127.0.0.0/8) to
// 127.0.0.1:PORT, sends "hello\n", ends its input, and reads to the end, until standard input is at its end and LEAST
// connections were made. It rests after each one, so that it takes no whole processor. Prints a line "enough" when
// LEAST were made; at the end
//   CONNECTIONS BAD P50 P99.9 MOST [FAULT]   times in microseconds, from before connect to after the end
// A connection is bad when anything else than "hello\n" comes back; FAULT is the first such thing.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

// Ports of one source stay in TIME_WAIT for a minute: there are 28 232.
enum { most_connections = 25000, most_at_once = 16, call_seconds = 5, rest_nanoseconds = 500000 };

static struct sockaddr_in server = {.sin_family = AF_INET}, source = {.sin_family = AF_INET};
static long least;
static atomic_long begun, done, bad;
static atomic_bool is_over;
static long times[most_connections];
static _Atomic(const char *) fault;

static long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

// Returns what went wrong, or NULL.
static const char *exchange(int fd) {
    const int on = 1;
    const struct timeval limit = {.tv_sec = call_seconds};
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (bind(fd, (struct sockaddr *)&source, sizeof source) < 0) return "bind";
    if (connect(fd, (struct sockaddr *)&server, sizeof server) < 0) return "connect";
    if (send(fd, "hello\n", 6, MSG_NOSIGNAL) != 6 || shutdown(fd, SHUT_WR) < 0) return "send";
    char answer[16];
    size_t length = 0;
    for (ssize_t got; length < sizeof answer && (got = recv(fd, answer + length, sizeof answer - length, 0));) {
        if (got < 0) return "recv";
        length += (size_t)got;
    }
    return length == 6 && memcmp(answer, "hello\n", 6) == 0 ? NULL : "another answer";
}

static void *connect_until_over(void *unused) {
    const struct timespec rest = {.tv_nsec = rest_nanoseconds};
    long number;
    while ((!is_over || begun < least) && (number = atomic_fetch_add(&begun, 1)) < most_connections) {
        long start = now();
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const char *problem = fd < 0 ? "socket" : exchange(fd), *none = NULL;
        times[number] = now() - start;
        if (fd >= 0) close(fd);
        if (problem) atomic_fetch_add(&bad, 1);
        if (problem) atomic_compare_exchange_strong(&fault, &none, problem);
        if (atomic_fetch_add(&done, 1) + 1 == least) {
            puts("enough");
            fflush(stdout);
        }
        nanosleep(&rest, NULL);
    }
    return unused;
}

static int compare(const void *left, const void *right) {
    const long a = *(const long *)left, b = *(const long *)right;
    return (a > b) - (a < b);
}

int main(int count, char **arguments) {
    if (count != 5) return 2;
    server.sin_port = htons((in_port_t)atoi(arguments[1]));
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    inet_pton(AF_INET, arguments[2], &source.sin_addr);
    least = atol(arguments[3]);
    int at_once = atoi(arguments[4]);
    if (least < 1 || least > most_connections || at_once < 1 || at_once > most_at_once) return 2;
    pthread_t threads[most_at_once];
    for (int i = 0; i < at_once; i++) {
        if (pthread_create(&threads[i], NULL, connect_until_over, NULL)) return 2;
    }
    char byte;
    while (read(0, &byte, 1) > 0) {
    }
    is_over = true;
    for (int i = 0; i < at_once; i++) pthread_join(threads[i], NULL);
    long made = done;
    qsort(times, (size_t)made, sizeof *times, compare);
    printf("%ld %ld %ld %ld %ld %s\n", made, (long)bad, times[made / 2], times[made * 999 / 1000], times[made - 1],
           fault ? fault : "");
    return 0;
}
