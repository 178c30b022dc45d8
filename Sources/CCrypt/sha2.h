// SHA-256 and SHA-512: one algorithm on words of four bytes and of eight.
#ifndef CCRYPT_SHA2_H
#define CCRYPT_SHA2_H

#include <stddef.h>
#include <stdint.h>

/// The most bytes of a digest.
enum { CCRYPT_SHA2_ROOM = 64 };

/// A digest of bytes that are added one after the other. Its owner overwrites it after use.
struct ccrypt_sha2 {
    uint64_t state[8];
    /// The last sixteen words of the message schedule.
    uint64_t words[16];
    /// The bytes of a block, which has 16 words.
    uint8_t block[128];
    uint64_t count;
    /// The bytes of a word: 4 for SHA-256, 8 for SHA-512. The digest has eight words.
    unsigned width;
};

/// Begins a digest.
void ccrypt_sha2_begin(struct ccrypt_sha2 *digest, unsigned width);

/// Adds bytes.
void ccrypt_sha2_add(struct ccrypt_sha2 *digest, const void *bytes, size_t count);

/// Puts the digest of all bytes that were added into 8 * width bytes.
void ccrypt_sha2_finish(struct ccrypt_sha2 *digest, uint8_t *result);

#endif
