// The filter of the listening sockets: maps of prefixes and the program that looks a client up in them. CLinux.h
// documents the functions.
//
// What the program sees. The kernel runs the filter of a TCP socket from tcp_v4_rcv and tcp_v6_rcv (tcp_filter), after
// it
// has found the packet's socket and before it does anything for the packet. skb->data points to the TCP header, so the
// flags are at offset 13 (RFC 9293 3.1). The source address is reached from the network header, at 12 (RFC 791 3.1) or
// 8
// (RFC 8200 3). skb->protocol is the packet's family, not the socket's: a listener for both families gets IPv4 as IPv4.
// The program judges only a segment with SYN and without ACK. A connection inherits the filter of its listener, and an
// open connection goes on when its client is blocked later.
// The program calls only helpers that are allowed under any licence (gpl_only = false in net/core/filter.c and
// kernel/bpf/helpers.c; bpf_ktime_get_ns since Linux 5.8).
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static int kernel(int command, union bpf_attr *attributes) {
    long result = syscall(SYS_bpf, command, attributes, sizeof *attributes);
    return result < 0 ? -errno : (int)result;
}

static uint64_t address_of(const void *bytes) { return (uint64_t)(uintptr_t)bytes; }

// The kernel makes every descriptor of a map or program close-on-exec (bpf(2)).
static int make_map(uint32_t type, const char *name, size_t key, size_t value, uint32_t most, uint32_t flags,
                    int inner) {
    union bpf_attr wanted;
    memset(&wanted, 0, sizeof wanted);
    wanted.map_type = type;
    wanted.key_size = (uint32_t)key;
    wanted.value_size = (uint32_t)value;
    wanted.max_entries = most;
    wanted.map_flags = flags;
    wanted.inner_map_fd = (uint32_t)inner;
    strncpy(wanted.map_name, name, sizeof wanted.map_name - 1);
    return kernel(BPF_MAP_CREATE, &wanted);
}

int clinux_prefix_map(const char *name, size_t address_bytes, size_t value_bytes, uint32_t most) {
    return make_map(BPF_MAP_TYPE_LPM_TRIE, name, 4 + address_bytes, value_bytes, most, BPF_F_NO_PREALLOC, 0);
}

int clinux_place_map(const char *name, int map) {
    int place = make_map(BPF_MAP_TYPE_ARRAY_OF_MAPS, name, 4, 4, 1, 0, map);
    if (place < 0) return place;
    int error = clinux_put_map(place, map);
    if (error == 0) return place;
    close(place);
    return error;
}

int clinux_counter_map(const char *name, uint32_t count) {
    return make_map(BPF_MAP_TYPE_ARRAY, name, 4, 8, count, 0, 0);
}

static int with_entry(int command, int map, const void *key, const void *value) {
    union bpf_attr wanted;
    memset(&wanted, 0, sizeof wanted);
    wanted.map_fd = (uint32_t)map;
    wanted.key = address_of(key);
    wanted.value = address_of(value);
    return kernel(command, &wanted);
}

int clinux_map_set(int map, const void *key, const void *value) {
    return with_entry(BPF_MAP_UPDATE_ELEM, map, key, value);
}

int clinux_map_get(int map, const void *key, void *value) { return with_entry(BPF_MAP_LOOKUP_ELEM, map, key, value); }

int clinux_map_remove(int map, const void *key) { return with_entry(BPF_MAP_DELETE_ELEM, map, key, NULL); }

int clinux_map_set_all(int map, const void *keys, const void *values, uint32_t count) {
    union bpf_attr wanted;
    memset(&wanted, 0, sizeof wanted);
    wanted.batch.map_fd = (uint32_t)map;
    wanted.batch.keys = address_of(keys);
    wanted.batch.values = address_of(values);
    wanted.batch.count = count;
    return kernel(BPF_MAP_UPDATE_BATCH, &wanted);
}

int clinux_put_map(int place, int map) {
    uint32_t key = 0, number = (uint32_t)map;
    return clinux_map_set(place, &key, &number);
}

