// Stands in the place of a program of Doorward, `NAME`, and becomes `NAME-preloaded` beside it with the library
// `preloaded.so` loaded, which shares the file `shared` with the test. The supervisor starts its programs with an
// environment of their own, and nothing can be said there.
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
    snprintf(other, sizeof other, "%s-preloaded", path);
    char *slash = strrchr(path, '/');
    if (!slash) return 1;
    *slash = 0;
    char value[PATH_MAX + 16];
    snprintf(value, sizeof value, "%s/preloaded.so", path);
    setenv("LD_PRELOAD", value, 1);
    snprintf(value, sizeof value, "%s/shared", path);
    setenv("PRELOADED_SHARED", value, 1);
    execv(other, argv);
    return 1;
}
