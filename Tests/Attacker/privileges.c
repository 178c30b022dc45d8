// Attempts to get rights: by another identity, by a program with rights, by a better scheduling class.
// ATTACK_SETUID: this program, owned by root and setuid. ATTACK_FILECAP: this program with a file capability.
#include "attacker.h"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

// ---- programs with rights

static noreturn void gain_by(const char *path) {
    if (access(path, F_OK) < 0) attacker_void("%s: %s", path, attacker_errno_name(errno));
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) attacker_void("pipe2: %s", attacker_errno_name(errno));
    pid_t child = attacker_fork(0);
    if (child < 0) attacker_no_child();
    if (child == 0) {
        int log = fcntl(ends[1], F_DUPFD_CLOEXEC, 3);
        dup2(ends[1], 1);
        execl(path, path, "--report-identity", (char *)NULL);
        dprintf(log, "%d", errno);
        _exit(126);
    }
    close(ends[1]);
    char text[120] = "";
    ssize_t length = read(ends[0], text, sizeof text - 1);
    int status = attacker_wait(child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 126) {
        errno = atoi(text);
        attacker_refused("execve");
    }
    int euid = -1;
    unsigned long long effective = 0;
    if (length <= 0 || sscanf(text, "euid=%d effective=%llx", &euid, &effective) != 2) {
        attacker_void("it did not report: status %x", (unsigned)status);
    }
    if (euid != (int)geteuid() || effective) attacker_done("euid %d, capabilities %llx", euid, effective);
    attacker_refused_by("executed, and still euid %d without capabilities", euid);
}

static void execute_setuid(void) { gain_by(attacker_variable("ATTACK_SETUID")); }
static void execute_filecap(void) { gain_by(attacker_variable("ATTACK_FILECAP")); }

static void clear_no_new_privileges(void) {
    if (prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0) < 0) attacker_refused("PR_SET_NO_NEW_PRIVS");
    attacker_done("cleared no_new_privs");
}

// ---- identity. Raw calls, because libc's would signal its threads first.

static void set_uid(long uid) {
    if (syscall(SYS_setresuid, uid, uid, uid) < 0) attacker_refused("setresuid");
    if (geteuid() != (uid_t)uid) attacker_refused_by("setresuid did nothing");
    attacker_done("is uid %ld", uid);
}

// The uid of the next service.
static void set_other_uid(void) { set_uid((long)geteuid() + 1); }

static void set_root_gid(void) {
    if (syscall(SYS_setresgid, 0, 0, 0) < 0) attacker_refused("setresgid");
    attacker_done("is gid %d", getegid());
}

static void set_groups(void) {
    gid_t root = 0;
    if (syscall(SYS_setgroups, 1, &root) < 0) attacker_refused("setgroups");
    attacker_done("is in group 0");
}

static void set_capabilities(void) {
    struct {
        unsigned version;
        int pid;
    } header = {0x20080522, 0};
    struct {
        unsigned effective, permitted, inheritable;
    } sets[2] = {{~0u, ~0u, 0}, {0x1ff, 0x1ff, 0}};
    if (syscall(SYS_capset, &header, sets) < 0) attacker_refused("capset");
    attacker_done("has every capability");
}

// ---- scheduling

static void raise_nice(void) {
    if (setpriority(PRIO_PROCESS, 0, -20) < 0) attacker_refused("setpriority");
    attacker_done("nice value %d", getpriority(PRIO_PROCESS, 0));
}

static void raise_io(void) {
    enum { of_process = 1, real_time = 1 << 13 };
    if (syscall(SYS_ioprio_set, of_process, 0, real_time) < 0) attacker_refused("ioprio_set");
    attacker_done("reads and writes before every other process");
}

static void schedule_fifo(void) {
    struct sched_param priority = {.sched_priority = 1};
    if (syscall(SYS_sched_setscheduler, 0, SCHED_FIFO, &priority) < 0) attacker_refused("sched_setscheduler");
    attacker_done("runs before every other process");
}

static void schedule_deadline(void) {
    struct {
        unsigned size, policy;
        unsigned long long flags;
        int nice;
        unsigned priority;
        unsigned long long runtime, deadline, period;
    } attributes = {.size = 48, .policy = 6, .runtime = 1000000, .deadline = 10000000, .period = 10000000};
    if (syscall(SYS_sched_setattr, 0, &attributes, 0) < 0) attacker_refused("sched_setattr");
    attacker_done("has time of its own");
}

const struct attacker_attempt attacker_privileges[] = {
    {"exec-setuid", "gain root by a setuid program", .run = execute_setuid},
    {"exec-filecap", "gain a capability by a program that has it", .run = execute_filecap},
    {"clear-no-new-privs", "take no_new_privs back", .run = clear_no_new_privileges},
    {"setuid-root", "become root", .run_on = set_uid, .argument = 0},
    {"setuid-other", "become the user of another service", .run = set_other_uid},
    {"setgid-root", "become group root", .run = set_root_gid},
    {"setgroups", "join group root", .run = set_groups},
    {"capset", "take every capability", .run = set_capabilities},
    {"nice", "take nice value -20", .run = raise_nice},
    {"ioprio", "take real-time input and output", .run = raise_io},
    {"sched-fifo", "take real-time scheduling", .run = schedule_fifo},
    {"sched-deadline", "take deadline scheduling", .run = schedule_deadline},
    {0},
};
