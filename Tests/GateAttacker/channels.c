// Attempts by the channels: the socket of the supervisor's orders, the pipes to supervisor and resolver.
#include "inside.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>

enum { longest_flood_seconds = 1 };

// Every unix socket that this process has: a byte must arrive at none.
static void send_up(void) {
    const char *step = "there is none";
    int count = 0, error = 0;
    for (int fd = 0; (fd = inside_next(fd, inside_is_unix_socket)) >= 0; fd++, count++) {
        if (send(fd, "x", 1, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) attacker_done("sent a byte on descriptor %d", fd);
        step = "send";
        error = errno;
    }
    if (!count) attacker_void("it has no unix socket");
    errno = error;
    attacker_refused(step);
}

// A copy of `passed` on every descriptor of this process that can carry one.
static noreturn void pass_on_all(int passed) {
    char byte = 'x';
    struct iovec bytes = {&byte, 1};
    int error = 0;
    for (int fd = 0; fd < inside_most_descriptors; fd++) {
        if (fd == passed || fcntl(fd, F_GETFD) < 0) continue;
        union {
            char bytes[CMSG_SPACE(sizeof passed)];
            struct cmsghdr aligned;
        } control = {0};
        struct msghdr message = {.msg_iov = &bytes, .msg_iovlen = 1, .msg_control = &control,
                                 .msg_controllen = sizeof control};
        struct cmsghdr *head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(sizeof passed);
        memcpy(CMSG_DATA(head), &passed, sizeof passed);
        if (sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) attacker_done("passed it on descriptor %d", fd);
        if (errno != ENOTSOCK) error = errno;
    }
    if (!error) attacker_void("it has no socket");
    errno = error;
    attacker_refused("sendmsg");
}

static void pass_descriptor(void) { pass_on_all(2); }

// A connection of which the last close waits for a minute: its client does not read.
static void pass_lingering(void) {
    int listener = inside_next(0, inside_is_listener);
    if (listener < 0) attacker_void("it has no listener");
    struct pollfd waiting = {.fd = listener, .events = POLLIN};
    poll(&waiting, 1, 5000);
    int end = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (end < 0) attacker_void("no client came: %s", attacker_errno_name(errno));
    struct linger minute = {1, 60};
    if (setsockopt(end, SOL_SOCKET, SO_LINGER, &minute, sizeof minute) < 0) attacker_refused("SO_LINGER");
    static char bytes[65536];
    while (send(end, bytes, sizeof bytes, MSG_NOSIGNAL) > 0) {
    }
    pass_on_all(end);
}

static void grow_pipes(void) {
    int fd = inside_next(0, inside_is_written_pipe);
    if (fd < 0) attacker_void("it has no pipe");
    if (fcntl(fd, F_SETPIPE_SZ, 1 << 17) < 0) attacker_refused("F_SETPIPE_SZ");
    attacker_done("its pipe takes more of the kernel's memory");
}

// The other end of a pipe, which its reader has. It may open a pipe that it has made itself.
static void read_own_pipes(void) {
    int error = 0;
    for (int fd = 0; (fd = inside_next(fd, inside_is_written_pipe)) >= 0; fd++) {
        char path[40];
        struct stat status;
        if (fstat(fd, &status) < 0 || status.st_uid == getuid()) continue;
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        int other = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        if (other >= 0) attacker_done("opened the reader's end of descriptor %d", fd);
        error = errno;
    }
    if (!error) attacker_void("it has no pipe");
    errno = error;
    attacker_refused("open");
}

// Writes to a pipe that its reader empties. False when there is no reader, and when it is too late.
static bool write_whole(int fd, const unsigned char *bytes, size_t count, time_t end) {
    while (write(fd, bytes, count) < 0) {
        if ((errno != EAGAIN && errno != EINTR) || time(NULL) > end) return false;
        struct pollfd waiting = {.fd = fd, .events = POLLOUT};
        poll(&waiting, 1, 100);
    }
    return true;
}

// The frames that the test has given, one after the other, to the supervisor; that pipe is the first.
// Source of their form: LinuxSystem, FramePipe.swift.
static size_t send_frames(int fd, time_t end) {
    size_t sent = 0;
    for (size_t at = 0; at + 2 <= inside_byte_count; sent++) {
        size_t size = 2 + (size_t)inside_bytes[at] + ((size_t)inside_bytes[at + 1] << 8);
        if (at + size > inside_byte_count || !write_whole(fd, inside_bytes + at, size, end)) break;
        at += size;
    }
    return sent;
}

static int first_pipe(void) {
    int fd = inside_next(0, inside_is_written_pipe);
    if (fd < 0) attacker_void("it has no pipe");
    if (!inside_byte_count) attacker_void("the test gave no frames");
    return fd;
}

static void send_reports(void) {
    int fd = first_pipe();
    attacker_allowed("%zu reports", send_frames(fd, time(NULL) + longest_flood_seconds));
}

// Ends what it has of its channels, for itself and for the other end.
static void shut_channels(void) {
    int count = 0;
    for (int fd = 0; (fd = inside_next(fd, inside_is_unix_socket)) >= 0; fd++) {
        if (shutdown(fd, SHUT_RDWR) == 0) count++;
    }
    attacker_allowed("%d sockets", count);
}

const struct attacker_attempt inside_channels[] = {
    {"send-up", "send the supervisor something on the socket of its orders", .run = send_up},
    {"pass-descriptor", "pass a descriptor on any of its own", .run = pass_descriptor},
    {"pass-lingering", "pass a connection of which the last close waits", .run = pass_lingering},
    {"grow-pipes", "have a pipe take more of the kernel's memory", .run = grow_pipes},
    {"read-own-pipes", "read what it reports, in the place of the reader", .run = read_own_pipes},
    {"send-reports", "report what it likes, as fast as it can", .run = send_reports},
    {"shut-channels", "shut its channels down", .run = shut_channels},
    {0},
};
