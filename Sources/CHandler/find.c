// Searches in bytes that were read. See CHandler.h. Compares sixteen bytes at a time in the compiler's vectors, for
// which x86-64 and aarch64 both have registers. musl's memchr compares eight, and a call of it for every line costs
// more than sending the lines.
#include "CHandler.h"

#include <string.h>

typedef uint8_t bytes16 __attribute__((ext_vector_type(16)));
typedef _Bool bits16 __attribute__((ext_vector_type(16)));

enum { LF = 0x0a, CR = 0x0d, WIDTH = sizeof(bytes16), BLOCK = 4 * WIDTH };

/// One bit for each of sixteen bytes, the lowest bit for the first byte: 1 where this byte occurs.
static inline uint64_t places16(const uint8_t *bytes, uint8_t byte)
{
    bytes16 loaded;
    memcpy(&loaded, bytes, sizeof loaded);
    bits16 same = __builtin_convertvector(loaded == byte, bits16);
    uint16_t result;
    memcpy(&result, &same, sizeof result);
    return result;
}

/// The same for the bytes of a block.
static inline uint64_t places(const uint8_t *bytes, uint8_t byte)
{
    return places16(bytes, byte) | places16(bytes + WIDTH, byte) << 16 | places16(bytes + 2 * WIDTH, byte) << 32
           | places16(bytes + 3 * WIDTH, byte) << 48;
}

long chandler_find(const void *start, uint8_t byte, size_t count)
{
    const uint8_t *bytes = start;
    size_t position = 0;
    for (; position + WIDTH <= count; position += WIDTH) {
        uint64_t found = places16(bytes + position, byte);
        if (found)
            return (long)position + __builtin_ctzll(found);
    }
    for (; position < count; position++)
        if (bytes[position] == byte)
            return (long)position;
    return -1;
}

long chandler_find_either(const void *start, uint8_t one, uint8_t other, size_t count)
{
    const uint8_t *bytes = start;
    size_t position = 0;
    for (; position + WIDTH <= count; position += WIDTH) {
        uint64_t found = places16(bytes + position, one) | places16(bytes + position, other);
        if (found)
            return (long)position + __builtin_ctzll(found);
    }
    for (; position < count; position++)
        if (bytes[position] == one || bytes[position] == other)
            return (long)position;
    return -1;
}

long chandler_find_blank_line(const void *start, size_t count)
{
    const uint8_t *bytes = start;
    size_t position = 0;
    // A block shows for all but its last two bytes whether a blank line follows; the next block begins with those two.
    for (; position + BLOCK <= count; position += BLOCK - 2) {
        uint64_t feeds = places(bytes + position, LF);
        if ((feeds & (feeds >> 1 | feeds >> 2)) == 0)
            continue;
        uint64_t found = feeds & (feeds >> 1 | (places(bytes + position, CR) >> 1 & feeds >> 2));
        if (found)
            return (long)position + __builtin_ctzll(found) + 1;
    }
    for (; position + 1 < count; position++) {
        if (bytes[position] != LF)
            continue;
        uint8_t next = bytes[position + 1];
        if (next == LF || (next == CR && (position + 2 == count || bytes[position + 2] == LF)))
            return (long)position + 1;
    }
    return -1;
}
