// See sha2.h. One source for both sizes; the compiler makes two functions of it, because the width is a constant in
// each call. A word of four bytes is stored in eight, and its upper half is cut off where it would matter: when the
// word is rotated or shifted.
// Source: FIPS 180-4, 4.1.2 to 6.4.
#include "sha2.h"

#include <string.h>

/// The first 64 bits of the fractions of the cube roots of the first 80 primes. SHA-256 uses the upper halves of the
/// first 64 of them.
static const uint64_t constants[80] = {
    0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc, 0x3956c25bf348b538,
    0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118, 0xd807aa98a3030242, 0x12835b0145706fbe,
    0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2, 0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235,
    0xc19bf174cf692694, 0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
    0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5, 0x983e5152ee66dfab,
    0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4, 0xc6e00bf33da88fc2, 0xd5a79147930aa725,
    0x06ca6351e003826f, 0x142929670a0e6e70, 0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed,
    0x53380d139d95b3df, 0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
    0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30, 0xd192e819d6ef5218,
    0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8, 0x19a4c116b8d2d0c8, 0x1e376c085141ab53,
    0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8, 0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373,
    0x682e6ff3d6b2b8a3, 0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
    0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b, 0xca273eceea26619c,
    0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178, 0x06f067aa72176fba, 0x0a637dc5a2c898a6,
    0x113f9804bef90dae, 0x1b710b35131c471b, 0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc,
    0x431d67c49c100d4c, 0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817,
};

/// The first 64 bits of the fractions of the square roots of the first eight primes.
static const uint64_t beginning[8] = {
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

/// The rotations of a word, in bits, in the functions that the standard calls Sigma0, Sigma1, sigma0 and sigma1. The
/// last number of the small ones is a shift.
struct rotations {
    uint8_t big0[3], big1[3], small0[3], small1[3];
};
static const struct rotations rotations4 = {{2, 13, 22}, {6, 11, 25}, {7, 18, 3}, {17, 19, 10}};
static const struct rotations rotations8 = {{28, 34, 39}, {14, 18, 41}, {1, 8, 7}, {19, 61, 6}};

static inline uint64_t shifted(uint64_t word, unsigned by, unsigned width)
{
    return width == 4 ? (uint32_t)word >> by : word >> by;
}

static inline uint64_t rotated(uint64_t word, unsigned by, unsigned width)
{
    return shifted(word, by, width) | word << (8 * width - by);
}

static inline uint64_t big(uint64_t word, const uint8_t by[3], unsigned width)
{
    return rotated(word, by[0], width) ^ rotated(word, by[1], width) ^ rotated(word, by[2], width);
}

static inline uint64_t small(uint64_t word, const uint8_t by[3], unsigned width)
{
    return rotated(word, by[0], width) ^ rotated(word, by[1], width) ^ shifted(word, by[2], width);
}

__attribute__((always_inline))
static inline void compress(struct ccrypt_sha2 *digest, unsigned width, struct rotations rotations)
{
    uint64_t *words = digest->words, *state = digest->state;
    uint64_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint64_t e = state[4], f = state[5], g = state[6], h = state[7];
    for (unsigned step = 0; step < (width == 4 ? 64 : 80); step++) {
        uint64_t *word = &words[step % 16];
        if (step < 16) {
            *word = 0;
            for (unsigned byte = 0; byte < width; byte++)
                *word = *word << 8 | digest->block[step * width + byte];
        } else {
            *word += small(words[(step + 1) % 16], rotations.small0, width) + words[(step + 9) % 16]
                     + small(words[(step + 14) % 16], rotations.small1, width);
        }
        uint64_t constant = width == 4 ? constants[step] >> 32 : constants[step];
        uint64_t first = h + big(e, rotations.big1, width) + ((e & f) ^ (~e & g)) + constant + *word;
        uint64_t second = big(a, rotations.big0, width) + ((a & b) ^ (a & c) ^ (b & c));
        h = g, g = f, f = e, e = d + first, d = c, c = b, b = a, a = first + second;
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d;
    state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

static void compress_block(struct ccrypt_sha2 *digest)
{
    if (digest->width == 4)
        compress(digest, 4, rotations4);
    else
        compress(digest, 8, rotations8);
}

void ccrypt_sha2_begin(struct ccrypt_sha2 *digest, unsigned width)
{
    digest->count = 0;
    digest->width = width;
    for (unsigned index = 0; index < 8; index++)
        digest->state[index] = width == 4 ? beginning[index] >> 32 : beginning[index];
}

void ccrypt_sha2_add(struct ccrypt_sha2 *digest, const void *bytes, size_t count)
{
    const uint8_t *next = bytes;
    size_t size = 16 * digest->width;
    while (count > 0) {
        size_t place = digest->count % size, taken = size - place < count ? size - place : count;
        memcpy(digest->block + place, next, taken);
        digest->count += taken;
        next += taken;
        count -= taken;
        if (digest->count % size == 0)
            compress_block(digest);
    }
}

void ccrypt_sha2_finish(struct ccrypt_sha2 *digest, uint8_t *result)
{
    // The longest padding: from the place of the length to the last word but one of the next block, 136 bytes for
    // SHA-512.
    static const uint8_t padding[136] = {0x80};
    size_t size = 16 * digest->width, length = 2 * digest->width;
    uint64_t bits = 8 * digest->count;
    // A one bit, and zeros up to the place of the length, which has two words; for the messages here 64 bits of it are
    // enough.
    size_t place = digest->count % size, end = place < size - length ? size : 2 * size;
    ccrypt_sha2_add(digest, padding, end - 8 - place);
    uint8_t number[8];
    for (unsigned byte = 0; byte < 8; byte++)
        number[byte] = (uint8_t)(bits >> (56 - 8 * byte));
    ccrypt_sha2_add(digest, number, sizeof number);
    for (unsigned byte = 0; byte < 8 * digest->width; byte++) {
        unsigned place = byte % digest->width;
        result[byte] = (uint8_t)(digest->state[byte / digest->width] >> 8 * (digest->width - 1 - place));
    }
}
