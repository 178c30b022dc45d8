// See CMaildir.h.
#define _GNU_SOURCE
#include "CMaildir.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

_Static_assert(CMAILDIR_WORKING_DIRECTORY == AT_FDCWD, "the kernel's own number");

static int or_errno(int result)
{
    return result < 0 ? -errno : result;
}

static int open_at(int directory, const char *path, int flags)
{
    int fd;
    do
        fd = openat(directory, path, flags | O_CLOEXEC, 0600);
    while (fd < 0 && errno == EINTR);
    return or_errno(fd);
}

int cmaildir_open_directory(int directory, const char *path)
{
    return open_at(directory, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

int cmaildir_create(int directory, const char *name)
{
    return open_at(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW);
}

int cmaildir_make_directory(int directory, const char *name)
{
    return mkdirat(directory, name, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

int cmaildir_rename(int from, int to, const char *name)
{
    return or_errno(renameat(from, name, to, name));
}

int cmaildir_unlink(int directory, const char *name)
{
    return or_errno(unlinkat(directory, name, 0));
}

long cmaildir_write(int fd, const void *buffer, size_t count)
{
    long result;
    do
        result = write(fd, buffer, count);
    while (result < 0 && errno == EINTR);
    return result < 0 ? -errno : result == 0 ? -EIO : result;
}

long cmaildir_read_at(int fd, void *buffer, size_t count, int64_t offset)
{
    long result;
    do
        result = pread(fd, buffer, count, offset);
    while (result < 0 && errno == EINTR);
    return result < 0 ? -errno : result;
}

int cmaildir_sync(int fd)
{
    int result;
    do
        result = fsync(fd);
    while (result < 0 && errno == EINTR);
    return or_errno(result);
}

void cmaildir_close(int fd)
{
    close(fd);
}

int cmaildir_identity(int fd, uint64_t identity[2])
{
    struct stat status;
    if (fstat(fd, &status) < 0)
        return -errno;
    identity[0] = status.st_dev;
    identity[1] = status.st_ino;
    return 0;
}

int cmaildir_require_room(int fd, int64_t bytes)
{
    struct statvfs status;
    if (fstatvfs(fd, &status) < 0 || status.f_frsize == 0)
        return 0;
    uint64_t blocks = ((uint64_t)bytes + status.f_frsize - 1) / status.f_frsize;
    return status.f_bavail < blocks ? -ENOSPC : 0;
}

enum cmaildir_reason cmaildir_reason_of(int error)
{
    switch (error) {
    case ENOSPC:
    case EDQUOT: return CMAILDIR_FULL;
    case EFBIG: return CMAILDIR_TOO_LARGE;
    case ENOENT: return CMAILDIR_MISSING;
    case EACCES:
    case EPERM:
    case EROFS: return CMAILDIR_DENIED;
    case EMFILE: return CMAILDIR_DESCRIPTORS;
    default: return CMAILDIR_OTHER;
    }
}

int cmaildir_ignore_file_size_signal(void)
{
    return signal(SIGXFSZ, SIG_IGN) == SIG_ERR ? -errno : 0;
}
