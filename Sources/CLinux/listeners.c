// What a process with a copy of a listening socket can change in it for all others: read from the fresh socket, and set
// back. CLinux.h documents the functions.
// Facts: socket(7), tcp(7), ip(7), ipv6(7), fcntl(2) for F_SETFL; in the kernel, sk_setsockopt(), do_tcp_setsockopt().
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// Numbers that older headers do not have, of x86-64 and aarch64.
enum {
    so_rcvtimeo = 20, so_sndtimeo = 21, so_buf_lock = 72, so_txrehash = 74, so_passpidfd = 76, so_passrights = 83,
    tcp_save_syn = 27, tcp_fastopen_no_cookie = 34, tcp_tx_delay = 37, tcp_rto_max = 44, tcp_rto_min = 45,
    tcp_delack_max = 46, ipv6_minhopcount = 73,
};

// Two properties of a socket that are no options, in the form of options.
enum { no_level = -1, FILE_FLAGS, SHUTDOWN };

enum way {
    AS_READ,
    HALF,     // the kernel doubles what is set
    AS_ZERO,  // the default reads as a number, and zero sets it
    LINGER,   // the time of linger can only be set together with its flag
};

struct option {
    int level, name;
    enum way way;
    const char *words;
};

#define OF_SOCKET(NAME) {SOL_SOCKET, SO_##NAME, AS_READ, "SO_" #NAME}
#define OF_TCP(NAME) {IPPROTO_TCP, TCP_##NAME, AS_READ, "TCP_" #NAME}
#define OF_IP(NAME) {IPPROTO_IP, IP_##NAME, AS_READ, "IP_" #NAME}
#define OF_IPV6(NAME) {IPPROTO_IPV6, IPV6_##NAME, AS_READ, "IPV6_" #NAME}

// Those that gates may set, those that change a connection which inherits them, and those that keep clients out. In an
// order: SO_RCVLOWAT enlarges the buffer, the buffers take a lock, and IP_TOS has a priority. What cannot be set back
// (SO_LOCK_FILTER, a window) is here so that it is seen.
static const struct option options[] = {
    {no_level, FILE_FLAGS, AS_READ, "O_NONBLOCK"},
    {no_level, SHUTDOWN, AS_READ, "shutdown"},
    OF_SOCKET(ACCEPTCONN),
    OF_SOCKET(REUSEADDR),
    OF_SOCKET(REUSEPORT),
    OF_SOCKET(DONTROUTE),
    OF_SOCKET(OOBINLINE),
    {SOL_SOCKET, SO_LINGER, LINGER, "SO_LINGER"},
    OF_SOCKET(RCVLOWAT),
    {SOL_SOCKET, so_rcvtimeo, AS_READ, "SO_RCVTIMEO"},
    {SOL_SOCKET, so_sndtimeo, AS_READ, "SO_SNDTIMEO"},
    {SOL_SOCKET, SO_RCVBUF, HALF, "SO_RCVBUF"},
    {SOL_SOCKET, SO_SNDBUF, HALF, "SO_SNDBUF"},
    {SOL_SOCKET, so_buf_lock, AS_READ, "SO_BUF_LOCK"},
    OF_SOCKET(PASSCRED),
    OF_SOCKET(PASSSEC),
    {SOL_SOCKET, so_passpidfd, AS_READ, "SO_PASSPIDFD"},
    {SOL_SOCKET, so_passrights, AS_READ, "SO_PASSRIGHTS"},
    OF_SOCKET(PEEK_OFF),
    OF_SOCKET(LOCK_FILTER),
    OF_SOCKET(MARK),
    OF_SOCKET(BUSY_POLL),
    OF_SOCKET(MAX_PACING_RATE),
    OF_SOCKET(ZEROCOPY),
    OF_SOCKET(BINDTOIFINDEX),
    {SOL_SOCKET, so_txrehash, AS_READ, "SO_TXREHASH"},
    {IPPROTO_TCP, TCP_MAXSEG, AS_ZERO, "TCP_MAXSEG"},
    OF_TCP(CORK),
    OF_TCP(KEEPIDLE),
    OF_TCP(KEEPINTVL),
    OF_TCP(KEEPCNT),
    OF_TCP(SYNCNT),
    OF_TCP(LINGER2),
    OF_TCP(DEFER_ACCEPT),
    OF_TCP(WINDOW_CLAMP),
    OF_TCP(QUICKACK),
    OF_TCP(CONGESTION),
    OF_TCP(THIN_LINEAR_TIMEOUTS),
    OF_TCP(USER_TIMEOUT),
    OF_TCP(FASTOPEN),
    {IPPROTO_TCP, tcp_fastopen_no_cookie, AS_READ, "TCP_FASTOPEN_NO_COOKIE"},
    OF_TCP(NOTSENT_LOWAT),
    {IPPROTO_TCP, tcp_save_syn, AS_READ, "TCP_SAVE_SYN"},
    {IPPROTO_TCP, tcp_tx_delay, AS_READ, "TCP_TX_DELAY"},
    {IPPROTO_TCP, tcp_rto_max, AS_READ, "TCP_RTO_MAX_MS"},
    {IPPROTO_TCP, tcp_rto_min, AS_READ, "TCP_RTO_MIN_US"},
    {IPPROTO_TCP, tcp_delack_max, AS_READ, "TCP_DELACK_MAX_US"},
    OF_IP(TOS),
    OF_IP(TTL),
    OF_IP(MINTTL),
    OF_IP(MTU_DISCOVER),
    OF_IP(RECVERR),
    OF_IP(PKTINFO),
    OF_IP(FREEBIND),
    OF_IP(TRANSPARENT),
    OF_IPV6(TCLASS),
    OF_IPV6(UNICAST_HOPS),
    {IPPROTO_IPV6, ipv6_minhopcount, AS_READ, "IPV6_MINHOPCOUNT"},
    OF_IPV6(MTU_DISCOVER),
    OF_IPV6(RECVERR),
    OF_IPV6(RECVPKTINFO),
    OF_SOCKET(PRIORITY),
};

