// Attempts on other processes: the sibling (another connection of the same service), the gate and the supervisor.
// The signals do no harm. A traced process is let go again.
#include "attacker.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/wait.h>

// ESRCH counts as void and not as refused: where the kernel would say EPERM, ESRCH means that the pid was wrong.
static noreturn void refused_by_process(const char *step) {
    if (errno == ESRCH) attacker_void("no such process (%s)", step);
    attacker_refused(step);
}

// ---- tracing

static void trace(enum attacker_target target, int request, const char *step) {
    pid_t pid = attacker_pid(target);
    if (syscall(SYS_ptrace, request, pid, 0, 0) < 0) refused_by_process(step);
    if (request == PTRACE_SEIZE && syscall(SYS_ptrace, PTRACE_INTERRUPT, pid, 0, 0) < 0) {
        refused_by_process("PTRACE_INTERRUPT");
    }
    int status;
    waitpid(pid, &status, __WALL);
    syscall(SYS_ptrace, PTRACE_DETACH, pid, 0, 0);
    attacker_done("traced %d", pid);
}

static void trace_attach(long target) { trace((enum attacker_target)target, PTRACE_ATTACH, "PTRACE_ATTACH"); }
static void trace_seize(long target) { trace((enum attacker_target)target, PTRACE_SEIZE, "PTRACE_SEIZE"); }

static void trace_child(void) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) attacker_void("pipe2: %s", attacker_errno_name(errno));
    pid_t child = attacker_fork(0);
    if (child < 0) attacker_no_child();
    if (child == 0) {
        int error = syscall(SYS_ptrace, PTRACE_TRACEME, 0, 0, 0) < 0 ? errno : 0;
        ssize_t written = write(ends[1], &error, sizeof error);
        // Not raise: libc's raise uses a thread number that is wrong after a raw clone.
        if (!error && written > 0) kill(getpid(), SIGSTOP);
        _exit(0);
    }
    int error = 0;
    if (read(ends[0], &error, sizeof error) != sizeof error) attacker_void("the child said nothing");
    int status;
    waitpid(child, &status, 0);
    errno = error;
    if (error) attacker_refused("PTRACE_TRACEME");
    if (!WIFSTOPPED(status)) attacker_void("the child did not stop");
    kill(child, SIGKILL);
    attacker_done("the child stopped for its tracer");
}

// ---- signals. Not CONT: every process of a session may send that one to the others.

static void signal_by_kill(long target) {
    if (kill(attacker_pid((enum attacker_target)target), SIGURG) < 0) refused_by_process("kill");
    attacker_done("kill sent URG");
}

static void signal_by_tgkill(long target) {
    pid_t pid = attacker_pid((enum attacker_target)target);
    if (syscall(SYS_tgkill, pid, pid, SIGURG) < 0) refused_by_process("tgkill");
    attacker_done("tgkill sent URG");
}

static void signal_by_queue(long target) {
    siginfo_t info;
    memset(&info, 0, sizeof info);
    info.si_signo = SIGURG;
    info.si_code = SI_QUEUE;
    info.si_pid = getpid();
    info.si_uid = getuid();
    pid_t pid = attacker_pid((enum attacker_target)target);
    if (syscall(SYS_rt_sigqueueinfo, pid, SIGURG, &info) < 0) refused_by_process("rt_sigqueueinfo");
    attacker_done("rt_sigqueueinfo sent URG");
}

static int opened_pidfd(long target) {
    long pidfd = syscall(SYS_pidfd_open, attacker_pid((enum attacker_target)target), 0);
    if (pidfd < 0) refused_by_process("pidfd_open");
    return (int)pidfd;
}

static void signal_by_pidfd(long target) {
    int pidfd = opened_pidfd(target);
    if (syscall(SYS_pidfd_send_signal, pidfd, SIGURG, NULL, 0) < 0) refused_by_process("pidfd_send_signal");
    attacker_done("pidfd_send_signal sent URG");
}

// kill(-1) succeeds when it finds any process at all: the test asks the target whether the signal arrived.
static void signal_all(void) {
    if (kill(-1, SIGWINCH) < 0) attacker_refused("kill -1");
    attacker_sent("WINCH");
}

