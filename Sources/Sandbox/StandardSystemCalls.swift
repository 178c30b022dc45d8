// The calls that gate and handler may make: those that ordinary programs need to work with their own memory, files,
// processes and sockets. Everything else is refused, above all calls
//   that change the machine or the view of it: mount, chroot, setns, unshare, reboot, modules, clocks, swap, quotas,
//   names;
//   that look into other processes: ptrace, process_vm_*, kcmp, pidfd_getfd, process_madvise, perf_event_open,
//   get_robust_list;
//   that few programs use and that open a way into the kernel: bpf, io_uring, userfaultfd, keyrings, io_submit,
//   vmsplice;
//   that make what outlives the process, or what no limit counts: System V and POSIX message queues, shared memory,
//   memfd_create;
//   that tell of files that may not be read, or slow down every process: inotify, sync, syncfs;
//   that change how other processes of the same user run, the gate first: sched_set*, ioprio_set (ConditionalSystemCall
//   has more of these).
// A name that this machine does not have (the older forms, on aarch64) has no effect there.

package import ServiceModel

extension SystemCalls {
    /// Calls with one purpose.
    package struct Group: Hashable, Sendable {
        package let name: String
        /// The purpose, in one sentence.
        package let purpose: String
        /// The calls that are allowed with any arguments.
        package let calls: [String]

        init(_ name: String, _ purpose: String, _ calls: String) {
            self.name = name
            self.purpose = purpose
            self.calls = calls.split { $0 == " " || $0 == "\n" }.map(String.init)
        }
    }

    /// The standard set. ``ConditionalSystemCall/standard(network:)`` adds the calls that depend on their arguments.
    package static let standard: [Group] = [
        Group(
            "descriptors", "Read, write, seek, copy and close what is open.",
            """
            read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 lseek sendfile splice tee
            copy_file_range close close_range dup dup2 dup3 flock pipe pipe2 fsync fdatasync sync_file_range
            ftruncate fallocate fadvise64 readahead
            """),
        Group(
            "files", "Open, look at, create and remove files and directories, as permissions and Landlock let.",
            """
            open openat openat2 creat stat fstat lstat newfstatat statx statfs fstatfs access faccessat faccessat2
            getdents getdents64 getcwd chdir fchdir readlink readlinkat truncate rename renameat renameat2 mkdir
            mkdirat rmdir unlink unlinkat link linkat symlink symlinkat mknod mknodat umask getxattr lgetxattr
            fgetxattr getxattrat listxattr llistxattr flistxattr listxattrat file_getattr
            """),
        Group(
            "memory", "Map, protect and give back memory of one's own.",
            """
            brk mmap munmap mprotect mremap madvise mincore msync mlock mlock2 munlock mlockall munlockall mseal
            pkey_alloc pkey_free pkey_mprotect membarrier map_shadow_stack
            get_mempolicy
            """),
        Group(
            "processes", "Start programs and threads, wait for them, and say who one is.",
            """
            fork vfork execve execveat exit exit_group wait4 waitid getpid getppid gettid getpgid setpgid getpgrp
            getsid setsid set_tid_address set_robust_list rseq futex futex_waitv futex_wake futex_wait futex_requeue
            arch_prctl pidfd_open sched_yield sched_getaffinity sched_getparam sched_getscheduler sched_getattr
            sched_get_priority_max sched_get_priority_min sched_rr_get_interval getpriority ioprio_get getcpu uname
            sysinfo getrusage times
            """),
        Group(
            "signals", "Send and handle signals; Landlock keeps them within the handler.",
            """
            kill tkill tgkill pidfd_send_signal rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigsuspend
            rt_sigtimedwait rt_sigqueueinfo rt_tgsigqueueinfo sigaltstack signalfd signalfd4 pause restart_syscall
            """),
        Group(
            "time", "Read clocks, sleep, set timers.",
            """
            time gettimeofday clock_gettime clock_getres nanosleep clock_nanosleep alarm getitimer setitimer
            timer_create timer_settime timer_gettime timer_getoverrun timer_delete timerfd_create timerfd_settime
            timerfd_gettime
            """),
        Group(
            "sockets", "Use the sockets that exist. Judged: new ones and new addresses.",
            """
            accept accept4 shutdown getsockname getpeername getsockopt sendto sendmsg sendmmsg
            recvfrom recvmsg recvmmsg
            """),
        Group(
            "polling", "Wait for one of several descriptors.",
            """
            select pselect6 poll ppoll epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 eventfd
            eventfd2
            """),
        Group(
            "identity",
            "Ask for and change user, group and capabilities, as far as the capabilities go: none, as a rule.",
            """
            getuid geteuid getgid getegid getresuid getresgid getgroups setuid setgid setreuid setregid setresuid
            setresgid setgroups setfsuid setfsgid capget capset
            """),
        Group("limits", "Ask for limits, and lower one's own.", "getrlimit setrlimit"),
        Group("random", "Get random bytes.", "getrandom"),
        Group(
            "confinement", "Restrict oneself further.",
            """
            seccomp landlock_create_ruleset landlock_add_rule landlock_restrict_self
            """),
    ]

    /// The calls that only a service that may change files has: Landlock does not restrict them. Without them, a file
    /// that a handler's user owns, or that every user may write, keeps its mode, its times and its attributes.
    package static let changingAttributes = Group(
        "attributes", "Change mode, owner, times and attributes of files, for services that may change files.",
        """
        chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes futimesat utimensat setxattr lsetxattr
        fsetxattr setxattrat removexattr lremovexattr fremovexattr removexattrat file_setattr
        """)

    /// The groups of a service.
    package static func groups(for settings: SandboxSettings) -> [Group] {
        let mayChange =
            !settings.files.write.isEmpty || settings.privateTemporary != nil || settings.landlock == .off
        return mayChange ? standard + [changingAttributes] : standard
    }

    /// The calls of a gate that has entered the filter, and of the steps between its clone and a handler's exec:
    /// without one of these, the gate serves no connection. Found with strace(1); epoll_pwait is the only form that
    /// aarch64 has.
    package static let neededByGate = Set(
        """
        accept4 brk capget clock_gettime clone close dup3 epoll_ctl epoll_pwait epoll_wait execve execveat exit_group
        faccessat2 fcntl fstat futex getgroups getpid getppid getpriority getrandom getresgid getresuid getsockname
        kill landlock_restrict_self madvise mmap mprotect mremap munmap newfstatat openat poll ppoll prctl prlimit64
        read recvmsg restart_syscall rt_sigaction rt_sigprocmask rt_sigreturn sendmsg setitimer setsid setsockopt
        shutdown socketpair umask waitid write
        """.split { $0 == " " || $0 == "\n" }.map(String.init))
}
