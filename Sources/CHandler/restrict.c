// The system-call filter that a handler puts on itself. See CHandler.h.
// Spells out the kernel's interface (seccomp(2), linux/filter.h), because musl has no headers for it.
#define _GNU_SOURCE
#include "CHandler.h"

#include <errno.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
enum { ARCHITECTURE = 0xc000003e };
#elif defined(__aarch64__)
enum { ARCHITECTURE = 0xc00000b7 };
#else
#error "the filter knows x86-64 and aarch64 only"
#endif

struct instruction {
    uint16_t code;
    uint8_t jump_true, jump_false;
    uint32_t operand;
};

struct program {
    unsigned short count;
    const struct instruction *instructions;
};

// struct seccomp_data: the call's number is at 0, the architecture at 4, the arguments from 16 on, 8 bytes each, the
// lower half first.
#define LOAD(OFFSET) {0x20, 0, 0, (OFFSET)}
#define ARGUMENT(INDEX) (16 + 8 * (INDEX))
#define EQUAL(VALUE, TRUE, FALSE) {0x15, (TRUE), (FALSE), (uint32_t)(VALUE)}
#define ANY_BIT(MASK, TRUE, FALSE) {0x45, (TRUE), (FALSE), (MASK)}
#define ALLOW {0x06, 0, 0, 0x7fff0000}
#define KILL {0x06, 0, 0, 0x80000000}
#define ARGUMENT_HIGH(INDEX) (ARGUMENT(INDEX) + 4)
#define ALLOW_CALL(NUMBER) EQUAL(NUMBER, 0, 1), ALLOW

enum { set_mode_filter = 1, prot_exec = 4, map_anonymous = 0x20 };

static const struct instruction streams[] = {
    LOAD(4), EQUAL(ARCHITECTURE, 1, 0), KILL, LOAD(0),
    ALLOW_CALL(SYS_read), ALLOW_CALL(SYS_write), ALLOW_CALL(SYS_readv), ALLOW_CALL(SYS_writev),
    ALLOW_CALL(SYS_ppoll), ALLOW_CALL(SYS_shutdown), ALLOW_CALL(SYS_close), ALLOW_CALL(SYS_getsockopt),
    ALLOW_CALL(SYS_clock_gettime), ALLOW_CALL(SYS_clock_nanosleep), ALLOW_CALL(SYS_nanosleep),
    ALLOW_CALL(SYS_gettimeofday), ALLOW_CALL(SYS_rt_sigaction), ALLOW_CALL(SYS_rt_sigprocmask),
    ALLOW_CALL(SYS_rt_sigreturn), ALLOW_CALL(SYS_rt_sigpending), ALLOW_CALL(SYS_restart_syscall),
    ALLOW_CALL(SYS_exit), ALLOW_CALL(SYS_exit_group),
    ALLOW_CALL(SYS_brk), ALLOW_CALL(SYS_munmap), ALLOW_CALL(SYS_madvise), ALLOW_CALL(SYS_getrandom),
#if defined(SYS_poll)
    ALLOW_CALL(SYS_poll), ALLOW_CALL(SYS_time),
#endif
    // send(2) is sendto without an address: with an address, sendto kills.
    EQUAL(SYS_sendto, 0, 6), LOAD(ARGUMENT(4)), EQUAL(0, 0, 3), LOAD(ARGUMENT_HIGH(4)), EQUAL(0, 0, 1), ALLOW, KILL,
    // Memory may be mapped and protected, but no file mapped and no memory made executable.
    EQUAL(SYS_mprotect, 0, 4), LOAD(ARGUMENT(2)), ANY_BIT(prot_exec, 0, 1), KILL, ALLOW,
    EQUAL(SYS_mmap, 1, 0), KILL, LOAD(ARGUMENT(2)), ANY_BIT(prot_exec, 2, 0), LOAD(ARGUMENT(3)),
    ANY_BIT(map_anonymous, 1, 0), KILL, ALLOW,
};

int chandler_restrict_to_streams(void)
{
    struct program program = {sizeof streams / sizeof *streams, streams};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return -errno;
    return syscall(SYS_seccomp, set_mode_filter, 0, &program) < 0 ? -errno : 0;
}
