// copy: the least an echo can do, with the handlers' buffer. What Benchmarks/throughput compares echo with.
#include <unistd.h>

int main(void) {
    static char buffer[16384];
    for (;;) {
        const long count = read(0, buffer, sizeof buffer);
        if (count <= 0) return count < 0;
        for (long written = 0; written < count;) {
            const long result = write(1, buffer + written, count - written);
            if (result <= 0) return 1;
            written += result;
        }
    }
}
