// Landlock. CLinux.h documents the functions. The headers of Debian 12 know ABI 2, so the structures and numbers here
// repeat the kernel's (include/uapi/linux/landlock.h). An older kernel takes a longer attribute that ends with zeros.
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

struct ruleset {
    uint64_t files, network, scoped;
};

struct path_rule {
    uint64_t rights;
    int32_t parent;
} __attribute__((packed));

enum { ABI_QUESTION = 1, PATH_BENEATH = 1 };

static int result(long value) { return value < 0 ? -errno : (int)value; }

int clinux_landlock_abi(void) { return result(syscall(SYS_landlock_create_ruleset, NULL, 0, ABI_QUESTION)); }

int clinux_landlock_ruleset(uint64_t files, uint64_t network, uint64_t scoped) {
    struct ruleset wanted = {files, network, scoped};
    return result(syscall(SYS_landlock_create_ruleset, &wanted, sizeof wanted, 0));
}

int clinux_landlock_allow(int ruleset, int path, uint64_t rights) {
    struct path_rule rule = {rights, path};
    return result(syscall(SYS_landlock_add_rule, ruleset, PATH_BENEATH, &rule, 0));
}

int clinux_landlock_restrict(int ruleset) { return result(syscall(SYS_landlock_restrict_self, ruleset, 0)); }
