// connload: puts load on a server on loopback and says how it answered.
//
//   connload exchange   PORT SOURCE TOTAL AT_ONCE   send "hello\n", shut down the write side, read to the end;
//                                                   good: exactly "hello\n" came back
//   connload first-byte PORT SOURCE TOTAL 1         send "hello\n", time the first byte, then shut down the write
//                                                   side, read to the end, rest a millisecond: each one is alone
//   connload refused    PORT SOURCE TOTAL AT_ONCE   send nothing, read to the end;
//                                                   good: connected, not one byte came, then closed or reset
//
// Connects from SOURCE (an address of 127.0.0.0/8) to 127.0.0.1:PORT. Each of the AT_ONCE threads makes one connection
// after the other with blocking calls, which costs fewer system calls, and so less of the server's processors, than
// epoll.
//
// Prints one JSON object: seconds, good, bad, the first thing that went wrong, and for good connections the latency of
// the first byte (from before connect to after the read) at p50 and p99, in microseconds. A connection that could not
// be made in time counts as bad; after MOST_BAD of them the run gives up and the rest count as bad too.
// Exit status: 0 whatever the server did; 2 when connload itself could not work.
//
// Ports: the client ends first in an exchange, so its port stays in TIME_WAIT for a minute. A run is therefore bounded
// to MOST_CONNECTIONS, less than the 28 232 ephemeral ports of one source, and the caller gives each run a source of
// its own.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST_CONNECTIONS = 25000, MOST_AT_ONCE = 256, ONE_CALL_SECONDS = 5, RUN_SECONDS = 60, MOST_BAD = 64 };
enum mode { EXCHANGE, FIRST_BYTE, REFUSED };

static const char greeting[] = "hello\n";
static const size_t greeting_length = sizeof greeting - 1;

// What all threads share. Set before they start, except for the counters.
static enum mode mode;
static struct sockaddr_in server = {.sin_family = AF_INET};
static struct sockaddr_in source = {.sin_family = AF_INET};
static long total;
static double deadline;
static atomic_long started, good, bad;
static double *latencies;  // microseconds, one per good connection
static char first_fault[128];
static pthread_mutex_t fault_lock = PTHREAD_MUTEX_INITIALIZER;

static double now_in_seconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

// Counts a connection that went wrong and keeps the first one's reason.
__attribute__((format(printf, 1, 2))) static void count_bad(const char *format, ...) {
    atomic_fetch_add(&bad, 1);
    pthread_mutex_lock(&fault_lock);
    if (first_fault[0] == 0) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(first_fault, sizeof first_fault, format, arguments);
        va_end(arguments);
    }
    pthread_mutex_unlock(&fault_lock);
}

// A connected socket, or -1 with errno set. Every call on it gives up after ONE_CALL_SECONDS.
static int connect_to_server(void) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    const int on = 1;
    const struct timeval limit = {.tv_sec = ONE_CALL_SECONDS};
    // The port is chosen at connect, where it must be free for this one destination only.
    if (setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on) == 0
        && setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0
        && setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == 0
        && bind(fd, (const struct sockaddr *)&source, sizeof source) == 0
        && connect(fd, (const struct sockaddr *)&server, sizeof server) == 0)
        return fd;
    const int error = errno;
    close(fd);
    errno = error;
    return -1;
}

static void count_good(double start, double first_byte) {
    latencies[atomic_fetch_add(&good, 1)] = (first_byte - start) * 1e6;
}

// Sends the greeting and judges what comes back.
static void exchange(int fd, double start) {
    char answer[64];
    size_t length = 0;
    double first_byte = 0;
    if (send(fd, greeting, greeting_length, MSG_NOSIGNAL) != (ssize_t)greeting_length)
        return count_bad("send: %s", strerror(errno));
    if (mode == EXCHANGE && shutdown(fd, SHUT_WR) != 0) return count_bad("shutdown: %s", strerror(errno));
    for (;;) {
        const ssize_t count = recv(fd, answer + length, sizeof answer - length, 0);
        if (count < 0) return count_bad("read after %zu bytes: %s", length, strerror(errno));
        if (count == 0) break;
        if (length == 0) {
            first_byte = now_in_seconds();
            if (mode == FIRST_BYTE) shutdown(fd, SHUT_WR);  // a failure shows in the next recv
        }
        length += (size_t)count;
        if (length > greeting_length) break;
    }
    if (length != greeting_length || memcmp(answer, greeting, length) != 0)
        return count_bad("the answer is not the greeting: %zu bytes", length);
    count_good(start, first_byte);
}

