// The formats of crypt(3) that htpasswd and openssl make and that need speed: bcrypt, $6$, $5$ and DES. $1$ and $apr1$
// are in Swift (Sources/Passwords).
// Promises: no malloc, no file, no state between calls; the memory that a password was hashed in is overwritten before
// the call returns. Written from the specifications that each file names; the tests compare it with libxcrypt. Its time
// is not constant: like every crypt(3), it reads tables at places that depend on the password.
// Needs only the compiler's own headers, because Embedded Swift imports this file without a libc.
#ifndef CCRYPT_H
#define CCRYPT_H

#include <stddef.h>

#pragma clang assume_nonnull begin

/// The most bytes of a hash, and of a password.
enum { CCRYPT_HASH_ROOM = 128, CCRYPT_LONGEST_PASSWORD = 255 };

/// Hashes a password with the format, cost and salt of an earlier hash. The earlier hash may also end after its salt.
///
/// Puts the hash, without a NUL, into the CCRYPT_HASH_ROOM bytes of `result` and returns its length. -EINVAL: the
/// format of the hash is not known, its cost is out of bounds, or the password is too long or has a NUL, at which other
/// implementations end it. Source: crypt(3), crypt(5).
long ccrypt(const void *password, size_t password_count, const void *hash, size_t hash_count, void *result);

#pragma clang assume_nonnull end
#endif
