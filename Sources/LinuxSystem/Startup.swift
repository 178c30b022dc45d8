// The state that a process needs before it does anything else: descriptors 0, 1 and 2 are open, and exec passes no
// other on.
internal import CLinux

package enum Startup {
    /// Opens /dev/null on those of 0, 1, 2 that are closed, and marks every other descriptor close-on-exec, so that no
    /// descriptor of the process that started this one reaches a handler.
    package static func secureDescriptors() throws(SystemError) {
        var number: Int32
        repeat {
            number = try retrying("open /dev/null") { clinux_open_null() }
            // A handler has these three: its descriptor 2 may be this process's.
            if number <= 2 { _ = try retrying("keep on exec") { clinux_keep_on_exec(number) } }
        } while number < 2
        // Closes the descriptor above 2 again, and keeps those below.
        if number > 2 { _ = clinux_close(number) }
        _ = try retrying("close_range") { clinux_close_on_exec_from(3) }
    }

    /// Puts /dev/null on 0 and 1, so that a process that waits for the end of either does not wait for this process.
    package static func giveUpStreams() throws(SystemError) {
        _ = try retrying("give up streams") { clinux_null_streams() }
    }

    /// Opens /dev/null on a descriptor above 2.
    package static func openNull() throws(SystemError) -> Descriptor {
        Descriptor(owning: try retrying("open /dev/null") { clinux_open_null() })
    }

    /// Closes every descriptor above 2 but the given ones. For a forked process that executes nothing.
    package static func closeAll(but kept: [Int32]) throws(SystemError) {
        let sorted = kept.sorted()
        _ = try retrying("close_range") {
            // Sound: the call uses the array only while it runs, and gets its count.
            unsafe clinux_close_others(sorted, sorted.count)
        }
    }
}

extension Startup {
    /// A variable of this process's environment. Source: getenv(3).
    package static func variable(_ name: String) -> String? {
        // Sound: nothing in this process changes its environment.
        unsafe clinux_variable(name).map { unsafe String(cString: $0) }
    }

    /// Whether a descriptor is open. For a number that came from another process.
    package static func isOpen(_ number: Int32) -> Bool { clinux_is_open(number) == 1 }
}
