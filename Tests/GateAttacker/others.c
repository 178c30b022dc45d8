// Attempts on files of the supervisor and of other services. ATTACK_STATE: the file of bans. ATTACK_DEFINITION: the
// file of another service. ATTACK_PROGRAM: the program that the supervisor executes for the next gate.
#include "inside.h"

#include <fcntl.h>

static noreturn void open_for(const char *variable, int flags) {
    const char *path = attacker_variable(variable);
    int fd = open(path, flags | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) attacker_void("there is no %s", path);
    if (fd < 0) attacker_refused("open");
    attacker_done("opened %s", path);
}

static void write_state(void) { open_for("ATTACK_STATE", O_WRONLY | O_APPEND); }
static void read_state(void) { open_for("ATTACK_STATE", O_RDONLY); }
static void read_definition(void) { open_for("ATTACK_DEFINITION", O_RDONLY); }
static void write_program(void) { open_for("ATTACK_PROGRAM", O_WRONLY | O_APPEND); }

static void remove_control(void) {
    const char *path = attacker_variable("ATTACK_CONTROL");
    if (access(path, F_OK) < 0 && errno == ENOENT) attacker_void("there is no %s", path);
    if (unlink(path) < 0) attacker_refused("unlink");
    attacker_done("removed %s", path);
}

// In the place of this process, if it may not fork: then this attempt has no result.
static void execute(void) {
    char *arguments[] = {"sh", "-c", "exit 42", NULL}, *environment[] = {NULL};
    syscall(SYS_execve, "/bin/sh", arguments, environment);
    attacker_refused("execve");
}

static void start_process(void) {
    pid_t child = attacker_fork(0);
    if (child == 0) _exit(0);
    if (child > 0) attacker_wait(child);
    if (child < 0) attacker_refused("clone");
    attacker_allowed("it is there to start handlers");
}

const struct attacker_attempt inside_others[] = {
    {"execute", "become another program", .run = execute},
    {"start-process", "start a process", .run = start_process},
    {"write-state", "write to the file of bans", .run = write_state},
    {"read-state", "read the file of bans", .run = read_state},
    {"read-definition", "read the file of another service", .run = read_definition},
    {"write-program", "change the program of the next gate", .run = write_program},
    {"remove-control", "remove the control socket", .run = remove_control},
    {0},
};
