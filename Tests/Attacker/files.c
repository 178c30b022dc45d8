// Attempts on the file system: reading files that are not the handler's, and writing files at all.
// ATTACK_OPEN is a directory that every user may write, with the files `victim` and `other` in it. ATTACK_WRITABLE is a
// file that every user may write. An attempt removes the files that it makes.
#include "attacker.h"

#include <dirent.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <sys/sysmacros.h>

static noreturn void read_file(const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) attacker_void("there is no %s", path);
    if (fd < 0) attacker_refused("open");
    char bytes[64];
    ssize_t got = read(fd, bytes, sizeof bytes);
    if (got < 0) attacker_refused("read");
    if (got == 0) attacker_void("%s is empty", path);
    attacker_done("read %zd bytes of %s", got, path);
}

static void read_passwd(void) { read_file("/etc/passwd"); }
static void read_other(void) { read_file(attacker_variable("ATTACK_OTHER")); }

static noreturn void list_directory(const char *path) {
    DIR *directory = opendir(path);
    if (!directory && errno == ENOENT) attacker_void("there is no %s", path);
    if (!directory) attacker_refused("opendir");
    errno = 0;
    struct dirent *entry = readdir(directory);
    if (!entry && errno) attacker_refused("getdents64");
    if (!entry) attacker_void("%s is empty", path);
    attacker_done("the first entry of %s is %s", path, entry->d_name);
}

static void list_root(void) { list_directory("/"); }
static void list_proc(void) { list_directory("/proc"); }

// ---- a new file in some directory

static noreturn void create_in(const char *directory) {
    struct stat status;
    if (stat(directory, &status) < 0 && errno == ENOENT) attacker_void("there is no %s", directory);
    char path[4096];
    snprintf(path, sizeof path, "%s/attacker-%d", directory, getpid());
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) attacker_refused("open");
    ssize_t written = write(fd, "x", 1);
    int error = errno;
    unlink(path);
    errno = error;
    if (written != 1) attacker_refused("write");
    attacker_done("made %s", path);
}

static void write_tmp(void) { create_in("/tmp"); }
static void write_var_tmp(void) { create_in("/var/tmp"); }
static void write_dev_shm(void) { create_in("/dev/shm"); }
static void write_root(void) { create_in("/"); }
static void write_run(void) { create_in("/run"); }
static void write_working_directory(void) { create_in("."); }
static void write_open_directory(void) { create_in(attacker_variable("ATTACK_OPEN")); }

static char *own_path(void) {
    if (!attacker_context.executable) attacker_void("its own path is not known");
    return strdup(attacker_context.executable);
}

static void write_own_directory(void) { create_in(dirname(own_path())); }

static void write_own_executable(void) {
    int fd = open(own_path(), O_WRONLY | O_APPEND | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) attacker_void("its own executable is not there");
    if (fd < 0) attacker_refused("open");
    attacker_done("opened its own executable for writing");
}

static void replace_own_executable(void) {
    char moved[4096];
    char *path = own_path();
    snprintf(moved, sizeof moved, "%s.moved", path);
    if (rename(path, moved) < 0 && errno == ENOENT) attacker_void("its own executable is not there");
    if (access(moved, F_OK) < 0) {
        rename(path, moved);  // once more, for the errno
        attacker_refused("rename");
    }
    rename(moved, path);
    attacker_done("moved its own executable away, and back");
}

static void create_unnamed(void) {
    int fd = open("/tmp", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0) attacker_refused("open O_TMPFILE");
    if (write(fd, "x", 1) != 1) attacker_refused("write");
    attacker_done("wrote a file without a name in /tmp");
}

// ---- an existing file

static void truncate_writable(void) {
    const char *path = attacker_variable("ATTACK_WRITABLE");
    if (truncate(path, 0) < 0 && errno == ENOENT) attacker_void("there is no %s", path);
    // Once more, now that the file is known to exist. A second truncation changes nothing.
    if (truncate(path, 0) < 0) attacker_refused("truncate");
    attacker_done("truncated %s", path);
}

static void append_writable(void) {
    const char *path = attacker_variable("ATTACK_WRITABLE");
    int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) attacker_void("there is no %s", path);
    if (fd < 0) attacker_refused("open");
    if (write(fd, "attacked\n", 9) != 9) attacker_refused("write");
    attacker_done("wrote to %s", path);
}

// The paths of an old and of a new name in the open directory.
struct names {
    char victim[4096];
    char new[4096];
};

static void name(struct names *names) {
    const char *directory = attacker_variable("ATTACK_OPEN");
    snprintf(names->victim, sizeof names->victim, "%s/victim", directory);
    snprintf(names->new, sizeof names->new, "%s/attacker-%d", directory, getpid());
    struct stat status;
    if (stat(names->victim, &status) < 0) attacker_void("%s: %s", names->victim, attacker_errno_name(errno));
}

static void link_file(void) {
    struct names names;
    name(&names);
    if (link(names.victim, names.new) < 0) attacker_refused("link");
    unlink(names.new);
    attacker_done("linked %s", names.victim);
}

