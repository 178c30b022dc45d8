// The few C functions that a handler may call. What can fail returns -errno, never errno itself.
// Promises: no malloc, no stdio, no state but the memory that it hands out; EINTR is retried here and nowhere else.
// Needs only the compiler's own headers, because Embedded Swift imports this file without a libc.
#ifndef CHANDLER_H
#define CHANDLER_H

#include <stddef.h>
#include <stdint.h>

#include "CHandlerSession.h"

#pragma clang assume_nonnull begin

/// Reads up to count bytes; 0 is the end of input. Waits even if the descriptor is non-blocking, as a terminal
/// shared with another program may be. Source: read(2).
long chandler_read(int fd, void *buffer, size_t count);

/// Writes up to count bytes and says how many. Waits like chandler_read. Source: write(2).
long chandler_write(int fd, const void *buffer, size_t count);

/// Writes as many of the bytes as go without waiting, and says how many; -EAGAIN if none do. On what is no socket, call it
/// only when the descriptor is writable: a pipe then takes PIPE_BUF bytes. Source: send(2), pipe(7).
long chandler_write_some(int fd, int is_socket, const void *buffer, size_t count);

enum { CHANDLER_READABLE, CHANDLER_WRITABLE };

/// Waits until a read or a write would not block: 1, or 0 when the time is over; INT64_MAX is for ever. -EINTR only if
/// SIGTERM comes that chandler_catch_termination has caught. Source: ppoll(2).
int chandler_wait(int fd, int event, int64_t nanoseconds);

/// Waits until a read from one descriptor or a write to the other would not block, for as long as it takes. Descriptor -1: not
/// for that. Gives both bits of 1 << CHANDLER_READABLE and 1 << CHANDLER_WRITABLE that hold, or -errno. Source: poll(2).
int chandler_wait_either(int readable, int writable);

/// 1 if the descriptor is a socket, else 0.
int chandler_is_socket(int fd);

/// Says to the peer that nothing more is coming. Source: shutdown(2).
int chandler_shutdown_write(int fd);

/// Closes a descriptor. Source: close(2).
int chandler_close(int fd);

/// From here on a write to a gone peer fails with EPIPE and no longer kills the process. Source: signal(7).
int chandler_ignore_broken_pipe(void);

/// 1 if this errno says that the other end of the connection is no longer there.
int chandler_means_peer_is_gone(int error);

/// 1 if this errno says that the call would have had to wait.
int chandler_means_try_again(int error);

/// Nanoseconds of a clock that never goes back. Source: clock_gettime(2), CLOCK_MONOTONIC.
int64_t chandler_monotonic_nanoseconds(void);

/// The offset of the first such byte, or -1.
long chandler_find(const void *bytes, uint8_t byte, size_t count);

/// The offset of the first blank line that comes after an LF within the bytes, or -1. A CR that follows an LF and is the last
/// byte counts: it may become one. A blank line is LF or CR LF.
long chandler_find_blank_line(const void *bytes, size_t count);

/// The process's argument or environment entry of this number, or NULL behind the last one.
/// Both live as long as the process, which must not call setenv(3).
const char *_Nullable chandler_argument(long index);
const char *_Nullable chandler_environment(long index);

/// Zeroed memory that is the program's own, taken once and never given back: NULL when the 256 KiB there are do not do.
void *_Nullable chandler_take_memory(size_t count);

/// From here on, any system call but those for open streams, clocks, memory and the end kills the process (SIGSYS).
/// Source: seccomp(2).
int chandler_restrict_to_streams(void);

/// Ends the process at once. Source: _exit(2).
_Noreturn void chandler_exit(int status);

// ---- command: files, programs, the time of day (files.c, programs.c, calendar.c)

/// Opens a regular file for reading, close-on-exec: its descriptor. What is no file gives -EISDIR or -EINVAL, without waiting
/// for anything. Source: open(2).
int chandler_open_file(const void *path, size_t count);

/// Opens a directory for chandler_read_directory. Source: open(2).
int chandler_open_directory(const void *path, size_t count);

/// Reads entries into the buffer, as struct linux_dirent64, and says how many bytes of it they fill; 0 at the end.
/// Source: getdents(2).
long chandler_read_directory(int fd, void *buffer, size_t size);

/// 1 if the name is that of a regular file which this process may execute, else 0. Source: faccessat(2).
int chandler_is_program(int directory, const void *name, size_t count);

/// A program that was started.
struct chandler_program {
    int pid;
    /// Readable once the program has ended.
    int pidfd;
    /// What the program writes on its standard output; end of input once nobody holds that.
    int output;
};

/// Starts `directory/name` without arguments: standard input is /dev/null, standard output a pipe, standard error the log; a
/// process group of its own, SIGPIPE as the kernel has it, this process's environment with REMOTE_USER set to `user`, or
/// without it if that is NULL. Returns 0 or -errno, also that of the exec. It is killed when this process ends. At most 256
/// variables are handed on. Sources: fork(2), execve(2), pidfd_open(2).
int chandler_start_program(
    const void *directory, size_t directory_count, const void *name, size_t name_count, const void *_Nullable user,
    size_t user_count, struct chandler_program *program);

/// Kills what is left of the program and its process group, and closes its descriptors. Returns its exit status, 128 and the
/// signal's number if a signal ended it, or -errno. Sources: kill(2), wait(2).
int chandler_end_program(const struct chandler_program *program);

/// A time of day. Source: tm(3type).
struct chandler_date {
    /// month from 0, weekday from 0, which is Sunday.
    int year, month, day, weekday, hour, minute, second;
    /// The zone's abbreviation, ended by NUL.
    char zone[16];
};

/// Nanoseconds, or seconds, since 1970, UTC, without leap seconds. Source: clock_gettime(2), CLOCK_REALTIME.
int64_t chandler_wall_clock_nanoseconds(void);
int64_t chandler_wall_clock_seconds(void);

/// The local time in the zone that TZ names, or /etc/localtime if that can be read, or else UTC. Source: localtime(3).
void chandler_local_date(int64_t seconds, struct chandler_date *date);

#pragma clang assume_nonnull end
#endif
