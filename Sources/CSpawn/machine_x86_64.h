// The part that is particular to x86-64. Another machine needs one more file like this one (see child.c).
//
// Facts: syscall(2), "Architecture calling conventions". clone(2): the child starts with the new stack, with 0 in rax,
// and with the parent's value in every other register; the fifth argument is next to the fourth, in r8.
#ifndef CSPAWN_MACHINE_H
#define CSPAWN_MACHINE_H

// Runs in parent or child. A raw system call: the result, or -errno. Touches no memory of libc's.
static inline long machine_call(long number, long a, long b, long c, long d, long e) {
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
                     : "rcx", "r11", "memory");
    return result;
}

// Runs in the parent. clone, and in the child, on its own stack, main(argument), which must not return.
// top: the stack's end, aligned to 16. child_tid: what CLONE_CHILD_CLEARTID clears.
static inline long machine_clone(long number, unsigned long flags, void *top, void *child_tid, void (*main)(void *),
                                 void *argument) {
    long result;
    register void *clear __asm__("r10") = child_tid;
    register void (*child_main)(void *) __asm__("r12") = main;
    register void *child_argument __asm__("r13") = argument;
    __asm__ volatile("xorl %%r8d, %%r8d\n\t"
                     "xorl %%edx, %%edx\n\t"
                     "syscall\n\t"
                     "testq %%rax, %%rax\n\t"
                     "jnz 1f\n\t"
                     "xorl %%ebp, %%ebp\n\t"
                     "movq %%r13, %%rdi\n\t"
                     "callq *%%r12\n\t"
                     "ud2\n"
                     "1:"
                     : "=a"(result), "+r"(clear)
                     : "a"(number), "D"(flags), "S"(top), "r"(child_main), "r"(child_argument)
                     : "rcx", "r11", "rdx", "r8", "memory");
    return result;
}

#endif
