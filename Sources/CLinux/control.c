// The control socket, and counters that one process writes and another reads. CLinux.h documents the functions.
// Facts: unix(7) for SOCK_SEQPACKET, mmap(2) for memory that a fork shares.
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int open_socket(const char *path, struct sockaddr_un *address, int flags) {
    if (strlen(path) >= sizeof address->sun_path) return -ENAMETOOLONG;
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    strcpy(address->sun_path, path);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | flags, 0);
    return fd < 0 ? -errno : fd;
}

enum { so_passrights = 83 };  // not in the headers of older kernels

static int close_failed(int fd) {
    int error = errno;
    close(fd);
    return -error;
}

// As clinux_control_connect, but never waits: a server that does not accept is -EAGAIN. The connection is closed at
// once.
int clinux_control_probe(const char *path) {
    struct sockaddr_un address;
    int fd = open_socket(path, &address, SOCK_NONBLOCK);
    if (fd < 0) return fd;
    int error = connect(fd, (struct sockaddr *)&address, sizeof address) < 0 ? errno : 0;
    close(fd);
    return -error;
}

int clinux_control_connect(const char *path) {
    struct sockaddr_un address;
    int fd = open_socket(path, &address, 0);
    if (fd < 0) return fd;
    return connect(fd, (struct sockaddr *)&address, sizeof address) < 0 ? close_failed(fd) : fd;
}

// The file gets the mode that the socket has when it is bound (unix(7) does not say so; net/unix/af_unix.c,
// unix_bind_bsd), so that no other user can connect from the moment when the file exists.
int clinux_control_listen(const char *path) {
    struct sockaddr_un address;
    int fd = open_socket(path, &address, SOCK_NONBLOCK);
    if (fd < 0) return fd;
    if (fchmod(fd, 0600) < 0) return close_failed(fd);
    // Connections inherit it: the kernel refuses a client's descriptors, and none has to be closed here. Before Linux
    // 6.16 there is no such option, and WaitLimit alone keeps what a client passes from holding this process up.
    // Source: net/core/sock.c, sk_setsockopt.
    int off = 0;
    if (setsockopt(fd, SOL_SOCKET, so_passrights, &off, sizeof off) < 0 && errno != ENOPROTOOPT) {
        return close_failed(fd);
    }
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) return close_failed(fd);
    return listen(fd, 16) < 0 ? close_failed(fd) : fd;
}

int clinux_control_accept(int listener) {
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    return fd < 0 ? -errno : fd;
}

int clinux_counters_make(size_t words) {
    int fd = memfd_create("counters", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0) return -errno;
    // Its size cannot change any more, so that reading the mapping cannot fault.
    if (ftruncate(fd, (off_t)(words * sizeof(uint64_t))) == 0
        && fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == 0)
        return fd;
    return close_failed(fd);
}

uint64_t *clinux_counters_map(int fd, size_t words) {
    struct stat status;
    int seals = fcntl(fd, F_GET_SEALS);
    if (fstat(fd, &status) < 0 || status.st_size != (off_t)(words * sizeof(uint64_t))) return NULL;
    if (seals < 0 || (seals & (F_SEAL_GROW | F_SEAL_SHRINK)) != (F_SEAL_GROW | F_SEAL_SHRINK)) return NULL;
    void *memory = mmap(NULL, words * sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

void clinux_counters_free(uint64_t *counters, size_t words) { munmap(counters, words * sizeof(uint64_t)); }

void clinux_count(uint64_t *counter) { __atomic_fetch_add(counter, 1, __ATOMIC_RELAXED); }

void clinux_set_counter(uint64_t *counter, uint64_t value) { __atomic_store_n(counter, value, __ATOMIC_RELAXED); }

uint64_t clinux_counted(const uint64_t *counter) { return __atomic_load_n(counter, __ATOMIC_RELAXED); }