// The kernel signals the owner of a descriptor when it has an event, and does not tell this process whether it may.
static void signal_by_owner(void) {
    pid_t sibling = attacker_pid(attacker_sibling);
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) attacker_void("pipe2: %s", attacker_errno_name(errno));
    if (fcntl(ends[0], F_SETOWN, sibling) < 0) refused_by_process("F_SETOWN");
    if (fcntl(ends[0], F_SETSIG, SIGCONT) < 0) attacker_refused("F_SETSIG");
    if (fcntl(ends[0], F_SETFL, O_ASYNC) < 0) attacker_refused("O_ASYNC");
    if (write(ends[1], "x", 1) != 1) attacker_refused("write");
    attacker_sent("CONT");
}

// ---- /proc and memory

static void path_of(long target, const char *name, char *path, size_t size) {
    snprintf(path, size, "/proc/%d/%s", attacker_pid((enum attacker_target)target), name);
}

static int opened_proc(long target, const char *name) {
    char path[64];
    path_of(target, name, path, sizeof path);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) attacker_void("there is no %s", path);
    if (fd < 0) refused_by_process("open");
    return fd;
}

static void read_proc(long target, const char *name) {
    static char bytes[65536];
    ssize_t got = read(opened_proc(target, name), bytes, sizeof bytes);
    if (got < 0) attacker_refused("read");
    if (got == 0) attacker_refused_by("nothing to read");
    attacker_done("read %zd bytes%s", got, memmem(bytes, (size_t)got, "SECRET=", 7) ? ", SECRET among them" : "");
}

static void read_environ(long target) { read_proc(target, "environ"); }
static void read_maps(long target) { read_proc(target, "maps"); }

static void list_descriptors(long target) {
    char path[64];
    path_of(target, "fd", path, sizeof path);
    DIR *directory = opendir(path);
    if (!directory && errno == ENOENT) attacker_void("there is no %s", path);
    if (!directory) attacker_refused("opendir");
    errno = 0;
    for (struct dirent *entry; (entry = readdir(directory));) {
        if (entry->d_name[0] != '.') attacker_done("sees descriptor %s", entry->d_name);
    }
    if (errno) attacker_refused("getdents64");
    attacker_void("%s is empty", path);
}

static void read_executable(long target) {
    char path[64], found[4096];
    path_of(target, "exe", path, sizeof path);
    ssize_t length = readlink(path, found, sizeof found - 1);
    if (length < 0 && errno == ENOENT) attacker_void("there is no %s", path);
    if (length < 0) attacker_refused("readlink");
    attacker_done("its executable is %.*s", (int)length, found);
}

// An address with memory to read: from the process's own map, or where that cannot be read, an address of this program
// (a sibling is the same program at the same address).
static unsigned long readable_address(pid_t pid) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/maps", pid);
    unsigned long address = (unsigned long)&attacker_context;
    FILE *maps = fopen(path, "re");
    if (maps && fscanf(maps, "%lx", &address) != 1) address = (unsigned long)&attacker_context;
    if (maps) fclose(maps);
    return address;
}

static void read_memory_file(long target) {
    int fd = opened_proc(target, "mem");
    char bytes[16];
    pid_t pid = attacker_pid((enum attacker_target)target);
    ssize_t got = pread(fd, bytes, sizeof bytes, (off_t)readable_address(pid));
    if (got < 0) attacker_refused("pread");
    if (got == 0) attacker_refused_by("nothing to read");
    attacker_done("read %zd bytes of its memory", got);
}

static void read_memory(long target) {
    pid_t pid = attacker_pid((enum attacker_target)target);
    char bytes[16];
    struct iovec here = {bytes, sizeof bytes};
    struct iovec there = {(void *)readable_address(pid), sizeof bytes};
    ssize_t got = process_vm_readv(pid, &here, 1, &there, 1, 0);
    if (got < 0) refused_by_process("process_vm_readv");
    attacker_done("read %zd bytes of its memory", got);
}

static void take_descriptor(long target) {
    int pidfd = opened_pidfd(target);
    if (syscall(SYS_pidfd_getfd, pidfd, 2, 0) < 0) refused_by_process("pidfd_getfd");
    attacker_done("has a copy of its descriptor 2");
}

// ---- the limits and priorities of other processes

static void renice(long target) {
    pid_t pid = attacker_pid((enum attacker_target)target);
    errno = 0;
    int nice = getpriority(PRIO_PROCESS, (id_t)pid);
    if (nice == -1 && errno) refused_by_process("getpriority");
    if (setpriority(PRIO_PROCESS, (id_t)pid, nice) < 0) refused_by_process("setpriority");
    attacker_done("set its nice value");
}

