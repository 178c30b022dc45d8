// One child: from the accepted connection to exec, and nothing else.
//
// cspawn_start() makes the child with clone3(CLONE_VM | CLONE_VFORK) on a stack of its own: no page table is copied, the
// parent sleeps until the child has executed or exited, and a failure is reported through the memory that both share.
// The child runs the stages below in their order, by raw system calls only: it allocates nothing, takes no lock, touches
// no libc state (not even errno), and never returns.
//
// Facts: clone(2), vfork(2), execve(2), prlimit(2), signal(7).
#ifndef CSPAWN_H
#define CSPAWN_H

#include <stddef.h>
#include <stdint.h>

// What the child does, in this order. A failure is reported as the stage and an errno.
enum cspawn_stage {
    cspawn_stage_session,   // setsid: a session and process group of its own, no controlling terminal
    cspawn_stage_streams,   // the connection becomes 0 and 1, the log or whatever the service says becomes 2
    cspawn_stage_limits,    // prlimit64 for each limit
    cspawn_stage_verify,    // each limit read back; EPROTO when one differs
    cspawn_stage_signals,   // empty mask; dispositions are already default by CLONE_CLEAR_SIGHAND
    cspawn_stage_execute,   // execve, or success when it is only a rehearsal
    cspawn_stage_count,
};

enum { cspawn_no_stage = -1, cspawn_most_limits = 8, cspawn_exit_failed = 127 };

struct cspawn_limit {
    int32_t resource;
    uint64_t value;  // soft and hard; ~0 for none
};

struct cspawn_plan {
    const char *path;
    char *const *arguments;
    char *const *environment;
    int32_t connection;      // becomes 0 and 1
    int32_t error;           // becomes 2
    uint32_t limit_count;
    struct cspawn_limit limits[cspawn_most_limits];
    int32_t rehearsal;       // everything but exec: the child exits with 0
    int32_t injected_stage;  // fault injection for tests: this stage fails with this errno; cspawn_no_stage for none
    int32_t injected_errno;
};

struct cspawn_failure {
    int32_t stage;  // cspawn_no_stage when the child has executed
    int32_t error;
};

// Runs in the parent. The child's pid, or -errno of clone3. When failure->stage is not cspawn_no_stage, the child has
// failed there and exited with cspawn_exit_failed; it still has to be reaped.
// stack: at least 16 KiB, aligned to 16, used by nobody else meanwhile.
int cspawn_start(const struct cspawn_plan *plan, void *stack, size_t stack_size, struct cspawn_failure *failure);

// "session", "streams", ... for the log.
const char *cspawn_stage_name(int stage);

#endif
