// Attempts on a listener that Tests/Attacker/sockets.c does not have: a gate has a copy, and the next gate has one too.
#include "inside.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>

static int listener(void) {
    int fd = inside_next(0, inside_is_listener);
    if (fd < 0) attacker_void("it has no listener");
    return fd;
}

// Sets an option to a number. The place of its level and its own number in one argument.
enum { level_shift = 16 };
#define OPTION(LEVEL, NUMBER) ((long)(LEVEL) << level_shift | (NUMBER))

static void set_option(long option) {
    int level = (int)(option >> level_shift), number = (int)(option & ((1 << level_shift) - 1)), value = 1;
    if (setsockopt(listener(), level, number, &value, sizeof value) < 0) attacker_refused("setsockopt");
    attacker_done("option %d of level %d is set on its listener", number, level);
}

// An upper layer protocol of the kernel's takes a name.
static void set_protocol(void) {
    if (setsockopt(listener(), IPPROTO_TCP, 31 /* TCP_ULP */, "tls", 3) < 0) attacker_refused("setsockopt");
    attacker_done("TLS is set on its listener");
}

static void bind_elsewhere(void) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    if (bind(listener(), (struct sockaddr *)&address, sizeof address) < 0) attacker_refused("bind");
    attacker_done("bound its listener");
}

static void change_backlog(void) {
    if (listen(listener(), 1) < 0) attacker_refused("listen");
    attacker_done("its listener has another queue");
}

// What is allowed here, the supervisor sets back when this process has ended.
static void change_options(void) {
    int fd = listener(), large = 100;
    struct linger now = {1, 0};
    if (setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &large, sizeof large) < 0) attacker_refused("SO_RCVLOWAT");
    if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now) < 0) attacker_refused("SO_LINGER");
    if (fcntl(fd, F_SETFL, 0) < 0) attacker_refused("F_SETFL");
    attacker_allowed("SO_RCVLOWAT, SO_LINGER, O_NONBLOCK");
}

static void shut_down(void) {
    if (shutdown(listener(), SHUT_RDWR) < 0) attacker_refused("shutdown");
    attacker_allowed("its listener is shut down");
}

// The kernel signals the owner of a file. The default action of SIGIO ends a process.
static void signal_by_listener(void) {
    int fd = listener();
    if (fcntl(fd, F_SETOWN, attacker_pid(attacker_supervisor)) < 0) attacker_refused("F_SETOWN");
    if (fcntl(fd, F_SETFL, O_ASYNC | O_NONBLOCK) < 0) attacker_refused("O_ASYNC");
    attacker_allowed("the supervisor is to have a SIGIO for each client");
}

const struct attacker_attempt inside_listeners[] = {
    {"listener-repair", "take its state apart (TCP_REPAIR)", .run_on = set_option, .argument = OPTION(IPPROTO_TCP, 19)},
    {"listener-ulp", "put a protocol of the kernel's on it (TCP_ULP)", .run = set_protocol},
    {"listener-fastopen", "let it take data with a SYN (TCP_FASTOPEN)", .run_on = set_option,
     .argument = OPTION(IPPROTO_TCP, 23)},
    {"listener-detach", "take the kernel's filter off (SO_DETACH_FILTER)", .run_on = set_option,
     .argument = OPTION(SOL_SOCKET, 27)},
    {"listener-device", "bind it to an interface (SO_BINDTOIFINDEX)", .run_on = set_option,
     .argument = OPTION(SOL_SOCKET, 62)},
    {"listener-mark", "mark its packets (SO_MARK)", .run_on = set_option, .argument = OPTION(SOL_SOCKET, 36)},
    {"listener-bind", "bind it once more", .run = bind_elsewhere},
    {"listener-backlog", "listen once more, with a short queue", .run = change_backlog},
    {"listener-options", "set SO_RCVLOWAT and SO_LINGER, and have accept wait", .run = change_options},
    {"listener-shutdown", "shut it down", .run = shut_down},
    {"listener-owner", "have the kernel signal the supervisor for each client", .run = signal_by_listener},
    {0},
};
