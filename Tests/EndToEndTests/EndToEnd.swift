// The whole of Doorward, driven from outside by the real binaries. One test at a time: several count processes, and
// some give the machine a hard time.
import Testing

@Suite("End to end", .serialized)
struct EndToEndTests {}
