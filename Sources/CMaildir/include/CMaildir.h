// The system calls of mail delivery, and nothing more. Each function returns -errno on failure.
// Promises: every descriptor is close-on-exec; a symbolic link as the last component of a path is never followed; EINTR
// is retried here and nowhere else. Never allocates, never interprets a path.
// Needs only the compiler's own headers, because Embedded Swift imports this file without a libc.
#ifndef CMAILDIR_H
#define CMAILDIR_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Stands for the working directory, as the directory of a relative path.
enum { CMAILDIR_WORKING_DIRECTORY = -100 };

/// Opens a directory, to open files in it and to sync it. Source: openat(2), O_DIRECTORY, O_NOFOLLOW.
int cmaildir_open_directory(int directory, const char *path);

/// Creates a file for writing, mode 0600; -EEXIST if the name exists. Source: openat(2), O_EXCL.
int cmaildir_create(int directory, const char *name);

/// Makes a directory, mode 0700; 0 also if the name exists. Source: mkdirat(2).
int cmaildir_make_directory(int directory, const char *name);

/// Moves a file atomically, within one file system. Source: renameat(2).
int cmaildir_rename(int from, int to, const char *name);

/// Removes a file. Source: unlinkat(2).
int cmaildir_unlink(int directory, const char *name);

/// Writes up to count bytes and returns how many; -EIO if the file takes none. Source: write(2).
long cmaildir_write(int fd, const void *buffer, size_t count);

/// Reads up to count bytes from this offset and returns how many; 0 is the end. Source: pread(2).
long cmaildir_read_at(int fd, void *buffer, size_t count, int64_t offset);

/// Returns when the bytes of the file, or the names in the directory, survive a loss of power. Source: fsync(2).
int cmaildir_sync(int fd);

/// Closes a descriptor. It returns no error, because the bytes that matter were synced before. Source: close(2).
void cmaildir_close(int fd);

/// Fills in the device and the inode, which identify a directory for any path to it. Source: fstat(2).
int cmaildir_identity(int fd, uint64_t identity[_Nonnull 2]);

/// Returns -ENOSPC if an unprivileged user cannot store this many more bytes in the file system; 0 also if that is not
/// known.
/// Source: fstatvfs(3), f_bavail.
int cmaildir_require_room(int fd, int64_t bytes);

/// The meaning of an errno for mail.
enum cmaildir_reason {
    CMAILDIR_OTHER,
    CMAILDIR_FULL,        // no room on the disk, or in the quota
    CMAILDIR_TOO_LARGE,   // RLIMIT_FSIZE
    CMAILDIR_MISSING,     // nothing of that name
    CMAILDIR_DENIED,      // no right, or a file system that is read-only
    CMAILDIR_DESCRIPTORS, // RLIMIT_NOFILE
};
enum cmaildir_reason cmaildir_reason_of(int error);

/// Ignores SIGXFSZ: from here on a file that would grow beyond RLIMIT_FSIZE is an error (EFBIG) and does not kill the
/// process.
/// Source: setrlimit(2).
int cmaildir_ignore_file_size_signal(void);

#pragma clang assume_nonnull end
#endif
