// What CCrypt is compared with: the system's crypt(3), libxcrypt on Debian; and what CCrypt itself does not show.
#ifndef CORACLE_H
#define CORACLE_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Room for any hash of crypt(3), with its NUL.
enum { CORACLE_ROOM = 384 };

/// Hashes a password as this setting says, both ending in NUL. Puts the hash, with a NUL, into CORACLE_ROOM bytes; false if
/// crypt(3) refuses the setting.
_Bool coracle_crypt(const char *password, const char *setting, char *result);

/// A word of ccrypt_pi.
uint32_t coracle_pi(unsigned index);

/// Puts CCrypt's digest of bytes, added in pieces of this size, into 8 * width bytes: SHA-256 with width 4, SHA-512 with 8.
void coracle_sha2(unsigned width, const void *bytes, size_t count, size_t piece, void *result);

#pragma clang assume_nonnull end
#endif
