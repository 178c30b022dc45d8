// Running a program of ours to its end and reading what it prints: at start and at reload, never for a connection.
internal import CLinux

/// What a command printed, and how it ended.
package struct CommandResult: Sendable {
    package let output: [UInt8]
    package let end: ProcessEnd.Way
}

package enum Commands {
    /// Runs a program with /dev/null as its input, and its errors going where ours go.
    ///
    /// - Parameters:
    ///   - most: of bytes that it may print; with more it is killed (EFBIG).
    ///   - withinNanoseconds: after which it is killed (ETIMEDOUT).
    /// Errors: pipe(2), fork(2), read(2).
    package static func run(
        _ path: String, _ arguments: [String], mostBytes most: Int, withinNanoseconds: Int64
    ) throws(SystemError) -> CommandResult {
        var readEnd: Int32 = -1
        let pid = unsafe try withStringArray(arguments) { (strings) throws(SystemError) in
            try retrying("run command") { unsafe clinux_run(path, strings, &readEnd) }
        }
        let output = Descriptor(owning: readEnd)
        do throws(SystemError) {
            let bytes = try collect(output, most: most, until: Clock.monotonicNanoseconds() + withinNanoseconds)
            return CommandResult(output: bytes, end: try Processes.waitForEnd(of: pid))
        } catch {
            Processes.signal(pid, .kill)
            _ = try Processes.waitForEnd(of: pid)
            throw error
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
            guard left > 0 else { throw SystemError("wait for command", Errno(110)) }
            guard try poller.wait(timeoutNanoseconds: left) > 0 else { continue }
            let count = try output.read(into: &buffer)
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            if bytes.count > most { throw SystemError("read from command", Errno(27)) }
        }
    }

    /// Replaces this program by another, which gets our descriptors and our environment. Returns only by an error.
    ///
    /// Errors: execve(2).
    package static func become(_ path: String, _ arguments: [String]) throws(SystemError) {
        _ = unsafe try withStringArray(arguments) { (strings) throws(SystemError) in
            try retrying("execute") { unsafe clinux_become(path, strings) }
        }
    }

    /// The absolute path of the program that runs. Source: proc(5), /proc/PID/exe.
    package static func ownPath() throws(SystemError) -> String {
        var path = [CChar](repeating: 0, count: 4096)
        let count = try retrying("read /proc/self/exe") {
            // Sound: the array is lent for the length of the call, with its size.
            unsafe path.withUnsafeMutableBufferPointer { unsafe clinux_own_path($0.baseAddress, $0.count) }
        }
        return String(decoding: path[..<Int(count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Lends a NULL-terminated array of C strings.
    private static func withStringArray(
        _ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) throws(SystemError) -> Int32
    ) throws(SystemError) -> Int32 {
        // Sound: every string and the array are allocated here at their full size, lent for the call, and freed behind it.
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
