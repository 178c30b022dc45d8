// See COracle.h.
#define _GNU_SOURCE
#include "COracle.h"

#include <crypt.h>
#include <string.h>

_Bool coracle_crypt(const char *password, const char *setting, char *result)
{
    struct crypt_data data = {0};
    const char *hash = crypt_rn(password, setting, &data, sizeof data);
    if (!hash || hash[0] == '*' || strlen(hash) >= CORACLE_ROOM)
        return 0;
    strcpy(result, hash);
    return 1;
}
