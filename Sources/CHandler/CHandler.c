#include "CHandler.h"
#include <errno.h>
#include <unistd.h>
long chandler_read(int fd, void *buffer, size_t count) { long n = read(fd, buffer, count); return n < 0 ? -errno : n; }
long chandler_write(int fd, const void *buffer, size_t count) { long n = write(fd, buffer, count); return n < 0 ? -errno : n; }
