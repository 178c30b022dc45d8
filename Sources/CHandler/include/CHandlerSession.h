// What a handler with long sessions needs besides CHandler.h: SIGTERM as a request, pauses, random bits, and files of
// its own. CHandler.h includes it, and its promises hold here too.
#ifndef CHANDLER_SESSION_H
#define CHANDLER_SESSION_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Catches SIGTERM: from here on it does not kill the process but is remembered. It is blocked except while
/// chandler_wait or chandler_pause wait. Source: signal-safety(7), ppoll(2).
int chandler_catch_termination(void);

/// The signal mask to wait with, or NULL if SIGTERM is not caught: for chandler_wait.
const void *_Nullable chandler_waiting_mask(void);

/// 1 if SIGTERM came after chandler_catch_termination, whether a wait noticed it or it is still pending.
/// Source: sigpending(2).
int chandler_is_terminated(void);

/// Waits for this time, or until SIGTERM comes if it is caught. Source: ppoll(2).
void chandler_pause(int64_t nanoseconds);

/// The offset of the first byte that is one or the other, or -1.
long chandler_find_either(const void *bytes, uint8_t one, uint8_t other, size_t count);

/// The process's id. Source: getpid(2).
int32_t chandler_process_id(void);

/// 64 random bits, not for secrets: while the kernel has none yet, they come from the clock. Source: getrandom(2).
uint64_t chandler_random_bits(void);

/// Creates a file that must not exist yet, which only its owner may read or write. Returns its descriptor.
/// Source: open(2).
int chandler_create_file(const char *path);

/// Opens a file for appending, and creates it if there is none. Returns its descriptor. Source: open(2).
int chandler_append_to_file(const char *path);

/// Renames or removes a file. Source: rename(2), unlink(2).
int chandler_rename_file(const char *from, const char *to);
int chandler_remove_file(const char *path);

#pragma clang assume_nonnull end
#endif
