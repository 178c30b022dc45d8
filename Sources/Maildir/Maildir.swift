// One Maildir: a directory with tmp, new and cur in it. What is in new is mail; what is in tmp is not yet.
// Promises: the Maildir itself must be there (a mistyped path must not collect mail), tmp, new and cur are made when they are
// missing; no part below the given path, and not its last one, is a symbolic link.
// Sources: maildir(5); D. J. Bernstein, "Using maildir format" (cr.yp.to/proto/maildir.html).
internal import CMaildir
internal import HandlerKit

/// An open Maildir.
struct Maildir: ~Copyable {
    private let directory: Directory
    /// The same for the same Maildir, whatever path led to it.
    let identity: Identity

    /// What tells two directories apart: device and inode.
    struct Identity: Equatable {
        let device: UInt64
        let inode: UInt64
    }

    /// The directories that make a Maildir.
    enum Part: StaticBytes, CaseIterable {
        case tmp, new, cur
    }

    /// - Parameter path: of the directory that has, or gets, tmp, new and cur in it.
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

    /// Makes the part if there is none.
    fileprivate func complete(_ part: Maildir.Part) throws(StoreError) {
        do throws(StoreError) {
            _ = try open(part)
        } catch {
            guard error.isMissing else { throw error }
            try make(part.rawValue)
            // So that new is still there after a loss of power, with the mail that was synced in it.
            try sync(.makeMaildir)
        }
    }

    /// Device and inode.
    fileprivate func identity() throws(StoreError) -> Maildir.Identity {
        var numbers = InlineArray<2, UInt64>(repeating: 0)
        var span = numbers.mutableSpan
        // Sound: the call fills two numbers, and the array has an address for its length.
        let result = unsafe span.withUnsafeMutableBufferPointer {
            unsafe cmaildir_identity(descriptor, $0.baseAddress!)
        }
        try StoreError.check(.openMaildir, result)
        return Maildir.Identity(device: numbers[0], inode: numbers[1])
    }
}
