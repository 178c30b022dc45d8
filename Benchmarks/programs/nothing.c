// nothing: reads until the end of input, as the smallest filter must. What a handler's start and end is compared with.
#include <unistd.h>

int main(void) {
    char buffer[4096];
    while (read(0, buffer, sizeof buffer) > 0) {}
    return 0;
}
