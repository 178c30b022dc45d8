// Blowfish, as bcrypt needs it: a key schedule that takes a salt in, and encryption.
#ifndef CCRYPT_BLOWFISH_H
#define CCRYPT_BLOWFISH_H

#include <stdint.h>

/// Words of the state: P has 18, S 4 times 256.
enum { CCRYPT_BLOWFISH_KEY = 18, CCRYPT_BLOWFISH_STATE = CCRYPT_BLOWFISH_KEY + 4 * 256 };

/// The state, P before S. To be overwritten by its owner.
struct ccrypt_blowfish {
    uint32_t words[CCRYPT_BLOWFISH_STATE];
};

/// The fraction of pi: 32 bits, then the next 32. What every state begins with.
extern const uint32_t ccrypt_pi[CCRYPT_BLOWFISH_STATE];

/// Mixes words into P, from the first again when they end.
void ccrypt_blowfish_add(struct ccrypt_blowfish *state, const uint32_t *words, unsigned count);

/// Replaces the state by what it makes of two words of zero, over and over, each time with the next two of these four
/// mixed in.
void ccrypt_blowfish_expand(struct ccrypt_blowfish *state, const uint32_t salt[4]);

/// Encrypts two words.
void ccrypt_blowfish_encrypt(const struct ccrypt_blowfish *state, uint32_t block[2]);

#endif
