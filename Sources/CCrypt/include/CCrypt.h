// crypt(3) as libxcrypt has it, for the formats of htpasswd that are its: bcrypt, $6$, $5$, $1$ and DES.
// Promises: no malloc, no file, no random bytes; the one buffer that it works in is overwritten before it returns.
// Needs only the compiler's own headers, because Embedded Swift imports this file without a libc.
#ifndef CCRYPT_H
#define CCRYPT_H

#include <stddef.h>

#pragma clang assume_nonnull begin

/// Hashes a password as an earlier hash of it says: its format, cost and salt.
///
/// Neither may hold a NUL or have more than 255 bytes. Puts the hash into the 384 bytes of `result` and returns its length, or
/// 0 if that cannot be done: the hash is of no format that is known here. For one thread at a time. Source: crypt(3), crypt_rn.
size_t ccrypt_hash(const void *password, size_t password_count, const void *hash, size_t hash_count, void *result);

#pragma clang assume_nonnull end
#endif
