// Files, directories, memory files. CLinux.h documents the functions.
#define _GNU_SOURCE
#include "CLinux.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int result(int value) { return value < 0 ? -errno : value; }

int clinux_open_read(const char *path) { return result(open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)); }

int clinux_open_null(void) { return result(open("/dev/null", O_RDWR | O_CLOEXEC)); }

int clinux_open_write(const char *path) { return result(open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY)); }

int clinux_pipe(int ends[2]) {
    if (pipe2(ends, O_CLOEXEC) < 0) return -errno;
    // A process of any user may reopen the writing end that it holds (/dev/stderr). No process may reopen the other
    // end.
    return fchmod(ends[1], 0222) < 0 || fcntl(ends[0], F_SETFL, O_NONBLOCK) < 0 ? -errno : 0;
}

int clinux_frame_pipe(int ends[2]) { return result(pipe2(ends, O_CLOEXEC | O_NONBLOCK)); }

int clinux_set_pipe_capacity(int fd, int bytes) { return result(fcntl(fd, F_SETPIPE_SZ, bytes)); }

int clinux_duplicate(int fd) { return result(fcntl(fd, F_DUPFD_CLOEXEC, 3)); }

int clinux_null_streams(void) {
    int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (fd < 0) return -errno;
    int error = dup2(fd, 0) < 0 || dup2(fd, 1) < 0 ? -errno : 0;
    if (fd > 1) close(fd);
    return error;
}

int clinux_open_directory(const char *path) { return result(open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY)); }

int clinux_create_exclusive(const char *path, uint32_t mode) {
    return result(open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
}

int clinux_close(int fd) { return result(close(fd)); }

long clinux_read(int fd, void *buffer, size_t count) {
    ssize_t n = read(fd, buffer, count);
    return n < 0 ? -errno : n;
}

long clinux_write(int fd, const void *buffer, size_t count) {
    ssize_t n = write(fd, buffer, count);
    return n < 0 ? -errno : n;
}

int clinux_sync(int fd) { return result(fsync(fd)); }

int clinux_rename(const char *from, const char *to) { return result(rename(from, to)); }

int clinux_unlink(const char *path) { return result(unlink(path)); }

int clinux_make_directory(const char *path, uint32_t mode) { return result(mkdir(path, mode)); }

int clinux_remove_directory(const char *path) { return result(rmdir(path)); }

int clinux_list_directory(const char *path, void *context, void (*entry)(void *context, const char *name)) {
    DIR *directory = opendir(path);
    if (!directory) return -errno;
    for (;;) {
        errno = 0;
        const struct dirent *found = readdir(directory);
        if (!found) break;
        entry(context, found->d_name);
    }
    int error = errno;
    closedir(directory);
    return -error;
}

int clinux_file_kind(const char *path, uint32_t *mode) {
    struct stat status;
    if (lstat(path, &status) < 0) return -errno;
    *mode = status.st_mode;
    return 0;
}

int clinux_current_directory(char *path, size_t size) { return getcwd(path, size) ? 0 : -errno; }

int clinux_can_find(const char *path) {
    struct stat status;
    return result(stat(path, &status));
}

int clinux_can_execute(const char *path) {
    struct stat status;
    if (stat(path, &status) < 0) return -errno;
    if (S_ISDIR(status.st_mode)) return -EISDIR;
    if (!S_ISREG(status.st_mode)) return -EINVAL;
    // For root, access(2) says yes when any of the three execute bits is set. So does exec.
    return result(faccessat(AT_FDCWD, path, X_OK, AT_EACCESS));
}

static int is_this_socket(int fd, const uint64_t id[2]) {
    struct stat status;
    if (fstat(fd, &status) < 0) return -errno;
    if (!S_ISSOCK(status.st_mode) || status.st_dev != id[0] || status.st_ino != id[1]) return -ESTALE;
    return 0;
}

int clinux_socket_file(const char *path, uint64_t id[2]) {
    struct stat status;
    if (lstat(path, &status) < 0) return -errno;
    if (!S_ISSOCK(status.st_mode)) return -ENOTSOCK;
    id[0] = status.st_dev;
    id[1] = status.st_ino;
    return 0;
}

// Names the file by a descriptor of it: another user may own the directory and can put a link there at any time.
int clinux_set_socket_file(const char *path, const uint64_t id[2], uint32_t uid, uint32_t gid, uint32_t mode) {
    int fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return -errno;
    int error = is_this_socket(fd, id);
    if (error == 0 && fchownat(fd, "", uid, gid, AT_EMPTY_PATH) < 0) error = -errno;
    if (error == 0) {
        // chmod(2) refuses an O_PATH descriptor, but takes its name in /proc/self/fd.
        char name[64];
        snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
        if (chmod(name, mode) < 0) error = -errno;
    }
    close(fd);
    return error;
}

static int close_span(unsigned first, unsigned last) {
    return first > last ? 0 : result((int)syscall(SYS_close_range, first, last, 0));
}

int clinux_close_others(const int *keep, size_t count) {
    unsigned first = 3;
    for (size_t i = 0; i < count; i++) {
        unsigned kept = (unsigned)keep[i];
        if (kept < first) continue;
        int error = kept > first ? close_span(first, kept - 1) : 0;
        if (error < 0) return error;
        first = kept + 1;
    }
    return close_span(first, ~0U);
}

int clinux_close_on_exec_from(int first) {
    return result((int)syscall(SYS_close_range, (unsigned)first, ~0U, CLOSE_RANGE_CLOEXEC));
}

int clinux_keep_on_exec(int fd) { return result(fcntl(fd, F_SETFD, 0)); }

int clinux_is_open(int fd) { return fcntl(fd, F_GETFD) >= 0; }

const char *clinux_variable(const char *name) { return getenv(name); }

int clinux_sealed_memory(const char *name, const void *bytes, size_t count) {
    int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0) return -errno;
    size_t written = 0;
    while (written < count) {
        ssize_t n = write(fd, (const char *)bytes + written, count - written);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) goto failed;
        written += (size_t)n;
    }
    if (fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) == 0) return fd;
