// One Maildir: a directory with tmp, new and cur in it. A file in new is mail; a file in tmp is not mail yet.
// Promises: the Maildir itself must exist (a mistyped path must not collect mail); missing tmp, new and cur are made;
// neither these nor the last component of the given path may be a symbolic link.
// Sources: maildir(5); D. J. Bernstein, "Using maildir format" (cr.yp.to/proto/maildir.html).
internal import CMaildir
internal import HandlerKit

/// An open Maildir.
struct Maildir: ~Copyable {
    private let directory: Directory
    /// The same for the same Maildir, also when it is opened by another path.
    let identity: Identity

    /// The identity of a directory: device and inode.
    struct Identity: Equatable {
        let device: UInt64
        let inode: UInt64
    }

    /// The directories in a Maildir.
    enum Part: StaticBytes, CaseIterable {
        case tmp, new, cur
    }

    /// - Parameter path: the directory that has tmp, new and cur, or in which they are made.
    ///
    /// Errors: `openMaildir` and `makeMaildir`.
    init(_ path: borrowing Pathname) throws(StoreError) {
        let directory = try Directory(path.withoutTrailingSlashes, .openMaildir)
        let identity = try directory.identity()
        for part in Part.allCases { try directory.complete(part) }
        self.directory = directory
        self.identity = identity
    }

    /// Opens one of its directories.
    func open(_ part: Part) throws(StoreError) -> Directory {
        try directory.open(part)
    }
}

extension Directory {
    fileprivate func open(_ part: Maildir.Part) throws(StoreError) -> Directory {
        try open(part.rawValue, .openMaildir)
    }

    /// Makes the part if it is missing.
    fileprivate func complete(_ part: Maildir.Part) throws(StoreError) {
        do throws(StoreError) {
            _ = try open(part)
        } catch {
            guard error.isMissing else { throw error }
            try make(part.rawValue)
            // After a loss of power, new is then still there, with the mail that was synced in it.
            try sync(.makeMaildir)
        }
    }

    /// The device and the inode.
    fileprivate func identity() throws(StoreError) -> Maildir.Identity {
        var numbers = InlineArray<2, UInt64>(repeating: 0)
        var span = numbers.mutableSpan
        // Sound: the call fills two numbers, and the array has room for two.
        let result = unsafe span.withUnsafeMutableBufferPointer {
            unsafe cmaildir_identity(descriptor, $0.baseAddress!)
        }
        try StoreError.check(.openMaildir, result)
        return Maildir.Identity(device: numbers[0], inode: numbers[1])
    }
}
