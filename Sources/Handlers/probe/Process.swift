// The limits of the process, its working directory, its related processes, and its signals.
import CProbe
import HandlerKit

/// Reports the `rlimit_` keys to `sid`.
func reportProcess(on connection: inout Connection) throws(ConnectionError) {
    try report("nofile", CPROBE_LIMIT_NOFILE, on: &connection)
    try report("nproc", CPROBE_LIMIT_NPROC, on: &connection)
    try report("as", CPROBE_LIMIT_AS, on: &connection)
    try report("cpu", CPROBE_LIMIT_CPU, on: &connection)
    try report("core", CPROBE_LIMIT_CORE, on: &connection)
    try report("fsize", CPROBE_LIMIT_FSIZE, on: &connection)
    var umask = ShortText(key: "umask")
    umask.append(octal: UInt64(cprobe_umask()), minimumWidth: 3)
    try connection.end(&umask)
    let twentyMinusNice = cprobe_twenty_minus_nice()
    var nice = ShortText(key: "nice")
    nice.append(20 - Int(twentyMinusNice))
    if twentyMinusNice < 0 { try connection.reportFailure("nice", twentyMinusNice) } else { try connection.end(&nice) }
    var directory = InlineArray<4096, UInt8>(repeating: 0)
    // Sound: the capacity is the array's.
    let length = unsafe directory.fill { unsafe cprobe_working_directory($0, 4096) }
    if length < 0 {
        try connection.reportFailure("cwd", length)
    } else {
        try connection.report("cwd", escaping: directory.span.extracting(0..<Int(length)))
    }
    try connection.report("pid", cprobe_pid())
    try connection.report("ppid", cprobe_parent_pid())
    try connection.report("pgid", cprobe_process_group())
    try connection.report("sid", cprobe_session())
}

private func report(
    _ name: StaticBytes, _ limit: cprobe_limit, on connection: inout Connection
) throws(ConnectionError) {
    var values = InlineArray<2, UInt64>(repeating: 0)
    // Sound: the C function fills two values.
    let result = unsafe values.fill { unsafe cprobe_limit(limit, $0) }
    var line = ShortText()
    line.append("rlimit_")
    line.append(name)
    line.append("=")
    if result < 0 {
        line.append("unknown,errno:")
        line.append(-Int(result))
    } else {
        line.append(limit: values[0])
        line.append(",")
        line.append(limit: values[1])
    }
    try connection.end(&line)
}

extension ShortText {
    fileprivate mutating func append(limit: UInt64) {
        if limit == .max { append("unlimited") } else { append(Int(clamping: limit)) }
    }
}

/// The sets of blocked, ignored and caught signals; bit n - 1 is signal n.
struct SignalSets {
    private var sets = InlineArray<3, UInt64>(repeating: 0)
    private var result: Int32 = 0

    /// Reads the sets from the kernel.
    init() {
        // Sound: the C function fills three values.
        result = unsafe sets.fill { unsafe cprobe_signals($0) }
    }

    /// Reports `SigBlk`, `SigIgn` and `SigCgt`.
    func report(on connection: inout Connection) throws(ConnectionError) {
        let names: InlineArray<3, StaticBytes> = ["SigBlk", "SigIgn", "SigCgt"]
        for index in names.indices {
            if result < 0 {
                try connection.reportFailure(names[index], result)
            } else {
                try connection.report(names[index], hexadecimal: sets[index])
            }
        }
    }
}
