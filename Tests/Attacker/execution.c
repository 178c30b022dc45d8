// Attempts to run other programs than the handler, to call the kernel in another way, and to find open descriptors.
#include "attacker.h"

#include <assert.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { proof = 42, not_executed = 126 };

// A whole program for x86-64: exit(42).
static const unsigned char program[] = {
    0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 62, 0, 1, 0, 0, 0, 0x78, 0, 0x40, 0, 0, 0, 0, 0, 64,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 64, 0, 56, 0, 1, 0, 0, 0, 0, 0, 0, 0,
    // one segment: the whole file, readable and executable
    1, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0x84, 0, 0, 0,
    0, 0, 0, 0, 0x84, 0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0,
    // mov edi, 42; mov eax, 60; syscall
    0xbf, proof, 0, 0, 0, 0xb8, 60, 0, 0, 0, 0x0f, 0x05};
static_assert(sizeof program == 0x84, "its segment has another size");

// Executes in a child, by path or (path NULL) by descriptor, and gives the result.
static noreturn void execute(const char *path, int fd, char *const arguments[]) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) attacker_void("pipe2: %s", attacker_errno_name(errno));
    pid_t child = attacker_fork(0);
    if (child < 0) attacker_no_child();
    if (child == 0) {
        char *environment[] = {NULL};
        char link[40];
        if (!path) {
            syscall(SYS_execveat, fd, "", arguments, environment, 0x1000 /* AT_EMPTY_PATH */);
            // Without that call, /proc is another way.
            snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
            path = link;
        }
        syscall(SYS_execve, path, arguments, environment);
        int error = errno;
        ssize_t written = write(ends[1], &error, sizeof error);
        _exit(written > 0 ? not_executed : not_executed + 1);
    }
    close(ends[1]);
    int error = 0;
    if (read(ends[0], &error, sizeof error) == sizeof error) {
        errno = error;
        attacker_refused("execve");
    }
    int status = attacker_wait(child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == proof) attacker_done("ran it");
    if (WIFEXITED(status)) attacker_refused_by("it was started and ended with status %d", WEXITSTATUS(status));
    attacker_refused_by("it was started and ended by signal %d", WTERMSIG(status));
}

static void execute_path(const char *path, const char *second, const char *third, const char *fourth) {
    if (access(path, F_OK) < 0) attacker_void("%s: %s", path, attacker_errno_name(errno));
    char *arguments[] = {(char *)path, (char *)second, (char *)third, (char *)fourth, NULL};
    execute(path, -1, arguments);
}

static void execute_shell(void) { execute_path("/bin/sh", "-c", "exit 42", NULL); }

// A program other than the shell, which ends with the chosen status too.
static void execute_other(void) { execute_path("/usr/bin/env", "/bin/sh", "-c", "exit 42"); }

// A loader is an executable too, and loads the program that its arguments name.
static void execute_loader(void) { execute_path("/lib64/ld-linux-x86-64.so.2", "/bin/sh", "-c", "exit 42"); }

static void execute_written(const char *directory) {
    char path[4096];
    snprintf(path, sizeof path, "%s/attacker-%d", directory, getpid());
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
    if (fd < 0) attacker_refused("open");
    if (write(fd, program, sizeof program) != sizeof program) attacker_refused("write");
    close(fd);
    // Executes a descriptor, so that the name can be removed before.
    int opened = open(path, O_PATH | O_CLOEXEC);
    unlink(path);
    if (opened < 0) attacker_refused("open O_PATH");
    char *arguments[] = {path, NULL};
    execute(NULL, opened, arguments);
}

static void execute_from_tmp(void) { execute_written("/tmp"); }
static void execute_from_directory(void) { execute_written(attacker_variable("ATTACK_OPEN")); }

static void execute_memory(void) {
    long fd = syscall(SYS_memfd_create, "attacker", MFD_CLOEXEC);
    if (fd < 0) attacker_refused("memfd_create");
    if (write((int)fd, program, sizeof program) != sizeof program) attacker_refused("write");
    char *arguments[] = {"attacker", NULL};
    execute(NULL, (int)fd, arguments);
}

// ---- other ways into the kernel

static sigjmp_buf back;

static void jump_back(int number) {
    (void)number;
    siglongjmp(back, 1);
}

// getpid, as a 32-bit program calls it. In a kernel without that entry it is a fault.
static void call_32_bit(void) {
    struct sigaction action = {.sa_handler = jump_back};
    sigaction(SIGSEGV, &action, NULL);
    if (sigsetjmp(back, 1)) attacker_refused_by("SIGSEGV (int 0x80)");
    long result = 20;
    __asm__ volatile("int $0x80" : "+a"(result) : : "memory", "r8", "r9", "r10", "r11");
    errno = (int)-result;
    if (result < 0) attacker_refused("int 0x80");
    attacker_done("getpid by int 0x80 returned %ld", result);
}

static void call_x32(void) {
    long result = syscall(0x40000000L + SYS_getpid);
    if (result < 0) attacker_refused("x32 getpid");
    attacker_done("getpid by x32 returned %ld", result);
}

// ---- what is still open

static void use_descriptor(void) {
    if (attacker_context.first_descriptor >= 0) {
        attacker_done("descriptor %d is open", attacker_context.first_descriptor);
    }
    attacker_refused_by("EBADF (every one above 2)");
}

static void read_environment(void) {
    const char *secret = getenv("SECRET");
    if (secret) attacker_done("SECRET=%s", secret);
    attacker_refused_by("it is not there");
}

// The log is a pipe that all handlers of the service write. A process that can reopen it for reading takes their lines.
static void read_handlers_log(void) {
    struct stat status;
    if (fstat(2, &status) < 0 || !S_ISFIFO(status.st_mode)) attacker_void("descriptor 2 is not a pipe");
    (void)chmod("/proc/self/fd/2", 0666);  // only its owner may do that
    int fd = open("/proc/self/fd/2", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) attacker_refused("open");
    attacker_done("opened the log for reading");
}

// The log may be a file or a pipe.
static void truncate_log(void) {
    if (ftruncate(2, 0) < 0) attacker_refused("ftruncate");
    attacker_done("truncated the log");
}

const struct attacker_attempt attacker_execution[] = {
    {"descriptors", "use a descriptor above 2 that it was started with", .run = use_descriptor},
    {"environment", "find the supervisor's environment in its own", .run = read_environment},
    {"read-log", "open the log for reading", .run = read_handlers_log},
    {"truncate-log", "empty the log", .run = truncate_log},
    {"exec-shell", "execute /bin/sh", .run = execute_shell},
    {"exec-program", "execute /usr/bin/env", .run = execute_other},
    {"exec-loader", "execute /bin/sh by way of the dynamic loader", .run = execute_loader},
    {"exec-tmp", "execute what it wrote to /tmp", .run = execute_from_tmp},
    {"exec-open-directory", "execute what it wrote to a directory that every user may write",
     .run = execute_from_directory},
    {"exec-memory", "execute what it wrote to a memfd", .run = execute_memory},
    {"int-0x80", "make a system call as a 32-bit program", .run = call_32_bit},
    {"x32", "make a system call as an x32 program", .run = call_x32},
    {0},
};
