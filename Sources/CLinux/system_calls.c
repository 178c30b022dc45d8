// System calls by name, and the filter that judges them. CLinux.h documents the functions.
// The names are those of <asm/unistd.h> up to Linux 6.1, and the later ones up to 6.18, which have the same number on
// every machine (except uretprobe and uprobe). A filter can name a call that the running kernel does not have.
// Facts: seccomp(2), linux/audit.h, arch/x86/entry/syscalls/syscall_64.tbl, scripts/syscall.tbl.
#define _GNU_SOURCE
#include "CLinux.h"

#include <asm/unistd.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#ifndef __NR_cachestat
#define __NR_cachestat 451
#endif
#ifndef __NR_fchmodat2
#define __NR_fchmodat2 452
#endif
#ifndef __NR_map_shadow_stack
#define __NR_map_shadow_stack 453
#endif
#ifndef __NR_futex_wake
#define __NR_futex_wake 454
#endif
#ifndef __NR_futex_wait
#define __NR_futex_wait 455
#endif
#ifndef __NR_futex_requeue
#define __NR_futex_requeue 456
#endif
#ifndef __NR_statmount
#define __NR_statmount 457
#endif
#ifndef __NR_listmount
#define __NR_listmount 458
#endif
#ifndef __NR_lsm_get_self_attr
#define __NR_lsm_get_self_attr 459
#endif
#ifndef __NR_lsm_set_self_attr
#define __NR_lsm_set_self_attr 460
#endif
#ifndef __NR_lsm_list_modules
#define __NR_lsm_list_modules 461
#endif
#ifndef __NR_mseal
#define __NR_mseal 462
#endif
#ifndef __NR_setxattrat
#define __NR_setxattrat 463
#endif
#ifndef __NR_getxattrat
#define __NR_getxattrat 464
#endif
#ifndef __NR_listxattrat
#define __NR_listxattrat 465
#endif
#ifndef __NR_removexattrat
#define __NR_removexattrat 466
#endif
#ifndef __NR_open_tree_attr
#define __NR_open_tree_attr 467
#endif
#ifndef __NR_file_getattr
#define __NR_file_getattr 468
#endif
#ifndef __NR_file_setattr
#define __NR_file_setattr 469
#endif
#if defined(__x86_64__) && !defined(__NR_uretprobe)
#define __NR_uretprobe 335
#endif
#if defined(__x86_64__) && !defined(__NR_uprobe)
#define __NR_uprobe 336
#endif

