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

/// Waits until a read or a write would not block: 1, or 0 when the time is over; INT64_MAX is for ever. Source: ppoll(2).
int chandler_wait(int fd, int event, int64_t nanoseconds);

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

#pragma clang assume_nonnull end
#endif
