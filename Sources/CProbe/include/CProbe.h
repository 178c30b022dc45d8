// The state of the calling process in the kernel, for the handler probe. It comes from raw system calls, because a libc
// caches or hides some of it, and not from /proc, because a sandbox may hide that.
// Each function returns -errno on failure. None changes the process, except cprobe_umask, which restores the mask.
#ifndef CPROBE_H
#define CPROBE_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Fills in the real, effective and saved user or group. Source: getresuid(2).
int cprobe_users(uint32_t ids[_Nonnull 3]);
int cprobe_groups(uint32_t ids[_Nonnull 3]);

/// Fills in the supplementary groups and returns their number. Source: getgroups(2).
int cprobe_supplementary_groups(uint32_t *list, int capacity);

/// Fills in the sets: inheritable, permitted, effective, bounding, ambient. Source: capget(2), and prctl(2) with
/// PR_CAPBSET_READ and PR_CAP_AMBIENT.
int cprobe_capabilities(uint64_t sets[_Nonnull 5]);

/// Flags of the process; -errno if the kernel denies the question. Source: prctl(2) with PR_GET_NO_NEW_PRIVS,
/// PR_GET_SECUREBITS, PR_GET_DUMPABLE and PR_GET_SECCOMP.
int cprobe_no_new_privileges(void);
int cprobe_secure_bits(void);
int cprobe_dumpable(void);
int cprobe_seccomp_mode(void);

enum cprobe_limit {
    CPROBE_LIMIT_NOFILE, CPROBE_LIMIT_NPROC, CPROBE_LIMIT_AS, CPROBE_LIMIT_CPU, CPROBE_LIMIT_CORE, CPROBE_LIMIT_FSIZE
};

/// Fills in the soft and the hard limit; UINT64_MAX is unlimited. Source: getrlimit(2).
int cprobe_limit(enum cprobe_limit which, uint64_t values[_Nonnull 2]);

/// The file mode creation mask. Source: umask(2).
int cprobe_umask(void);

/// 20 - nice, which is never negative. Source: getpriority(2), the return value of the system call itself.
int cprobe_twenty_minus_nice(void);

/// Fills in the working directory and returns the length of its name, without the NUL. Source: getcwd(2).
int cprobe_working_directory(uint8_t *name, size_t capacity);

/// 1 if the descriptor is open, else 0.
int cprobe_is_open(int fd);

enum cprobe_kind {
    CPROBE_OTHER, CPROBE_SOCKET, CPROBE_FIFO, CPROBE_FILE, CPROBE_DIRECTORY, CPROBE_CHARACTER, CPROBE_BLOCK
};

/// The enum cprobe_kind of a descriptor. Source: fstat(2).
int cprobe_kind(int fd);

/// 1 if O_NONBLOCK is set, else 0. Source: fcntl(2).
int cprobe_is_nonblocking(int fd);

/// Fills in the sets of blocked, ignored and caught signals; bit n - 1 is signal n. Source: rt_sigprocmask(2),
/// rt_sigaction(2).
int cprobe_signals(uint64_t sets[_Nonnull 3]);

/// The process, its parent, its process group and its session. Source: getpid(2), getppid(2), getpgid(2), getsid(2).
int cprobe_pid(void);
int cprobe_parent_pid(void);
int cprobe_process_group(void);
int cprobe_session(void);

#pragma clang assume_nonnull end
#endif
