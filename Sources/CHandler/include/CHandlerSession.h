// What a handler with long sessions needs besides CHandler.h: to be told to end, to pause, and to name things.
// Included by CHandler.h, which promises the rest.
#ifndef CHANDLER_SESSION_H
#define CHANDLER_SESSION_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// From here on SIGTERM no longer kills the process: it is blocked but while chandler_wait or chandler_pause wait, and is
/// remembered. Source: signal-safety(7), ppoll(2).
int chandler_catch_termination(void);

/// The signal mask to wait with, or NULL if SIGTERM is not caught: for chandler_wait.
const void *_Nullable chandler_waiting_mask(void);

/// 1 if SIGTERM came since chandler_catch_termination, noticed by a wait or still pending. Source: sigpending(2).
int chandler_is_terminated(void);

/// Waits for so long, or until SIGTERM comes. Source: ppoll(2).
void chandler_pause(int64_t nanoseconds);

/// The offset of the first byte that is one or the other, or -1.
long chandler_find_either(const void *bytes, uint8_t one, uint8_t other, size_t count);

/// The process's id. Source: getpid(2).
int32_t chandler_process_id(void);

/// 64 random bits; where the kernel has none yet, bits of the clocks. Not for secrets. Source: getrandom(2).
uint64_t chandler_random_bits(void);

/// Creates a file that must not exist yet, for writing by its owner alone: its descriptor. Source: open(2).
int chandler_create_file(const char *path);

/// Opens a file for appending, and creates it if it is not there: its descriptor. Source: open(2).
int chandler_append_to_file(const char *path);

/// Source: rename(2), unlink(2).
int chandler_rename_file(const char *from, const char *to);
int chandler_remove_file(const char *path);

#pragma clang assume_nonnull end
#endif
