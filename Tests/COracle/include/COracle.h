// For the tests of CCrypt: the system's crypt(3), which is libxcrypt on Debian, and the internals of CCrypt.
#ifndef CORACLE_H
#define CORACLE_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// The size of the longest hash of crypt(3), with its NUL.
enum { CORACLE_ROOM = 384 };

/// Hashes a password with a setting, which both end in NUL. Puts the hash, with a NUL, into CORACLE_ROOM bytes; false
/// if crypt(3) refuses the setting.
_Bool coracle_crypt(const char *password, const char *setting, char *result);

/// The word of ccrypt_pi with this index.
uint32_t coracle_pi(unsigned index);

/// Puts CCrypt's digest of bytes, which are added in pieces of this size, into 8 * width bytes: SHA-256 has width 4,
/// SHA-512 has 8.
void coracle_sha2(unsigned width, const void *bytes, size_t count, size_t piece, void *result);

#pragma clang assume_nonnull end
#endif
