// See CCrypt.h.
// Debian's musl is built without crypt(3), so the release handlers take libxcrypt's archive, which is compiled against glibc:
// what that names and musl has not stands at the end.
#define _GNU_SOURCE
#include "CCrypt.h"

#include <string.h>

enum { LONGEST = 255, RESULT = 384 };

// Not by <crypt.h>, which Debian's musl has not either.
extern char *crypt_rn(const char *phrase, const char *setting, void *data, int size);

/// A copy with a NUL behind it; 0 if that is not possible.
static int copy(char to[LONGEST + 1], const void *from, size_t count)
{
    if (count > LONGEST || memchr(from, 0, count))
        return 0;
    memcpy(to, from, count);
    to[count] = 0;
    return 1;
}

size_t ccrypt_hash(const void *password, size_t password_count, const void *hash, size_t hash_count, void *result)
{
    // struct crypt_data of libxcrypt has 32768 bytes.
    static _Alignas(64) char data[32768];
    char phrase[LONGEST + 1], setting[LONGEST + 1];
    size_t count = 0;
    if (copy(phrase, password, password_count) && copy(setting, hash, hash_count)) {
        const char *made = crypt_rn(phrase, setting, data, sizeof data);
        // What begins with an asterisk is crypt's word for no.
        if (made && made[0] != '*' && strlen(made) < RESULT) {
            count = strlen(made);
            memcpy(result, made, count);
        }
    }
    explicit_bzero(data, sizeof data);
    explicit_bzero(phrase, sizeof phrase);
    return count;
}

#if !defined(__GLIBC__)
#include <stdarg.h>
#include <stdio.h>

void __explicit_bzero_chk(void *bytes, size_t count, size_t size)
{
    (void)size;
    explicit_bzero(bytes, count);
}

int __snprintf_chk(char *text, size_t count, int flag, size_t size, const char *format, ...)
{
    (void)flag, (void)size;
    va_list arguments;
    va_start(arguments, format);
    int result = vsnprintf(text, count, format, arguments);
    va_end(arguments);
    return result;
}

// musl's would bring in printing with files.
_Noreturn void __assert_fail(const char *expression, const char *file, int line, const char *function)
{
    (void)expression, (void)file, (void)line, (void)function;
    __builtin_trap();
}

// libxcrypt's table names every method that it knows. Those that htpasswd does not make are left out of the handler by
// being named here instead; nothing calls them, because Passwords looks at a hash before it comes here.
#define LEFT_OUT(METHOD)                                                                                               \
    _Noreturn void _crypt_crypt_##METHOD##_rn(void) { __builtin_trap(); }                                              \
    _Noreturn void _crypt_gensalt_##METHOD##_rn(void) { __builtin_trap(); }
LEFT_OUT(gost_yescrypt)
LEFT_OUT(yescrypt)
LEFT_OUT(scrypt)
LEFT_OUT(sha1crypt)
LEFT_OUT(sunmd5)
LEFT_OUT(nt)
_Noreturn void _crypt_get_random_bytes(void) { __builtin_trap(); }
#endif
