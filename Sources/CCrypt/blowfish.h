// Blowfish, as bcrypt needs it: a key schedule with a salt, and encryption.
#ifndef CCRYPT_BLOWFISH_H
#define CCRYPT_BLOWFISH_H

#include <stdint.h>

/// The words of the state: P has 18, S has 4 times 256.
enum { CCRYPT_BLOWFISH_KEY = 18, CCRYPT_BLOWFISH_STATE = CCRYPT_BLOWFISH_KEY + 4 * 256 };

/// The state, P before S. Its owner overwrites it after use.
struct ccrypt_blowfish {
    uint32_t words[CCRYPT_BLOWFISH_STATE];
};

/// The fraction of pi, in words of 32 bits. Every state begins with it.
extern const uint32_t ccrypt_pi[CCRYPT_BLOWFISH_STATE];

/// Mixes words into P; after the last word it begins again with the first.
void ccrypt_blowfish_add(struct ccrypt_blowfish *state, const uint32_t *words, unsigned count);

/// Encrypts two words of zero over and over, with the next two of the four words of salt mixed in each time, and
/// replaces the state by the results: ExpandKey of the paper on bcrypt.
void ccrypt_blowfish_expand(struct ccrypt_blowfish *state, const uint32_t salt[4]);

/// Encrypts two words.
void ccrypt_blowfish_encrypt(const struct ccrypt_blowfish *state, uint32_t block[2]);

#endif