static void pin(long target) {
    pid_t pid = attacker_pid((enum attacker_target)target);
    unsigned long processors[16] = {0};
    if (syscall(SYS_sched_getaffinity, pid, sizeof processors, processors) < 0) refused_by_process("sched_getaffinity");
    if (syscall(SYS_sched_setaffinity, pid, sizeof processors, processors) < 0) refused_by_process("sched_setaffinity");
    attacker_done("set its processors");
}

static void limit(long target) {
    pid_t pid = attacker_pid((enum attacker_target)target);
    struct rlimit limit;
    if (prlimit(pid, RLIMIT_CORE, NULL, &limit) < 0) refused_by_process("prlimit");
    if (prlimit(pid, RLIMIT_CORE, &limit, NULL) < 0) refused_by_process("prlimit");
    attacker_done("set one of its limits");
}

static void schedule(long target) {
    pid_t pid = attacker_pid((enum attacker_target)target);
    struct sched_param none = {.sched_priority = 0};
    if (syscall(SYS_sched_setscheduler, pid, SCHED_OTHER, &none) < 0) refused_by_process("sched_setscheduler");
    attacker_done("set its scheduling");
}

enum { io_of_process = 1, io_of_user = 3 };

static void schedule_io(long target) {
    pid_t pid = attacker_pid((enum attacker_target)target);
    if (syscall(SYS_ioprio_set, io_of_process, pid, 0) < 0) refused_by_process("ioprio_set");
    attacker_done("set its input and output priority");
}

// Sets the nice value of all processes of the same user in one call, to its own, which changes nothing.
static void renice_user(void) {
    int nice = getpriority(PRIO_PROCESS, 0);
    if (setpriority(PRIO_USER, 0, nice) < 0) attacker_refused("setpriority");
    attacker_done("set the nice value of all");
}

static void schedule_user_io(void) {
    if (syscall(SYS_ioprio_set, io_of_user, getuid(), 0) < 0) attacker_refused("ioprio_set");
    attacker_done("set the priority of all");
}

#define ON_EACH(NAME, WORDS, FUNCTION)                                                                     \
    {NAME "-sibling", WORDS " of the sibling", .run_on = FUNCTION, .argument = attacker_sibling},          \
    {NAME "-gate", WORDS " of the gate", .run_on = FUNCTION, .argument = attacker_gate},                   \
    {NAME "-supervisor", WORDS " of the supervisor", .run_on = FUNCTION, .argument = attacker_supervisor}

const struct attacker_attempt attacker_processes[] = {
    ON_EACH("ptrace-attach", "become the tracer", trace_attach),
    ON_EACH("ptrace-seize", "become the tracer without stopping it", trace_seize),
    {"ptrace-child", "trace a child of its own", .run = trace_child},
    ON_EACH("kill", "get a signal by kill to the process", signal_by_kill),
    ON_EACH("tgkill", "get a signal by tgkill to a thread", signal_by_tgkill),
    ON_EACH("sigqueue", "get a signal by rt_sigqueueinfo to the process", signal_by_queue),
    ON_EACH("pidfd-signal", "get a signal by a pidfd to the process", signal_by_pidfd),
    {"kill-all", "signal every process there is", .run = signal_all},
    {"owner-signal", "have the kernel signal the sibling for a pipe", .run = signal_by_owner},
    ON_EACH("proc-mem", "read /proc/PID/mem", read_memory_file),
    ON_EACH("proc-environ", "read /proc/PID/environ", read_environ),
    ON_EACH("proc-maps", "read /proc/PID/maps", read_maps),
    ON_EACH("proc-fd", "list /proc/PID/fd", list_descriptors),
    ON_EACH("proc-exe", "read /proc/PID/exe", read_executable),
    ON_EACH("vm-read", "read the memory", read_memory),
    ON_EACH("pidfd-getfd", "take a descriptor", take_descriptor),
    ON_EACH("renice", "set the nice value", renice),
    ON_EACH("affinity", "set the processors", pin),
    ON_EACH("scheduler", "set the scheduling", schedule),
    ON_EACH("ioprio", "set the input and output priority", schedule_io),
    {"renice-user", "set the nice value of all processes of its user", .run = renice_user},
    {"ioprio-user", "set the input and output priority of all processes of its user", .run = schedule_user_io},
    ON_EACH("prlimit", "set a limit", limit),
    {0},
};