// Judges a connection that must end without a byte.
static void expect_refusal(int fd, double start) {
    char answer[64];
    const ssize_t count = recv(fd, answer, sizeof answer, 0);
    if (count > 0) return count_bad("not refused: %zd bytes came", count);
    if (count < 0 && errno != ECONNRESET) return count_bad("not closed: %s", strerror(errno));
    count_good(start, now_in_seconds());
}

static void *connect_until_done(void *unused) {
    const struct timespec rest = {.tv_nsec = 1000000};
    while (atomic_fetch_add(&started, 1) < total && now_in_seconds() < deadline && atomic_load(&bad) < MOST_BAD) {
        const double start = now_in_seconds();
        const int fd = connect_to_server();
        if (fd < 0) {
            count_bad("connect: %s", strerror(errno));
            continue;
        }
        if (mode == REFUSED) expect_refusal(fd, start);
        else exchange(fd, start);
        close(fd);
        if (mode == FIRST_BYTE) nanosleep(&rest, NULL);
    }
    return unused;
}

static int compare(const void *left, const void *right) {
    const double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static double percentile(long count, int percent) {
    return count == 0 ? 0 : latencies[(count - 1) * percent / 100];
}

__attribute__((noreturn)) static void fail(const char *message) {
    fprintf(stderr, "connload: %s\n", message);
    exit(2);
}

static long number(const char *text, long most, const char *complaint) {
    char *end;
    const long value = strtol(text, &end, 10);
    if (*text == 0 || *end != 0 || value < 1 || value > most) fail(complaint);
    return value;
}

int main(int argc, char **argv) {
    if (argc != 6) fail("usage: connload exchange|first-byte|refused PORT SOURCE TOTAL AT_ONCE");
    if (strcmp(argv[1], "exchange") == 0) mode = EXCHANGE;
    else if (strcmp(argv[1], "first-byte") == 0) mode = FIRST_BYTE;
    else if (strcmp(argv[1], "refused") == 0) mode = REFUSED;
    else fail("the mode is exchange, first-byte or refused");
    server.sin_port = htons((in_port_t)number(argv[2], 65535, "bad port"));
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (inet_pton(AF_INET, argv[3], &source.sin_addr) != 1) fail("bad source address");
    total = number(argv[4], MOST_CONNECTIONS, "TOTAL is 1 to 25000");
    const long at_once = number(argv[5], MOST_AT_ONCE, "AT_ONCE is 1 to 256");
    latencies = calloc((size_t)total, sizeof *latencies);
    if (latencies == NULL) fail("out of memory");

    pthread_t threads[MOST_AT_ONCE];
    const double start = now_in_seconds();
    deadline = start + RUN_SECONDS;
    for (long i = 0; i < at_once; i++)
        if (pthread_create(&threads[i], NULL, connect_until_done, NULL) != 0) fail("cannot start a thread");
    for (long i = 0; i < at_once; i++) pthread_join(threads[i], NULL);
    const double seconds = now_in_seconds() - start;

    const long good_count = atomic_load(&good), missed = total - good_count - atomic_load(&bad);
    if (missed > 0) count_bad("%ld connections not made within %d s", missed, RUN_SECONDS);
    qsort(latencies, (size_t)good_count, sizeof *latencies, compare);
    printf("{\"seconds\": %.6f, \"good\": %ld, \"bad\": %ld, \"fault\": \"%s\", \"p50_us\": %.1f, \"p99_us\": %.1f}\n",
           seconds, good_count, total - good_count, first_fault, percentile(good_count, 50),
           percentile(good_count, 99));
    return 0;
}