static const struct {
    const char *name;
    int number;
} calls[] = {
#define CALL(name) {#name, __NR_##name}
    CALL(read), CALL(write), CALL(close), CALL(fstat), CALL(lseek), CALL(mmap), CALL(mprotect), CALL(munmap),
    CALL(brk), CALL(rt_sigaction), CALL(rt_sigprocmask), CALL(rt_sigreturn), CALL(ioctl), CALL(pread64),
    CALL(pwrite64), CALL(readv), CALL(writev), CALL(sched_yield), CALL(mremap), CALL(msync), CALL(mincore),
    CALL(madvise), CALL(shmget), CALL(shmat), CALL(shmctl), CALL(dup), CALL(nanosleep), CALL(getitimer),
    CALL(setitimer), CALL(getpid), CALL(sendfile), CALL(socket), CALL(connect), CALL(accept), CALL(sendto),
    CALL(recvfrom), CALL(sendmsg), CALL(recvmsg), CALL(shutdown), CALL(bind), CALL(listen), CALL(getsockname),
    CALL(getpeername), CALL(socketpair), CALL(setsockopt), CALL(getsockopt), CALL(clone), CALL(execve), CALL(exit),
    CALL(wait4), CALL(kill), CALL(uname), CALL(semget), CALL(semop), CALL(semctl), CALL(shmdt), CALL(msgget),
    CALL(msgsnd), CALL(msgrcv), CALL(msgctl), CALL(fcntl), CALL(flock), CALL(fsync), CALL(fdatasync), CALL(truncate),
    CALL(ftruncate), CALL(getcwd), CALL(chdir), CALL(fchdir), CALL(fchmod), CALL(fchown), CALL(umask),
    CALL(gettimeofday), CALL(getrlimit), CALL(getrusage), CALL(sysinfo), CALL(times), CALL(ptrace), CALL(getuid),
    CALL(syslog), CALL(getgid), CALL(setuid), CALL(setgid), CALL(geteuid), CALL(getegid), CALL(setpgid),
    CALL(getppid), CALL(setsid), CALL(setreuid), CALL(setregid), CALL(getgroups), CALL(setgroups), CALL(setresuid),
    CALL(getresuid), CALL(setresgid), CALL(getresgid), CALL(getpgid), CALL(setfsuid), CALL(setfsgid), CALL(getsid),
    CALL(capget), CALL(capset), CALL(rt_sigpending), CALL(rt_sigtimedwait), CALL(rt_sigqueueinfo),
    CALL(rt_sigsuspend), CALL(sigaltstack), CALL(personality), CALL(statfs), CALL(fstatfs), CALL(getpriority),
    CALL(setpriority), CALL(sched_setparam), CALL(sched_getparam), CALL(sched_setscheduler), CALL(sched_getscheduler),
    CALL(sched_get_priority_max), CALL(sched_get_priority_min), CALL(sched_rr_get_interval), CALL(mlock),
    CALL(munlock), CALL(mlockall), CALL(munlockall), CALL(vhangup), CALL(pivot_root), CALL(prctl), CALL(adjtimex),
    CALL(setrlimit), CALL(chroot), CALL(sync), CALL(acct), CALL(settimeofday), CALL(mount), CALL(umount2),
    CALL(swapon), CALL(swapoff), CALL(reboot), CALL(sethostname), CALL(setdomainname), CALL(init_module),
    CALL(delete_module), CALL(quotactl), CALL(nfsservctl), CALL(gettid), CALL(readahead), CALL(setxattr),
    CALL(lsetxattr), CALL(fsetxattr), CALL(getxattr), CALL(lgetxattr), CALL(fgetxattr), CALL(listxattr),
    CALL(llistxattr), CALL(flistxattr), CALL(removexattr), CALL(lremovexattr), CALL(fremovexattr), CALL(tkill),
    CALL(futex), CALL(sched_setaffinity), CALL(sched_getaffinity), CALL(io_setup), CALL(io_destroy),
    CALL(io_getevents), CALL(io_submit), CALL(io_cancel), CALL(lookup_dcookie), CALL(remap_file_pages),
    CALL(getdents64), CALL(set_tid_address), CALL(restart_syscall), CALL(semtimedop), CALL(fadvise64),
    CALL(timer_create), CALL(timer_settime), CALL(timer_gettime), CALL(timer_getoverrun), CALL(timer_delete),
    CALL(clock_settime), CALL(clock_gettime), CALL(clock_getres), CALL(clock_nanosleep), CALL(exit_group),
    CALL(epoll_ctl), CALL(tgkill), CALL(mbind), CALL(set_mempolicy), CALL(get_mempolicy), CALL(mq_open),
    CALL(mq_unlink), CALL(mq_timedsend), CALL(mq_timedreceive), CALL(mq_notify), CALL(mq_getsetattr),
    CALL(kexec_load), CALL(waitid), CALL(add_key), CALL(request_key), CALL(keyctl), CALL(ioprio_set),
    CALL(ioprio_get), CALL(inotify_add_watch), CALL(inotify_rm_watch), CALL(migrate_pages), CALL(openat),
    CALL(mkdirat), CALL(mknodat), CALL(fchownat), CALL(newfstatat), CALL(unlinkat), CALL(renameat), CALL(linkat),
    CALL(symlinkat), CALL(readlinkat), CALL(fchmodat), CALL(faccessat), CALL(pselect6), CALL(ppoll), CALL(unshare),
    CALL(set_robust_list), CALL(get_robust_list), CALL(splice), CALL(tee), CALL(sync_file_range), CALL(vmsplice),
    CALL(move_pages), CALL(utimensat), CALL(epoll_pwait), CALL(timerfd_create), CALL(fallocate),
    CALL(timerfd_settime), CALL(timerfd_gettime), CALL(accept4), CALL(signalfd4), CALL(eventfd2), CALL(epoll_create1),
    CALL(dup3), CALL(pipe2), CALL(inotify_init1), CALL(preadv), CALL(pwritev), CALL(rt_tgsigqueueinfo),
    CALL(perf_event_open), CALL(recvmmsg), CALL(fanotify_init), CALL(fanotify_mark), CALL(prlimit64),
    CALL(name_to_handle_at), CALL(open_by_handle_at), CALL(clock_adjtime), CALL(syncfs), CALL(sendmmsg), CALL(setns),
    CALL(getcpu), CALL(process_vm_readv), CALL(process_vm_writev), CALL(kcmp), CALL(finit_module),
    CALL(sched_setattr), CALL(sched_getattr), CALL(renameat2), CALL(seccomp), CALL(getrandom), CALL(memfd_create),
    CALL(kexec_file_load), CALL(bpf), CALL(execveat), CALL(userfaultfd), CALL(membarrier), CALL(mlock2),
    CALL(copy_file_range), CALL(preadv2), CALL(pwritev2), CALL(pkey_mprotect), CALL(pkey_alloc), CALL(pkey_free),
    CALL(statx), CALL(io_pgetevents), CALL(rseq), CALL(pidfd_send_signal), CALL(io_uring_setup), CALL(io_uring_enter),
    CALL(io_uring_register), CALL(open_tree), CALL(move_mount), CALL(fsopen), CALL(fsconfig), CALL(fsmount),
    CALL(fspick), CALL(pidfd_open), CALL(clone3), CALL(close_range), CALL(openat2), CALL(pidfd_getfd),
    CALL(faccessat2), CALL(process_madvise), CALL(epoll_pwait2), CALL(mount_setattr), CALL(quotactl_fd),
    CALL(landlock_create_ruleset), CALL(landlock_add_rule), CALL(landlock_restrict_self), CALL(memfd_secret),
    CALL(process_mrelease), CALL(futex_waitv), CALL(set_mempolicy_home_node), CALL(cachestat), CALL(fchmodat2),
    CALL(map_shadow_stack), CALL(futex_wake), CALL(futex_wait), CALL(futex_requeue), CALL(statmount), CALL(listmount),
    CALL(lsm_get_self_attr), CALL(lsm_set_self_attr), CALL(lsm_list_modules), CALL(mseal), CALL(setxattrat),
    CALL(getxattrat), CALL(listxattrat), CALL(removexattrat), CALL(open_tree_attr), CALL(file_getattr),
    CALL(file_setattr),
#ifdef __x86_64__
    // The calls that only x86-64 has, most of them older forms of the above.
    CALL(open), CALL(stat), CALL(lstat), CALL(poll), CALL(access), CALL(pipe), CALL(select), CALL(dup2), CALL(pause),
    CALL(alarm), CALL(fork), CALL(vfork), CALL(getdents), CALL(rename), CALL(mkdir), CALL(rmdir), CALL(creat),
    CALL(link), CALL(unlink), CALL(symlink), CALL(readlink), CALL(chmod), CALL(chown), CALL(lchown), CALL(getpgrp),
    CALL(utime), CALL(mknod), CALL(uselib), CALL(ustat), CALL(sysfs), CALL(modify_ldt), CALL(_sysctl),
    CALL(arch_prctl), CALL(iopl), CALL(ioperm), CALL(create_module), CALL(get_kernel_syms), CALL(query_module),
    CALL(getpmsg), CALL(putpmsg), CALL(afs_syscall), CALL(tuxcall), CALL(security), CALL(time), CALL(set_thread_area),
    CALL(get_thread_area), CALL(epoll_create), CALL(epoll_ctl_old), CALL(epoll_wait_old), CALL(epoll_wait),
    CALL(utimes), CALL(vserver), CALL(inotify_init), CALL(futimesat), CALL(signalfd), CALL(eventfd), CALL(uretprobe),
    CALL(uprobe),
#endif
#undef CALL
};