failed:;
    int error = errno;
    close(fd);
    return -error;
}

void *clinux_map_read_only(int fd, size_t *count) {
    struct stat status;
    if (fstat(fd, &status) < 0 || status.st_size <= 0) return NULL;
    void *address = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED, fd, 0);
    if (address == MAP_FAILED) return NULL;
    *count = (size_t)status.st_size;
    return address;
}

int clinux_unmap(const void *address, size_t count) { return result(munmap((void *)(uintptr_t)address, count)); }

int clinux_is_file(int fd, const char *path) {
    struct stat own, there;
    return fstat(fd, &own) == 0 && lstat(path, &there) == 0 && own.st_dev == there.st_dev && own.st_ino == there.st_ino;
}

int clinux_open_lock(const char *path) {
    int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    return fd < 0 ? -errno : fd;
}

// -EAGAIN: another process has it, and *holder is its pid, 0 for one of another pid namespace.
int clinux_lock(int fd, int *holder) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(fd, F_SETLK, &lock) == 0) return 0;
    if (errno != EACCES && errno != EAGAIN) return -errno;
    if (fcntl(fd, F_GETLK, &lock) < 0) return -errno;
    // Its holder may have ended between the two calls; the next try then gets the lock.
    *holder = lock.l_type == F_UNLCK ? 0 : lock.l_pid;
    return -EAGAIN;
}

int clinux_read_link(const char *link, char *text, size_t size) {
    ssize_t n = readlink(link, text, size);
    return n < 0 ? -errno : (int)n;
}

int clinux_watch_directory(const char *path) {
    int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (fd < 0) return -errno;
    if (inotify_add_watch(fd, path, IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_DELETE_SELF
                                    | IN_MOVE_SELF) >= 0) return fd;
    int error = errno;
    close(fd);
    return -error;
}

int clinux_directory_changed(int fd, const char *name) {
    char buffer[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
    int changed = 0;
    for (;;) {
        ssize_t n = read(fd, buffer, sizeof buffer);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno == EAGAIN ? changed : -errno;
        for (char *at = buffer; at < buffer + n;) {
            const struct inotify_event *event = (const struct inotify_event *)at;
            if (event->mask & (IN_Q_OVERFLOW | IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED)
                || (event->len > 0 && strcmp(event->name, name) == 0))
                changed = 1;
            at += sizeof *event + event->len;
        }
    }
}