static void rename_file(void) {
    struct names names;
    name(&names);
    if (rename(names.victim, names.new) < 0) attacker_refused("rename");
    rename(names.new, names.victim);
    attacker_done("renamed %s, and back", names.victim);
}

static void remove_file(void) {
    struct names names;
    name(&names);
    char other[4096];
    snprintf(other, sizeof other, "%s/other", attacker_variable("ATTACK_OPEN"));
    if (access(other, F_OK) < 0) attacker_void("there is no %s", other);
    if (unlink(other) < 0) attacker_refused("unlink");
    attacker_done("removed %s", other);
}

static noreturn void made(const char *call, int result, const char *path) {
    if (result < 0) attacker_refused(call);
    if (rmdir(path) < 0) unlink(path);
    attacker_done("%s made %s", call, path);
}

static void make_directory(void) {
    struct names names;
    name(&names);
    made("mkdir", mkdir(names.new, 0700), names.new);
}

static void make_symlink(void) {
    struct names names;
    name(&names);
    made("symlink", symlink("/etc/passwd", names.new), names.new);
}

static void make_node(long type) {
    struct names names;
    name(&names);
    made("mknod", mknod(names.new, (mode_t)type | 0600, makedev(1, 3)), names.new);
}

static void fill_disk(void) {
    enum { piece = 1 << 20, pieces = 64 };
    char path[4096];
    snprintf(path, sizeof path, "%s/attacker-fill-%d", attacker_variable("ATTACK_OPEN"), getpid());
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) attacker_refused("open");
    unlink(path);
    char *bytes = malloc(piece);
    if (!bytes) attacker_void("no memory for it");
    memset(bytes, 'x', piece);
    for (int i = 0; i < pieces; i++) {
        if (write(fd, bytes, piece) != piece) attacker_refused("write");
    }
    attacker_done("wrote 64 MiB");
}

// Other processes can also read a file's attributes.
static void set_attribute(void) {
    if (setxattr(attacker_variable("ATTACK_WRITABLE"), "user.attacker", "x", 1, 0) < 0) attacker_refused("setxattr");
    attacker_done("set an attribute");
}

static void set_times(void) {
    if (utimensat(AT_FDCWD, attacker_variable("ATTACK_WRITABLE"), NULL, 0) < 0) attacker_refused("utimensat");
    attacker_done("set its times");
}

// Its own pipe to the log may be the only file that belongs to its user.
static void set_mode(void) {
    if (fchmod(2, 0200) < 0) attacker_refused("fchmod");
    attacker_done("changed a mode");
}

// The names that come and go in a directory are information too.
static void watch_directory(void) {
    int fd = inotify_init1(IN_CLOEXEC);
    if (fd < 0) attacker_refused("inotify_init1");
    if (inotify_add_watch(fd, attacker_variable("ATTACK_OPEN"), IN_ALL_EVENTS) < 0) {
        attacker_refused("inotify_add_watch");
    }
    attacker_done("hears of every file there");
}

const struct attacker_attempt attacker_files[] = {
    {"read-passwd", "read /etc/passwd", .run = read_passwd},
    {"read-other", "read a file of another service that every user may read", .run = read_other},
    {"list-root", "list /", .run = list_root},
    {"set-attribute", "set an attribute of a file that every user may write", .run = set_attribute},
    {"set-times", "set the times of such a file", .run = set_times},
    {"set-mode", "change the mode of something", .run = set_mode},
    {"watch-directory", "watch a directory that every user may read", .run = watch_directory},
    {"list-proc", "list the processes of this machine", .run = list_proc},
    {"write-tmp", "make a file in /tmp", .run = write_tmp},
    {"write-unnamed", "make a file without a name in /tmp", .run = create_unnamed},
    {"write-var-tmp", "make a file in /var/tmp", .run = write_var_tmp},
    {"write-dev-shm", "make a file in /dev/shm", .run = write_dev_shm},
    {"write-root", "make a file in /", .run = write_root},
    {"write-run", "make a file in /run", .run = write_run},
    {"write-working-directory", "make a file in the working directory", .run = write_working_directory},
    {"write-own-directory", "make a file beside its own executable", .run = write_own_directory},
    {"write-own-executable", "write to its own executable", .run = write_own_executable},
    {"replace-own-executable", "put another file in the place of its own executable", .run = replace_own_executable},
    {"write-open-directory", "make a file in a directory that every user may write", .run = write_open_directory},
    {"truncate-file", "truncate a file that every user may write", .run = truncate_writable},
    {"append-file", "write to a file that every user may write", .run = append_writable},
    {"link-file", "give another's file a second name", .run = link_file},
    {"rename-file", "rename another's file", .run = rename_file},
    {"remove-file", "remove another's file", .run = remove_file},
    {"make-directory", "make a directory", .run = make_directory},
    {"make-symlink", "make a symbolic link", .run = make_symlink},
    {"make-fifo", "make a FIFO", .run_on = make_node, .argument = S_IFIFO},
    {"make-socket-node", "make a socket file by mknod", .run_on = make_node, .argument = S_IFSOCK},
    {"make-device", "make a device node", .run_on = make_node, .argument = S_IFCHR},
    {"fill-disk", "write 64 MiB to the disk", .run = fill_disk},
    {0},
};
