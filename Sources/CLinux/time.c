// Local time and the machine's load, without a file. CLinux.h documents the functions.
// Facts: tzset(3), localtime_r(3), sysinfo(2): loads are in parts of 65536 (SI_LOAD_SHIFT).
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/sysinfo.h>
#include <time.h>

int clinux_set_zone(const char *zone) {
    if (*zone ? setenv("TZ", zone, 1) : unsetenv("TZ")) return -errno;
    tzset();
    return 0;
}

void clinux_local_minute(int64_t seconds, int *weekday, int *minute) {
    time_t time = seconds;
    struct tm parts;
    // Fails only when the year does not fit into an int.
    if (!localtime_r(&time, &parts)) parts = (struct tm){0};
    *weekday = parts.tm_wday;
    *minute = parts.tm_hour * 60 + parts.tm_min;
}

int clinux_load_hundredths(void) {
    struct sysinfo info;
    if (sysinfo(&info) < 0) return -errno;
    return (int)(info.loads[0] * 100 / (1 << SI_LOAD_SHIFT));
}
