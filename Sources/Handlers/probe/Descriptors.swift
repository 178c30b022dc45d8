// The open descriptors, and the kinds of a handler's three.
import CProbe
import HandlerKit

/// Reports `descriptors` and `fd0` to `fd2`.
func reportDescriptors(on connection: inout Connection) throws(ConnectionError) {
    // Tries all numbers below the kernel's default hard limit, one by one, because a sandbox may hide /proc.
    var line = ShortText(key: "descriptors")
    for descriptor in Int32(0)..<65536 where cprobe_is_open(descriptor) == 1 {
        if descriptor > 0 { line.append(",") }
        line.append(Int(descriptor))
    }
    try connection.end(&line)
    try report("fd0", 0, on: &connection)
    try report("fd1", 1, on: &connection)
    try report("fd2", 2, on: &connection)
}

private func report(
    _ key: StaticBytes, _ descriptor: Int32, on connection: inout Connection
) throws(ConnectionError) {
    let kind = cprobe_kind(descriptor)
    if kind < 0 { return try connection.reportFailure(key, kind) }
    let mode: StaticBytes = cprobe_is_nonblocking(descriptor) == 1 ? "nonblocking" : "blocking"
    try connection.report(key, name(of: cprobe_kind(UInt32(kind))), mode)
}

private func name(of kind: cprobe_kind) -> StaticBytes {
    switch kind {
    case CPROBE_SOCKET: "socket"
    case CPROBE_FIFO: "fifo"
    case CPROBE_FILE: "file"
    case CPROBE_DIRECTORY: "directory"
    case CPROBE_CHARACTER: "character"
    case CPROBE_BLOCK: "block"
    default: "other"
    }
}
