// Attempts on parts of the kernel that a handler never needs. A call that could change the machine has arguments with
// which it changes nothing even when it is let through; the result then says how far it came.
#include "attacker.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <time.h>

// ---- calls that return a descriptor, or a number

static noreturn void gives(const char *step, long result) {
    if (result < 0) attacker_refused(step);
    attacker_done("%s returned %ld", step, result);
}

static void make_bpf_map(void) {
    struct {
        uint32_t type, key_size, value_size, entries;
    } attributes = {2, 4, 4, 1};
    gives("bpf", syscall(SYS_bpf, 0, &attributes, sizeof attributes));
}

static void count_events(void) {
    unsigned char attributes[112] = {0};
    uint32_t type = 1, size = sizeof attributes;
    uint64_t dummy_event = 9, exclude_kernel_and_hypervisor = 1 << 5 | 1 << 6;
    memcpy(attributes, &type, sizeof type);
    memcpy(attributes + 4, &size, sizeof size);
    memcpy(attributes + 8, &dummy_event, sizeof dummy_event);
    memcpy(attributes + 40, &exclude_kernel_and_hypervisor, sizeof exclude_kernel_and_hypervisor);
    gives("perf_event_open", syscall(SYS_perf_event_open, attributes, 0, -1, -1, 0));
}

enum { process_keyring = -2, session_keyring = -3 };

static void add_key(void) { gives("add_key", syscall(SYS_add_key, "user", "attacker", "x", 1, process_keyring)); }

static void request_key(void) {
    long result = syscall(SYS_request_key, "user", "attacker", NULL, process_keyring);
    attacker_judge("request_key", result);
}

static void join_keyring(void) { gives("keyctl", syscall(SYS_keyctl, 1 /* JOIN_SESSION_KEYRING */, NULL)); }

static void set_up_ring(void) {
    unsigned char parameters[120] = {0};
    gives("io_uring_setup", syscall(SYS_io_uring_setup, 4, parameters));
}

static void handle_faults(void) { gives("userfaultfd", syscall(SYS_userfaultfd, O_CLOEXEC | 1 /* user mode only */)); }
static void watch_files(void) { gives("fanotify_init", syscall(SYS_fanotify_init, 0x200 /* report fid */, O_RDONLY)); }

static void name_handle(void) {
    struct {
        unsigned bytes;
        int type;
        unsigned char handle[128];
    } handle = {.bytes = 128};
    int mount;
    gives("name_to_handle_at", syscall(SYS_name_to_handle_at, AT_FDCWD, "/", &handle, &mount, 0));
}

// Inode 2 in the form that ext4 and others understand.
static void open_handle(void) {
    struct {
        unsigned bytes;
        int type;
        uint32_t inode, generation;
    } handle = {8, 1, 2, 0};
    attacker_judge("open_by_handle_at", syscall(SYS_open_by_handle_at, AT_FDCWD, &handle, O_RDONLY));
}

static void read_log(void) { gives("syslog", syscall(SYS_syslog, 10 /* size of the buffer */, NULL, 0)); }

// ---- the machine: modules, kernels, power, swap

static void load_module(void) { attacker_judge("init_module", syscall(SYS_init_module, "", 0, "")); }
static void load_module_file(void) { attacker_judge("finit_module", syscall(SYS_finit_module, -1, "", 0)); }
static void delete_module(void) { attacker_judge("delete_module", syscall(SYS_delete_module, "attacker", O_NONBLOCK)); }
static void load_kernel(void) { attacker_judge("kexec_load", syscall(SYS_kexec_load, 0, 0, NULL, 0xdeadUL)); }
static void reboot(void) { attacker_judge("reboot", syscall(SYS_reboot, 0, 0, 0, NULL)); }
static void swap_on(void) { attacker_judge("swapon", syscall(SYS_swapon, "/nonexistent/swap", 0)); }
static void swap_off(void) { attacker_judge("swapoff", syscall(SYS_swapoff, "/nonexistent/swap")); }
static void account(void) { attacker_judge("acct", syscall(SYS_acct, "/nonexistent/account")); }

static void set_quota(void) {
    enum { quota_on = 0x800002 };
    attacker_judge("quotactl", syscall(SYS_quotactl, quota_on << 8, "/nonexistent/device", 0, NULL));
}

