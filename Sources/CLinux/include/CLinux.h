// System calls for LinuxSystem and Sandbox, in a form that Swift can call: no varargs, no macros, no errno.
// Every function returns zero, a positive result or -errno. None decides anything, none allocates.
// All of them run in the parent. CSpawn has what runs in a child before exec.
#ifndef CLINUX_H
#define CLINUX_H

#include <stddef.h>
#include <stdint.h>

// A socket address in one shape. family: AF_INET, AF_INET6 or AF_UNIX; port in host order.
struct clinux_address {
    int32_t family;
    uint16_t port;
    uint8_t ip[16];  // 4 or 16 bytes in network order
    char path[108];  // AF_UNIX: zero-terminated
};

struct clinux_event {
    uint64_t token;
    uint32_t readable;  // or closed, or in error: a read returns at once
};

// One instruction of classic BPF, laid out as the kernel's struct sock_filter (linux/filter.h).
struct clinux_instruction {
    uint16_t code;
    uint8_t jump_true;
    uint8_t jump_false;
    uint32_t operand;
};

// The maps that the filter of the listening sockets looks into, by descriptor. Each listed map is a place
// (clinux_place_map).
struct clinux_filter_maps {
    int bans_v4, bans_v6, listed_v4, listed_v6, totals;
};

// How a child ended. status: exit status, or the signal's number.
struct clinux_end {
    int32_t pid;
    int32_t was_signalled;
    int32_t status;
    int32_t dumped_core;
};

// descriptors.c
int clinux_open_read(const char *path);
int clinux_open_write(const char *path);                          // never creates
int clinux_open_null(void);
int clinux_pipe(int ends[2]);                                     // close-on-exec; only the writing end can be reopened
int clinux_frame_pipe(int ends[2]);                               // close-on-exec, non-blocking
int clinux_set_pipe_capacity(int fd, int bytes);
int clinux_duplicate(int fd);                                     // above 2, close-on-exec
int clinux_null_streams(void);                                    // /dev/null on 0 and 1
int clinux_open_directory(const char *path);
int clinux_create_exclusive(const char *path, uint32_t mode);
int clinux_close(int fd);
long clinux_read(int fd, void *buffer, size_t count);
long clinux_write(int fd, const void *buffer, size_t count);
int clinux_sync(int fd);
int clinux_rename(const char *from, const char *to);
int clinux_unlink(const char *path);
int clinux_make_directory(const char *path, uint32_t mode);
int clinux_remove_directory(const char *path);
int clinux_list_directory(const char *path, void *context, void (*entry)(void *context, const char *name));
int clinux_file_kind(const char *path, uint32_t *mode);           // lstat(2); mode as st_mode
int clinux_socket_file(const char *path, uint64_t id[2]);         // device and inode of a socket file, no link followed
// Sets owner, group and mode of the socket file with this device and inode, or fails: the path may name another by now.
int clinux_set_socket_file(const char *path, const uint64_t id[2], uint32_t uid, uint32_t gid, uint32_t mode);
int clinux_current_directory(char *path, size_t size);
int clinux_can_find(const char *path);                            // 0, or -errno of stat
int clinux_can_execute(const char *path);                         // 0, or -errno of stat or access
int clinux_close_others(const int *keep, size_t count);           // closes every fd from 3 except these; sorted upwards
int clinux_close_on_exec_from(int first);
int clinux_keep_on_exec(int fd);
int clinux_is_open(int fd);
const char *clinux_variable(const char *name);                    // of the environment; NULL
int clinux_sealed_memory(const char *name, const void *bytes, size_t count);
void *clinux_map_read_only(int fd, size_t *count);                // NULL when it cannot be mapped
int clinux_unmap(const void *address, size_t count);
int clinux_is_file(int fd, const char *path);                     // 1: the path leads to the descriptor's file
int clinux_open_lock(const char *path);
int clinux_lock(int fd, int *holder);
int clinux_read_link(const char *link, char *text, size_t size);   // returns the length
int clinux_watch_directory(const char *path);                     // an inotify descriptor
int clinux_directory_changed(int fd, const char *name);             // 1: the file of this name changed; 0: it did not

// sockets.c
int clinux_listen(const struct clinux_address *address, int backlog, int no_delay, int keep_alive);
int clinux_listen_again(int fd, int backlog, int no_delay, int keep_alive);
int clinux_connect_probe(const struct clinux_address *address);   // 0 when a process listens there
int clinux_datagram_connect(const struct clinux_address *address);  // UDP, non-blocking, close-on-exec
int clinux_local_address(int fd, struct clinux_address *address);
// The addresses of this machine's interfaces.
int clinux_own_addresses(void *context, void (*own)(void *context, const struct clinux_address *address));
int clinux_accept(int listener, struct clinux_address *peer);     // blocking, close-on-exec
int clinux_peer_credentials(int fd, uint32_t *uid, uint32_t *gid, int32_t *pid);
// SEQPACKET, close-on-exec, non-blocking: from pair[0] to pair[1] only. What is sent to pair[0] is refused (EPIPE).
int clinux_message_pair(int pair[2]);
// The most descriptors of one message.
enum { clinux_most_passed = 2 };
long clinux_send(int fd, const void *bytes, size_t count, const int *passed, size_t passed_count);
long clinux_receive(int fd, void *bytes, size_t count, int passed[clinux_most_passed]);  // -1: none

