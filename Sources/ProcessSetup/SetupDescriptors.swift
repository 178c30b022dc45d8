// The descriptors of a process that is about to be started, and their numbers there.
package import LinuxSystem

/// What a new process finds above descriptor 2: the memory with its setup first.
package struct SetupDescriptors {
    /// Numbers of this process.
    private var passed: [Int32] = []
    /// The one that becomes descriptor 2.
    package var errors: Int32 = 2

    /// The memory with the setup.
    package static let setupNumber = OwnProgram.firstNumber

    package init() {}

    /// Adds a descriptor of this process.
    ///
    /// - Returns: its number in the new process.
    package mutating func add(_ number: Int32) -> Int32 {
        passed.append(number)
        return Self.setupNumber + Int32(passed.count)
    }

    package mutating func add(_ numbers: ChildEnd.Numbers) -> ChildEnd.Numbers {
        ChildEnd.Numbers(orders: add(numbers.orders), reports: add(numbers.reports))
    }

    package mutating func add(_ numbers: FrameChannel.Numbers) -> FrameChannel.Numbers {
        FrameChannel.Numbers(reader: add(numbers.reader), writer: add(numbers.writer))
    }

    /// All of them, to be passed to a process with this memory for its setup.
    package func all(setup: borrowing SharedBytes) -> [Int32] { [setup.descriptor.number] + passed }
}
