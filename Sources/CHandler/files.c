// Files and directories that a handler reads. See CHandler.h.
#define _GNU_SOURCE
#include "CHandler.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/// Copies the path and ends it with a NUL. Returns 0 or -errno.
static int path_of(char to[PATH_MAX], const void *path, size_t count)
{
    if (count >= PATH_MAX)
        return -ENAMETOOLONG;
    memcpy(to, path, count);
    to[count] = 0;
    return 0;
}

int chandler_open_file(const void *path, size_t count)
{
    char name[PATH_MAX];
    int result = path_of(name, path, count);
    if (result < 0)
        return result;
    // O_NONBLOCK: opening a FIFO does not wait for a writer. For a regular file it has no effect.
    int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return -errno;
    struct stat status;
    if (fstat(fd, &status) < 0)
        result = -errno;
    else if (!S_ISREG(status.st_mode))
        result = S_ISDIR(status.st_mode) ? -EISDIR : -EINVAL;
    if (result < 0)
        close(fd);
    return result < 0 ? result : fd;
}

int chandler_open_directory(const void *path, size_t count)
{
    char name[PATH_MAX];
    int result = path_of(name, path, count);
    if (result < 0)
        return result;
    int fd = open(name, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
    return fd < 0 ? -errno : fd;
}

long chandler_read_directory(int fd, void *buffer, size_t size)
{
    long result = syscall(SYS_getdents64, fd, buffer, size);
    return result < 0 ? -errno : result;
}

int chandler_is_program(int directory, const void *name, size_t count)
{
    char path[PATH_MAX];
    struct stat status;
    return path_of(path, name, count) == 0 && fstatat(directory, path, &status, 0) == 0 && S_ISREG(status.st_mode)
           && faccessat(directory, path, X_OK, 0) == 0;
}
