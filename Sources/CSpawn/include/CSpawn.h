// One child, from the accepted connection to exec, and nothing else.
//
// cspawn_start() makes the child with clone(CLONE_VM): the child runs in the parent's memory, on a stack of its own, so
// that the kernel copies no page table. Without CLONE_VFORK the parent goes on accepting meanwhile (measured: a quarter
// more connections a second than with it). It is clone and not clone3, because the gate's own system call filter
// refuses clone3, with flags that a filter cannot see. The kernel copies signal dispositions, so the parent must have
// all of them at their defaults. What the child uses until exec is in a launch, which belongs to the child alone. The
// kernel clears `running` when the child leaves the memory (CLONE_CHILD_CLEARTID: at exec as at exit, kernel/fork.c,
// mm_release). The launch carries a failure back.
// The child runs the stages below in their order, by raw system calls only: it allocates nothing, takes no lock,
// touches no libc state (not even errno), and never returns.
//
// Facts: clone(2), set_tid_address(2), execve(2), execveat(2), prlimit(2), landlock(7), signal(7).
#ifndef CSPAWN_H
#define CSPAWN_H

#include <stddef.h>
#include <stdint.h>

// What the child does, in this order. A failure is reported as a stage and an errno.
enum cspawn_stage {
    cspawn_stage_session,   // setsid: a session and process group of its own, no controlling terminal
    cspawn_stage_streams,   // the connection becomes 0 and 1; the log, or what the service names, becomes 2
    cspawn_stage_limits,    // prlimit64 for each limit
    cspawn_stage_verify,    // rehearsal only: reads each limit back; EPROTO when one differs
    cspawn_stage_domain,    // a Landlock domain of its own inside the gate's; a rehearsal tries it out (EPROTO)
    cspawn_stage_signals,   // empty mask; the dispositions are the parent's, which are the defaults
    cspawn_stage_execute,   // execve or execveat; in a rehearsal, success
    cspawn_stage_count,
};

enum { cspawn_no_stage = -1, cspawn_no_descriptor = -1, cspawn_most_limits = 8, cspawn_exit_failed = 127 };

struct cspawn_limit {
    int32_t resource;
    uint64_t value;  // soft and hard; ~0 for none
};

struct cspawn_plan {
    int32_t directory;       // start of a relative path, or cspawn_no_descriptor
    const char *path;
    char *const *arguments;
    char *const *environment;
    int32_t input;           // becomes 0
    int32_t output;          // becomes 1
    int32_t error;           // becomes 2
    uint32_t limit_count;
    struct cspawn_limit limits[cspawn_most_limits];
    int32_t domain;          // a Landlock ruleset, or cspawn_no_descriptor
    int32_t scopes_signals;  // the ruleset keeps signals inside; a rehearsal tries to signal its parent
    int32_t rehearsal;       // everything but exec; the child exits with 0
    int32_t injected_stage;  // for tests: this stage fails with the errno below; cspawn_no_stage for none
    int32_t injected_errno;
};

struct cspawn_failure {
    int32_t stage;  // cspawn_no_stage when there is none
    int32_t error;
};

// One child between clone and exec. Zeroed, it is free.
struct cspawn_launch {
    struct cspawn_plan plan;        // written by the parent before the start, read by the child
    struct cspawn_failure failure;  // written by the child before it exits
    int32_t running;                // not 0 while the child is in this memory; cleared by the kernel
    void *stack;                    // at least 16 KiB, aligned to 16, for this child only
    size_t stack_size;
};

// Runs in the parent. Returns the child's pid, or -errno of clone. The launch must be free before, and belongs to the
// child until cspawn_is_running() returns 0. If failure.stage is not cspawn_no_stage then, the child failed in that
// stage and exited with cspawn_exit_failed. The parent has to reap the child in any case.
int cspawn_start(struct cspawn_launch *launch);

// Runs in the parent. Returns whether the child is still in this memory.
int cspawn_is_running(const struct cspawn_launch *launch);

// Runs in the parent. Waits until the child has executed or exited.
void cspawn_wait(struct cspawn_launch *launch);

// "session", "streams", ...: names for the log.
const char *cspawn_stage_name(int stage);

#endif
