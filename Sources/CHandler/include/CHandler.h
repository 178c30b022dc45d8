// The few C functions that a handler may call. What can fail returns -errno, never errno itself.
// Promises: no function allocates with malloc or uses stdio, or keeps state but the memory that it hands out and the
// caught SIGTERM; EINTR is retried here and nowhere else.
// Needs only the compiler's own headers, because Embedded Swift imports this file without a libc.
#ifndef CHANDLER_H
#define CHANDLER_H

#include <stddef.h>
#include <stdint.h>

#include "CHandlerSession.h"

#pragma clang assume_nonnull begin

/// Reads up to count bytes and returns how many; 0 is the end of input. Waits even if the descriptor is non-blocking,
/// as a terminal that another program shares may be. Source: read(2).
long chandler_read(int fd, void *buffer, size_t count);

/// Writes up to count bytes and returns how many. Waits like chandler_read. Source: write(2).
long chandler_write(int fd, const void *buffer, size_t count);

/// Writes the bytes that the kernel takes without waiting and returns how many; -EAGAIN if it takes none. If the
/// descriptor is no socket, the caller waits first until it is writable: a pipe then takes PIPE_BUF bytes.
/// Source: send(2), pipe(7).
long chandler_write_some(int fd, int is_socket, const void *buffer, size_t count);

enum { CHANDLER_READABLE, CHANDLER_WRITABLE };

/// Waits until a read or a write would not block: 1, or 0 when the time is over; INT64_MAX waits without end. -EINTR
/// only if SIGTERM comes and chandler_catch_termination was called before. Source: ppoll(2).
int chandler_wait(int fd, int event, int64_t nanoseconds);

/// Waits, without a limit, until a read from one descriptor or a write to the other would not block. For a descriptor
/// of -1 it does not wait. Returns those of the bits 1 << CHANDLER_READABLE and 1 << CHANDLER_WRITABLE that hold, or
/// -errno. Source: poll(2).
int chandler_wait_either(int readable, int writable);

/// 1 if the descriptor is a socket, else 0.
int chandler_is_socket(int fd);

/// Ends the output of a socket: the peer reads the end of input. Source: shutdown(2).
int chandler_shutdown_write(int fd);

/// Closes a descriptor. Source: close(2).
int chandler_close(int fd);

/// Ignores SIGPIPE: from here on a write to a peer that is gone fails with EPIPE and does not kill the process.
/// Source: signal(7).
int chandler_ignore_broken_pipe(void);

/// 1 if this errno means that the peer has closed or reset the connection.
int chandler_means_peer_is_gone(int error);

/// 1 if this errno means that the call would have had to wait.
int chandler_means_try_again(int error);

/// The time in nanoseconds, by a clock that never goes back. Source: clock_gettime(2), CLOCK_MONOTONIC.
int64_t chandler_monotonic_nanoseconds(void);

/// The offset of the first such byte, or -1.
long chandler_find(const void *bytes, uint8_t byte, size_t count);

/// The offset of the first blank line that comes after an LF within the bytes, or -1. A blank line is LF or CR LF. A CR
/// that follows an LF and is the last byte counts, because the next byte may make it one.
long chandler_find_blank_line(const void *bytes, size_t count);

/// The process's argument or environment entry with this number, or NULL after the last one.
/// Both live as long as the process, which must not call setenv(3).
const char *_Nullable chandler_argument(long index);
const char *_Nullable chandler_environment(long index);

/// Takes zeroed memory from 256 KiB that are part of the program; it cannot be given back. NULL if too little is left.
void *_Nullable chandler_take_memory(size_t count);

/// Restricts the process to the system calls for open streams, clocks, memory and exit: any other kills it (SIGSYS).
/// Source: seccomp(2).
int chandler_restrict_to_streams(void);

/// Ends the process at once. Source: _exit(2).
_Noreturn void chandler_exit(int status);

// ---- command: files, programs, the time of day (files.c, programs.c, calendar.c)

/// Opens a regular file for reading, close-on-exec, and returns its descriptor. Anything else is -EISDIR or -EINVAL, at
/// once: opening a FIFO does not wait for its writer. Source: open(2).
int chandler_open_file(const void *path, size_t count);

/// Opens a directory for chandler_read_directory. Source: open(2).
int chandler_open_directory(const void *path, size_t count);

/// Reads entries into the buffer, as struct linux_dirent64, and returns how many bytes they fill; 0 at the end.
/// Source: getdents(2).
long chandler_read_directory(int fd, void *buffer, size_t size);

/// 1 if the directory has a regular file of this name that this process may execute, else 0. Source: faccessat(2).
int chandler_is_program(int directory, const void *name, size_t count);

/// A program that was started.
struct chandler_program {
    int pid;
    /// Readable once the program has ended.
    int pidfd;
    /// Reads what the program writes on its standard output; the end of input comes when every process has closed that.
    int output;
};

/// Starts `directory/name` without arguments. Its standard input is /dev/null, its standard output a pipe, its standard
/// error the log. It has a process group of its own, the default action of SIGPIPE, and this process's environment with
/// REMOTE_USER set to `user`, or without REMOTE_USER if that is NULL; at most 256 variables are passed on. The kernel
/// kills it when this process ends. Returns 0 or -errno, also that of the exec. Sources: fork(2), execve(2),
/// pidfd_open(2).
int chandler_start_program(
    const void *directory, size_t directory_count, const void *name, size_t name_count, const void *_Nullable user,
    size_t user_count, struct chandler_program *program);

/// Kills what is left of the program and its process group, and closes its descriptors. Returns the exit status, or 128
/// plus the number of the signal that ended it, or -errno. Sources: kill(2), wait(2).
int chandler_end_program(const struct chandler_program *program);

/// A date and a time of day. Source: tm(3type).
struct chandler_date {
    /// The month counts from 0, the weekday from 0, which is Sunday.
    int year, month, day, weekday, hour, minute, second;
    /// The zone's abbreviation, ended by NUL.
    char zone[16];
};

/// Nanoseconds, or seconds, since 1970, UTC, without leap seconds. Source: clock_gettime(2), CLOCK_REALTIME.
int64_t chandler_wall_clock_nanoseconds(void);
int64_t chandler_wall_clock_seconds(void);

/// Fills in the local time in the zone that TZ names, or else of /etc/localtime if that can be read, or else in UTC.
/// Source: localtime(3).
void chandler_local_date(int64_t seconds, struct chandler_date *date);

#pragma clang assume_nonnull end
#endif
