// The C strings and string arrays of a plan: allocated with the plan, freed with it, and never moved in between.

/// The owner of C strings and of NULL-terminated arrays of them.
@safe
struct PlanMemory: ~Copyable {
    private var blocks: [UnsafeMutableRawPointer] = unsafe []

    deinit {
        for index in unsafe blocks.indices { unsafe blocks[index].deallocate() }
    }

    /// A zero-terminated copy, which lives as long as this owner.
    mutating func string(_ text: String) -> UnsafeMutablePointer<CChar> {
        unsafe cell(name: text, room: 0).start
    }

    /// `NAME=` followed by room for a value that can be rewritten.
    mutating func cell(name: String, room: Int) -> VariableCell {
        let bytes = Array(name.utf8)
        let size = bytes.count + room + 1
        let block = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        unsafe blocks.append(block)
        let start = unsafe block.initializeMemory(as: CChar.self, repeating: 0, count: size)
        for (index, byte) in bytes.enumerated() { unsafe start[index] = CChar(bitPattern: byte) }
        return unsafe VariableCell(start: start, nameLength: bytes.count, room: room)
    }

    /// A NULL-terminated array, which lives as long as this owner.
    mutating func array(
        _ strings: [UnsafeMutablePointer<CChar>]
    ) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> {
        let size = unsafe (strings.count + 1) * MemoryLayout<UnsafeMutablePointer<CChar>?>.stride
        let block = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        unsafe blocks.append(block)
        let start = unsafe block.initializeMemory(
            as: UnsafeMutablePointer<CChar>?.self, repeating: nil, count: strings.count + 1)
        for unsafe(index, string) in unsafe strings.enumerated() { unsafe start[index] = string }
        return unsafe start
    }

    /// Zeroed memory, which lives as long as this owner.
    mutating func room(bytes: Int) -> UnsafeMutableRawPointer {
        let block = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
        unsafe block.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        unsafe blocks.append(block)
        return unsafe block
    }
}

/// One environment entry: `NAME=` is fixed, and the value is rewritten in place for each connection.
///
/// Safe to use while its ``PlanMemory`` lives: writes stay inside the room.
@safe
struct VariableCell {
    let start: UnsafeMutablePointer<CChar>
    let nameLength: Int
    let room: Int

    /// Writes the value, cut to the room.
    func set(_ value: borrowing Span<UInt8>) {
        let count = min(value.count, room)
        for index in 0..<count { unsafe start[nameLength + index] = CChar(bitPattern: value[index]) }
        unsafe start[nameLength + count] = 0
    }
}
