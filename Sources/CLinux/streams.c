// The sockets between the programs of one connection. CLinux.h documents the functions.
// Facts: socketpair(2), unix(7), poll(2) for POLLHUP and POLLRDHUP, recv(2) for MSG_PEEK, socket(7) for SO_LINGER and
// SO_RCVLOWAT.
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

int clinux_stream_pair(int pair[2]) {
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0 ? -errno : 0;
}

int clinux_is_reader_gone(int fd) {
    struct pollfd one = {.fd = fd, .events = 0};
    int result = poll(&one, 1, 0);
    return result < 0 ? -errno : (one.revents & (POLLHUP | POLLERR)) != 0;
}

int clinux_end_output(int fd) { return shutdown(fd, SHUT_WR) < 0 ? -errno : 0; }

int clinux_reset_at_close(int fd) {
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    return setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now) < 0 ? -errno : 0;
}

int64_t clinux_send_at_once(int fd, const void *bytes, size_t count) {
    ssize_t sent = send(fd, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL);
    return sent < 0 ? -errno : sent;
}

int clinux_discard_input(int fd) {
    char bytes[16384];
    for (int round = 0; round < 16; round++) {
        ssize_t count = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
        if (count == 0) return 0;
        if (count < 0) return errno == EAGAIN || errno == EINTR ? 1 : -errno;
    }
    return 1;
}

int64_t clinux_peek(int fd, void *bytes, size_t count) {
    ssize_t found = recv(fd, bytes, count, MSG_PEEK | MSG_DONTWAIT);
    return found < 0 ? -errno : found;
}

int64_t clinux_take_input(int fd, void *bytes, size_t count) {
    ssize_t taken = recv(fd, bytes, count, MSG_DONTWAIT);
    return taken < 0 ? -errno : taken;
}

int clinux_set_least_input(int fd, int count) {
    return setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &count, sizeof count) < 0 ? -errno : 0;
}

int clinux_is_input_over(int fd) {
    struct pollfd one = {.fd = fd, .events = POLLRDHUP};
    int result = poll(&one, 1, 0);
    return result < 0 ? -errno : one.revents != 0;
}
