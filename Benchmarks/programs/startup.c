// startup ROUNDS PROGRAM OTHER [ARGUMENT ...]: starts both programs by turns with /dev/null on descriptors 0 and 1,
// waits for the end of each, and prints the median of each one's time in microseconds, and of the ratios, the second
// program's to the first's. The arguments are the second program's. Exit status: 0; 2 when a program cannot be started
// or fails.
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

static double run(char **arguments) {
    char *none[] = {NULL};
    pid_t pid;
    int status;
    const double start = now();
    if (posix_spawn(&pid, arguments[0], NULL, NULL, arguments, none) != 0) exit(2);
    if (waitpid(pid, &status, 0) != pid || status != 0) exit(2);
    return now() - start;
}

static int compare(const void *left, const void *right) {
    const double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static double median(double *values, long count) {
    qsort(values, count, sizeof *values, compare);
    return values[count / 2];
}

int main(int count, char **arguments) {
    const long rounds = count > 3 ? atol(arguments[1]) : 0;
    if (rounds < 1) return 2;
    const int null = open("/dev/null", O_RDWR);
    if (dup2(null, 0) < 0) return 2;
    double *times = calloc(3 * rounds, sizeof *times);
    if (!times) return 2;
    char *first[] = {arguments[2], NULL};
    for (long round = 0; round < rounds; round++) {
        times[round] = run(first);
        times[rounds + round] = run(arguments + 3);
        times[2 * rounds + round] = times[rounds + round] / times[round];
    }
    const double one = median(times, rounds), other = median(times + rounds, rounds);
    printf("%.0f %.0f %.2f\n", one, other, median(times + 2 * rounds, rounds));
}
