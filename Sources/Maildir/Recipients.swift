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
internal import CMaildir
public import HandlerKit

/// An open recipients file.
public struct Recipients: ~Copyable {
    private let descriptor: Int32

    /// Opens the file; what replaces it later is not looked at.
    ///
    /// Errors: `openRecipients`.
    public init(_ path: StaticBytes) throws(StoreError) {
        // Sound: the path is good for the length of the call.
        let result = unsafe PathText(path).withCString {
            unsafe cmaildir_open_file(Int32(CMAILDIR_WORKING_DIRECTORY), $0)
        }
        descriptor = try StoreError.check(.openRecipients, result)
    }

    deinit {
        cmaildir_close(descriptor)
    }

    /// Looks an address up. Returns whether somebody gets its mail, and if so the path of the Maildir.
    ///
    /// - Parameter address: without brackets.
    public func find(_ address: Span<UInt8>, maildir: inout PathText) throws(RecipientsError) -> Bool {
        let address = MailboxName(address)
        var lines = FileLines(descriptor)
        var isCovered = false
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
                maildir.set(bytes.extracting(line.path))
                return true
            }
            if !isCovered, line.covers(address, in: bytes) {
                maildir.set(bytes.extracting(line.path))
                isCovered = true
            }
        }
        return isCovered
    }
}

/// Why nobody can say whether an address gets mail here.
public enum RecipientsError: Error, Equatable {
    /// A line is not what it should be.
    case faulty(line: Int, RecipientFault)
    /// The file cannot be read.
    case unreadable(StoreError)
}
