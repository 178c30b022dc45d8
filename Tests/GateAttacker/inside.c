// Takes a gate or a resolver over that it is loaded into (LD_PRELOAD): when the test asks for it, the process makes
// attempts in the place of its own work, in its real sandbox and with its real descriptors.
// The test and all such processes share a file (PRELOADED_SHARED), which is mapped before the sandbox. The process with
// the pid in it does what the command says:
//   NAMES [KEY=VALUE...]   NAMES: attempts, separated by commas; handler=, gate=, supervisor= are pids, and
//                          every other key is a variable of the environment
// A process finds its command when its wait ends. The test ends it by SIGSTOP and SIGCONT, which epoll_wait(2) reports
// as EINTR: every program must be able to go on after that.
#include "inside.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

enum { idle, asked, begun, answered };

static struct shared {
    int pid;
    int state;
    char command[4088];
    char answer[1 << 18];
    unsigned byte_count;
    unsigned char bytes[1 << 21];
} *shared;

const unsigned char *inside_bytes;
size_t inside_byte_count;

static const struct attacker_attempt *const tables[] = {
    inside_channels,      inside_listeners,   inside_memory,     inside_others,      attacker_execution,
    attacker_files,       attacker_sockets,   attacker_processes, attacker_privileges, attacker_namespaces,
    attacker_kernel,      attacker_resources, attacker_leftovers, attacker_last,
};

// Those that handlers do not make come first.
enum { own_table_count = 4, table_count = sizeof tables / sizeof *tables };

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("PRELOADED_SHARED");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0) return;
    void *mapped = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (mapped != MAP_FAILED) shared = mapped;
}

// ---- what the process has

int inside_next(int fd, bool (*is)(int fd)) {
    for (; fd < inside_most_descriptors; fd++) {
        if (is(fd)) return fd;
    }
    return -1;
}

static int socket_number(int fd, int option) {
    int value = -1;
    socklen_t size = sizeof value;
    return getsockopt(fd, SOL_SOCKET, option, &value, &size) < 0 ? -1 : value;
}

bool inside_is_listener(int fd) { return socket_number(fd, SO_ACCEPTCONN) == 1; }

bool inside_is_unix_socket(int fd) { return socket_number(fd, SO_DOMAIN) == AF_UNIX; }

bool inside_is_written_pipe(int fd) {
    struct stat status;
    if (fd <= 2 || fstat(fd, &status) < 0 || !S_ISFIFO(status.st_mode)) return false;
    return (fcntl(fd, F_GETFL) & O_ACCMODE) == O_WRONLY;
}

// A memfd has no name, and no other regular file is open.
bool inside_is_memory(int fd) {
    struct stat status;
    return fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_nlink == 0;
}

// ---- commands

static void print(const char *line) {
    size_t used = strlen(shared->answer), length = strlen(line);
    if (used + length + 1 < sizeof shared->answer) memcpy(shared->answer + used, line, length + 1);
}

static void each(const char *name, void (*act)(const struct attacker_attempt *)) {
    bool is_all = strcmp(name, "all") == 0, is_own = strcmp(name, "own") == 0;
    for (int table = 0; table < (is_own ? own_table_count : table_count); table++) {
        for (const struct attacker_attempt *attempt = tables[table]; attempt->name; attempt++) {
            if (is_all || is_own || strcmp(name, attempt->name) == 0) act(attempt);
        }
    }
}

static void run(const struct attacker_attempt *attempt) { attacker_run(attempt, print); }

static void take_word(char *word) {
    static const struct {
        const char *key;
        enum attacker_target target;
    } targets[] = {{"handler=", attacker_sibling}, {"gate=", attacker_gate}, {"supervisor=", attacker_supervisor}};
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        size_t length = strlen(targets[i].key);
        if (strncmp(word, targets[i].key, length) == 0) {
            attacker_context.targets[targets[i].target] = atoi(word + length);
            return;
        }
    }
    char *value = strchr(word, '=');
    if (!value) return;
    *value = 0;
    setenv(word, value + 1, 1);
}

static void obey(void) {
    char *rest = shared->command;
    char *names = strtok_r(rest, " ", &rest);
    for (char *word; (word = strtok_r(NULL, " ", &rest));) take_word(word);
    attacker_context.executable = getenv("ATTACK_EXECUTABLE");
    attacker_context.first_descriptor = -1;
    attacker_socket = inside_next(0, inside_is_listener);
    inside_bytes = shared->bytes;
    inside_byte_count = shared->byte_count;
    if (!attacker_context.lifeline[1] && pipe2(attacker_context.lifeline, O_CLOEXEC) < 0) return;
    for (char *name; names && (name = strtok_r(NULL, ",", &names));) each(name, run);
}

// The gate's own wait. Its clone of a child that has not reached exec never waits here.
int epoll_wait(int poll, struct epoll_event *events, int most, int timeout) {
    int result = epoll_pwait(poll, events, most, timeout, NULL);
    int error = errno;
    if (shared && shared->pid == getpid() && __atomic_load_n(&shared->state, __ATOMIC_ACQUIRE) == asked) {
        shared->answer[0] = 0;
        __atomic_store_n(&shared->state, begun, __ATOMIC_RELEASE);
        obey();
        __atomic_store_n(&shared->state, answered, __ATOMIC_RELEASE);
    }
    errno = error;
    return result;
}

// ---- the list of names, "all" or "own", in the place of the program that this is loaded into

static void list(const struct attacker_attempt *attempt) { puts(attempt->name); }

__attribute__((constructor)) static void list_if_asked(void) {
    const char *names = getenv("ATTACK_LIST");
    if (!names) return;
    each(names, list);
    fflush(stdout);
    _exit(0);
}
