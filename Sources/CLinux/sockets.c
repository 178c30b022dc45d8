// Listening, accepting, and the message pair between supervisor and gate. CLinux.h documents the functions.
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

union any_address {
    struct sockaddr plain;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_un local;
};

static socklen_t to_kernel(const struct clinux_address *address, union any_address *any) {
    memset(any, 0, sizeof *any);
    any->plain.sa_family = (sa_family_t)address->family;
    switch (address->family) {
    case AF_INET:
        any->v4.sin_port = htons(address->port);
        memcpy(&any->v4.sin_addr, address->ip, 4);
        return sizeof any->v4;
    case AF_INET6:
        any->v6.sin6_port = htons(address->port);
        memcpy(&any->v6.sin6_addr, address->ip, 16);
        return sizeof any->v6;
    default:
        memcpy(any->local.sun_path, address->path, sizeof any->local.sun_path);
        return sizeof any->local;
    }
}

static void from_kernel(const union any_address *any, struct clinux_address *address) {
    address->family = any->plain.sa_family;
    switch (any->plain.sa_family) {
    case AF_INET:
        address->port = ntohs(any->v4.sin_port);
        memcpy(address->ip, &any->v4.sin_addr, 4);
        break;
    case AF_INET6:
        address->port = ntohs(any->v6.sin6_port);
        memcpy(address->ip, &any->v6.sin6_addr, 16);
        break;
    }
}

static int set(int fd, int level, int option, int value) { return setsockopt(fd, level, option, &value, sizeof value); }

static int close_failed(int fd) {
    int error = errno;
    close(fd);
    return -error;
}

int clinux_listen_again(int fd, int backlog, int no_delay, int keep_alive) {
    int domain = 0;
    socklen_t size = sizeof domain;
    if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) < 0) return -errno;
    if (domain != AF_UNIX) {
        if (set(fd, IPPROTO_TCP, TCP_NODELAY, no_delay) < 0) return -errno;
        if (set(fd, SOL_SOCKET, SO_KEEPALIVE, keep_alive) < 0) return -errno;
    }
    return listen(fd, backlog) < 0 ? -errno : 0;
}

// Binds a unix socket without listening on it: its owner and mode come first.
int clinux_listen(const struct clinux_address *address, int backlog, int no_delay, int keep_alive) {
    int fd = socket(address->family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -errno;
    if (address->family != AF_UNIX && set(fd, SOL_SOCKET, SO_REUSEADDR, 1) < 0) return close_failed(fd);
    if (address->family == AF_INET6 && set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1) < 0) return close_failed(fd);
    union any_address any;
    socklen_t size = to_kernel(address, &any);
    if (bind(fd, &any.plain, size) < 0) return close_failed(fd);
    if (address->family == AF_UNIX) return fd;
    int error = clinux_listen_again(fd, backlog, no_delay, keep_alive);
    if (error == 0) return fd;
    close(fd);
    return error;
}

int clinux_connect_probe(const struct clinux_address *address) {
    int fd = socket(address->family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -errno;
    union any_address any;
    socklen_t size = to_kernel(address, &any);
    int error = connect(fd, &any.plain, size) < 0 ? -errno : 0;
    close(fd);
    return error;
}

int clinux_datagram_connect(const struct clinux_address *address) {
    int fd = socket(address->family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -errno;
    union any_address any;
    socklen_t size = to_kernel(address, &any);
    return connect(fd, &any.plain, size) < 0 ? close_failed(fd) : fd;
}

int clinux_local_address(int fd, struct clinux_address *address) {
    union any_address any;
    socklen_t size = sizeof any;
    if (getsockname(fd, &any.plain, &size) < 0) return -errno;
    from_kernel(&any, address);
    return 0;
}

int clinux_own_addresses(void *context, void (*own)(void *context, const struct clinux_address *address)) {
    struct ifaddrs *first;
    if (getifaddrs(&first) < 0) return -errno;
    for (const struct ifaddrs *each = first; each; each = each->ifa_next) {
        if (!each->ifa_addr) continue;
        int family = each->ifa_addr->sa_family;
        if (family != AF_INET && family != AF_INET6) continue;
        union any_address any;
        memset(&any, 0, sizeof any);
        memcpy(&any, each->ifa_addr, family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6));
        struct clinux_address address;
        memset(&address, 0, sizeof address);
        from_kernel(&any, &address);
        own(context, &address);
    }
    freeifaddrs(first);
    return 0;
}

int clinux_accept(int listener, struct clinux_address *peer) {
    union any_address any;
    socklen_t size = sizeof any;
    any.plain.sa_family = AF_UNSPEC;
    int fd = accept4(listener, &any.plain, &size, SOCK_CLOEXEC);
    if (fd < 0) return -errno;
    from_kernel(&any, peer);
    return fd;
}

int clinux_peer_credentials(int fd, uint32_t *uid, uint32_t *gid, int32_t *pid) {
    struct ucred credentials;
    socklen_t size = sizeof credentials;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) < 0) return -errno;
    *uid = credentials.uid;
    *gid = credentials.gid;
    *pid = credentials.pid;
    return 0;
}

int clinux_message_pair(int pair[2]) {
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) < 0) return -errno;
    if (shutdown(pair[0], SHUT_RD) == 0) return 0;
    int error = -errno;
    close(pair[0]);
    close(pair[1]);
    return error;
}

union some_descriptors {
    char bytes[CMSG_SPACE(clinux_most_passed * sizeof(int))];
    struct cmsghdr align;
};

long clinux_send(int fd, const void *bytes, size_t count, const int *passed, size_t passed_count) {
    struct iovec vector = {.iov_base = (void *)(uintptr_t)bytes, .iov_len = count};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1};
    union some_descriptors control;
    if (passed_count > clinux_most_passed) return -EINVAL;
    if (passed_count > 0) {
        memset(&control, 0, sizeof control);
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(passed_count * sizeof(int));
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(passed_count * sizeof(int));
        memcpy(CMSG_DATA(header), passed, passed_count * sizeof(int));
    }
    ssize_t n = sendmsg(fd, &message, MSG_NOSIGNAL);
    return n < 0 ? -errno : n;
}

// The kernel closes descriptors for which there is no room.
long clinux_receive(int fd, void *bytes, size_t count, int passed[clinux_most_passed]) {
    struct iovec vector = {.iov_base = bytes, .iov_len = count};
    union some_descriptors control;
    struct msghdr message = {
        .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    for (size_t i = 0; i < clinux_most_passed; i++) passed[i] = -1;
    ssize_t n = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
    if (n < 0) return -errno;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS) {
        for (size_t i = 0; i < clinux_most_passed && CMSG_LEN((i + 1) * sizeof(int)) <= header->cmsg_len; i++)
            memcpy(&passed[i], CMSG_DATA(header) + i * sizeof(int), sizeof(int));
    }
    return n;
}
