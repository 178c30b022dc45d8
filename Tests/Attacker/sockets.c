// Attempts on the network and on other processes' sockets.
// ATTACK_PORT: a TCP listener on 127.0.0.1. ATTACK_UNIX, ATTACK_ABSTRACT: listeners on a path, and on an abstract name.
#include "attacker.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>

enum { every_other_family = -1, last_family = 46, alg = 38, vsock = 40, smc = 43, xdp = 44, bluetooth = 31, tipc = 30 };

static const int named_families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, vsock, alg, bluetooth,
                                     AF_KEY,  xdp,     smc,      tipc,       AF_CAN};

static bool has_name(int family) {
    for (size_t i = 0; i < sizeof named_families / sizeof *named_families; i++) {
        if (named_families[i] == family) return true;
    }
    return false;
}

// Prefers EPERM and EACCES to the error of a kernel without the family, because they say more.
static void try_family(int family, int *error) {
    static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        int fd = socket(family, types[i], 0);
        if (fd >= 0) attacker_done("a socket of family %d and type %d", family, types[i]);
        if (!*error || errno == EPERM || errno == EACCES) *error = errno;
    }
}

static void open_family(long family) {
    int error = 0;
    if (family != every_other_family) try_family((int)family, &error);
    for (int other = 0; family == every_other_family && other <= last_family; other++) {
        if (!has_name(other)) try_family(other, &error);
    }
    errno = error;
    attacker_refused("socket");
}

// ---- TCP, UDP

static struct sockaddr_in listener(void) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((in_port_t)atoi(attacker_variable("ATTACK_PORT")));
    return address;
}

static int opened(int family, int type) {
    int fd = socket(family, type | SOCK_CLOEXEC, 0);
    if (fd < 0) attacker_refused("socket");
    return fd;
}

static void connect_tcp(void) {
    struct sockaddr_in address = listener();
    int fd = opened(AF_INET, SOCK_STREAM);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) attacker_refused("connect");
    attacker_done("connected to 127.0.0.1:%d", ntohs(address.sin_port));
}

// Data in the first packet: a connection without connect.
static void connect_by_sending(void) {
    struct sockaddr_in address = listener();
    int fd = opened(AF_INET, SOCK_STREAM);
    if (sendto(fd, "x", 1, MSG_FASTOPEN | MSG_NOSIGNAL, (struct sockaddr *)&address, sizeof address) < 0) {
        attacker_refused("sendto MSG_FASTOPEN");
    }
    attacker_done("connected to 127.0.0.1:%d by sending", ntohs(address.sin_port));
}

// Its own connection is a socket in the host's network, in whatever network the handler itself is. If the attempt gave
// up that connection first (AF_UNSPEC), its result would reach no client: so it stops at EISCONN.
static void reconnect(void) {
    struct sockaddr_in address = listener();
    int result = connect(attacker_socket, (struct sockaddr *)&address, sizeof address);
    if (result < 0 && errno == ENOTSOCK) attacker_void("it has no socket");
    if (result < 0 && errno != EISCONN) attacker_refused("connect");
    attacker_done("only its present connection (EISCONN) is in the way");
}

// The other use of that socket: a listener, on a port that the kernel chooses. A connected socket cannot listen
// (EINVAL). If the filter lets that call through, the attempt calls again without the connection. Then its result
// reaches only the log, and the client misses it: so this attempt is the last.
static void listen_again(void) {
    if (listen(attacker_socket, 1) < 0 && errno == ENOTSOCK) attacker_void("it has no socket");
    if (listen(attacker_socket, 1) < 0 && errno != EINVAL) attacker_refused("listen");
    struct sockaddr nothing = {.sa_family = AF_UNSPEC};
    if (connect(attacker_socket, &nothing, sizeof nothing) < 0) attacker_refused("connect to AF_UNSPEC");
    if (listen(attacker_socket, 1) < 0) attacker_refused("listen");
    struct sockaddr_in address = {0};
    socklen_t size = sizeof address;
    getsockname(attacker_socket, (struct sockaddr *)&address, &size);
    dprintf(2, "tcp-listen DONE: its own connection listens on port %d\n", ntohs(address.sin_port));
    attacker_done("its own connection listens on port %d", ntohs(address.sin_port));
}

// In whatever network the handler is, its connection belongs to the host's network and can be asked about that.
static void list_interfaces(void) {
    char bytes[1024];
    struct ifconf interfaces = {.ifc_len = sizeof bytes, .ifc_buf = bytes};
    if (ioctl(attacker_socket, SIOCGIFCONF, &interfaces) < 0 && errno == ENOTTY) attacker_void("it has no socket");
    if (ioctl(attacker_socket, SIOCGIFCONF, &interfaces) < 0) attacker_refused("SIOCGIFCONF");
    attacker_done("sees %zu interfaces", (size_t)interfaces.ifc_len / sizeof(struct ifreq));
}

