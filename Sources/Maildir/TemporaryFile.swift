// The file of a message in the tmp of one Maildir, until it is moved to new.
// Promises: a file that was not moved is removed with its owner, for any reason; only a killed process leaves one, and
// the readers of a Maildir read only new and cur (a file in tmp that is older than 36 hours may be removed:
// maildir(5)). Only a synced file is moved, and `move` returns when new itself is synced. tmp is not synced: a file
// that comes back there after a crash is not mail.
internal import CMaildir
internal import HandlerKit

/// A file in tmp that is being written.
struct TemporaryFile: ~Copyable {
    /// The line of the recipients file that names this Maildir.
    let line: Int
    private let maildir: Maildir
    private let name: UniqueName
    /// The descriptor; -1 after `sync`.
    private var file: Int32
    private var isMoved = false

    /// Errors: `openMaildir`, `createFile`.
    init(_ name: UniqueName, in maildir: consuming Maildir, line: Int) throws(StoreError) {
        let tmp = try maildir.open(.tmp)
        // Sound: the name is valid during the call.
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
            // Sound: the address and the count are those of the rest, which is not empty.
            let result = unsafe bytes.extracting(written...).withUnsafeBufferPointer {
                unsafe cmaildir_write(file, $0.baseAddress!, $0.count)
            }
            guard result > 0 else { throw StoreError(.writeFile, Int32(-result)) }
            written += result
        }
    }

    /// Checks that the file system has room for this number of bytes. Errors: `checkRoom`.
    func requireRoom(for bytes: Int) throws(StoreError) {
        try StoreError.check(.checkRoom, cmaildir_require_room(file, Int64(bytes)))
    }

    /// Returns when every byte is on the disk. Closes the file, so that `move` needs no more descriptors than `init`
    /// did; nothing can be written after this. Errors: `syncFile`.
    mutating func sync() throws(StoreError) {
        try StoreError.check(.syncFile, cmaildir_sync(file))
        cmaildir_close(file)
        file = -1
    }

    /// Moves the file to new, where it is mail, and returns when the move is on the disk. After an error it may be in
    /// new or not: the client tries again, and there may be two copies, but never none.
    ///
    /// Errors: `openMaildir`, `moveFile`, `syncDirectory`.
    mutating func move() throws(StoreError) {
        let tmp = try maildir.open(.tmp)
        let new = try maildir.open(.new)
        // Sound: the name is valid during the call.
        let result = unsafe name.text.withCString { unsafe cmaildir_rename(tmp.descriptor, new.descriptor, $0) }
        try StoreError.check(.moveFile, result)
        isMoved = true
        try new.sync(.syncDirectory)
    }

    private func remove() {
        // Dropped on purpose: a file that stays in tmp is not mail.
        do throws(StoreError) {
            let tmp = try maildir.open(.tmp)
            // Sound: the name is valid during the call.
            _ = unsafe name.text.withCString { unsafe cmaildir_unlink(tmp.descriptor, $0) }
        } catch {}
    }
}
