// Stands in the place of a program of Doorward, `NAME`, and becomes `NAME-counted` beside it with the counter of
// allocations loaded. The supervisor starts its programs with an environment of their own, and nothing can be said
// there.
#define _GNU_SOURCE
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv) {
    (void)argc;
    char path[PATH_MAX], other[PATH_MAX + 16];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length < 0) return 1;
    path[length] = 0;
    snprintf(other, sizeof other, "%s-counted", path);
    char *slash = strrchr(path, '/');
    if (!slash) return 1;
    *slash = 0;
    char value[PATH_MAX + 16];
    snprintf(value, sizeof value, "%s/allocations.so", path);
    setenv("LD_PRELOAD", value, 1);
    snprintf(value, sizeof value, "%s/allocations", path);
    setenv("ALLOCATIONS", value, 1);
    execv(other, argv);
    return 1;
}
