// Delivers one message to the Maildirs of all its recipients.
// Promises, in this order, if any call fails, or the process ends at any time:
//   - no file is moved to new before the file of every Maildir is written and synced; then they are moved, one after
//     the other;
//   - `commit` returns only when each move is on the disk: a client that gets 250 has its message there, whole, in
//     every Maildir;
//   - an error before the first move leaves no file. An error between two moves leaves the files that were moved: the
//     client gets 451 and tries again, and some Maildirs get the message twice. RFC 5321 6.1 demands that no message is
//     lost; it permits a second copy;
//   - a Maildir gets one copy, with a Delivered-To line for each of its recipients.
// Holds two descriptors for each Maildir from `add` until its file is synced, then one, and a buffer of 32 KiB. Never
// asks another process or host.
// Sources: RFC 5321 4.1.1.4, 4.4, 6.1; maildir(5); fsync(2), which a directory needs too.
internal import CMaildir
public import HandlerKit

/// The delivery of one message at a time. It is a class because Embedded Swift cannot destroy a struct of another
/// module that has a deinit.
public final class Delivery {
    private let host: StaticBytes
    private var files: FixedArray<TemporaryFile>
    private var name: UniqueName?
    private var number = 0
    private var text = StoredText()
    /// The first error while the message was written; `commit` throws it.
    private var failure: DeliveryError?

    /// - Parameters:
    ///   - host: the name of this machine, for the names of files.
    ///   - maximumMaildirs: the most Maildirs for one message.
    ///
    /// From here on, a file that would grow beyond RLIMIT_FSIZE is an error and does not kill the process by a signal.
    public init(host: StaticBytes, maximumMaildirs: Int) {
        _ = cmaildir_ignore_file_size_signal()  // cannot fail: SIGXFSZ may be ignored
        self.host = host
        files = FixedArray(capacity: maximumMaildirs)
    }

    /// The number of Maildirs that get the message.
    public var maildirCount: Int { files.count }

    /// Adds a recipient: begins a file in the tmp of its Maildir, with Return-Path and Delivered-To. If the message has
    /// a file in this Maildir already, adds a Delivered-To line to it. All recipients must be added before `write`.
    ///
    /// - Parameters:
    ///   - recipient: the address as the client wrote it, without brackets.
    ///   - sender: likewise; empty for the null sender.
    ///   - maildir: the path of the Maildir.
    ///   - announcedSize: the size that the client announced with SIZE, or 0.
    ///   - line: the line of the recipients file that names this Maildir, for the error of `commit`.
    ///
    /// Errors: this recipient gets no mail. The others still get theirs, unless the file that failed is one that they
    /// share: then `commit` throws. More Maildirs than the maximum trap.
    public func add(
        recipient: borrowing Span<UInt8>, sender: borrowing Span<UInt8>, maildir: borrowing Pathname,
        announcedSize: Int, line: Int
    ) throws(StoreError) {
        let maildir = try Maildir(maildir)
        for index in 0..<files.count where files[index].identity == maildir.identity {
            return try addRecipient(recipient, to: index)
        }
        let file = try TemporaryFile(nameOfMessage(), in: maildir, line: line)
        try file.requireRoom(for: announcedSize)
        try file.write(returnPath: sender)
        try file.write(deliveredTo: recipient)
        files.append(file)
    }

    /// Appends bytes to every file. The bytes are from the network and have CR LF. Does nothing after an error.
    public func write(_ bytes: borrowing Span<UInt8>) {
        var stored = 0
        while stored < bytes.count, failure == nil {
            stored += text.append(bytes.extracting(stored...))
            if stored < bytes.count { flush() }
        }
    }

    /// Moves the message to new in every Maildir. After this, also after an error, no message is under way, as after
    /// `discard`.
    public func commit() throws(DeliveryError) {
        flush()
        text.finish()
        flush()
        defer { discard() }
        if let failure { throw failure }
        for index in 0..<files.count { try inFile(index) { file throws(StoreError) in try file.sync() } }
        for index in 0..<files.count { try inFile(index) { file throws(StoreError) in try file.move() } }
    }

    /// Drops the message: removes its files from every tmp.
    public func discard() {
        files.removeAll()
        text.reset()
        failure = nil
        name = nil
    }

    private func addRecipient(_ recipient: borrowing Span<UInt8>, to index: Int) throws(StoreError) {
        do throws(StoreError) {
            try files[index].write(deliveredTo: recipient)
        } catch {
            // The file may have a part of the line.
            failure = DeliveryError(error, line: files[index].line)
            throw error
        }
    }

    private func nameOfMessage() -> UniqueName {
        if let name { return name }
        number += 1
        let name = UniqueName(delivery: number, host: host)
        self.name = name
        return name
    }

    private func flush() {
        for index in 0..<files.count where failure == nil {
            do throws(StoreError) {
                try files[index].write(text.bytes)
            } catch {
                failure = DeliveryError(error, line: files[index].line)
            }
        }
        text.removeAll()
    }

    /// Calls a function with one of the files; an error names the line of its Maildir.
    private func inFile(
        _ index: Int, _ act: (inout TemporaryFile) throws(StoreError) -> Void
    ) throws(DeliveryError) {
        do throws(StoreError) {
            try act(&files[index])
        } catch {
            throw DeliveryError(error, line: files[index].line)
        }
    }
}

extension TemporaryFile {
    /// Writes the Return-Path line. Source: RFC 5321 4.4.
    fileprivate func write(returnPath sender: borrowing Span<UInt8>) throws(StoreError) {
        var line = ShortText()
        line.append("Return-Path: <")
        line.append(forHeader: sender)
        line.append(">\n")
        try write(line.bytes)
    }

    /// Writes a Delivered-To line: it names the recipient of this Maildir, which neither To nor Received does.
    /// Source: RFC 9228.
    fileprivate func write(deliveredTo recipient: borrowing Span<UInt8>) throws(StoreError) {
        var line = ShortText()
        line.append("Delivered-To: ")
        line.append(forHeader: recipient)
        line.append("\n")
        try write(line.bytes)
    }
}
