// All that is particular to x86-64. Another machine is one more file like this one (see child.c).
//
// Facts: syscall(2), "Architecture calling conventions"; clone(2), clone3: the child starts with the new stack and 0 in rax.
#ifndef CSPAWN_MACHINE_H
#define CSPAWN_MACHINE_H

// Runs in parent or child. A raw system call: the result, or -errno. Touches no memory of libc's.
static inline long machine_call(long number, long a, long b, long c, long d) {
    long result;
    register long r10 __asm__("r10") = d;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10)
                     : "rcx", "r11", "memory");
    return result;
}

// Runs in the parent. clone3, and in the child, on its own stack, main(argument), which must not return.
static inline long machine_clone(long number, void *clone_arguments, unsigned long size, void (*main)(void *), void *argument) {
    long result;
    register void (*child_main)(void *) __asm__("r8") = main;
    register void *child_argument __asm__("r9") = argument;
    __asm__ volatile("syscall\n\t"
                     "testq %%rax, %%rax\n\t"
                     "jnz 1f\n\t"
                     "xorl %%ebp, %%ebp\n\t"
                     "movq %%r9, %%rdi\n\t"
                     "callq *%%r8\n\t"
                     "ud2\n"
                     "1:"
                     : "=a"(result), "+r"(child_main), "+r"(child_argument)
                     : "a"(number), "D"(clone_arguments), "S"(size)
                     : "rcx", "r11", "rdx", "r10", "memory");
    return result;
}

#endif
