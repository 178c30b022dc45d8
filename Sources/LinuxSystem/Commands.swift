// Runs a program of this project to its end and reads its output: at start and at reload, never for a connection.
internal import CLinux

/// The output of a command, and how it ended.
package struct CommandResult: Sendable {
    package let output: [UInt8]
    package let end: ProcessEnd.Way
}

package enum Commands {
    /// Runs a program with /dev/null as its input; it shares this process's descriptor 2.
    ///
    /// - Parameters:
    ///   - most: how many bytes it may print; a program that prints more is killed (EFBIG).
    ///   - withinNanoseconds: how long it may run; then it is killed (ETIMEDOUT).
    /// Errors: pipe(2), fork(2), read(2), pidfd_open(2).
    package static func run(
        _ path: String, _ arguments: [String], mostBytes most: Int, withinNanoseconds: Int64
    ) throws(SystemError) -> CommandResult {
        var readEnd: Int32 = -1
        let pid = unsafe try withStringArray(arguments) { (strings) throws(SystemError) in
            try retrying("run command") { unsafe clinux_run(path, strings, &readEnd) }
        }
        let output = Descriptor(owning: readEnd)
        do throws(SystemError) {
            let deadline = Clock.monotonicNanoseconds() + withinNanoseconds
            let bytes = try collect(output, most: most, until: deadline)
            // A program that has closed its output may still run.
            try waitForEnd(of: pid, until: deadline)
            return CommandResult(output: bytes, end: try Processes.waitForEnd(of: pid))
        } catch {
            Processes.signal(pid, .kill)
            _ = try Processes.waitForEnd(of: pid)
            throw error
        }
    }

    private static func waitForEnd(of pid: Int32, until deadline: Int64) throws(SystemError) {
        let process = Descriptor(owning: try retrying("pidfd_open") { clinux_open_process(pid) })
        var poller = try Poller()
        try poller.add(process.number, token: 0)
        while try poller.wait(timeoutNanoseconds: max(deadline - Clock.monotonicNanoseconds(), 0)) == 0 {
            guard Clock.monotonicNanoseconds() < deadline else { throw SystemError("wait for command", .timedOut) }
        }
    }

    private static func collect(
        _ output: borrowing Descriptor, most: Int, until deadline: Int64
    ) throws(SystemError) -> [UInt8] {
        var poller = try Poller()
        try poller.add(output.number, token: 0)
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let left = deadline - Clock.monotonicNanoseconds()
            guard left > 0 else { throw SystemError("wait for command", .timedOut) }
            guard try poller.wait(timeoutNanoseconds: left) > 0 else { continue }
            let count = try output.read(into: &buffer)
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            if bytes.count > most { throw SystemError("read from command", .fileTooLarge) }
        }
    }

    /// Replaces this program by another, which keeps the descriptors and the environment. Returns only by an error.
    ///
    /// Errors: execve(2).
    package static func become(_ path: String, _ arguments: [String]) throws(SystemError) {
        _ = unsafe try withStringArray(arguments) { (strings) throws(SystemError) in
            try retrying("execute") { unsafe clinux_become(path, strings) }
        }
    }

    /// The absolute path of the running program. Source: proc(5), /proc/PID/exe.
    package static func ownPath() throws(SystemError) -> String {
        var path = [CChar](repeating: 0, count: 4096)
        let count = try retrying("read /proc/self/exe") {
            // Sound: the call uses the array only while it runs, and gets its size.
            unsafe path.withUnsafeMutableBufferPointer { unsafe clinux_own_path($0.baseAddress, $0.count) }
        }
        return String(decoding: path[..<Int(count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Calls the function with a NULL-terminated array of C strings, which lives only during that call.
    private static func withStringArray(
        _ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) throws(SystemError) -> Int32
    ) throws(SystemError) -> Int32 {
        // Sound: every string and the array are allocated here at their full size and freed after the call that uses
        // them.
        let strings = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: texts.count + 1)
        for (index, text) in texts.enumerated() {
            let bytes = Array(text.utf8CString)
            let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
            unsafe copy.initialize(from: bytes, count: bytes.count)
            unsafe (strings + index).initialize(to: copy)
        }
        unsafe (strings + texts.count).initialize(to: nil)
        defer {
            for index in texts.indices { unsafe strings[index]?.deallocate() }
            unsafe strings.deallocate()
        }
        return unsafe try body(strings)
    }
}
