// What the kernel says about the calling process, for the handler probe. Asked of the kernel by raw system calls,
// because a libc caches or hides some of it, and not of /proc, because a sandbox may hide that.
// Everything returns -errno on failure. Nothing here changes the process, but for cprobe_umask, which puts it back.
#ifndef CPROBE_H
#define CPROBE_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Real, effective and saved user or group. Source: getresuid(2).
int cprobe_users(uint32_t ids[_Nonnull 3]);
int cprobe_groups(uint32_t ids[_Nonnull 3]);

/// The number of supplementary groups, and the groups. Source: getgroups(2).
int cprobe_supplementary_groups(uint32_t *list, int capacity);

/// Inheritable, permitted, effective, bounding, ambient. Source: capget(2), PR_CAPBSET_READ, PR_CAP_AMBIENT.
int cprobe_capabilities(uint64_t sets[_Nonnull 5]);

/// Source: PR_GET_NO_NEW_PRIVS, PR_GET_SECUREBITS, PR_GET_DUMPABLE, PR_GET_SECCOMP (each -errno when denied).
int cprobe_no_new_privileges(void);
int cprobe_secure_bits(void);
int cprobe_dumpable(void);
int cprobe_seccomp_mode(void);

enum cprobe_limit {
    CPROBE_LIMIT_NOFILE, CPROBE_LIMIT_NPROC, CPROBE_LIMIT_AS, CPROBE_LIMIT_CPU, CPROBE_LIMIT_CORE, CPROBE_LIMIT_FSIZE
};

/// Soft and hard limit; UINT64_MAX is unlimited. Source: getrlimit(2).
int cprobe_limit(enum cprobe_limit which, uint64_t values[_Nonnull 2]);

int cprobe_umask(void);

/// 20 - nice, so that it is never negative. Source: getpriority(2), the system call's own return value.
int cprobe_twenty_minus_nice(void);

/// The length of the working directory's name, without its NUL. Source: getcwd(2).
int cprobe_working_directory(uint8_t *name, size_t capacity);

/// 1 if the descriptor is open, else 0.
int cprobe_is_open(int fd);

enum cprobe_kind {
    CPROBE_OTHER, CPROBE_SOCKET, CPROBE_FIFO, CPROBE_FILE, CPROBE_DIRECTORY, CPROBE_CHARACTER, CPROBE_BLOCK
};

/// An enum cprobe_kind. Source: fstat(2).
int cprobe_kind(int fd);

/// 1 if O_NONBLOCK is set, else 0.
int cprobe_is_nonblocking(int fd);

/// Bit n - 1 is signal n: blocked, ignored and caught ones. Source: rt_sigprocmask(2), rt_sigaction(2).
int cprobe_signals(uint64_t sets[_Nonnull 3]);

int cprobe_pid(void);
int cprobe_parent_pid(void);
int cprobe_process_group(void);
int cprobe_session(void);

#pragma clang assume_nonnull end
#endif
