// The date and the time of day in the zone of the service. See CHandler.h.
#define _GNU_SOURCE
#include "CHandler.h"

#include <string.h>
#include <time.h>

int64_t chandler_wall_clock_nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now); // cannot fail: the clock exists and the address is ours
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t chandler_wall_clock_seconds(void)
{
    return chandler_wall_clock_nanoseconds() / 1000000000;
}

void chandler_local_date(int64_t seconds, struct chandler_date *date)
{
    time_t time = (time_t)seconds;
    struct tm fields;
    tzset(); // localtime_r need not read TZ itself
    memset(date, 0, sizeof *date);
    if (!localtime_r(&time, &fields)) // fails only for a year that does not fit
        return;
    date->year = fields.tm_year + 1900;
    date->month = fields.tm_mon;
    date->day = fields.tm_mday;
    date->weekday = fields.tm_wday;
    date->hour = fields.tm_hour;
    date->minute = fields.tm_min;
    date->second = fields.tm_sec;
    strncpy(date->zone, fields.tm_zone, sizeof date->zone - 1);
}