enum { option_count = sizeof options / sizeof *options, most_bytes = 16 };

// The value of each option. size 0: the kernel or this kind of socket does not have the option.
struct value {
    unsigned char size;
    unsigned char bytes[most_bytes];
};

size_t clinux_kept_option_count(void) { return option_count; }

const char *clinux_kept_option(size_t index, int *level, int *name) {
    *level = options[index].level;
    *name = options[index].name;
    return options[index].words;
}

size_t clinux_kept_options_size(void) { return sizeof(struct value[option_count]); }

static struct value of_int(int number) {
    struct value value = {.size = sizeof number};
    memcpy(value.bytes, &number, sizeof number);
    return value;
}

static struct value current(int fd, const struct option *option) {
    struct value value = {.size = 0};
    if (option->level != no_level) {
        socklen_t size = sizeof value.bytes;
        if (getsockopt(fd, option->level, option->name, value.bytes, &size) == 0) value.size = (unsigned char)size;
        return value;
    }
    if (option->name == FILE_FLAGS) return of_int(fcntl(fd, F_GETFL));
    struct pollfd end = {.fd = fd, .events = POLLRDHUP};
    return of_int(poll(&end, 1, 0) < 0 ? -errno : end.revents);
}

// A failure shows in the value that is read afterwards.
static void set(int fd, const struct option *option, const struct value *value) {
    int number, force = option->name == SO_RCVBUF ? SO_RCVBUFFORCE : SO_SNDBUFFORCE;
    memcpy(&number, value->bytes, sizeof number);
    if (option->level == no_level) {
        if (option->name == FILE_FLAGS) fcntl(fd, F_SETFL, number);
        return;
    }
    switch (option->way) {
    case AS_READ: setsockopt(fd, option->level, option->name, value->bytes, value->size); break;
    case AS_ZERO:
        number = 0;
        setsockopt(fd, option->level, option->name, &number, sizeof number);
        break;
    case HALF:
        number /= 2;
        // The administrator's limit may be below the default.
        if (setsockopt(fd, option->level, force, &number, sizeof number) < 0)
            setsockopt(fd, option->level, option->name, &number, sizeof number);
        break;
    case LINGER: {
        struct linger linger;
        memcpy(&linger, value->bytes, sizeof linger);
        struct linger on = {.l_onoff = 1, .l_linger = linger.l_linger};
        setsockopt(fd, option->level, option->name, &on, sizeof on);
        setsockopt(fd, option->level, option->name, &linger, sizeof linger);
    }
    }
}

void clinux_read_options(int fd, void *values) {
    struct value *into = values;
    for (size_t i = 0; i < option_count; i++) into[i] = current(fd, &options[i]);
}

static int is(const struct value *one, const struct value *other) {
    return one->size == other->size && memcmp(one->bytes, other->bytes, one->size) == 0;
}

void clinux_set_options_back(int fd, const void *values, unsigned char *states) {
    const struct value *wanted = values;
    for (size_t i = 0; i < option_count; i++) {
        struct value found = current(fd, &options[i]);
        states[i] = is(&found, &wanted[i]) ? clinux_option_same : clinux_option_set_back;
        if (states[i] != clinux_option_same) set(fd, &options[i], &wanted[i]);
    }
    // Only now: setting one may change another.
    for (size_t i = 0; i < option_count; i++) {
        struct value found = current(fd, &options[i]);
        if (!is(&found, &wanted[i])) states[i] = clinux_option_differs;
    }
}

int clinux_waiting_clients(int listener) {
    struct tcp_info information = {0};
    socklen_t size = sizeof information;
    if (getsockopt(listener, IPPROTO_TCP, TCP_INFO, &information, &size) < 0) return -errno;
    // Of a listening socket, the length of its queue.
    return (int)information.tcpi_unacked;
}
