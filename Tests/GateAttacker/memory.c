// Attempts on memory that this process shares with the supervisor: its setup, block list, bans and counters.
#include "inside.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

// A process that reads behind the end of a file that was cut gets SIGBUS.
static void cut(long size) {
    int count = 0, error = 0;
    for (int fd = 0; (fd = inside_next(fd, inside_is_memory)) >= 0; fd++, count++) {
        if (ftruncate(fd, size) == 0) attacker_done("descriptor %d has %ld bytes", fd, size);
        error = errno;
    }
    if (!count) attacker_void("it has no memory of others");
    errno = error;
    attacker_refused("ftruncate");
}

// Of all this memory, only its counters are for writing.
static void write_others(void) {
    int count = 0, writable = 0, error = 0;
    for (int fd = 0; (fd = inside_next(fd, inside_is_memory)) >= 0; fd++, count++) {
        struct stat status;
        if (fstat(fd, &status) < 0 || status.st_size == 0) continue;
        void *mapped = mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        char byte;
        bool is_written = mapped != MAP_FAILED
            || (pread(fd, &byte, 1, 0) == 1 && pwrite(fd, &byte, 1, 0) == 1);
        if (is_written) writable++;
        else error = errno;
    }
    if (count < 2) attacker_void("it has %d descriptors of memory", count);
    if (writable > 1) attacker_done("%d of %d can be written", writable, count);
    errno = error;
    attacker_refused("mmap, pwrite");
}

static void seal(void) {
    int count = 0, error = 0;
    for (int fd = 0; (fd = inside_next(fd, inside_is_memory)) >= 0; fd++, count++) {
        if (fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL) == 0) attacker_done("sealed descriptor %d", fd);
        error = errno;
    }
    if (!count) attacker_void("it has no memory of others");
    errno = error;
    attacker_refused("F_ADD_SEALS");
}

// Any numbers are counts: the supervisor adds them up and prints them.
static void miscount(void) {
    int count = 0;
    for (int fd = 0; (fd = inside_next(fd, inside_is_memory)) >= 0; fd++) {
        struct stat status;
        if (fstat(fd, &status) < 0 || status.st_size == 0) continue;
        unsigned char *mapped = mmap(NULL, (size_t)status.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (mapped == MAP_FAILED) continue;
        for (off_t i = 0; i < status.st_size; i++) mapped[i] = 0xff;
        count++;
    }
    attacker_allowed("%d", count);
}

const struct attacker_attempt inside_memory[] = {
    {"cut-memory", "cut the memory that it shares with the supervisor", .run_on = cut, .argument = 0},
    {"grow-memory", "make it larger", .run_on = cut, .argument = 1L << 30},
    {"write-memory", "write the block list, the bans, its definition", .run = write_others},
    {"seal-memory", "keep others from writing the memory for its counts", .run = seal},
    {"miscount", "report the largest numbers as its counts", .run = miscount},
    {0},
};