// A socket that is bound to the first interface shows that interface's name.
static void bind_interface(void) {
    int first = 1;
    if (setsockopt(attacker_socket, SOL_SOCKET, 62 /* SO_BINDTOIFINDEX */, &first, sizeof first) < 0) {
        attacker_refused("setsockopt");
    }
    char name[IFNAMSIZ] = "";
    socklen_t size = sizeof name;
    getsockopt(attacker_socket, SOL_SOCKET, SO_BINDTODEVICE, name, &size);
    attacker_done("its connection is bound to %s", name);
}

// The machine would announce that it is in the group.
static void join_group(void) {
    struct ip_mreqn group = {.imr_ifindex = 1};
    group.imr_multiaddr.s_addr = htonl(0xef424242);
    if (setsockopt(attacker_socket, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group) < 0) {
        struct group_req other = {.gr_interface = 1};
        ((struct sockaddr_in *)&other.gr_group)->sin_family = AF_INET;
        ((struct sockaddr_in *)&other.gr_group)->sin_addr.s_addr = htonl(0xef424242);
        if (setsockopt(attacker_socket, IPPROTO_IP, MCAST_JOIN_GROUP, &other, sizeof other) < 0) {
            attacker_refused("setsockopt");
        }
    }
    attacker_done("its connection is in a group");
}

// ---- what a socket keeps for those that come after: its port, and what its listener has

static noreturn void set_option(int level, int name, const void *value, size_t size) {
    if (setsockopt(attacker_socket, level, name, value, (socklen_t)size) < 0) attacker_refused("setsockopt");
    attacker_done("option %d of level %d is set on its connection", name, level);
}

static noreturn void set_number(int level, int name, int number) { set_option(level, name, &number, sizeof number); }

// A connection that is closed first without it keeps its port for a minute.
static void clear_reuse(void) { set_number(SOL_SOCKET, SO_REUSEADDR, 0); }

static void share_port(void) { set_number(SOL_SOCKET, SO_REUSEPORT, 1); }

// A filter that lets everything pass. If it took what the machine's own filter lets through, the client would miss the
// result.
static void attach_filter(void) {
    // BPF_RET | BPF_K, as the kernel's struct sock_filter and struct sock_fprog have it.
    struct {
        unsigned short code;
        unsigned char jump_true, jump_false;
        unsigned operand;
    } pass = {.code = 6, .operand = 0xffffffff};
    struct {
        unsigned short length;
        const void *program;
    } program = {.length = 1, .program = &pass};
    set_option(SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

static void lock_filter(void) { set_number(SOL_SOCKET, SO_LOCK_FILTER, 1); }

static void defer_accept(void) { set_number(IPPROTO_TCP, TCP_DEFER_ACCEPT, 1000); }

// For an address that no client has.
static void add_key(void) {
    struct tcp_md5sig key = {.tcpm_flags = TCP_MD5SIG_FLAG_PREFIX, .tcpm_prefixlen = 32, .tcpm_keylen = 1};
    struct sockaddr_in *address = (struct sockaddr_in *)&key.tcpm_addr;
    address->sin_family = AF_INET;
    address->sin_addr.s_addr = htonl(0xc0000201);
    set_option(IPPROTO_TCP, TCP_MD5SIG_EXT, &key, sizeof key);
}

static void send_udp(void) {
    struct sockaddr_in address = listener();
    int fd = opened(AF_INET, SOCK_DGRAM);
    if (sendto(fd, "x", 1, MSG_NOSIGNAL, (struct sockaddr *)&address, sizeof address) != 1) attacker_refused("sendto");
    attacker_done("sent a datagram to 127.0.0.1:%d", ntohs(address.sin_port));
}

static void bind_port(void) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    int fd = opened(AF_INET, SOCK_STREAM);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) attacker_refused("bind");
    if (listen(fd, 1) < 0) attacker_refused("listen");
    attacker_done("listens on a port");
}

// ---- unix sockets

static socklen_t unix_address(struct sockaddr_un *address, const char *name, bool is_abstract) {
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    size_t length = strlen(name);
    if (length + 1 >= sizeof address->sun_path) attacker_void("too long a name: %s", name);
    memcpy(address->sun_path + is_abstract, name, length);
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + 1);
}

