import CLinux
import Sandbox
import Testing

struct SystemCallsTests {
    @Test("each name has its number, and each is there once")
    func table() throws {
        let names = SystemCalls.names
        #expect(names.count > 300)
        #expect(Set(names).count == names.count)
        var numbers: Set<Int32> = []
        for name in names {
            let number = try #require(SystemCalls.number(of: name))
            #expect(SystemCalls.name(of: number) == name)
            #expect(numbers.insert(number).inserted)
        }
    }

    #if arch(x86_64)
        @Test(
            "a name has the number that x86-64 gives it",
            arguments: [
                ("read", Int32(0)), ("clone", 56), ("prlimit64", 302), ("uprobe", 336), ("clone3", 435),
                ("set_mempolicy_home_node", 450), ("cachestat", 451), ("mseal", 462), ("file_setattr", 469),
            ])
        func numbers(name: String, number: Int32) {
            #expect(SystemCalls.number(of: name) == number)
        }

        @Test("the table has no gap but those of the kernel's")
        func holes() {
            let holes = (0..<470).filter { SystemCalls.name(of: $0) == nil }
            #expect(holes == Array(337..<424))
        }
    #endif

    @Test(
        "a word that is no system call has a problem, with the name that was meant",
        arguments: [
            ("opn", "'opn' is not a system call of this machine; did you mean 'open'?"),
            ("io_uring_stup", "'io_uring_stup' is not a system call of this machine; did you mean 'io_uring_setup'?"),
            ("SOCKET", "'SOCKET' is not a system call of this machine"),
            ("", "'' is not a system call of this machine"),
            ("+read", "'+read' is not a system call of this machine; did you mean 'read'?"),
            (
                String(repeating: "x", count: 41),
                "'\(String(repeating: "x", count: 41))' is not a system call of this machine"
            ),
        ])
    func problems(name: String, problem: String) {
        #expect(SystemCalls.problem(with: name) == problem)
        #expect(SystemCalls.number(of: name) == nil)
    }

    @Test("an unused number has no name", arguments: [-1, 470, 4096, Int32.max])
    func noName(number: Int32) {
        #expect(SystemCalls.name(of: number) == nil)
    }

    @Test("every call of the standard set is a system call, and is there once")
    func standard() {
        let calls = SystemCalls.standard.flatMap(\.calls) + ConditionalSystemCall.standard(network: []).map(\.name)
        #expect(Set(calls).count == calls.count)
        #if arch(x86_64)
            for name in calls { #expect(SystemCalls.problem(with: name) == nil) }
        #endif
        for group in SystemCalls.standard {
            #expect(!group.calls.isEmpty)
            #expect(group.purpose.hasSuffix("."))
        }
    }

    @Test(
        "no call that changes the machine or looks into other processes is in the standard set",
        arguments: [
            "mount umount2 pivot_root chroot setns unshare open_tree open_tree_attr move_mount fsopen fsconfig fsmount",
            "fspick mount_setattr statmount listmount ptrace process_vm_readv process_vm_writev kcmp pidfd_getfd",
            "process_madvise",
            "process_mrelease bpf perf_event_open keyctl add_key request_key init_module finit_module delete_module",
            "create_module kexec_load kexec_file_load io_uring_setup io_uring_enter io_uring_register userfaultfd",
            "clock_settime settimeofday adjtimex clock_adjtime swapon swapoff reboot acct quotactl quotactl_fd",
            "open_by_handle_at name_to_handle_at fanotify_init fanotify_mark lookup_dcookie iopl ioperm modify_ldt",
            "personality syslog vhangup sethostname setdomainname memfd_create memfd_secret shmget shmat shmctl shmdt",
            "msgget msgsnd msgrcv msgctl semget semop semtimedop semctl mq_open mq_unlink mq_timedsend mq_timedreceive",
            "mq_notify mq_getsetattr uselib ustat sysfs _sysctl nfsservctl set_mempolicy mbind move_pages",
            "migrate_pages set_mempolicy_home_node lsm_set_self_attr remap_file_pages vmsplice io_setup io_submit",
            "io_destroy io_cancel",
            "io_getevents io_pgetevents sched_setscheduler sched_setparam sched_setattr ioprio_set set_thread_area",
            "inotify_init inotify_init1 inotify_add_watch sync syncfs",
            "uretprobe uprobe afs_syscall get_robust_list cachestat lsm_get_self_attr lsm_list_modules",
        ])
    func excluded(names: String) {
        let allowed = Set(
            SystemCalls.standard.flatMap(\.calls) + ConditionalSystemCall.standard(network: []).map(\.name))
        for name in names.split(separator: " ").map(String.init) {
            #expect(!allowed.contains(name), "\(name)")
            #if arch(x86_64)
                #expect(SystemCalls.problem(with: name) == nil)
            #endif
        }
    }

    @Test("the calls that the gate needs are in the standard set, and cannot be refused")
    func needed() {
        let calls = Set(SystemCalls.standard.flatMap(\.calls) + ConditionalSystemCall.standard(network: []).map(\.name))
        #expect(SystemCalls.neededByGate.isSubset(of: calls))
        #expect(
            SystemCalls.refusalProblem(with: "read")
                == "'read' cannot be refused: the gate, which has the same filter, could not serve without it")
        for name in ["socket", "open", "unlink", "connect", "fork", "mount"] {
            #expect(SystemCalls.refusalProblem(with: name) == nil)
        }
    }
}
