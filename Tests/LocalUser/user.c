// user: what a user of the machine tries who may connect to a service's unix socket, and who may not use the control
// socket: to hold up or to reach what serves others.
//
//   user --list       prints the names of all attempts, one a line
//   user ATTEMPT...   makes them, or "all", and prints a line for each, as Tests/Attacker/attacker.c does
//
// The environment names the targets: ATTACK_UNIX, a unix socket where access rules refuse the user; ATTACK_CONTROL, the
// control socket; ATTACK_STATE, a file beside it; ATTACK_HANDLER, ATTACK_GATE, ATTACK_SUPERVISOR, pids.
// As root it does nothing, because most attempts would succeed.
#include "../Attacker/attacker.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

enum { lingering = 3, silent = 100, flood = 1000, longest_wait_milliseconds = 3000, linger_seconds = 60 };

// Connects to a unix socket. The control socket has messages, a service's has a stream.
static int connect_to(int fd, const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) attacker_void("too long a path: %s", path);
    strcpy(address.sun_path, path);
    return connect(fd, (struct sockaddr *)&address, sizeof address);
}

static const char *variables[] = {"ATTACK_UNIX", "ATTACK_CONTROL"};
enum { at_service, at_control };

static int made(int fd) {
    if (fd < 0) attacker_void("a socket: %s", attacker_errno_name(errno));
    return fd;
}

static int opened(long place) {
    return made(socket(AF_UNIX, (place == at_control ? SOCK_SEQPACKET : SOCK_STREAM) | SOCK_CLOEXEC, 0));
}

