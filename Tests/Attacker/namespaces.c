// Attempts to see another file system, another network, another set of users: mounts, namespaces, roots.
// An attempt undoes what it changed, or the change ends with its child.
#include "attacker.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

// ---- mounts

static void mount_on(const char *source, const char *type, unsigned long flags) {
    const char *directory = attacker_variable("ATTACK_OPEN");
    if (access(directory, F_OK) < 0) attacker_void("%s: %s", directory, attacker_errno_name(errno));
    if (mount(source, directory, type, flags, NULL) < 0) attacker_refused("mount");
    umount2(directory, MNT_DETACH);
    attacker_done("mounted on %s", directory);
}

static void mount_tmpfs(void) { mount_on("none", "tmpfs", 0); }
static void mount_proc(void) { mount_on("none", "proc", 0); }
static void mount_bind(void) { mount_on("/etc", NULL, MS_BIND); }

static void open_filesystem(void) {
    long fd = syscall(SYS_fsopen, "tmpfs", 0);
    if (fd < 0) attacker_refused("fsopen");
    attacker_done("has a file system to configure");
}

static void open_mount(void) {
    enum { clone = 1 };
    long fd = syscall(SYS_open_tree, AT_FDCWD, "/", clone);
    if (fd < 0) attacker_refused("open_tree");
    attacker_done("has a mount of /");
}

// The first call with MNT_EXPIRE only marks a mount; / is always busy.
static void unmount(void) { attacker_judge("umount2", umount2("/", MNT_EXPIRE)); }

// ---- namespaces

static void unshare_kind(long flag) {
    if (syscall(SYS_unshare, flag) < 0) attacker_refused("unshare");
    attacker_done("has a namespace of its own");
}

static const unsigned long kinds[] = {CLONE_NEWNS,  CLONE_NEWPID, CLONE_NEWNET,    CLONE_NEWIPC,
                                      CLONE_NEWUTS, CLONE_NEWUSER, CLONE_NEWCGROUP};

static void clone_kinds(long only) {
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if ((kinds[i] == CLONE_NEWUSER) != (only == CLONE_NEWUSER)) continue;
        pid_t child = attacker_fork(kinds[i]);
        if (child == 0) _exit(0);
        if (child > 0) attacker_done("has a child in a namespace of its own");
    }
    attacker_refused("clone");
}

static void clone3_kinds(long only) {
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if ((kinds[i] == CLONE_NEWUSER) != (only == CLONE_NEWUSER)) continue;
        unsigned long long arguments[11] = {kinds[i], 0, 0, 0, SIGCHLD};
        long child = syscall(SYS_clone3, arguments, sizeof arguments);
        if (child == 0) _exit(0);
        if (child > 0) attacker_done("has a child in a namespace of its own");
    }
    attacker_refused("clone3");
}

// A process needs the right to join a namespace even when it is in that namespace already.
static void join_files(void) {
    static const char *const names[] = {"mnt", "net", "user", "uts", "ipc", "pid", "cgroup"};
    const char *step = "open";
    int error = ENOENT;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[40];
        snprintf(path, sizeof path, "/proc/self/ns/%s", names[i]);
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0) {
            error = errno;
            continue;
        }
        if (syscall(SYS_setns, fd, 0) == 0) attacker_done("joined %s", path);
        step = "setns";
        error = errno;
    }
    if (error == ENOENT) attacker_void("there is nothing in /proc/self/ns");
    errno = error;
    attacker_refused(step);
}

static void join_process(long target) {
    long pidfd = syscall(SYS_pidfd_open, attacker_pid((enum attacker_target)target), 0);
    if (pidfd < 0 && errno == ESRCH) attacker_void("no such process");
    if (pidfd < 0) attacker_refused("pidfd_open");
    if (syscall(SYS_setns, pidfd, CLONE_NEWNET) < 0) attacker_refused("setns");
    attacker_done("joined its network");
}

// ---- roots

static void change_root(void) {
    if (chroot(".") < 0) attacker_refused("chroot");
    attacker_done("has a root of its own choice");
}

// The way out of a root: keep a directory open that is above the next root, then go up from there.
static void escape_root(void) {
    int above = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (above < 0) attacker_refused("open O_PATH");
    if (chroot(attacker_variable("ATTACK_OPEN")) < 0) attacker_refused("chroot");
    if (fchdir(above) < 0) attacker_refused("fchdir");
    for (int i = 0; i < 100; i++) {
        if (chdir("..") < 0) attacker_refused("chdir");
    }
    if (chroot(".") < 0) attacker_refused("chroot");
    attacker_done("walked out");
}

static void pivot_root(void) { attacker_judge("pivot_root", syscall(SYS_pivot_root, ".", ".")); }

#define UNSHARE(NAME, FLAG) \
    {"unshare-" NAME, "take a namespace of kind " NAME, .run_on = unshare_kind, .argument = FLAG}

const struct attacker_attempt attacker_namespaces[] = {
    {"mount-tmpfs", "mount a tmpfs", .run = mount_tmpfs},
    {"mount-proc", "mount a proc", .run = mount_proc},
    {"mount-bind", "mount /etc once more", .run = mount_bind},
    {"fsopen", "make a file system by fsopen", .run = open_filesystem},
    {"open-tree", "clone the mount of / by open_tree", .run = open_mount},
    {"umount", "unmount a file system", .run = unmount},
    UNSHARE("user", CLONE_NEWUSER),
    UNSHARE("mount", CLONE_NEWNS),
    UNSHARE("pid", CLONE_NEWPID),
    UNSHARE("net", CLONE_NEWNET),
    UNSHARE("ipc", CLONE_NEWIPC),
    UNSHARE("uts", CLONE_NEWUTS),
    UNSHARE("cgroup", CLONE_NEWCGROUP),
    UNSHARE("time", CLONE_NEWTIME),
    {"clone-user", "clone a child into a user namespace", .run_on = clone_kinds, .argument = CLONE_NEWUSER},
    {"clone-others", "clone a child into a namespace of any other kind", .run_on = clone_kinds, .argument = 0},
    {"clone3-user", "clone3 a child into a user namespace", .run_on = clone3_kinds, .argument = CLONE_NEWUSER},
    {"clone3-others", "clone3 a child into a namespace of any other kind", .run_on = clone3_kinds, .argument = 0},
    {"setns-files", "join a namespace by /proc/self/ns", .run = join_files},
    {"setns-gate", "join the network of the gate", .run_on = join_process, .argument = attacker_gate},
    {"setns-supervisor", "join the network of the supervisor", .run_on = join_process,
     .argument = attacker_supervisor},
    {"chroot", "choose a root", .run = change_root},
    {"chroot-escape", "walk out of a root", .run = escape_root},
    {"pivot-root", "exchange the root", .run = pivot_root},
    {0},
};
