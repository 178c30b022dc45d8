// The filters inside a handler: one before the writer's buffer, one between the descriptor and the input's buffer. A
// connection has a stage and does not know the filter's type, so a handler is the same with and without a filter. The
// compiler makes one class for each type of filter; one virtual call passes many bytes. A handler without filters
// contains only the checks whether there is a stage, and no code below.

/// The stage of a connection's output, before the writer's buffer.
class OutputStage {
    /// Filters the next bytes.
    func push(_ bytes: borrowing Span<UInt8>, to writer: inout ByteWriter) throws(ConnectionError) {}
    /// Ends the stream.
    func finish(to writer: inout ByteWriter) throws(ConnectionError) {}
}

/// An output stage with a filter.
final class FilteredOutput<Filter: ByteFilter & ~Copyable>: OutputStage {
    private var filter: Filter

    /// A stage with this filter.
    init(_ filter: consuming Filter) { self.filter = filter }

    override func push(_ bytes: borrowing Span<UInt8>, to writer: inout ByteWriter) throws(ConnectionError) {
        if bytes.count > 0 { try filter.push(bytes, to: &writer) }
    }

    override func finish(to writer: inout ByteWriter) throws(ConnectionError) { try filter.finish(to: &writer) }
}

/// The stage of a connection's input, between the descriptor and the input's buffer.
class InputStage {
    /// Adds at least one byte to the input. False: the input has ended.
    func fill(_ input: inout Input, within limits: inout TimeLimits) throws(ConnectionError) -> Bool { false }
    /// Whether `fill` would not have to read: there are bytes before or after the filter, or the input has ended.
    var hasMore: Bool { false }
}

/// An input stage with a filter, the bytes before it, and the bytes that came out of it.
final class FilteredInput<Filter: ByteFilter & ~Copyable>: InputStage {
    private var filter: Filter
    /// The bytes before the filter.
    private var source: Input
    /// The bytes that came out of the filter.
    private var results: ByteWriter
    /// How many of the results the input has taken.
    private var taken = 0
    /// The most bytes that are pushed at once, so that the results have room.
    private let maximumPush: Int
    private var isFinished = false

    /// - Parameters:
    ///   - filter: what the bytes go through.
    ///   - source: the input so far, with the bytes that were read and not taken.
    init(_ filter: consuming Filter, from source: consuming Input) {
        // A writer buffers less than its capacity without sending.
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

    /// Pushes as many bytes through the filter as the results have room for.
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
    /// Filters the input: all that is read from here on comes out of this filter, also bytes that the peer has already
    /// sent. A connection has at most one filter of its input.
    public mutating func filterInput(through filter: consuming some ByteFilter & ~Copyable) {
        precondition(inputStage == nil, "one filter for each direction")
        var source = Input(descriptor: input.descriptor, capacity: input.capacity)
        swap(&source, &input)
        inputStage = FilteredInput(filter, from: source)
    }

    /// Filters the output: all that is written from here on goes through this filter, which finishes when the output
    /// ends. A connection has at most one filter of its output.
    public mutating func filterOutput(through filter: consuming some ByteFilter & ~Copyable) {
        writer.install(FilteredOutput(filter))
    }
}