// Connected; -1 with errno.
static int connected(long place) {
    const char *path = attacker_variable(variables[place]);
    int fd = opened(place);
    if (connect_to(fd, path) == 0) return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

// ---- connections of which the last close waits, in flight

static noreturn void pass(int to, int passed) {
    char byte = 'x';
    struct iovec bytes = {&byte, 1};
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
    // A server that has refused already takes nothing.
    ssize_t sent = sendmsg(to, &message, MSG_NOSIGNAL);
    _exit(sent < 0);
}

// The process that has such a connection ends as soon as it has passed it on: a close at the end of a process never
// waits, so that the receiver's is the last one that does. The other end of the connection stays here and is not read.
static noreturn void pass_one(int listener, int to, const char *path) {
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    int end = made(socket(AF_INET, SOCK_STREAM, 0));
    if (getsockname(listener, (struct sockaddr *)&address, &size) < 0
        || connect(end, (struct sockaddr *)&address, size) < 0) {
        _exit(1);
    }
    struct linger minute = {1, linger_seconds};
    setsockopt(end, SOL_SOCKET, SO_LINGER, &minute, sizeof minute);
    static char bytes[65536];
    while (send(end, bytes, sizeof bytes, MSG_DONTWAIT | MSG_NOSIGNAL) > 0) {
    }
    if (connect_to(to, path) < 0) _exit(errno);
    pass(to, end);
}

static void wait_for_end(int fd) {
    struct pollfd waiting = {.fd = fd, .events = POLLRDHUP};
    poll(&waiting, 1, longest_wait_milliseconds);
}

static void pass_lingering(long place) {
    const char *path = attacker_variable(variables[place]);
    int listener = made(socket(AF_INET, SOCK_STREAM, 0)), ends[lingering];
    if (listen(listener, lingering) < 0) attacker_void("listen: %s", attacker_errno_name(errno));
    for (int i = 0; i < lingering; i++) {
        ends[i] = opened(place);
        pid_t child = attacker_fork(0);
        if (child < 0) attacker_no_child();
        if (child == 0) pass_one(listener, ends[i], path);
        int status = attacker_wait(child);
        errno = WEXITSTATUS(status);
        if (errno == EACCES || errno == ENOENT) attacker_refused("connect");
    }
    for (int i = 0; i < lingering; i++) wait_for_end(ends[i]);
    attacker_allowed("%d in flight", lingering);
}

// ---- many connections

static void stay_silent(long place) {
    int last = -1, count = 0;
    for (; count < silent; count++) {
        int fd = connected(place);
        if (fd < 0 && !count) attacker_refused("connect");
        if (fd < 0) break;
        last = fd;
    }
    wait_for_end(last);
    attacker_allowed("%d connections", count);
}

static void connect_often(long place) {
    int count = 0;
    for (; count < flood; count++) {
        int fd = connected(place);
        if (fd < 0 && !count) attacker_refused("connect");
        if (fd < 0) break;
        if (send(fd, "x", 1, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 && errno == EMFILE) break;
        close(fd);
    }
    attacker_allowed("%d connections", count);
}

// ---- the control socket

// The bytes of any request do: one that is not admitted has no answer.
static void ask(void) {
    int fd = connected(at_control);
    if (fd < 0) attacker_refused("connect");
    static char bytes[4096];
    if (send(fd, bytes, sizeof bytes, MSG_NOSIGNAL) < 0) attacker_refused("send");
    shutdown(fd, SHUT_WR);
    wait_for_end(fd);
    char answer;
    if (recv(fd, &answer, 1, MSG_DONTWAIT) > 0) attacker_done("got an answer");
    attacker_refused_by("no answer");
}

static void remove_path(long place) {
    const char *path = attacker_variable(variables[place]);
    if (unlink(path) < 0) attacker_refused("unlink");
    attacker_done("removed %s", path);
}

static void take_path(long place) {
    char other[4096];
    const char *path = attacker_variable(variables[place]);
    snprintf(other, sizeof other, "%s.other", path);
    if (rename(path, other) < 0) attacker_refused("rename");
    rename(other, path);
    attacker_done("moved %s away, and back", path);
}

static void write_state(void) {
    if (open(attacker_variable("ATTACK_STATE"), O_WRONLY | O_APPEND | O_CLOEXEC) < 0) attacker_refused("open");
    attacker_done("opened a file of the state");
}

static const struct attacker_attempt user_attempts[] = {
    {"user-pass-lingering", "pass connections to a service of which the last close waits", .run_on = pass_lingering,
     .argument = at_service},
    {"user-silent", "connect to a service and say nothing", .run_on = stay_silent, .argument = at_service},
    {"user-flood", "connect to a service again and again", .run_on = connect_often, .argument = at_service},
    {"user-remove", "remove the socket of a service", .run_on = remove_path, .argument = at_service},
    {"user-take", "take its path", .run_on = take_path, .argument = at_service},
    {"control-ask", "ask the supervisor something", .run = ask},
    {"control-pass-lingering", "pass it connections of which the last close waits", .run_on = pass_lingering,
     .argument = at_control},
    {"control-silent", "connect to it and say nothing", .run_on = stay_silent, .argument = at_control},
    {"control-flood", "connect to it again and again", .run_on = connect_often, .argument = at_control},
    {"control-remove", "remove its socket", .run_on = remove_path, .argument = at_control},
    {"control-take", "take its path", .run_on = take_path, .argument = at_control},
    {"control-state", "write to a file of the supervisor's state", .run = write_state},
    {0},
};

static const struct attacker_attempt *const tables[] = {user_attempts, attacker_processes};

// Those of the other table that a handler makes on processes of its own.
static bool is_of_users(const char *name) {
    static const char *const not[] = {"ptrace-child", "kill-all", "owner-signal", "renice-user", "ioprio-user"};
    for (size_t i = 0; i < sizeof not / sizeof *not; i++) {
        if (strcmp(name, not[i]) == 0) return false;
    }
    return true;
}

static void print(const char *line) {
    if (fputs(line, stdout) < 0 || fflush(stdout) < 0) exit(1);
}

static pid_t pid_of(const char *variable) {
    const char *value = getenv(variable);
    return value ? atoi(value) : 0;
}

int main(int count, char **arguments) {
    bool is_list = count == 2 && strcmp(arguments[1], "--list") == 0;
    if (!is_list && geteuid() == 0) return 1;
    attacker_context.targets[attacker_sibling] = pid_of("ATTACK_HANDLER");
    attacker_context.targets[attacker_gate] = pid_of("ATTACK_GATE");
    attacker_context.targets[attacker_supervisor] = pid_of("ATTACK_SUPERVISOR");
    for (size_t table = 0; table < sizeof tables / sizeof *tables; table++) {
        for (const struct attacker_attempt *attempt = tables[table]; attempt->name; attempt++) {
            if (!is_of_users(attempt->name)) continue;
            if (is_list) puts(attempt->name);
            for (int i = 1; !is_list && i < count; i++) {
                bool is_asked = strcmp(arguments[i], "all") == 0 || strcmp(arguments[i], attempt->name) == 0;
                if (is_asked) attacker_run(attempt, print);
            }
        }
    }
    return 0;
}
