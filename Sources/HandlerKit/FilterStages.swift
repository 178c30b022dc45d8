// Where filters stand inside a handler: in front of the writer, and behind the reader.
// A connection knows a stage and not a filter's type, so a handler is written once, whether its bytes are filtered or not.
// Each stage is one class for each type of filter, made by the compiler, and the bytes of one call go through it together.
// A handler that places no filter has the question whether there is one, and nothing of what is below.

/// What a connection's writer puts bytes through.
class OutputStage {
    /// Takes the next bytes.
    func push(_ bytes: borrowing Span<UInt8>, to writer: inout ByteWriter) throws(ConnectionError) {}
    /// Nothing more comes.
    func finish(to writer: inout ByteWriter) throws(ConnectionError) {}
}

/// An output stage with its filter.
final class FilteredOutput<Filter: ByteFilter & ~Copyable>: OutputStage {
    private var filter: Filter

    /// - Parameter filter: what the bytes go through.
    init(_ filter: consuming Filter) { self.filter = filter }

    override func push(_ bytes: borrowing Span<UInt8>, to writer: inout ByteWriter) throws(ConnectionError) {
        if bytes.count > 0 { try filter.push(bytes, to: &writer) }
    }

    override func finish(to writer: inout ByteWriter) throws(ConnectionError) { try filter.finish(to: &writer) }
}

/// What a connection gets its input from.
class InputStage {
    /// Adds at least one byte to the input. False: nothing more comes.
    func fill(_ input: inout Input, within limits: inout TimeLimits) throws(ConnectionError) -> Bool { false }
    /// Whether there is more to put through the filter, or behind it, without reading.
    var hasMore: Bool { false }
}

/// An input stage with its filter, and all that waits in front of it and behind it.
final class FilteredInput<Filter: ByteFilter & ~Copyable>: InputStage {
    private var filter: Filter
    /// In front of the filter.
    private var source: Input
    /// Behind it.
    private var results: ByteWriter
    /// How many of the results the input has got.
    private var taken = 0
    /// How many bytes may go through the filter together.
    private let maximumPush: Int
    private var isFinished = false

    /// - Parameters:
    ///   - filter: what the bytes go through.
    ///   - source: where they come from, with what was read of it already.
    init(_ filter: consuming Filter, from source: consuming Input) {
        // A writer takes less than its capacity without writing.
        let capacity = max(source.capacity, Filter.mostForOneByte + 1)
        maximumPush = max(1, (capacity - 1) / Filter.mostForOneByte)
        results = ByteWriter(descriptor: -1, capacity: capacity)
        self.filter = filter
        self.source = source
    }

    override func fill(_ input: inout Input, within limits: inout TimeLimits) throws(ConnectionError) -> Bool {
        while taken == results.bufferedCount {
            if isFinished {
                input.end()
                return false
            }
            try refill(within: &limits)
        }
        taken += results.withBufferedBytes { input.add($0) }
        return true
    }

    override var hasMore: Bool { taken < results.bufferedCount || source.unreadCount > 0 || isFinished }

    /// Puts as many bytes through the filter as its results have room for.
    private func refill(within limits: inout TimeLimits) throws(ConnectionError) {
        results.clear()
        taken = 0
        if source.unreadCount == 0, try !source.fill(within: &limits) {
            isFinished = true
            return try filter.finish(to: &results)
        }
        let bytes = source.take(min(source.unreadCount, maximumPush))
        try filter.push(bytes, of: source, to: &results)
    }
}

extension Connection {
    /// From here on, all that is read comes out of this filter. What the peer sent and nobody read yet goes through it too.
    /// One filter for each connection.
    public mutating func filterInput(through filter: consuming some ByteFilter & ~Copyable) {
        precondition(inputStage == nil, "one filter for each direction")
        var source = Input(descriptor: input.descriptor, capacity: input.capacity)
        swap(&source, &input)
        inputStage = FilteredInput(filter, from: source)
    }

    /// From here on, all that is written goes through this filter. It finishes when the output does.
    /// One filter for each connection.
    public mutating func filterOutput(through filter: consuming some ByteFilter & ~Copyable) {
        writer.install(FilteredOutput(filter))
    }
}
