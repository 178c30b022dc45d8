// Searching in what was read. See CHandler.h.
// Sixteen bytes at a time in the compiler's own vectors, which are the machine's on x86-64 and aarch64 alike: musl's memchr
// takes eight, and a call of it for every line costs more than sending the lines.
#include "CHandler.h"

#include <string.h>

typedef uint8_t bytes16 __attribute__((vector_size(16)));
typedef uint64_t words2 __attribute__((vector_size(16)));

enum { LF = 0x0a, CR = 0x0d, WIDTH = sizeof(bytes16), BLOCK = 4 * WIDTH };

static inline bytes16 load(const uint8_t *bytes)
{
    bytes16 result;
    memcpy(&result, bytes, sizeof result);
    return result;
}

long chandler_find(const void *start, uint8_t byte, size_t count)
{
    const uint8_t *bytes = start;
    size_t position = 0;
    for (; position + WIDTH <= count; position += WIDTH) {
        words2 found = (words2)(load(bytes + position) == byte);
        // Both machines put the first byte lowest.
        if (found[0])
            return (long)(position + (size_t)__builtin_ctzll(found[0]) / 8);
        if (found[1])
            return (long)(position + 8 + (size_t)__builtin_ctzll(found[1]) / 8);
    }
    for (; position < count; position++)
        if (bytes[position] == byte)
            return (long)position;
    return -1;
}

/// All ones where an LF is followed by LF or CR. Looks at one byte more than its sixteen.
static inline bytes16 candidates(const uint8_t *bytes)
{
    bytes16 next = load(bytes + 1);
    return (bytes16)(load(bytes) == LF) & ((bytes16)(next == LF) | (bytes16)(next == CR));
}

/// The blank line after an LF in bytes[from..<to].
static long find_blank_line(const uint8_t *bytes, size_t from, size_t to, size_t count)
{
    for (size_t position = from; position < to && position + 1 < count; position++) {
        if (bytes[position] != LF)
            continue;
        uint8_t next = bytes[position + 1];
        if (next == LF || (next == CR && (position + 2 == count || bytes[position + 2] == LF)))
            return (long)position + 1;
    }
    return -1;
}

long chandler_find_blank_line(const void *start, size_t count)
{
    const uint8_t *bytes = start;
    size_t position = 0;
    for (; position + BLOCK < count; position += BLOCK) {
        const uint8_t *block = bytes + position;
        words2 any = (words2)(candidates(block) | candidates(block + WIDTH) | candidates(block + 2 * WIDTH)
                              | candidates(block + 3 * WIDTH));
        if ((any[0] | any[1]) == 0)
            continue;
        long found = find_blank_line(bytes, position, position + BLOCK, count);
        if (found >= 0)
            return found;
    }
    return find_blank_line(bytes, position, count, count);
}
