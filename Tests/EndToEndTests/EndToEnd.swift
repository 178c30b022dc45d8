// Tests of the real binaries from outside. They run one at a time: several count processes, and some load the machine.
import Testing

@Suite("End to end", .serialized)
struct EndToEndTests {}
