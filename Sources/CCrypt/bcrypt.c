// bcrypt: $2y$ and $2b$, which are the same, and $2a$. Only the first 72 bytes of a password count, with the NUL after
// a shorter password as one of them. Some programs made $2a$ hashes with bytes above 127 as negative numbers, so that
// many passwords had the same hash. Correct hashes still match; a password that such a program could have confused with
// another gets a different hash.
// Sources: Provos and Mazieres, "A Future-Adaptable Password Scheme", 1999, section 4; crypt(5), bcrypt;
// CVE-2011-2483 and crypt_blowfish's description of $2a$.
#define _GNU_SOURCE
#include "blowfish.h"
#include "methods.h"

#include <errno.h>
#include <string.h>

/// The place of the salt in a setting, and its number of digits.
enum { SALT = 7, SALT_DIGITS = 22, HIGHEST_COST = 31, LOWEST_COST = 4 };

/// The memory of one hash, which is overwritten at its end.
struct work {
    struct ccrypt_blowfish state;
    uint32_t key[CCRYPT_BLOWFISH_KEY];
};

/// The parts of a setting.
struct parts {
    unsigned cost;
    uint8_t salt[16];
};

static int read_parts(struct ccrypt_text setting, struct parts *parts)
{
    const uint8_t *bytes = setting.bytes;
    if (setting.count < SALT + SALT_DIGITS || !memchr("aby", bytes[2], 3) || bytes[3] != '$' || bytes[6] != '$')
        return -EINVAL;
    unsigned tens = bytes[4] - (unsigned)'0', ones = bytes[5] - (unsigned)'0';
    parts->cost = 10 * tens + ones;
    if (tens > 9 || ones > 9 || parts->cost < LOWEST_COST || parts->cost > HIGHEST_COST)
        return -EINVAL;
    // The last four bits are not used.
    unsigned bits = 0, available = 0, count = 0;
    for (unsigned index = 0; index < SALT_DIGITS; index++) {
        int value = ccrypt_value(bytes[SALT + index], ccrypt_bcrypt_digits);
        if (value < 0)
            return -EINVAL;
        bits = bits << 6 | (unsigned)value;
        available += 6;
        if (available >= 8) {
            available -= 8;
            parts->salt[count++] = (uint8_t)(bits >> available);
        }
    }
    return 0;
}

/// The number in four bytes, the most significant first.
static uint32_t word(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/// Fills work->key. Returns whether a program with negative bytes would have the same key although a negative byte set
/// the bits of the bytes before it.
static bool schedule(struct work *work, struct ccrypt_text password)
{
    bool differs = false, covers = false;
    for (size_t index = 0; index < 4 * CCRYPT_BLOWFISH_KEY; index += 4) {
        uint32_t right = 0, wrong = 0;
        for (size_t place = 0; place < 4; place++) {
            size_t from = (index + place) % (password.count + 1);
            uint8_t byte = from < password.count ? password.bytes[from] : 0;
            right = right << 8 | byte;
            wrong = wrong << 8 | (uint32_t)(int8_t)byte;
            covers = covers || (place > 0 && byte > 127);
        }
        differs = differs || right != wrong;
        work->key[index / 4] = right;
    }
    return covers && !differs;
}

int ccrypt_bcrypt(struct ccrypt_text password, struct ccrypt_text setting, struct ccrypt_output *output)
{
    static const uint8_t magic[25] = "OrpheanBeholderScryDoubt";
    static const uint32_t nothing[4] = {0};
    struct parts parts;
    if (read_parts(setting, &parts))
        return -EINVAL;
    uint32_t salt[4];
    for (unsigned index = 0; index < 4; index++)
        salt[index] = word(parts.salt + 4 * index);

    struct work work;
    bool isAmbiguous = schedule(&work, password);
    memcpy(work.state.words, ccrypt_pi, sizeof work.state.words);
    ccrypt_blowfish_add(&work.state, work.key, CCRYPT_BLOWFISH_KEY);
    if (isAmbiguous && setting.bytes[2] == 'a')
        work.state.words[0] ^= 0x10000;
    ccrypt_blowfish_expand(&work.state, salt);
    for (uint32_t left = (uint32_t)1 << parts.cost; left > 0; left--) {
        ccrypt_blowfish_add(&work.state, work.key, CCRYPT_BLOWFISH_KEY);
        ccrypt_blowfish_expand(&work.state, nothing);
        ccrypt_blowfish_add(&work.state, salt, 4);
        ccrypt_blowfish_expand(&work.state, nothing);
    }

    uint8_t result[24];
    for (unsigned start = 0; start < sizeof result; start += 8) {
        uint32_t block[2] = {word(magic + start), word(magic + start + 4)};
        for (unsigned time = 0; time < 64; time++)
            ccrypt_blowfish_encrypt(&work.state, block);
        for (unsigned byte = 0; byte < 8; byte++)
            result[start + byte] = (uint8_t)(block[byte / 4] >> (24 - byte % 4 * 8));
    }
    ccrypt_append(output, setting.bytes, SALT);
    ccrypt_append_highest_first(output, parts.salt, sizeof parts.salt, ccrypt_bcrypt_digits);
    // The first implementation left out the last byte, and the format has kept that.
    ccrypt_append_highest_first(output, result, sizeof result - 1, ccrypt_bcrypt_digits);
    explicit_bzero(&work, sizeof work);
    return 0;
}