// listeners.c. Values: clinux_kept_options_size() bytes, of use only for a socket of the same kind in this process.
size_t clinux_kept_option_count(void);
const char *clinux_kept_option(size_t index, int *level, int *name);    // the name in words; from 0
size_t clinux_kept_options_size(void);
void clinux_read_options(int fd, void *values);
enum { clinux_option_same, clinux_option_set_back, clinux_option_differs };
// Sets each option that differs, and reads all again. One of these states for each option.
void clinux_set_options_back(int fd, const void *values, unsigned char *states);
int clinux_waiting_clients(int listener);         // that are not accepted yet; -EOPNOTSUPP on a unix socket

// streams.c
int clinux_stream_pair(int pair[2]);     // STREAM, close-on-exec, blocking
int clinux_is_reader_gone(int fd);       // 1 when no process can read any more what is written there
int clinux_end_output(int fd);           // the peer reads the end of the stream
int clinux_reset_at_close(int fd);       // the last close resets the connection
// Sends without waiting and without SIGPIPE. Returns how many bytes the kernel took.
int64_t clinux_send_at_once(int fd, const void *bytes, size_t count);
// Discards the input that is there, up to 256 KB: 1 when more may come, 0 at the end.
int clinux_discard_input(int fd);
// Peek at or take input, without waiting. Returns how many bytes; 0 at the end, -EAGAIN when there are none.
int64_t clinux_peek(int fd, void *bytes, size_t count);
int64_t clinux_take_input(int fd, void *bytes, size_t count);
int clinux_set_least_input(int fd, int count);    // readable from this many bytes on, or at the end (SO_RCVLOWAT)
int clinux_is_input_over(int fd);                 // 1: no more bytes will arrive than are there

// control.c
int clinux_control_listen(const char *path);    // SEQPACKET, mode 600, non-blocking, close-on-exec
int clinux_control_accept(int listener);        // non-blocking, close-on-exec
int clinux_control_probe(const char *path);                       // 0: a process listens there
int clinux_control_connect(const char *path);   // blocking, close-on-exec

// Takes a zone's rules into memory; an empty name stands for the machine's zone. setenv(3), tzset(3).
int clinux_set_zone(const char *zone);
// Day of the week (0: Sunday) and minute of the day.
void clinux_local_minute(int64_t seconds, int *weekday, int *minute);
// The load average of the last minute, times 100. sysinfo(2).
int clinux_load_hundredths(void);

int clinux_counters_make(size_t words);                           // zeros in memory of a fixed size; a descriptor
uint64_t *clinux_counters_map(int fd, size_t words);              // NULL: of another size, or no memory is left
void clinux_counters_free(uint64_t *counters, size_t words);
void clinux_count(uint64_t *counter);           // adds one
void clinux_set_counter(uint64_t *counter, uint64_t value);
uint64_t clinux_counted(const uint64_t *counter);

// events.c
int clinux_poll_create(void);
int clinux_poll_add(int poll, int fd, uint64_t token);
int clinux_poll_remove(int poll, int fd);
int clinux_poll_wait(int poll, struct clinux_event *events, int count, int timeout_milliseconds);
int clinux_signal_queue(const int *signals, size_t count);        // blocks every signal, queues these
int clinux_signal_next(int fd);                                   // a signal's number, or 0
int clinux_reset_signals(void);                                   // all dispositions to default
// Lets SIGALRM through, with a handler that does nothing.
int clinux_wait_limit_prepare(void);
int clinux_wait_limit(int first, int next);                       // SIGALRM after so many microseconds each; 0: none
int64_t clinux_monotonic_nanoseconds(void);
int64_t clinux_wall_nanoseconds(void);

// processes.c
int clinux_fork(void);
int clinux_fork_into(int group);                                  // the child starts in this control group
int clinux_next_end(struct clinux_end *end);                      // 1: one is filled in and not reaped yet; 0: none
int clinux_reap(int pid);
int clinux_open_process(int pid);                                 // readable when the process has ended
int clinux_wait(int pid, struct clinux_end *end);                 // reaps it
// Starts a program with /dev/null on 0, a pipe on 1 and no signal blocked. Returns the pid, and the reading end in
// `output`.
int clinux_run(int program, char *const *arguments, int *output);
// execve with this process's environment. Returns on failure only.
int clinux_become(const char *path, char *const *arguments);
// Opens a program to be executed only: it may be replaced on the disk meanwhile.
int clinux_open_program(const char *path);
// Moves a descriptor to 2 and others to 3 and the following numbers, where exec keeps them, and executes. Returns on
// failure only.
int clinux_execute(
    int program, char *const *arguments, char *const *environment, int errors, int *passed, size_t count);