static noreturn void connect_unix(const char *name, bool is_abstract) {
    struct sockaddr_un address;
    socklen_t length = unix_address(&address, name, is_abstract);
    int fd = opened(AF_UNIX, SOCK_STREAM);
    if (connect(fd, (struct sockaddr *)&address, length) < 0) attacker_refused("connect");
    attacker_done("connected to %s", name);
}

// One end of a pair is a datagram socket like any other, and can send to any socket with a name. EPROTOTYPE means that
// the receiver is of another type, but was reached.
static void send_from_pair(void) {
    struct sockaddr_un address;
    socklen_t length = unix_address(&address, attacker_variable("ATTACK_UNIX"), false);
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair) < 0) attacker_refused("socketpair");
    ssize_t sent = sendto(pair[0], "x", 1, MSG_NOSIGNAL, (struct sockaddr *)&address, length);
    if (sent < 0 && errno != EPROTOTYPE) attacker_refused("sendto");
    attacker_done("reached %s", address.sun_path);
}

static void connect_path(void) { connect_unix(attacker_variable("ATTACK_UNIX"), false); }
static void connect_abstract(void) { connect_unix(attacker_variable("ATTACK_ABSTRACT"), true); }

static noreturn void bind_unix(const char *name, bool is_abstract) {
    struct sockaddr_un address;
    socklen_t length = unix_address(&address, name, is_abstract);
    int fd = opened(AF_UNIX, SOCK_STREAM);
    if (bind(fd, (struct sockaddr *)&address, length) < 0) attacker_refused("bind");
    if (!is_abstract) unlink(name);
    attacker_done("bound %s", name);
}

static void bind_path(void) {
    char path[4096];
    snprintf(path, sizeof path, "%s/attacker-%d", attacker_variable("ATTACK_OPEN"), getpid());
    bind_unix(path, false);
}

static void bind_abstract(void) {
    char name[40];
    snprintf(name, sizeof name, "attacker-%d", getpid());
    bind_unix(name, true);
}

#define FAMILY(NAME, NUMBER) \
    {"socket-" NAME, "open a socket of family " NAME ", of any type", .run_on = open_family, .argument = NUMBER}

const struct attacker_attempt attacker_sockets[] = {
    FAMILY("unix", AF_UNIX),
    FAMILY("inet", AF_INET),
    FAMILY("inet6", AF_INET6),
    FAMILY("netlink", AF_NETLINK),
    FAMILY("packet", AF_PACKET),
    FAMILY("vsock", vsock),
    FAMILY("alg", alg),
    FAMILY("bluetooth", bluetooth),
    FAMILY("key", AF_KEY),
    FAMILY("xdp", xdp),
    FAMILY("smc", smc),
    FAMILY("tipc", tipc),
    FAMILY("can", AF_CAN),
    {"socket-others", "open a socket of any other family up to 46", .run_on = open_family,
     .argument = every_other_family},
    {"tcp-connect", "connect to a TCP port of this machine", .run = connect_tcp},
    {"tcp-fast-open", "connect to it by sending (TCP fast open)", .run = connect_by_sending},
    {"tcp-reconnect", "connect its own connection to something else", .run = reconnect},
    {"interfaces", "list the interfaces of this machine", .run = list_interfaces},
    {"bind-interface", "bind its own connection to an interface", .run = bind_interface},
    {"join-group", "have its own connection join a multicast group", .run = join_group},
    {"clear-reuse", "keep its port from the next supervisor", .run = clear_reuse},
    {"share-port", "let others listen on its port", .run = share_port},
    {"attach-filter", "put a filter of its own on its connection", .run = attach_filter},
    {"lock-filter", "keep the kernel's filter from being changed", .run = lock_filter},
    {"defer-accept", "keep clients waiting that are silent first", .run = defer_accept},
    {"md5-key", "ask its clients for a signature (TCP MD5)", .run = add_key},
    {"udp-send", "send a datagram", .run = send_udp},
    {"bind-port", "listen on a port", .run = bind_port},
    {"unix-connect", "connect to another's unix socket", .run = connect_path},
    {"unix-datagram", "send to another's unix socket from a pair of its own", .run = send_from_pair},
    {"unix-bind", "make a unix socket in a directory that every user may write", .run = bind_path},
    {"abstract-connect", "connect to another's abstract unix socket", .run = connect_abstract},
    {"abstract-bind", "make an abstract unix socket", .run = bind_abstract},
    {0},
};

const struct attacker_attempt attacker_last[] = {
    {"tcp-listen", "make its own connection a listener", .run = listen_again},
    {0},
};
