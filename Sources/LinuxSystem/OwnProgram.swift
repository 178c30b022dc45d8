// A program of this project that the supervisor executes. It is opened once, when the supervisor starts, and executed
// by its descriptor: after `make install` a running supervisor goes on with the programs of its own build.
internal import CLinux

/// An opened program.
package final class OwnProgram: Sendable {
    /// Where it was when it was opened; for messages.
    package let path: String
    private let descriptor: Descriptor

    /// Errors: open(2).
    package init(opening path: String) throws(SystemError) {
        self.path = path
        do throws(SystemError) {
            descriptor = Descriptor(owning: try retrying("open") { unsafe clinux_open_program(path) })
        } catch {
            throw SystemError("open \(path)", error.errno)
        }
    }

    var number: Int32 { descriptor.number }

    /// The first of the numbers that the program finds its descriptors at.
    package static let firstNumber: Int32 = 3

    /// Starts the program in a process of its own. It has descriptors 0 and 1 of this process and the passed ones, and
    /// nothing else: not this process's memory, nor its environment.
    ///
    /// - Parameters:
    ///   - title: argv[0], which ps(1) shows; there are no arguments.
    ///   - passed: this process's descriptors that become ``firstNumber`` and the numbers after it, in this order.
    ///   - errors: this process's descriptor that becomes its descriptor 2.
    ///   - environment: `NAME=VALUE`.
    ///   - group: a descriptor of the directory of a control group; the process starts in that group.
    ///   - report: what the process does when it cannot execute the program; then it ends with status 127. The passed
    ///     descriptors may have their new numbers already, or not.
    /// Errors: fork(2).
    package func start(
        _ title: String, passing passed: [Int32], errors: Int32 = 2, environment: [String], into group: Int32? = nil,
        reporting report: (SystemError) -> Void
    ) throws(SystemError) -> Int32 {
        let pid = try Processes.fork(into: group)
        if pid == 0 {
            report(execute(title, passed, errors, environment))
            Processes.exit(127)
        }
        return pid
    }

    /// In the child. Returns only when that failed.
    private func execute(_ title: String, _ passed: [Int32], _ errors: Int32, _ environment: [String]) -> SystemError {
        var passed = passed
        let result = unsafe withStringArray([title]) { (arguments) in
            unsafe withStringArray(environment) { (variables) in
                // Sound: the call uses the arrays only while it runs, and gets the count of the one that it changes.
                unsafe passed.withUnsafeMutableBufferPointer {
                    unsafe clinux_execute(number, arguments, variables, errors, $0.baseAddress, $0.count)
                }
            }
        }
        return SystemError("execute \(path)", Errno(-result))
    }
}