// Waits until `output` can be written (1 in the result) or `input` can be read (2). 0 after the time.
int clinux_wait_for_either(int output, int input, int timeout_milliseconds);
int clinux_kill(int pid, int signal);
int clinux_session(int pid);
int clinux_open_children(void);                                   // works after this process changes its root, too
int clinux_children(int fd, void *context, void (*child)(void *context, int pid));
int clinux_become_subreaper(void);
int clinux_start_session(void);
int clinux_set_name(const char *name);
int clinux_own_pid(void);
_Noreturn void clinux_exit(int status);

// credentials.c
int clinux_effective_user(void);
int clinux_effective_group(void);
int clinux_user_ids(uint32_t ids[3]);                             // real, effective, saved
int clinux_group_ids(uint32_t ids[3]);
int clinux_set_users(uint32_t uid);
int clinux_set_groups(uint32_t gid, const uint32_t *others, size_t count);
int clinux_supplementary(uint32_t *groups, size_t count);         // returns how many the process has
int clinux_keep_capabilities(int keep);
int clinux_set_no_new_privileges(void);
int clinux_no_new_privileges(void);
int clinux_set_secure_bits(unsigned long bits);
int clinux_secure_bits(void);
int clinux_no_root_bits(void);                                    // SECBIT_NOROOT and its lock
int clinux_limit(int resource, uint64_t *soft, uint64_t *hard);
int clinux_raise_limit(int resource);                             // sets the soft limit to the hard one
int clinux_set_limit(int resource, uint64_t value);               // both
int clinux_set_umask(uint32_t mask);                              // returns the old mask
int clinux_set_nice(int nice);
int clinux_nice(int *nice);
int clinux_change_directory(const char *path);
int clinux_find_user(const char *name, uint32_t *uid, uint32_t *gid);     // 1: found; 0: not
int clinux_find_user_id(uint32_t uid, uint32_t *gid, char *name, size_t size);
int clinux_find_group(const char *name, uint32_t *gid);
int clinux_find_group_id(uint32_t gid);

// landlock.c
int clinux_landlock_abi(void);
int clinux_landlock_ruleset(uint64_t files, uint64_t network, uint64_t scoped);
int clinux_landlock_allow(int ruleset, int path, uint64_t rights);
int clinux_landlock_restrict(int ruleset);

// filter.c. A key of a prefix map is the length in bits as 32 bits of this machine, then the address in network order.
int clinux_prefix_map(const char *name, size_t address_bytes, size_t value_bytes, uint32_t most);  // longest match
int clinux_place_map(const char *name, int map);                  // holds one map; clinux_put_map replaces it
int clinux_put_map(int place, int map);                           // a look-up sees the old map or the new one
int clinux_counter_map(const char *name, uint32_t count);
int clinux_map_set(int map, const void *key, const void *value);
int clinux_map_set_all(int map, const void *keys, const void *values, uint32_t count);
int clinux_map_get(int map, const void *key, void *value);        // of the longest prefix that contains the key
int clinux_map_remove(int map, const void *key);                  // exactly this prefix; -ENOENT when it is not there
int clinux_filter_load(const struct clinux_filter_maps *maps);    // a descriptor of the program
int clinux_filter_attach(int socket, int program);                // replaces the filter before
int clinux_filter_detach(int socket);
int clinux_drop_new_connections(int socket);                      // drops each SYN, and nothing else

// namespaces.c
int clinux_new_network(void);                                     // a descriptor of an empty network namespace
int clinux_enter_network(int fd);
int clinux_in_network(int fd);                                    // 1: this process is in that namespace
int clinux_own_mounts(void);
int clinux_change_root(const char *path);
int clinux_is_root(int fd);                                       // 1: it is this process's root directory
int clinux_mount_memory(const char *path, uint64_t bytes);        // an empty tmpfs
int clinux_mount_again(const char *from, const char *to);
int clinux_open_path(int root, const char *path);                 // O_PATH; inside `root`, unless that is negative
int clinux_is_directory(int fd);

// system_calls.c
int clinux_system_call_count(void);
const char *clinux_system_call_at(int index, int *number);        // the name of the call at this index, from 0
int clinux_system_call_number(const char *name);                  // -ENOSYS: this machine has no call of that name
const char *clinux_system_call_name(int number);                  // NULL: no call has that number
uint32_t clinux_architecture(void);                               // AUDIT_ARCH_X86_64, AUDIT_ARCH_AARCH64
int clinux_install_filter(const struct clinux_instruction *program, size_t count);  // cannot be undone; see seccomp(2)
int clinux_seccomp_mode(void);                                    // 0 none, 2 a filter; PR_GET_SECCOMP
long clinux_system_call(long number, const long arguments[6]);    // makes any call, to probe a filter

const char *clinux_error_name(int error);                         // "EMFILE"; NULL: no such error
int clinux_last_error(void);                                      // errno; only right after a library call
const char *clinux_error_text(int error);

#endif
