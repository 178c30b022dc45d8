#ifndef CHANDLER_H
#define CHANDLER_H
#include <stddef.h>
long chandler_read(int fd, void *buffer, size_t count);
long chandler_write(int fd, const void *buffer, size_t count);
#endif
