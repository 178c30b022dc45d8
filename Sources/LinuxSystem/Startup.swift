// The state that a process must be in before anything else: descriptors 0, 1 and 2 open, nothing else inherited by exec.
internal import CLinux

package enum Startup {
    /// Opens /dev/null on those of 0, 1, 2 that are closed, and marks everything above close-on-exec, so that no
    /// descriptor of whoever started us reaches a handler.
    package static func secureDescriptors() throws(SystemError) {
        var number: Int32
        repeat {
            number = try retrying("open /dev/null") { clinux_open_null() }
            // These three are the ones that a handler has: its descriptor 2 may be ours.
            if number <= 2 { _ = try retrying("keep on exec") { clinux_keep_on_exec(number) } }
        } while number < 2
        // The one above 2 is closed again; those below stay.
        if number > 2 { _ = clinux_close(number) }
        _ = try retrying("close_range") { clinux_close_on_exec_from(3) }
    }

    /// Puts /dev/null on 0 and 1, so that whoever waits for their end need not wait for us.
    package static func giveUpStreams() throws(SystemError) {
        _ = try retrying("give up streams") { clinux_null_streams() }
    }

    /// A descriptor on /dev/null, above 2.
    package static func openNull() throws(SystemError) -> Descriptor {
        Descriptor(owning: try retrying("open /dev/null") { clinux_open_null() })
    }

    /// Closes every descriptor above 2 but those. For a forked gate, which takes next to nothing along.
    package static func closeAll(but kept: [Int32]) throws(SystemError) {
        let sorted = kept.sorted()
        _ = try retrying("close_range") {
            // Sound: the array is lent for the length of the call, with its count.
            unsafe clinux_close_others(sorted, sorted.count)
        }
    }
}

extension Startup {
    /// Whether a descriptor is open, for one whose number came from the command line.
    package static func isOpen(_ number: Int32) -> Bool { clinux_is_open(number) == 1 }
}