// ---- the machine's clock and names: each is set to its present value

static void set_clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    attacker_judge("clock_settime", syscall(SYS_clock_settime, CLOCK_REALTIME, &now));
}

static void set_time_of_day(void) {
    struct timeval now;
    gettimeofday(&now, NULL);
    attacker_judge("settimeofday", syscall(SYS_settimeofday, &now, NULL));
}

// Every user may read the tick. The attempt then sets the tick that it has read.
static void adjust_clock(void) {
    struct timex times = {.modes = 0};
    if (syscall(SYS_adjtimex, &times) < 0) attacker_refused("adjtimex to read");
    times.modes = ADJ_TICK;
    attacker_judge("adjtimex", syscall(SYS_adjtimex, &times));
}

static void set_host_name(void) {
    struct utsname names;
    uname(&names);
    attacker_judge("sethostname", syscall(SYS_sethostname, names.nodename, strlen(names.nodename)));
}

static void set_domain_name(void) {
    struct utsname names;
    uname(&names);
    attacker_judge("setdomainname", syscall(SYS_setdomainname, names.domainname, strlen(names.domainname)));
}

// ---- the processor, the terminal

static void open_ports(void) { gives("iopl", syscall(SYS_iopl, 3)); }
static void open_one_port(void) { gives("ioperm", syscall(SYS_ioperm, 0x80, 1, 1)); }

static void write_descriptor_table(void) {
    unsigned entry[4] = {0, 0, 0, 0x28 /* not present, read only */};
    gives("modify_ldt", syscall(SYS_modify_ldt, 1, entry, sizeof entry));
}

static void change_personality(void) {
    if (syscall(SYS_personality, (long)ADDR_NO_RANDOMIZE) < 0) attacker_refused("personality");
    attacker_done("its programs are not randomized");
}

static void hang_up(void) { attacker_judge("vhangup", syscall(SYS_vhangup)); }

static void type_into_terminal(void) {
    if (ioctl(0, TIOCSTI, "x") == 0) attacker_done("typed a character");
    int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);
    if (terminal >= 0 && ioctl(terminal, TIOCSTI, "x") == 0) attacker_done("typed a character");
    attacker_refused("TIOCSTI");
}

const struct attacker_attempt attacker_kernel[] = {
    {"bpf", "make a BPF map", .run = make_bpf_map},
    {"perf-event", "count events", .run = count_events},
    {"add-key", "add a key to the kernel's keys", .run = add_key},
    {"request-key", "ask for a key", .run = request_key},
    {"keyctl", "take a keyring", .run = join_keyring},
    {"io-uring", "set up an io_uring", .run = set_up_ring},
    {"userfaultfd", "handle its page faults", .run = handle_faults},
    {"fanotify", "watch files", .run = watch_files},
    {"name-to-handle", "get a handle of /", .run = name_handle},
    {"open-by-handle", "open a file by its handle", .run = open_handle},
    {"syslog", "ask for the kernel's log", .run = read_log},
    {"init-module", "load a kernel module", .run = load_module},
    {"finit-module", "load a kernel module from a file", .run = load_module_file},
    {"delete-module", "remove a kernel module", .run = delete_module},
    {"kexec-load", "load a kernel", .run = load_kernel},
    {"reboot", "reboot (with numbers that cannot)", .run = reboot},
    {"swapon", "add swap", .run = swap_on},
    {"swapoff", "remove swap", .run = swap_off},
    {"acct", "turn process accounting on", .run = account},
    {"quotactl", "turn quotas on", .run = set_quota},
    {"clock-settime", "set the clock", .run = set_clock},
    {"settimeofday", "set the clock, the old way", .run = set_time_of_day},
    {"adjtimex", "adjust the clock", .run = adjust_clock},
    {"sethostname", "set the host name", .run = set_host_name},
    {"setdomainname", "set the domain name", .run = set_domain_name},
    {"iopl", "reach all input and output ports", .run = open_ports},
    {"ioperm", "reach one input and output port", .run = open_one_port},
    {"modify-ldt", "write a local descriptor table", .run = write_descriptor_table},
    {"personality", "turn address randomization off", .run = change_personality},
    {"vhangup", "hang the terminal up", .run = hang_up},
    {"tiocsti", "type into the terminal", .run = type_into_terminal},
    {0},
};
