// attacker: a handler that tries to leave its sandbox. Its attempts are the list of what the sandbox must prevent.
//
//   attacker --list                  prints the names of all attempts, one a line
//   attacker --report-identity       prints what this process may do; for attempts that execute a program with rights
//   attacker                         reads lines on descriptor 0 and answers on 1; no line at all means "all":
//     pid                            its pid
//     signals                        how many CONT, URG and WINCH it received
//     all [TARGETS]                  every attempt
//     NAME [TARGETS]                 this attempt
//     linger                         as a filter: leaves its output with a last close that waits, and ends
//   TARGETS: sibling=PID supervisor=PID. The gate is its parent. The environment names the other targets: ATTACK_OTHER,
//   ATTACK_WRITABLE, ATTACK_OPEN, ATTACK_PORT, ATTACK_UNIX, ATTACK_ABSTRACT, ATTACK_SETUID, ATTACK_FILECAP.
//
// Each attempt gives a line NAME, RESULT, HOW, WORDS, separated by tabs; attacker.h has the results. Each runs in a
// process group of its own for at most nine seconds. As root it does nothing, because some attempts would succeed.
#include "attacker.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/socket.h>

static const struct attacker_attempt *const tables[] = {
    attacker_execution,  attacker_files,  attacker_sockets,   attacker_processes, attacker_privileges,
    attacker_namespaces, attacker_kernel, attacker_resources, attacker_leftovers,
    attacker_last,
};

enum { table_count = sizeof tables / sizeof *tables };

static volatile sig_atomic_t continued, urgent, resized;

static void count_signal(int number) {
    if (number == SIGCONT) continued++;
    if (number == SIGURG) urgent++;
    if (number == SIGWINCH) resized++;
}

static void print_line(const char *text) {
    // A client that is gone needs no answer.
    if (write(1, text, strlen(text)) < 0) _exit(0);
}

static void run_all(void) {
    for (int table = 0; table < table_count; table++) {
        for (const struct attacker_attempt *attempt = tables[table]; attempt->name; attempt++) {
            attacker_run(attempt, print_line);
        }
    }
}

static void run_named(const char *name) {
    for (int table = 0; table < table_count; table++) {
        for (const struct attacker_attempt *attempt = tables[table]; attempt->name; attempt++) {
            if (strcmp(attempt->name, name) == 0) {
                attacker_run(attempt, print_line);
                return;
            }
        }
    }
    print_line("there is no such attempt\n");
}

// The client must not read. Who closes its connection last would wait for a minute.
static noreturn void linger(void) {
    static const char bytes[65536];
    struct linger minute = {1, 60};
    int result = setsockopt(1, SOL_SOCKET, SO_LINGER, &minute, sizeof minute);
    while (result == 0 && send(1, bytes, sizeof bytes, MSG_DONTWAIT | MSG_NOSIGNAL) > 0) {
    }
    _exit(result < 0);
}

static void handle_line(char *line) {
    char *name = strtok(line, " \r\n");
    if (!name) name = "all";
    for (char *word; (word = strtok(NULL, " \r\n"));) {
        if (strncmp(word, "sibling=", 8) == 0) attacker_context.targets[attacker_sibling] = atoi(word + 8);
        if (strncmp(word, "supervisor=", 11) == 0) attacker_context.targets[attacker_supervisor] = atoi(word + 11);
    }
    char answer[80];
    if (strcmp(name, "pid") == 0) {
        snprintf(answer, sizeof answer, "%d\n", getpid());
        print_line(answer);
    } else if (strcmp(name, "signals") == 0) {
        snprintf(answer, sizeof answer, "CONT=%d URG=%d WINCH=%d\n", (int)continued, (int)urgent, (int)resized);
        print_line(answer);
    } else if (strcmp(name, "linger") == 0) {
        linger();
    } else if (strcmp(name, "all") == 0) {
        run_all();
    } else {
        run_named(name);
    }
}

// Reads byte by byte, so that no later line is taken from the input. False at the end of the input.
static bool read_line(char *line, size_t size) {
    size_t length = 0;
    while (length + 1 < size) {
        ssize_t got = read(0, line + length, 1);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        if (line[length++] == '\n') break;
    }
    line[length] = 0;
    return length > 0;
}

static int list(void) {
    for (int table = 0; table < table_count; table++) {
        for (const struct attacker_attempt *attempt = tables[table]; attempt->name; attempt++) puts(attempt->name);
    }
    return 0;
}

static int report_identity(void) {
    struct {
        unsigned version;
        int pid;
    } header = {0x20080522, 0};
    struct {
        unsigned effective, permitted, inheritable;
    } sets[2] = {{0, 0, 0}, {0, 0, 0}};
    if (syscall(SYS_capget, &header, sets) < 0) return 1;
    printf("euid=%d effective=%08x%08x\n", geteuid(), sets[1].effective, sets[0].effective);
    return 0;
}

static int first_open_descriptor(void) {
    for (int fd = 3; fd < 4096; fd++) {
        if (fcntl(fd, F_GETFD) >= 0) return fd;
    }
    return -1;
}

int main(int count, char **arguments) {
    attacker_context.first_descriptor = first_open_descriptor();
    if (count > 1 && strcmp(arguments[1], "--list") == 0) return list();
    if (count > 1 && strcmp(arguments[1], "--report-identity") == 0) return report_identity();
    if (geteuid() == 0) {
        print_line("attacker: not as root: some of it would work\n");
        return 1;
    }
    attacker_context.targets[attacker_gate] = getppid();
    attacker_context.executable = (const char *)getauxval(AT_EXECFN);
    if (pipe2(attacker_context.lifeline, O_CLOEXEC) < 0) return 1;
    struct sigaction action = {.sa_handler = count_signal, .sa_flags = SA_RESTART};
    sigaction(SIGCONT, &action, NULL);
    sigaction(SIGURG, &action, NULL);
    sigaction(SIGWINCH, &action, NULL);

    char line[200];
    bool has_line = read_line(line, sizeof line);
    if (!has_line) run_all();
    while (has_line) {
        handle_line(line);
        has_line = read_line(line, sizeof line);
    }
    return 0;
}
