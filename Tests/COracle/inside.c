// See COracle.h. This target has a search path for the headers of CCrypt.
#include "COracle.h"

#include "blowfish.h"
#include "sha2.h"

uint32_t coracle_pi(unsigned index) { return ccrypt_pi[index]; }

void coracle_sha2(unsigned width, const void *bytes, size_t count, size_t piece, void *result)
{
    struct ccrypt_sha2 digest;
    const uint8_t *next = bytes;
    ccrypt_sha2_begin(&digest, width);
    for (; count > piece; count -= piece, next += piece)
        ccrypt_sha2_add(&digest, next, piece);
    ccrypt_sha2_add(&digest, next, count);
    ccrypt_sha2_finish(&digest, result);
}