// Jumps name a label. resolve() turns the names into distances and removes the labels, which are no instructions.
enum label { V4 = 1, SOURCE, BLOCK_LIST, DROP, DROPPED, PASS };
#define LABEL 0  // an operation that the kernel does not have

#define OP(operation, to, from, where, number) \
    (struct bpf_insn) { .code = (operation), .dst_reg = (to), .src_reg = (from), .off = (where), .imm = (number) }
#define AT(label) OP(LABEL, 0, 0, label, 0)
#define SET(to, number) OP(BPF_ALU64 | BPF_MOV | BPF_K, to, 0, 0, number)
#define COPY(to, from) OP(BPF_ALU64 | BPF_MOV | BPF_X, to, from, 0, 0)
#define ADD(to, number) OP(BPF_ALU64 | BPF_ADD | BPF_K, to, 0, 0, number)
#define AND(to, number) OP(BPF_ALU64 | BPF_AND | BPF_K, to, 0, 0, number)
#define LOAD(size, to, from, offset) OP(BPF_LDX | BPF_MEM | (size), to, from, offset, 0)
#define STORE_WORD(to, offset, number) OP(BPF_ST | BPF_MEM | BPF_W, to, 0, offset, number)
#define COUNT(to, offset, from) OP(BPF_STX | BPF_ATOMIC | BPF_DW, to, from, offset, BPF_ADD)
#define GO(label) OP(BPF_JMP | BPF_JA, 0, 0, label, 0)
#define GO_IF(value, number, label) OP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, label, number)
#define GO_UNLESS(value, number, label) OP(BPF_JMP | BPF_JNE | BPF_K, value, 0, label, number)
#define GO_IF_NOT_LESS(value, other, label) OP(BPF_JMP | BPF_JGE | BPF_X, value, other, label, 0)
#define CALL(helper) OP(BPF_JMP | BPF_CALL, 0, 0, 0, helper)
#define MAP(to, map) OP(BPF_LD | BPF_IMM | BPF_DW, to, BPF_PSEUDO_MAP_FD, 0, map), OP(0, 0, 0, 0, 0)
#define EXIT OP(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)

enum register_number { R0, R1, R2, R3, R4, R5, PACKET, BANS, LISTED, ENTRY, STACK };
// Offsets on the stack: the key (length, address) in the form of the maps, the flags, the index of a counter.
enum { KEY = -24, KEY_ADDRESS = KEY + 4, FLAGS = -32, INDEX = -28 };
enum { TCP_FLAGS = 13, SYN = 0x02, ACK = 0x10, WHOLE = -1 };

// The second half of a 64-bit constant has operation 0 too, but its offset is 0, and a label's is not.
static int is_label(const struct bpf_insn *one) { return one->code == LABEL && one->off != 0; }

static int is_jump(const struct bpf_insn *one) {
    uint8_t operation = BPF_OP(one->code);
    return BPF_CLASS(one->code) == BPF_JMP && operation != BPF_CALL && operation != BPF_EXIT;
}

static uint32_t resolve(struct bpf_insn *program, size_t count) {
    int16_t places[PASS + 1] = {0};
    uint32_t length = 0;
    for (size_t i = 0; i < count; i++) {
        if (is_label(&program[i]))
            places[program[i].off] = (int16_t)length;
        else
            program[length++] = program[i];
    }
    for (uint32_t i = 0; i < length; i++)
        if (is_jump(&program[i])) program[i].off = (int16_t)(places[program[i].off] - (int16_t)i - 1);
    return length;
}

