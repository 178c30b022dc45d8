// Namespaces and mounts. CLinux.h documents the functions.
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int result(int value) { return value < 0 ? -errno : value; }

// A child makes the namespace and this process opens it, so that no failure can leave this process in another one.
int clinux_new_network(void) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) return -errno;
    pid_t pid = fork();
    if (pid == 0) {
        int error = unshare(CLONE_NEWNET) < 0 ? errno : 0;
        if (write(ends[1], &error, sizeof error) == sizeof error) pause();
        _exit(0);
    }
    int outcome = pid < 0 ? -errno : 0;
    close(ends[1]);
    if (pid > 0) {
        int error = 0;
        ssize_t n;
        do n = read(ends[0], &error, sizeof error); while (n < 0 && errno == EINTR);
        char path[64];
        snprintf(path, sizeof path, "/proc/%d/ns/net", pid);
        if (n != sizeof error) outcome = -EIO;
        else outcome = error ? -error : result(open(path, O_RDONLY | O_CLOEXEC));
        kill(pid, SIGKILL);
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {}
    }
    close(ends[0]);
    return outcome;
}

int clinux_enter_network(int fd) { return result(setns(fd, CLONE_NEWNET)); }

int clinux_in_network(int fd) {
    struct stat own, wanted;
    if (stat("/proc/self/ns/net", &own) < 0 || fstat(fd, &wanted) < 0) return -errno;
    return own.st_ino == wanted.st_ino && own.st_dev == wanted.st_dev;
}

// MS_SLAVE: this namespace sees what the host mounts later, and the host does not see what is mounted here.
int clinux_own_mounts(void) {
    if (unshare(CLONE_NEWNS) < 0) return -errno;
    return result(mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL));
}

// pivot_root(2), "pivot_root(".", ".")": puts the new root over the old one, then unmounts the old one from under it.
int clinux_change_root(const char *path) {
    if (mount(path, path, NULL, MS_BIND | MS_REC, NULL) < 0 || chdir(path) < 0) return -errno;
    if (syscall(SYS_pivot_root, ".", ".") < 0 || umount2(".", MNT_DETACH) < 0) return -errno;
    return result(chdir("/"));
}

int clinux_is_root(int fd) {
    struct stat own, wanted;
    if (stat("/", &own) < 0 || fstat(fd, &wanted) < 0) return -errno;
    return own.st_ino == wanted.st_ino && own.st_dev == wanted.st_dev;
}

int clinux_mount_memory(const char *path, uint64_t bytes) {
    char options[64];
    // Limits the inodes too: each takes about a kilobyte that size= does not count.
    snprintf(options, sizeof options, "mode=1777,size=%llu,nr_inodes=%llu", (unsigned long long)bytes,
             (unsigned long long)(bytes / 4096 + 16));
    return result(mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, options));
}

int clinux_mount_again(const char *from, const char *to) { return result(mount(from, to, NULL, MS_BIND, NULL)); }

int clinux_open_path(int root, const char *path) {
    if (root < 0) return result(open(path, O_PATH | O_CLOEXEC));
    struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
    return result((int)syscall(SYS_openat2, root, path, &how, sizeof how));
}

int clinux_is_directory(int fd) {
    struct stat found;
    if (fstat(fd, &found) < 0) return -errno;
    return S_ISDIR(found.st_mode);
}
