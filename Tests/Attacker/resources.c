// Attempts to take more than the service's share: limits, processes, memory. Each attempt has a bound of its own too.
#include "attacker.h"

#include <fcntl.h>
#include <mqueue.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/shm.h>

#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif

enum { most_children = 2000 };
static const size_t piece = 16UL << 20, enough = 1UL << 30;

static void raise_limits(void) {
    int error = 0;
    for (int resource = 0; resource < RLIM_NLIMITS; resource++) {
        struct rlimit limit;
        if (getrlimit(resource, &limit) < 0 || limit.rlim_max == RLIM_INFINITY) continue;
        limit.rlim_max++;
        if (setrlimit(resource, &limit) == 0) attacker_done("raised limit %d", resource);
        error = errno;
    }
    if (!error) attacker_void("nothing is limited");
    errno = error;
    attacker_refused("setrlimit");
}

// The children sleep until the attempt kills them; the result is their number.
static void bomb(void) {
    static pid_t children[most_children];
    int count = 0;
    for (; count < most_children; count++) {
        children[count] = attacker_fork(0);
        if (children[count] == 0) {
            for (;;) pause();
        }
        if (children[count] < 0) break;
    }
    int error = errno;
    for (int i = 0; i < count; i++) kill(children[i], SIGKILL);
    for (int i = 0; i < count; i++) attacker_wait(children[i]);
    if (count == most_children) attacker_done("%d processes", count);
    attacker_refused_by("%s (fork, after %d)", attacker_errno_name(error), count);
}

static void fill_memory(void) {
    size_t got = 0;
    while (got <= enough) {
        char *bytes = mmap(NULL, piece, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (bytes == MAP_FAILED) {
            attacker_refused_by("%s (mmap, after %zu MiB)", attacker_errno_name(errno), got >> 20);
        }
        for (size_t i = 0; i < piece; i += 4096) bytes[i] = 1;
        got += piece;
    }
    attacker_done("%zu MiB", got >> 20);
}

// ---- memory that no limit of a process counts

// Takes the kernel's memory for as many futexes as the argument says.
static void hash_futexes(void) {
    if (syscall(SYS_prctl, 78 /* PR_FUTEX_HASH */, 1 /* SET_SLOTS */, 1L << 20, 0, 0) < 0) attacker_refused("prctl");
    attacker_done("room for a million futexes");
}

static void fill_memory_file(void) {
    long fd = syscall(SYS_memfd_create, "attacker", MFD_CLOEXEC);
    if (fd < 0) attacker_refused("memfd_create");
    if (write((int)fd, "x", 1) != 1) attacker_refused("write");
    attacker_done("wrote to a memfd");
}

static void take_secret_memory(void) {
    long fd = syscall(SYS_memfd_secret, 0);
    if (fd < 0) attacker_refused("memfd_secret");
    attacker_done("has a secret memory file");
}

static void take_shared_memory(void) {
    int segment = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
    if (segment < 0) attacker_refused("shmget");
    shmctl(segment, IPC_RMID, NULL);
    attacker_done("made a segment");
}

static void make_queue(void) {
    char name[40];
    snprintf(name, sizeof name, "attacker-%d", getpid());
    long queue = syscall(SYS_mq_open, name, O_CREAT | O_EXCL | O_RDWR, 0600, NULL);
    if (queue < 0) attacker_refused("mq_open");
    syscall(SYS_mq_unlink, name);
    attacker_done("made a queue");
}

static void make_message_queue(void) {
    long queue = syscall(SYS_msgget, IPC_PRIVATE, IPC_CREAT | 0600);
    if (queue < 0) attacker_refused("msgget");
    syscall(SYS_msgctl, queue, IPC_RMID, NULL);
    attacker_done("made a queue");
}

static void make_semaphores(void) {
    long set = syscall(SYS_semget, IPC_PRIVATE, 1, IPC_CREAT | 0600);
    if (set < 0) attacker_refused("semget");
    syscall(SYS_semctl, set, 0, IPC_RMID, NULL);
    attacker_done("made a semaphore");
}

const struct attacker_attempt attacker_resources[] = {
    {"raise-limits", "raise any limit", .run = raise_limits},
    {"fork-bomb", "have 2000 processes", .run = bomb},
    {"fill-memory", "fill more than 1 GiB of memory", .run = fill_memory},
    {"futex-hash", "take memory of the kernel's for futexes", .run = hash_futexes},
    {"memfd", "keep memory in a memfd", .run = fill_memory_file},
    {"memfd-secret", "keep memory in a secret memfd", .run = take_secret_memory},
    {"shmget", "keep memory in a shared segment", .run = take_shared_memory},
    {"mq-open", "keep memory in a POSIX queue", .run = make_queue},
    {"msgget", "keep memory in a message queue", .run = make_message_queue},
    {"semget", "keep semaphores", .run = make_semaphores},
    {0},
};
