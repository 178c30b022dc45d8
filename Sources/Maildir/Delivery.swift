// One message on its way into the Maildirs of all its recipients.
// Promises, in this order, whatever fails and whenever the process ends:
//   - nothing is mail before every Maildir's file is written and synced: then they are moved to new, one after the other;
//   - `commit` returns only when each move is on the disk; whoever hears 250 has its message there, whole, in every Maildir;
//   - an error before the first move leaves nothing behind. An error between moves leaves what was moved: the client hears
//     451, tries again, and some get the message twice. RFC 5321 6.1 wants a loss to be impossible, not a second copy;
//   - a Maildir gets one copy, however many recipients it stands for, with a Delivered-To line for each of them.
// Holds two descriptors for each Maildir from `add` until its file is synced, then one, and a buffer of 32 KiB. Asks nobody.
// Sources: RFC 5321 4.1.1.4, 4.4, 6.1; maildir(5); shared/reference/protocols.md 2.4 (ST-1 to ST-8).
internal import CMaildir
public import HandlerKit

/// The delivery of one message at a time. A class, because Embedded Swift destroys structs of other modules only if they have
/// no deinit.
public final class Delivery {
    private let host: StaticBytes
    private var files: FixedArray<TemporaryFile>
    private var name: UniqueName?
    private var number = 0
    private var text = StoredText()
    /// The first thing that failed while the message was written; `commit` throws it.
    private var failure: DeliveryError?

    /// - Parameters:
    ///   - host: this machine's name, for the files' names.
    ///   - maximumMaildirs: for one message.
    ///
    /// From here on a file that would grow beyond RLIMIT_FSIZE is an error, and no signal that kills the process.
    public init(host: StaticBytes, maximumMaildirs: Int) {
        _ = cmaildir_ignore_file_size_signal()  // cannot fail: SIGXFSZ may be ignored
        self.host = host
        files = FixedArray(capacity: maximumMaildirs)
    }

    /// How many Maildirs get the message.
    public var maildirCount: Int { files.count }

    /// Adds a recipient: begins a file in the tmp of its Maildir with Return-Path and Delivered-To, unless the Maildir has one
    /// already, which then gets one more Delivered-To. All recipients come before `write`.
    ///
    /// - Parameters:
    ///   - recipient: the address, as the client gave it, without brackets.
    ///   - sender: likewise; empty for the null sender.
    ///   - maildir: its path.
    ///   - announcedSize: what the client said about the message's size, 0 if nothing.
    ///   - line: of the recipients file, which names this Maildir; for the error of `commit`.
    ///
    /// Errors: this recipient gets no mail. The others are as they were, unless it was the file that they share which could
    /// not be written: then `commit` will fail. One Maildir too many traps.
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

    /// Writes on in every file. The bytes are the network's, with CR LF. After a failure it does nothing.
    public func write(_ bytes: borrowing Span<UInt8>) {
        var stored = 0
        while stored < bytes.count, failure == nil {
            stored += text.append(bytes.extracting(stored...))
            if stored < bytes.count { flush() }
        }
    }

    /// Makes the message mail in every Maildir. It is then over, as after `discard`, whether this throws or not.
    public func commit() throws(DeliveryError) {
        flush()
        text.finish()
        flush()
        defer { discard() }
        if let failure { throw failure }
        for index in 0..<files.count { try inFile(index) { file throws(StoreError) in try file.sync() } }
        for index in 0..<files.count { try inFile(index) { file throws(StoreError) in try file.move() } }
    }

    /// Gives the message up: its files are gone from every tmp.
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
            // Half a line may be in the file.
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

    /// Does something with one of the files; an error says which Maildir's it is.
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
    /// Source: RFC 5321 4.4, return-path-line.
    fileprivate func write(returnPath sender: borrowing Span<UInt8>) throws(StoreError) {
        var line = ShortText()
        line.append("Return-Path: <")
        line.append(forHeader: sender)
        line.append(">\n")
        try write(line.bytes)
    }

    /// Which recipient it was that this Maildir got the message for: neither To nor Received can be asked. Source: RFC 9228.
    fileprivate func write(deliveredTo recipient: borrowing Span<UInt8>) throws(StoreError) {
        var line = ShortText()
        line.append("Delivered-To: ")
        line.append(forHeader: recipient)
        line.append("\n")
        try write(line.bytes)
    }
}
