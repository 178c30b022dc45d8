// See CProbe.h.
#define _GNU_SOURCE
#include "CProbe.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int or_errno(long result)
{
    return result < 0 ? -errno : (int)result;
}

int cprobe_users(uint32_t ids[3])
{
    return or_errno(syscall(SYS_getresuid, &ids[0], &ids[1], &ids[2]));
}

int cprobe_groups(uint32_t ids[3])
{
    return or_errno(syscall(SYS_getresgid, &ids[0], &ids[1], &ids[2]));
}

int cprobe_supplementary_groups(uint32_t *list, int capacity)
{
    return or_errno(syscall(SYS_getgroups, capacity, list));
}

int cprobe_capabilities(uint64_t sets[5])
{
    // linux/capability.h, _LINUX_CAPABILITY_VERSION_3: each set has two words
    struct { uint32_t version; int pid; } header = {0x20080522, 0};
    struct { uint32_t effective, permitted, inheritable; } words[2] = {{0, 0, 0}, {0, 0, 0}};
    if (syscall(SYS_capget, &header, words) < 0)
        return -errno;
    sets[0] = words[0].inheritable | (uint64_t)words[1].inheritable << 32;
    sets[1] = words[0].permitted | (uint64_t)words[1].permitted << 32;
    sets[2] = words[0].effective | (uint64_t)words[1].effective << 32;
    sets[3] = sets[4] = 0;
    for (int capability = 0; capability < 64; capability++) {
        long bounding = syscall(SYS_prctl, PR_CAPBSET_READ, capability, 0, 0, 0);
        if (bounding < 0 && errno == EINVAL)
            break; // after the last capability that this kernel has
        long ambient = syscall(SYS_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, capability, 0, 0);
        if (bounding < 0 || ambient < 0)
            return -errno;
        sets[3] |= (uint64_t)bounding << capability;
        sets[4] |= (uint64_t)ambient << capability;
    }
    return 0;
}

int cprobe_no_new_privileges(void)
{
    return or_errno(syscall(SYS_prctl, PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
}

int cprobe_secure_bits(void)
{
    return or_errno(syscall(SYS_prctl, PR_GET_SECUREBITS, 0, 0, 0, 0));
}

int cprobe_dumpable(void)
{
    return or_errno(syscall(SYS_prctl, PR_GET_DUMPABLE, 0, 0, 0, 0));
}

int cprobe_seccomp_mode(void)
{
    return or_errno(syscall(SYS_prctl, PR_GET_SECCOMP, 0, 0, 0, 0));
}

int cprobe_limit(enum cprobe_limit which, uint64_t values[2])
{
    static const int resources[] = {
        [CPROBE_LIMIT_NOFILE] = RLIMIT_NOFILE, [CPROBE_LIMIT_NPROC] = RLIMIT_NPROC, [CPROBE_LIMIT_AS] = RLIMIT_AS,
        [CPROBE_LIMIT_CPU] = RLIMIT_CPU, [CPROBE_LIMIT_CORE] = RLIMIT_CORE, [CPROBE_LIMIT_FSIZE] = RLIMIT_FSIZE,
    };
    return or_errno(syscall(SYS_prlimit64, 0, resources[which], NULL, values));
}

int cprobe_umask(void)
{
    mode_t mask = umask(0777);
    umask(mask);
    return (int)mask;
}

int cprobe_twenty_minus_nice(void)
{
    return or_errno(syscall(SYS_getpriority, PRIO_PROCESS, 0));
}

int cprobe_working_directory(uint8_t *name, size_t capacity)
{
    long length = syscall(SYS_getcwd, name, capacity); // counts the NUL
    return length < 0 ? -errno : (int)length - 1;
}

int cprobe_is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

int cprobe_kind(int fd)
{
    struct stat status;
    if (fstat(fd, &status) < 0)
        return -errno;
    switch (status.st_mode & S_IFMT) {
    case S_IFSOCK: return CPROBE_SOCKET;
    case S_IFIFO: return CPROBE_FIFO;
    case S_IFREG: return CPROBE_FILE;
    case S_IFDIR: return CPROBE_DIRECTORY;
    case S_IFCHR: return CPROBE_CHARACTER;
    case S_IFBLK: return CPROBE_BLOCK;
    default: return CPROBE_OTHER;
    }
}

int cprobe_is_nonblocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags < 0 ? -errno : (flags & O_NONBLOCK) != 0;
}

int cprobe_signals(uint64_t sets[3])
{
    sets[0] = sets[1] = sets[2] = 0;
    if (syscall(SYS_rt_sigprocmask, 0, NULL, &sets[0], sizeof sets[0]) < 0)
        return -errno;
    for (int signal = 1; signal <= 64; signal++) {
        // Room for the kernel's struct sigaction of any architecture; its first word is the handler: 0 default, 1
        // ignored.
        unsigned long action[8] = {0};
        if (syscall(SYS_rt_sigaction, signal, NULL, action, sizeof sets[0]) < 0)
            return -errno;
        if (action[0] == 1)
            sets[1] |= UINT64_C(1) << (signal - 1);
        else if (action[0] != 0)
            sets[2] |= UINT64_C(1) << (signal - 1);
    }
    return 0;
}

int cprobe_pid(void)
{
    return or_errno(syscall(SYS_getpid));
}

int cprobe_parent_pid(void)
{
    return or_errno(syscall(SYS_getppid));
}

int cprobe_process_group(void)
{
    return or_errno(syscall(SYS_getpgid, 0));
}

int cprobe_session(void)
{
    return or_errno(syscall(SYS_getsid, 0));
}
