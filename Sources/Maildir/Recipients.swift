// The recipients file: who gets mail here, and in which Maildir. Nobody else does.
//
//     # address or @domain       Maildir
//     ada@example.org            /var/mail/ada
//     @example.net               catch-all        (below the directory of this file)
//     postmaster                 /var/mail/ada
//
// Promises: read anew for each lookup, line by line, so it may have any size, and a change holds for the next connection; an
// exact address beats `@domain` wherever it stands, and of equal ones the first wins. Reading ends at the exact address; a
// faulty line met before it is an error, not a refusal: whom it was meant for is not known, so the client should try again.
// `postmaster` without a domain is only what a line says of it.
internal import CHandler
internal import CMaildir
public import HandlerKit

/// An open recipients file. A class, because Embedded Swift destroys structs of other modules only if they have no deinit.
public final class Recipients {
    private let path: StaticBytes
    /// The descriptor, or -errno.
    private let descriptor: Int32

    /// Opens the file; what replaces it later is not looked at. If it cannot be opened, each lookup says so.
    public init(_ path: StaticBytes) {
        self.path = path
        let bytes = path.bytes
        // Sound: an address goes with its count, and no path is empty.
        descriptor = unsafe bytes.withUnsafeBufferPointer { unsafe chandler_open_file($0.baseAddress!, $0.count) }
    }

    deinit {
        if descriptor >= 0 { cmaildir_close(descriptor) }
    }

    /// Looks an address up. Returns the number of the line that says who gets its mail, or nil if nobody does.
    ///
    /// - Parameters:
    ///   - address: without brackets.
    ///   - maildir: gets the path of the Maildir.
    public func find(_ address: Span<UInt8>, maildir: inout Pathname) throws(RecipientsError) -> Int? {
        guard descriptor >= 0 else { throw .unreadable(StoreError(.openRecipients, -descriptor)) }
        let address = MailboxName(address)
        var lines = FileLines(descriptor)
        var covering: Int?
        while let range = try lines.next() {
            let bytes = lines.bytes(range)
            let parsed: RecipientLine?
            do throws(RecipientFault) {
                parsed = try RecipientLine(bytes)
            } catch {
                throw .faulty(line: lines.number, error)
            }
            guard let line = parsed else { continue }
            if line.names(address, in: bytes) {
                set(&maildir, to: bytes.extracting(line.path))
                return lines.number
            }
            if covering == nil, line.covers(address, in: bytes) {
                set(&maildir, to: bytes.extracting(line.path))
                covering = lines.number
            }
        }
        return covering
    }

    /// A relative path starts in the directory of this file.
    private func set(_ maildir: inout Pathname, to relative: borrowing Span<UInt8>) {
        maildir = Pathname()
        if relative[0] != 0x2f {
            let bytes = path.bytes
            var length = bytes.count
            while length > 0, bytes[length - 1] != 0x2f { length -= 1 }
            maildir.append(bytes.extracting(0..<length))
        }
        maildir.append(relative)
    }
}

/// Why nobody can say whether an address gets mail here.
public enum RecipientsError: Error, Equatable {
    /// A line is not what it should be.
    case faulty(line: Int, RecipientFault)
    /// The file cannot be read.
    case unreadable(StoreError)
}
