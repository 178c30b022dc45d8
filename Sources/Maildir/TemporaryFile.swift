// A message's file in one Maildir's tmp, until it is moved to new.
// Promises: a draft that was not moved is gone with its owner, whatever the reason; only a killed process leaves one, and
// readers of a Maildir look into new and cur only (those in tmp that are older than 36 hours may be removed: maildir(5)).
// Moved is only what was synced, and moving returns when new itself is synced. tmp is not: what could come back there is no mail.
internal import CMaildir
internal import HandlerKit

/// A file that is being written.
struct TemporaryFile: ~Copyable {
    /// The line of the recipients file that has this Maildir.
    let line: Int
    private let maildir: Maildir
    private let name: UniqueName
    /// The descriptor; -1 once everything is synced.
    private var file: Int32
    private var isMoved = false

    /// Errors: `openMaildir`, `createFile`.
    init(_ name: UniqueName, in maildir: consuming Maildir, line: Int) throws(StoreError) {
        let tmp = try maildir.open(.tmp)
        // Sound: the name is good for the length of the call.
        let result = unsafe name.text.withCString { unsafe cmaildir_create(tmp.descriptor, $0) }
        file = try StoreError.check(.createFile, result)
        self.name = name
        self.maildir = maildir
        self.line = line
    }

    deinit {
        if file >= 0 { cmaildir_close(file) }
        if !isMoved { remove() }
    }

    var identity: Maildir.Identity { maildir.identity }

    /// Appends bytes. Errors: `writeFile`.
    func write(_ bytes: borrowing Span<UInt8>) throws(StoreError) {
        var written = 0
        while written < bytes.count {
            // Sound: the rest of the span.
            let result = unsafe bytes.extracting(written...).withUnsafeBufferPointer {
                unsafe cmaildir_write(file, $0.baseAddress!, $0.count)
            }
            guard result > 0 else { throw StoreError(.writeFile, Int32(-result)) }
            written += result
        }
    }

    /// Errors: `checkRoom` if there is less room than this where the file is.
    func requireRoom(for bytes: Int) throws(StoreError) {
        try StoreError.check(.checkRoom, cmaildir_require_room(file, Int64(bytes)))
    }

    /// Returns when every byte is on the disk. Then nothing more can be written: the file is closed, so that moving it needs no
    /// more descriptors than making it did. Errors: `syncFile`.
    mutating func sync() throws(StoreError) {
        try StoreError.check(.syncFile, cmaildir_sync(file))
        cmaildir_close(file)
        file = -1
    }

    /// Makes it mail: moves it to new, and returns when that is on the disk. After an error it may or may not be mail: then the
    /// client tries again, and there may be two; there is never none.
    ///
    /// Errors: `openMaildir`, `moveFile`, `syncDirectory`.
    mutating func move() throws(StoreError) {
        let tmp = try maildir.open(.tmp)
        let new = try maildir.open(.new)
        // Sound: the name is good for the length of the call.
        let result = unsafe name.text.withCString { unsafe cmaildir_rename(tmp.descriptor, new.descriptor, $0) }
        try StoreError.check(.moveFile, result)
        isMoved = true
        try new.sync(.syncDirectory)
    }

    private func remove() {
        // Dropped on purpose: a file that stays in tmp is no mail.
        do throws(StoreError) {
            let tmp = try maildir.open(.tmp)
            // Sound: the name is good for the length of the call.
            _ = unsafe name.text.withCString { unsafe cmaildir_unlink(tmp.descriptor, $0) }
        } catch {}
    }
}
