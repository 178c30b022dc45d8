// See blowfish.h.
// Sources: Bruce Schneier, "Description of a New Variable-Length Key, 64-Bit Block Cipher (Blowfish)", 1993; Niels
// Provos and David Mazieres, "A Future-Adaptable Password Scheme", 1999, section 4, ExpandKey.
#include "blowfish.h"

void ccrypt_blowfish_add(struct ccrypt_blowfish *state, const uint32_t *words, unsigned count)
{
    for (unsigned index = 0; index < CCRYPT_BLOWFISH_KEY; index++)
        state->words[index] ^= words[index % count];
}

void ccrypt_blowfish_encrypt(const struct ccrypt_blowfish *state, uint32_t block[2])
{
    const uint32_t *boxes = state->words + CCRYPT_BLOWFISH_KEY;
    uint32_t left = block[0] ^ state->words[0], right = block[1];
    for (unsigned round = 1; round <= 16; round++) {
        uint32_t mixed = (boxes[left >> 24] + boxes[256 + (left >> 16 & 255)] ^ boxes[512 + (left >> 8 & 255)])
                         + boxes[768 + (left & 255)];
        uint32_t next = right ^ mixed ^ state->words[round];
        right = left;
        left = next;
    }
    block[0] = right ^ state->words[17];
    block[1] = left;
}

void ccrypt_blowfish_expand(struct ccrypt_blowfish *state, const uint32_t salt[4])
{
    uint32_t block[2] = {0, 0};
    for (unsigned index = 0; index < CCRYPT_BLOWFISH_STATE; index += 2) {
        block[0] ^= salt[index % 4];
        block[1] ^= salt[index % 4 + 1];
        ccrypt_blowfish_encrypt(state, block);
        state->words[index] = block[0];
        state->words[index + 1] = block[1];
    }
}
