// Reads a setting and writes a hash. See methods.h.
// Sources: crypt(5); RFC 4648 4 for the order of the bits, which is that of Base64; both alphabets differ from
// Base64's.
#include "methods.h"

#include <string.h>

const char ccrypt_digits[65] = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const char ccrypt_bcrypt_digits[65] = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

bool ccrypt_starts_with(struct ccrypt_text text, const char *start)
{
    size_t count = strlen(start);
    return text.count >= count && memcmp(text.bytes, start, count) == 0;
}

int ccrypt_value(uint8_t digit, const char digits[64])
{
    const char *found = memchr(digits, digit, 64);
    return found ? (int)(found - digits) : -1;
}

void ccrypt_append(struct ccrypt_output *output, const void *bytes, size_t count)
{
    // The longest hash, of SHA-512, has 123 bytes, so this never cuts a hash.
    if (count > CCRYPT_HASH_ROOM - output->count)
        count = CCRYPT_HASH_ROOM - output->count;
    memcpy(output->bytes + output->count, bytes, count);
    output->count += count;
}

void ccrypt_append_lowest_first(struct ccrypt_output *output, uint32_t bits, unsigned digits)
{
    for (; digits > 0; digits--, bits >>= 6)
        ccrypt_append(output, &ccrypt_digits[bits & 63], 1);
}

void ccrypt_append_highest_first(
    struct ccrypt_output *output, const uint8_t *bytes, size_t count, const char digits[64])
{
    for (size_t start = 0; start < 8 * count; start += 6) {
        size_t byte = start / 8, next = byte + 1;
        unsigned sixteen = (unsigned)bytes[byte] << 8 | (next < count ? bytes[next] : 0);
        ccrypt_append(output, &digits[sixteen >> (10 - start % 8) & 63], 1);
    }
}
