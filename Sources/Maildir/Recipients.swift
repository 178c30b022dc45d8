// The recipients file: the addresses that get mail here, and their Maildirs. No other address gets mail.
//
//     # address or @domain       Maildir
//     ada@example.org            /var/mail/ada
//     @example.net               catch-all        (below the directory of this file)
//     postmaster                 /var/mail/ada
//
// Promises: each lookup reads the file anew, line by line, so the file may have any size, and a new file applies to the
// next connection. An exact address comes before `@domain` at any place in the file, and of equal lines the first one
// counts. Reading ends at the exact address. A line with a fault before that is an error and not a refusal: the line
// may be meant for this address, so the client should try again. `postmaster` without a domain has only the line that
// names it.
internal import CHandler
internal import CMaildir
public import HandlerKit

/// An open recipients file. It is a class because Embedded Swift cannot destroy a struct of another module that has a
/// deinit.
public final class Recipients {
    private let path: StaticBytes
    /// The descriptor, or -errno.
    private let descriptor: Int32

    /// Opens the file; a file that replaces it later is not read. If it cannot be opened, each lookup throws.
    public init(_ path: StaticBytes) {
        self.path = path
        let bytes = path.bytes
        // Sound: the address and the count are those of the path, and no path is empty.
        descriptor = unsafe bytes.withUnsafeBufferPointer { unsafe chandler_open_file($0.baseAddress!, $0.count) }
    }

    deinit {
        if descriptor >= 0 { cmaildir_close(descriptor) }
    }

    /// Looks up an address. Returns the number of the line that applies to it, or nil if none does.
    ///
    /// - Parameters:
    ///   - address: without brackets.
    ///   - maildir: is set to the path of the Maildir.
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

    /// Sets the path; a relative one starts in the directory of this file.
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

/// The reason for which a lookup has no result.
public enum RecipientsError: Error, Equatable {
    /// A line has a fault.
    case faulty(line: Int, RecipientFault)
    /// The file cannot be read.
    case unreadable(StoreError)
}