int clinux_filter_load(const struct clinux_filter_maps *maps) {
    struct bpf_insn program[] = {
        COPY(PACKET, R1),
        // Only a segment with SYN and without ACK goes on; every other one passes.
        SET(R2, TCP_FLAGS), COPY(R3, STACK), ADD(R3, FLAGS), SET(R4, 1), CALL(BPF_FUNC_skb_load_bytes),
        GO_UNLESS(R0, 0, PASS),
        LOAD(BPF_B, R1, STACK, FLAGS), AND(R1, SYN | ACK), GO_UNLESS(R1, SYN, PASS),
        // The key: the length in bits, then the source address.
        LOAD(BPF_W, R1, PACKET, offsetof(struct __sk_buff, protocol)),
        GO_IF(R1, htons(ETH_P_IP), V4), GO_UNLESS(R1, htons(ETH_P_IPV6), PASS),
        MAP(BANS, maps->bans_v6), MAP(LISTED, maps->listed_v6), STORE_WORD(STACK, KEY, 128), SET(R2, 8), SET(R4, 16),
        GO(SOURCE),
        AT(V4),
        MAP(BANS, maps->bans_v4), MAP(LISTED, maps->listed_v4), STORE_WORD(STACK, KEY, 32), SET(R2, 12), SET(R4, 4),
        AT(SOURCE),
        COPY(R1, PACKET), COPY(R3, STACK), ADD(R3, KEY_ADDRESS), SET(R5, BPF_HDR_START_NET),
        CALL(BPF_FUNC_skb_load_bytes_relative), GO_UNLESS(R0, 0, PASS),
        // A ban (hits, end) that has not ended.
        COPY(R1, BANS), COPY(R2, STACK), ADD(R2, KEY), CALL(BPF_FUNC_map_lookup_elem), GO_IF(R0, 0, BLOCK_LIST),
        COPY(ENTRY, R0), CALL(BPF_FUNC_ktime_get_ns), LOAD(BPF_DW, R1, ENTRY, 8), GO_IF_NOT_LESS(R0, R1, BLOCK_LIST),
        STORE_WORD(STACK, INDEX, 0), GO(DROP),
        // The block list (hits): the map that the place holds at this moment.
        AT(BLOCK_LIST),
        STORE_WORD(STACK, INDEX, 0), COPY(R1, LISTED), COPY(R2, STACK), ADD(R2, INDEX),
        CALL(BPF_FUNC_map_lookup_elem), GO_IF(R0, 0, PASS),
        COPY(R1, R0), COPY(R2, STACK), ADD(R2, KEY), CALL(BPF_FUNC_map_lookup_elem), GO_IF(R0, 0, PASS),
        COPY(ENTRY, R0), STORE_WORD(STACK, INDEX, 1),
        // Counts one hit of this entry, and one of all.
        AT(DROP),
        SET(R1, 1), COUNT(ENTRY, 0, R1),
        MAP(R1, maps->totals), COPY(R2, STACK), ADD(R2, INDEX), CALL(BPF_FUNC_map_lookup_elem), GO_IF(R0, 0, DROPPED),
        SET(R1, 1), COUNT(R0, 0, R1),
        AT(DROPPED),
        SET(R0, 0), EXIT,
        AT(PASS),
        SET(R0, WHOLE), EXIT,
    };
    union bpf_attr wanted;
    memset(&wanted, 0, sizeof wanted);
    wanted.prog_type = BPF_PROG_TYPE_SOCKET_FILTER;
    wanted.insns = address_of(program);
    wanted.insn_cnt = resolve(program, sizeof program / sizeof *program);
    wanted.license = address_of("Apache-2.0");
    strncpy(wanted.prog_name, "doorward_syn", sizeof wanted.prog_name - 1);
    return kernel(BPF_PROG_LOAD, &wanted);
}

int clinux_filter_attach(int socket, int program) {
    return setsockopt(socket, SOL_SOCKET, SO_ATTACH_BPF, &program, sizeof program) < 0 ? -errno : 0;
}

// A classic BPF program. Most kernels let any process attach it, some do not (EPERM). It sees a segment from its TCP
// header on.
int clinux_drop_new_connections(int socket) {
    struct sock_filter steps[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 13),                      // the flags
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0x12),                   // ACK, SYN
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x02, 0, 1),             // SYN alone
        BPF_STMT(BPF_RET | BPF_K, 0),
        BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
    };
    struct sock_fprog program = { .len = sizeof steps / sizeof *steps, .filter = steps };
    return setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) < 0 ? -errno : 0;
}

int clinux_filter_detach(int socket) {
    int unused = 0;
    return setsockopt(socket, SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof unused) < 0 ? -errno : 0;
}
