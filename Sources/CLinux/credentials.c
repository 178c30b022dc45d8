// Credentials and limits of a process, and the accounts of names. CLinux.h documents the functions.
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <grp.h>
#include <linux/securebits.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int result(int value) { return value < 0 ? -errno : value; }

int clinux_effective_user(void) { return (int)geteuid(); }

int clinux_effective_group(void) { return (int)getegid(); }

int clinux_user_ids(uint32_t ids[3]) { return result(getresuid(&ids[0], &ids[1], &ids[2])); }

int clinux_group_ids(uint32_t ids[3]) { return result(getresgid(&ids[0], &ids[1], &ids[2])); }

int clinux_set_users(uint32_t uid) { return result(setresuid(uid, uid, uid)); }

int clinux_set_groups(uint32_t gid, const uint32_t *others, size_t count) {
    if (setgroups(count, others) < 0) return -errno;
    return result(setresgid(gid, gid, gid));
}

int clinux_supplementary(uint32_t *groups, size_t count) { return result(getgroups((int)count, groups)); }

int clinux_keep_capabilities(int keep) { return result(prctl(PR_SET_KEEPCAPS, keep, 0, 0, 0)); }

int clinux_set_no_new_privileges(void) { return result(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)); }

int clinux_no_new_privileges(void) { return result(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)); }

int clinux_set_secure_bits(unsigned long bits) { return result(prctl(PR_SET_SECUREBITS, bits, 0, 0, 0)); }

int clinux_secure_bits(void) { return result(prctl(PR_GET_SECUREBITS, 0, 0, 0, 0)); }

int clinux_no_root_bits(void) { return SECBIT_NOROOT | SECBIT_NOROOT_LOCKED; }

int clinux_limit(int resource, uint64_t *soft, uint64_t *hard) {
    struct rlimit64 limit;
    if (prlimit64(0, resource, NULL, &limit) < 0) return -errno;
    *soft = limit.rlim_cur;
    *hard = limit.rlim_max;
    return 0;
}

int clinux_set_limit(int resource, uint64_t value) {
    struct rlimit64 limit = {.rlim_cur = value, .rlim_max = value};
    return result(prlimit64(0, resource, &limit, NULL));
}

int clinux_raise_limit(int resource) {
    struct rlimit64 limit;
    if (prlimit64(0, resource, NULL, &limit) < 0) return -errno;
    limit.rlim_cur = limit.rlim_max;
    return result(prlimit64(0, resource, &limit, NULL));
}

int clinux_set_umask(uint32_t mask) { return (int)umask(mask); }

int clinux_set_nice(int nice) { return result(setpriority(PRIO_PROCESS, 0, nice)); }

int clinux_nice(int *nice) {
    errno = 0;
    *nice = getpriority(PRIO_PROCESS, 0);
    return -errno;
}

int clinux_change_directory(const char *path) { return result(chdir(path)); }

enum { ACCOUNT_TEXT = 65536 };  // a passwd(5) or group(5) entry; a group's list of members is the longest part

int clinux_find_user(const char *name, uint32_t *uid, uint32_t *gid) {
    struct passwd entry, *found = NULL;
    static char text[ACCOUNT_TEXT];
    int error = getpwnam_r(name, &entry, text, sizeof text, &found);
    if (error) return -error;
    if (!found) return 0;
    *uid = entry.pw_uid;
    *gid = entry.pw_gid;
    return 1;
}

int clinux_find_user_id(uint32_t uid, uint32_t *gid, char *name, size_t size) {
    struct passwd entry, *found = NULL;
    static char text[ACCOUNT_TEXT];
    int error = getpwuid_r(uid, &entry, text, sizeof text, &found);
    if (error) return -error;
    if (!found) return 0;
    *gid = entry.pw_gid;
    snprintf(name, size, "%s", entry.pw_name);
    return 1;
}

int clinux_find_group(const char *name, uint32_t *gid) {
    struct group entry, *found = NULL;
    static char text[ACCOUNT_TEXT];
    int error = getgrnam_r(name, &entry, text, sizeof text, &found);
    if (error) return -error;
    if (!found) return 0;
    *gid = entry.gr_gid;
    return 1;
}

int clinux_find_group_id(uint32_t gid) {
    struct group entry, *found = NULL;
    static char text[ACCOUNT_TEXT];
    int error = getgrgid_r(gid, &entry, text, sizeof text, &found);
    return error ? -error : found != NULL;
}

const char *clinux_error_name(int error) { return strerrorname_np(error); }

const char *clinux_error_text(int error) { return strerrordesc_np(error); }

int clinux_last_error(void) { return errno; }
