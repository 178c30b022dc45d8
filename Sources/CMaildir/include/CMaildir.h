// The system calls of mail delivery, and nothing more. Everything returns -errno on failure.
// Promises: every descriptor is close-on-exec; the last part of a path is never followed if it is a symbolic link; EINTR is
// retried here and nowhere else. Never allocates, never looks at a path's meaning.
// Needs only the compiler's own headers, because Embedded Swift imports this file without a libc.
#ifndef CMAILDIR_H
#define CMAILDIR_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// As the directory of a relative path: the process's own.
enum { CMAILDIR_WORKING_DIRECTORY = -100 };

/// A directory to read and to sync. Source: openat(2), O_DIRECTORY, O_NOFOLLOW.
int cmaildir_open_directory(int directory, const char *path);

/// A new file to write, mode 0600; -EEXIST if there is anything of this name. Source: openat(2), O_EXCL.
int cmaildir_create(int directory, const char *name);

/// A new directory, mode 0700; also 0 if there is one of this name. Source: mkdirat(2).
int cmaildir_make_directory(int directory, const char *name);

/// Moves a file, within one file system, in one step. Source: renameat(2).
int cmaildir_rename(int from, int to, const char *name);

/// Source: unlinkat(2).
int cmaildir_unlink(int directory, const char *name);

/// Writes up to count bytes and says how many; -EIO if the file takes none. Source: write(2).
long cmaildir_write(int fd, const void *buffer, size_t count);

/// Reads up to count bytes from this offset; 0 is the end. Source: pread(2).
long cmaildir_read_at(int fd, void *buffer, size_t count, int64_t offset);

/// Returns when the file's bytes, or the directory's names, are where a loss of power leaves them. Source: fsync(2).
int cmaildir_sync(int fd);

/// Source: close(2). Nothing to be told: what matters was synced before.
void cmaildir_close(int fd);

/// What a directory is, whatever path led to it: device and inode. Source: fstat(2).
int cmaildir_identity(int fd, uint64_t identity[_Nonnull 2]);

/// -ENOSPC if a user without rights cannot store this many bytes more where this file is; 0 also when nobody knows.
/// Source: fstatvfs(3), f_bavail.
int cmaildir_require_room(int fd, int64_t bytes);

/// What an errno means for mail.
enum cmaildir_reason {
    CMAILDIR_OTHER,
    CMAILDIR_FULL,        // no room on the disk, or in the quota
    CMAILDIR_TOO_LARGE,   // RLIMIT_FSIZE
    CMAILDIR_MISSING,     // nothing of that name
    CMAILDIR_DENIED,      // no right, or a file system that is read-only
    CMAILDIR_DESCRIPTORS, // RLIMIT_NOFILE
};
enum cmaildir_reason cmaildir_reason_of(int error);

/// From here on a file that grows beyond RLIMIT_FSIZE is an error (EFBIG) and no longer kills the process. Source: setrlimit(2).
int cmaildir_ignore_file_size_signal(void);

#pragma clang assume_nonnull end
#endif
