// The common part of the methods of hashing: bytes with their number, the hash so far, and digits of six bits.
#ifndef CCRYPT_METHODS_H
#define CCRYPT_METHODS_H

#include "CCrypt.h"

#include <stdbool.h>
#include <stdint.h>

/// Bytes of the caller.
struct ccrypt_text {
    const uint8_t *bytes;
    size_t count;
};

/// The hash so far.
struct ccrypt_output {
    /// The buffer, of CCRYPT_HASH_ROOM bytes.
    uint8_t *bytes;
    size_t count;
};

/// The digits of crypt(3) and of bcrypt, from 0 to 63, and a NUL.
extern const char ccrypt_digits[65], ccrypt_bcrypt_digits[65];

/// Whether a text begins with a string, which ends in NUL.
bool ccrypt_starts_with(struct ccrypt_text text, const char *start);

/// The value of a digit, or -1.
int ccrypt_value(uint8_t digit, const char digits[64]);

/// Appends bytes unchanged.
void ccrypt_append(struct ccrypt_output *output, const void *bytes, size_t count);

/// Appends six bits at a time, the lowest first.
void ccrypt_append_lowest_first(struct ccrypt_output *output, uint32_t bits, unsigned digits);

/// Appends bytes six bits at a time, the highest first, as Base64 does, without padding.
void ccrypt_append_highest_first(
    struct ccrypt_output *output, const uint8_t *bytes, size_t count, const char digits[64]);

// The methods. Each returns 0 or -EINVAL, and overwrites the memory that it worked in.
int ccrypt_des(struct ccrypt_text password, struct ccrypt_text setting, struct ccrypt_output *output);
int ccrypt_sha(struct ccrypt_text password, struct ccrypt_text setting, struct ccrypt_output *output);
int ccrypt_bcrypt(struct ccrypt_text password, struct ccrypt_text setting, struct ccrypt_output *output);

#endif
