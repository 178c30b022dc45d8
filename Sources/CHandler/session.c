// See CHandlerSession.h.
#define _GNU_SOURCE
#include "CHandler.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/random.h>
#include <unistd.h>

int32_t chandler_process_id(void)
{
    return getpid();
}

uint64_t chandler_random_bits(void)
{
    uint64_t bits;
    if (getrandom(&bits, sizeof bits, GRND_NONBLOCK) == sizeof bits)
        return bits;
    return (uint64_t)chandler_monotonic_nanoseconds() * 0x9e3779b97f4a7c15u;
}

int chandler_create_file(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0600);
    return fd < 0 ? -errno : fd;
}

int chandler_append_to_file(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);
    return fd < 0 ? -errno : fd;
}

int chandler_rename_file(const char *from, const char *to)
{
    return rename(from, to) < 0 ? -errno : 0;
}

int chandler_remove_file(const char *path)
{
    return unlink(path) < 0 ? -errno : 0;
}
