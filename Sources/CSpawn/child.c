// The child's stages and the clone that starts them. CSpawn.h documents them.
// Each function says whether it runs in the parent or in the child.
#define _GNU_SOURCE
#include "CSpawn.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
#include "machine_x86_64.h"
#else
#error "Doorward's spawner knows x86-64 only: add Sources/CSpawn/machine_<name>.h beside machine_x86_64.h"
#endif

// Newer than the headers of Debian 12 or absent from musl's; the number is the same on every machine.
#ifndef SYS_landlock_restrict_self
#define SYS_landlock_restrict_self 446
#endif

struct limit64 {
    uint64_t soft;
    uint64_t hard;
};

// Child.
static long session(const struct cspawn_plan *plan) {
    (void)plan;
    return machine_call(SYS_setsid, 0, 0, 0, 0, 0);
}

// Child. dup3 clears close-on-exec on the copy. The plan's descriptors are never 0, 1 or 2 themselves, except the log
// of a handler in the foreground: it is 2 already, and not close-on-exec.
static long streams(const struct cspawn_plan *plan) {
    const int32_t wanted[] = {plan->input, plan->output, plan->error};
    for (int32_t number = 0; number < 3; number++) {
        if (wanted[number] == number) continue;
        long result = machine_call(SYS_dup3, wanted[number], number, 0, 0, 0);
        if (result < 0) return result;
    }
    return 0;
}

// Child.
static long limits(const struct cspawn_plan *plan) {
    for (uint32_t i = 0; i < plan->limit_count; i++) {
        struct limit64 wanted = {plan->limits[i].value, plan->limits[i].value};
        long result = machine_call(SYS_prlimit64, 0, plan->limits[i].resource, (long)&wanted, 0, 0);
        if (result < 0) return result;
    }
    return 0;
}

// Child. One rehearsal for each gate is enough: its other children make the same calls with the same values, and
// prlimit64 sets both limits or fails.
static long verify(const struct cspawn_plan *plan) {
    if (!plan->rehearsal) return 0;
    for (uint32_t i = 0; i < plan->limit_count; i++) {
        struct limit64 found;
        long result = machine_call(SYS_prlimit64, 0, plan->limits[i].resource, 0, (long)&found, 0);
        if (result < 0) return result;
        if (found.soft != plan->limits[i].value || found.hard != plan->limits[i].value) return -EPROTO;
    }
    return 0;
}

// Child. A process cannot read a Landlock ruleset back from the kernel, so the rehearsal tries it: in a domain of its
// own, the child may not signal its parent, although both have the same user.
static long domain(const struct cspawn_plan *plan) {
    if (plan->domain == cspawn_no_descriptor) return 0;
    long result = machine_call(SYS_landlock_restrict_self, plan->domain, 0, 0, 0, 0);
    if (result < 0 || !plan->rehearsal || !plan->scopes_signals) return result;
    long parent = machine_call(SYS_getppid, 0, 0, 0, 0, 0);
    return machine_call(SYS_kill, parent, 0, 0, 0, 0) == -EPERM ? 0 : -EPROTO;
}

// Child.
static long signals(const struct cspawn_plan *plan) {
    (void)plan;
    uint64_t none = 0;
    return machine_call(SYS_rt_sigprocmask, SIG_SETMASK, (long)&none, 0, sizeof none, 0);
}

// Child.
static long execute(const struct cspawn_plan *plan) {
    if (plan->rehearsal) machine_call(SYS_exit_group, 0, 0, 0, 0, 0);
    long path = (long)plan->path, arguments = (long)plan->arguments, environment = (long)plan->environment;
    if (plan->directory == cspawn_no_descriptor) return machine_call(SYS_execve, path, arguments, environment, 0, 0);
    return machine_call(SYS_execveat, plan->directory, path, arguments, environment, 0);
}

static const struct {
    const char *name;
    long (*run)(const struct cspawn_plan *plan);
} stages[cspawn_stage_count] = {
    [cspawn_stage_session] = {"session", session}, [cspawn_stage_streams] = {"streams", streams},
    [cspawn_stage_limits] = {"limits", limits},    [cspawn_stage_verify] = {"verify", verify},
    [cspawn_stage_domain] = {"domain", domain},    [cspawn_stage_signals] = {"signals", signals},
    [cspawn_stage_execute] = {"execute", execute},
};

// Parent.
const char *cspawn_stage_name(int stage) {
    return stage >= 0 && stage < cspawn_stage_count ? stages[stage].name : "none";
}

// Child.
static void child_main(void *argument) {
    struct cspawn_launch *launch = argument;
    const struct cspawn_plan *plan = &launch->plan;
    for (int stage = 0; stage < cspawn_stage_count; stage++) {
        long result = plan->injected_stage == stage ? -(long)plan->injected_errno : stages[stage].run(plan);
        if (result < 0) {
            launch->failure.error = (int32_t)-result;
            launch->failure.stage = stage;
            break;
        }
    }
    machine_call(SYS_exit_group, cspawn_exit_failed, 0, 0, 0, 0);
}

// Parent.
int cspawn_start(struct cspawn_launch *launch) {
    launch->failure.stage = cspawn_no_stage;
    launch->failure.error = 0;
    launch->running = 1;
    void *top = (char *)launch->stack + launch->stack_size;
    int pid = (int)machine_clone(SYS_clone, CLONE_VM | CLONE_CHILD_CLEARTID | SIGCHLD, top, &launch->running,
                                 child_main, launch);
    if (pid < 0) launch->running = 0;
    return pid;
}

// Parent. Acquire: a parent that sees the child gone sees everything that the child wrote before.
int cspawn_is_running(const struct cspawn_launch *launch) {
    return __atomic_load_n(&launch->running, __ATOMIC_ACQUIRE) != 0;
}

// Parent. The kernel wakes the futex when it clears the word.
void cspawn_wait(struct cspawn_launch *launch) {
    while (cspawn_is_running(launch)) {
        machine_call(SYS_futex, (long)&launch->running, FUTEX_WAIT, 1, 0, 0);
    }
}
