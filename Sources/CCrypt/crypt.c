// Finds the format of a hash. See CCrypt.h.
#include "methods.h"

#include <errno.h>
#include <string.h>

long ccrypt(const void *password, size_t password_count, const void *hash, size_t hash_count, void *result)
{
    struct ccrypt_text text = {password, password_count}, setting = {hash, hash_count};
    struct ccrypt_output output = {result, 0};
    if (text.count > CCRYPT_LONGEST_PASSWORD || memchr(text.bytes, 0, text.count))
        return -EINVAL;
    int error;
    if (ccrypt_starts_with(setting, "$2"))
        error = ccrypt_bcrypt(text, setting, &output);
    else if (ccrypt_starts_with(setting, "$5$") || ccrypt_starts_with(setting, "$6$"))
        error = ccrypt_sha(text, setting, &output);
    else
        error = ccrypt_des(text, setting, &output);
    return error ? error : (long)output.count;
}
