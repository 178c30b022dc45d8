// $5$ and $6$: SHA-256 and SHA-512 in 5000 rounds, or in the number of rounds of the setting.
// Source: Ulrich Drepper, "Unix crypt using SHA-256 and SHA-512", version 0.6; the comments have the numbers of its
// steps. Unlike there, a number of rounds out of bounds is refused, as in libxcrypt.
#define _GNU_SOURCE
#include "methods.h"
#include "sha2.h"

#include <errno.h>
#include <string.h>

enum { LONGEST_SALT = 16, FEWEST_ROUNDS = 1000, MOST_ROUNDS = 999999999 };

/// The memory of one hash, which is overwritten at its end.
struct work {
    struct ccrypt_sha2 sha2;
    uint8_t digest[CCRYPT_SHA2_ROOM], other[CCRYPT_SHA2_ROOM];
    /// The password and the salt, each as a digest that is repeated to its length.
    uint8_t password[CCRYPT_LONGEST_PASSWORD], salt[LONGEST_SALT];
};

/// The parts of a setting.
struct parts {
    unsigned width;
    uint32_t rounds;
    struct ccrypt_text salt;
    /// The setting up to the end of its salt.
    size_t count;
};

static int read_parts(struct ccrypt_text setting, struct parts *parts)
{
    static const char word[] = "rounds=";
    size_t position = 3;
    *parts = (struct parts){.width = setting.bytes[1] == '6' ? 8 : 4, .rounds = 5000};
    if (ccrypt_starts_with((struct ccrypt_text){setting.bytes + position, setting.count - position}, word)) {
        uint64_t rounds = 0;
        for (position += sizeof word - 1; position < setting.count && setting.bytes[position] != '$'; position++) {
            uint8_t digit = (uint8_t)(setting.bytes[position] - '0');
            rounds = 10 * rounds + digit;
            if (digit > 9 || rounds == 0 || rounds > MOST_ROUNDS)
                return -EINVAL;
        }
        if (position == setting.count || rounds < FEWEST_ROUNDS)
            return -EINVAL;
        parts->rounds = (uint32_t)rounds;
        position++;
    }
    parts->salt.bytes = setting.bytes + position;
    while (position < setting.count && setting.bytes[position] != '$' && parts->salt.count < LONGEST_SALT) {
        parts->salt.count++;
        position++;
    }
    parts->count = position;
    return 0;
}

static void add(struct work *work, struct ccrypt_text text) { ccrypt_sha2_add(&work->sha2, text.bytes, text.count); }

/// Adds this number of bytes of a digest, which is repeated if they are more.
static void add_repeated(struct work *work, const uint8_t *digest, size_t size, size_t count)
{
    for (; count > size; count -= size)
        ccrypt_sha2_add(&work->sha2, digest, size);
    ccrypt_sha2_add(&work->sha2, digest, count);
}

/// Fills bytes with the digest of a number of copies of a text; the digest is repeated to the length of the text.
static void fill(struct work *work, struct parts parts, struct ccrypt_text text, unsigned copies, uint8_t *bytes)
{
    size_t size = 8 * parts.width;
    ccrypt_sha2_begin(&work->sha2, parts.width);
    for (; copies > 0; copies--)
        add(work, text);
    ccrypt_sha2_finish(&work->sha2, work->other);
    for (size_t index = 0; index < text.count; index++)
        bytes[index] = work->other[index % size];
}

/// Leaves the hash in work->digest.
static void hash(struct work *work, struct parts parts, struct ccrypt_text password)
{
    size_t size = 8 * parts.width;
    // Steps 4 to 8.
    ccrypt_sha2_begin(&work->sha2, parts.width);
    add(work, password);
    add(work, parts.salt);
    add(work, password);
    ccrypt_sha2_finish(&work->sha2, work->other);
    // Steps 1 to 3, and 9 to 12.
    ccrypt_sha2_begin(&work->sha2, parts.width);
    add(work, password);
    add(work, parts.salt);
    add_repeated(work, work->other, size, password.count);
    for (size_t bits = password.count; bits > 0; bits >>= 1) {
        if (bits & 1)
            ccrypt_sha2_add(&work->sha2, work->other, size);
        else
            add(work, password);
    }
    ccrypt_sha2_finish(&work->sha2, work->digest);
    // Steps 13 to 20.
    fill(work, parts, password, (unsigned)password.count, work->password);
    fill(work, parts, parts.salt, 16u + work->digest[0], work->salt);
    password.bytes = work->password;
    parts.salt.bytes = work->salt;
    // Step 21.
    for (uint32_t round = 0; round < parts.rounds; round++) {
        struct ccrypt_text digest = {work->digest, size};
        ccrypt_sha2_begin(&work->sha2, parts.width);
        add(work, round % 2 ? password : digest);
        if (round % 3)
            add(work, parts.salt);
        if (round % 7)
            add(work, password);
        add(work, round % 2 ? digest : password);
        ccrypt_sha2_finish(&work->sha2, work->digest);
    }
}

int ccrypt_sha(struct ccrypt_text password, struct ccrypt_text setting, struct ccrypt_output *output)
{
    struct parts parts;
    if (read_parts(setting, &parts))
        return -EINVAL;
    struct work work;
    hash(&work, parts, password);
    ccrypt_append(output, setting.bytes, parts.count);
    ccrypt_append(output, "$", 1);
    // Step 22: one byte of each third of the digest at a time. The order of the thirds changes from step to step, for
    // each size in its own way.
    const uint8_t *bytes = work.digest;
    unsigned size = 8 * parts.width, third = size / 3, step = parts.width == 4 ? 2 : 1;
    for (unsigned index = 0; index < third; index++) {
        uint32_t bits = 0;
        for (unsigned byte = 0; byte < 3; byte++)
            bits = bits << 8 | bytes[index + third * ((byte + step * index) % 3)];
        ccrypt_append_lowest_first(output, bits, 4);
    }
    if (parts.width == 4)
        ccrypt_append_lowest_first(output, (uint32_t)bytes[31] << 8 | bytes[30], 3);
    else
        ccrypt_append_lowest_first(output, bytes[63], 2);
    explicit_bzero(&work, sizeof work);
    return 0;
}