enum { CALL_COUNT = sizeof calls / sizeof calls[0] };

int clinux_system_call_count(void) { return CALL_COUNT; }

const char *clinux_system_call_at(int index, int *number) {
    *number = calls[index].number;
    return calls[index].name;
}

int clinux_system_call_number(const char *name) {
    for (int i = 0; i < CALL_COUNT; i++) {
        if (strcmp(calls[i].name, name) == 0) return calls[i].number;
    }
    return -ENOSYS;
}

const char *clinux_system_call_name(int number) {
    for (int i = 0; i < CALL_COUNT; i++) {
        if (calls[i].number == number) return calls[i].name;
    }
    return NULL;
}

uint32_t clinux_architecture(void) {
#if defined(__x86_64__)
    return AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
    return AUDIT_ARCH_AARCH64;
#else
#error "Doorward's filter knows x86-64 and aarch64 only: add the AUDIT_ARCH_ of this machine"
#endif
}

_Static_assert(sizeof(struct clinux_instruction) == sizeof(struct sock_filter), "not a sock_filter");

int clinux_install_filter(const struct clinux_instruction *program, size_t count) {
    if (count > BPF_MAXINSNS) return -E2BIG;
    struct sock_fprog whole = {.len = (unsigned short)count, .filter = (struct sock_filter *)(uintptr_t)program};
    return syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, 0, &whole) < 0 ? -errno : 0;
}

int clinux_seccomp_mode(void) {
    int mode = prctl(PR_GET_SECCOMP, 0, 0, 0, 0);
    return mode < 0 ? -errno : mode;
}

long clinux_system_call(long number, const long arguments[6]) {
    long result = syscall(
        number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
    return result < 0 ? -errno : result;
}
