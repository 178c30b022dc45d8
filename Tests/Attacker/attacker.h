// What the attacks share: the targets, the results, and the tables.
//
// A process gives one result and ends with it: every attempt runs in a child of its own.
//   DONE     the attack had its effect: bytes were read, the file was made, the signal was sent
//   refused  the attacked step itself failed, with its errno
//   void     there was nothing to attack (a missing target): neither of the two, and a mistake of the test
//   left     a process stayed, with its pid: the test sees later whether it lives
//   allowed  a step that the attacker may take: the test sees from outside that it harms nobody else
//   sent     the kernel does not say whether it arrived: the test asks the sibling
#pragma once

#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdnoreturn.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

enum attacker_target { attacker_sibling, attacker_gate, attacker_supervisor };

struct attacker_context {
    pid_t targets[3];        // by enum attacker_target; 0: not known
    const char *executable;  // its own path, as the kernel gives it
    int first_descriptor;    // the first open one above 2 at its start; -1: none
    int lifeline[2];         // the reading end is at its end when the handler has ended
};

extern struct attacker_context attacker_context;

// The socket that the attempts on its own socket are on: a handler's connection, a gate's listener.
extern int attacker_socket;

struct attacker_attempt {
    const char *name;
    const char *words;
    void (*run)(void);
    void (*run_on)(long argument);  // instead of run
    long argument;
};

// Each table ends with an attempt without a name.
extern const struct attacker_attempt attacker_files[];
extern const struct attacker_attempt attacker_sockets[];
extern const struct attacker_attempt attacker_processes[];
extern const struct attacker_attempt attacker_privileges[];
extern const struct attacker_attempt attacker_namespaces[];
extern const struct attacker_attempt attacker_resources[];
extern const struct attacker_attempt attacker_leftovers[];
extern const struct attacker_attempt attacker_kernel[];
extern const struct attacker_attempt attacker_execution[];
extern const struct attacker_attempt attacker_last[];  // attempts that may cost the connection

// ---- giving the result (report.c)

noreturn void attacker_done(const char *format, ...) __attribute__((format(printf, 1, 2)));
noreturn void attacker_refused(const char *step);  // with errno
noreturn void attacker_refused_by(const char *format, ...) __attribute__((format(printf, 1, 2)));
noreturn void attacker_void(const char *format, ...) __attribute__((format(printf, 1, 2)));
noreturn void attacker_left(pid_t pid);
noreturn void attacker_sent(const char *signal);
noreturn void attacker_allowed(const char *format, ...) __attribute__((format(printf, 1, 2)));

// A fork has failed: refused when it may not fork at all.
noreturn void attacker_no_child(void);

// For calls with arguments that can change nothing: EPERM, EACCES and ENOSYS are refusals; any other result lets
// through.
noreturn void attacker_judge(const char *step, long result);

// "EPERM".
const char *attacker_errno_name(int number);

// ---- helpers

// The pid to attack; void when it is not known.
pid_t attacker_pid(enum attacker_target target);

// A variable of the environment that names a target; void when it is not set.
const char *attacker_variable(const char *name);

// Makes a child by clone(2), with raw flags beside SIGCHLD. Returns like fork.
pid_t attacker_fork(unsigned long flags);

// Waits for a child. Returns its status as waitpid gives it, or -1.
int attacker_wait(pid_t pid);

// Runs an attempt in a child, in a process group of its own and for a limited time, and prints its line. A process that
// may not fork at all runs the attempt itself.
void attacker_run(const struct attacker_attempt *attempt, void (*print)(const char *line));

// The descriptor that results go to.
extern int attacker_report;

// Runs an attempt in this process, until its result; that is `text` then.
void attacker_run_here(const struct attacker_attempt *attempt, char *text, size_t size);

static inline void attacker_begin(const struct attacker_attempt *attempt) {
    if (attempt->run) attempt->run();
    if (attempt->run_on) attempt->run_on(attempt->argument);
}
