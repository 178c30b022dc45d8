// The formats of crypt(3) that htpasswd and openssl make and that need speed: bcrypt, $6$, $5$ and DES. $1$ and $apr1$
// are Swift (Sources/Passwords).
// Promises: no malloc, no file, no state between calls; what a password was worked on with is overwritten before it
// returns.
// Written from the specifications that each file names, and compared with libxcrypt by the tests. Not in
// constant time: like every crypt(3), it looks things up by bits of the password.
// Needs only the compiler's own headers, because Embedded Swift imports this file without a libc.
#ifndef CCRYPT_H
#define CCRYPT_H

#include <stddef.h>

#pragma clang assume_nonnull begin

/// How many bytes a hash may have, and a password.
enum { CCRYPT_HASH_ROOM = 128, CCRYPT_LONGEST_PASSWORD = 255 };

/// Hashes a password as an earlier hash of it says: its format, cost and salt. The hash may also end behind its salt.
///
/// Puts the hash, without a NUL, into the CCRYPT_HASH_ROOM bytes of `result` and returns its length. -EINVAL: the hash
/// is of no format that is known here, its cost is out of bounds, or the password is too long or has a NUL in it, which
/// ended it for others. Source: crypt(3), crypt(5).
long ccrypt(const void *password, size_t password_count, const void *hash, size_t hash_count, void *result);

#pragma clang assume_nonnull end
#endif
