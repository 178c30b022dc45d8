// The first crypt(3): it encrypts a block of zeros 25 times with DES. The first eight characters are the key, and
// twelve bits of salt exchange bits between the halves of the expansion. It is weak; it is here because old password
// files have it. The tables are those of the standard, without derived ones: that is slow for DES, but a password takes
// less than 0.1 ms.
// Sources: FIPS 46-3; crypt(5), descrypt; the salt as V7 Unix's crypt(3) has it.
#define _GNU_SOURCE
#include "methods.h"

#include <errno.h>
#include <string.h>

/// S1 to S8: four rows of sixteen hexadecimal digits each, with the leftmost column in the highest four bits.
static const uint64_t boxes[8][4] = {
    {0xe4d12fb83a6c5907, 0x0f74e2d1a6cb9538, 0x41e8d62bfc973a50, 0xfc8249175b3ea06d},
    {0xf18e6b34972dc05a, 0x3d47f28ec01a69b5, 0x0e7ba4d158c6932f, 0xd8a13f42b67c05e9},
    {0xa09e63f51dc7b428, 0xd709346a285ecbf1, 0xd6498f30b12c5ae7, 0x1ad069874fe3b52c},
    {0x7de3069a1285bc4f, 0xd8b56f03472c1ae9, 0xa690cb7df13e5284, 0x3f06a1d8945bc72e},
    {0x2c417ab6853fd0e9, 0xeb2c47d150fa3986, 0x421bad78f9c5630e, 0xb8c71e2d6f09a453},
    {0xc1af92680d34e75b, 0xaf427c9561de0b38, 0x9ef528c3704a1db6, 0x432c95fabe17608d},
    {0x4b2ef08d3c975a61, 0xd0b7491ae35c2f86, 0x14bdc37eaf680592, 0x6bd814a7950fe23c},
    {0xd2846fb1a93e50c7, 0x1fd8a374c56b0e92, 0x7b419ce206adf358, 0x21e74a8dfc90356b},
};

/// P, PC-1 and PC-2: for each bit of the output, the number of the bit of the input, from 1 for the highest.
static const uint8_t mixing[32] = {16, 7, 20, 21, 29, 12, 28, 17, 1,  15, 23, 26, 5,  18, 31, 10,
                                   2,  8, 24, 14, 32, 27, 3,  9,  19, 13, 30, 6,  22, 11, 4,  25};
static const uint8_t first_choice[56] = {57, 49, 41, 33, 25, 17, 9,  1,  58, 50, 42, 34, 26, 18, 10, 2,  59, 51, 43,
                                         35, 27, 19, 11, 3,  60, 52, 44, 36, 63, 55, 47, 39, 31, 23, 15, 7,  62, 54,
                                         46, 38, 30, 22, 14, 6,  61, 53, 45, 37, 29, 21, 13, 5,  28, 20, 12, 4};
static const uint8_t second_choice[48] = {14, 17, 11, 24, 1,  5,  3,  28, 15, 6,  21, 10, 23, 19, 12, 4,
                                          26, 8,  16, 7,  27, 20, 13, 2,  41, 52, 31, 37, 47, 55, 30, 40,
                                          51, 45, 33, 48, 44, 49, 39, 56, 34, 53, 46, 42, 50, 36, 29, 32};
/// The rounds before which the key is rotated by one bit and not by two: 1, 2, 9 and 16; bit 0 is round 1.
static const unsigned single_rotations = 0x8103;

/// The memory of one hash, which is overwritten at its end.
struct work {
    uint64_t keys[16];
    uint32_t left, right;
};

static uint64_t permuted(uint64_t bits, unsigned width, const uint8_t *table, unsigned count)
{
    uint64_t result = 0;
    for (unsigned index = 0; index < count; index++)
        result = result << 1 | (bits >> (width - table[index]) & 1);
    return result;
}

/// 28 bits rotated to the left.
static uint32_t rotated(uint32_t half, unsigned by) { return (half << by | half >> (28 - by)) & 0xfffffff; }

static void schedule(struct work *work, struct ccrypt_text password)
{
    uint64_t key = 0;
    // Seven bits of each character; the lowest bit is the parity, which DES ignores.
    for (unsigned index = 0; index < 8; index++)
        key = key << 8 | (uint8_t)(index < password.count ? password.bytes[index] << 1 : 0);
    uint64_t halves = permuted(key, 64, first_choice, 56);
    uint32_t high = (uint32_t)(halves >> 28), low = halves & 0xfffffff;
    for (unsigned round = 0; round < 16; round++) {
        unsigned by = single_rotations >> round & 1 ? 1 : 2;
        high = rotated(high, by);
        low = rotated(low, by);
        work->keys[round] = permuted((uint64_t)high << 28 | low, 56, second_choice, 48);
    }
}

/// The cipher function f; `exchanged` has the bits that change places between the two halves of E.
static uint32_t mixed(uint32_t right, uint64_t key, uint32_t exchanged)
{
    // E: six bits around each four; the last bit comes before the first.
    uint64_t ring = (uint64_t)(right & 1) << 33 | (uint64_t)right << 1 | right >> 31, expanded = 0;
    for (unsigned box = 0; box < 8; box++)
        expanded = expanded << 6 | (ring >> (28 - 4 * box) & 63);
    uint32_t differing = (uint32_t)(expanded >> 24 ^ expanded) & exchanged;
    expanded ^= ((uint64_t)differing << 24 | differing) ^ key;
    uint32_t result = 0;
    for (unsigned box = 0; box < 8; box++) {
        unsigned six = expanded >> (42 - 6 * box) & 63, row = (six >> 4 & 2) | (six & 1), column = six >> 1 & 15;
        result = result << 4 | (boxes[box][row] >> (60 - 4 * column) & 15);
    }
    return (uint32_t)permuted(result, 32, mixing, 32);
}

int ccrypt_des(struct ccrypt_text password, struct ccrypt_text setting, struct ccrypt_output *output)
{
    if (setting.count < 2)
        return -EINVAL;
    int low = ccrypt_value(setting.bytes[0], ccrypt_digits), high = ccrypt_value(setting.bytes[1], ccrypt_digits);
    if (low < 0 || high < 0)
        return -EINVAL;
    // The lowest bit of the salt stands for the first bit of each half.
    uint32_t exchanged = 0;
    for (unsigned bit = 0; bit < 12; bit++)
        exchanged |= (uint32_t)((high << 6 | low) >> bit & 1) << (23 - bit);

    struct work work = {.left = 0, .right = 0};
    schedule(&work, password);
    // The initial permutation of zeros is zeros, and between two encryptions it undoes the final one, so both are left
    // out.
    for (unsigned time = 0; time < 25; time++) {
        for (unsigned round = 0; round < 16; round++) {
            uint32_t next = work.left ^ mixed(work.right, work.keys[round], exchanged);
            work.left = work.right;
            work.right = next;
        }
        uint32_t last = work.left;
        work.left = work.right;
        work.right = last;
    }
    // The final permutation: the bits come alternately from the two halves, from their ends.
    uint64_t block = (uint64_t)work.left << 32 | work.right;
    uint8_t bytes[8] = {0};
    for (unsigned bit = 0; bit < 64; bit++) {
        unsigned column = bit % 8, from = (column % 2 ? 8 : 40) + column / 2 * 8 - bit / 8;
        bytes[bit / 8] |= (uint8_t)((block >> (64 - from) & 1) << (7 - column));
    }
    ccrypt_append(output, setting.bytes, 2);
    ccrypt_append_highest_first(output, bytes, sizeof bytes, ccrypt_digits);
    explicit_bzero(&work, sizeof work);
    return 0;
}
