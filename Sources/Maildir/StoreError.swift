// What can go wrong while mail is stored: the act that failed, and why. The reply follows from the reason alone.
internal import CMaildir
public import HandlerKit

/// An act of storing that failed. Its reply is of the 4xx kind whatever it was: the mail stays with the client, who tries again.
public struct StoreError: Error, Equatable {
    /// What could not be done.
    public let act: StoreAct
    /// Why: an errno.
    public let errno: Int32

    init(_ act: StoreAct, _ errno: Int32) {
        self.act = act
        self.errno = errno
    }

    /// Whether there is no room: 452 4.3.1; anything else is 451 4.3.0. Source: RFC 3463 3.4.
    public var isFull: Bool { reason == CMAILDIR_FULL || reason == CMAILDIR_TOO_LARGE }

    /// What could change it, where that is known: a setting of the service, or the file of recipients.
    public var remedy: StaticBytes? {
        switch reason {
        case CMAILDIR_DENIED: "user,[files].write"
        case CMAILDIR_MISSING: "recipients,[files].write"
        case CMAILDIR_DESCRIPTORS: "[limits].files"
        case CMAILDIR_TOO_LARGE: "[limits].file_size"
        default: nil
        }
    }

    /// Whether what was to be opened is not there.
    var isMissing: Bool { reason == CMAILDIR_MISSING }

    private var reason: cmaildir_reason { cmaildir_reason_of(errno) }

    /// The result of a call that returns -errno.
    @discardableResult
    static func check(_ act: StoreAct, _ result: Int32) throws(StoreError) -> Int32 {
        guard result >= 0 else { throw StoreError(act, -result) }
        return result
    }
}

/// The acts of storing mail, in the words of the log.
public enum StoreAct: StaticBytes, Sendable {
    case openRecipients = "open-recipients"
    case readRecipients = "read-recipients"
    case openMaildir = "open-maildir"
    case makeMaildir = "make-maildir"
    case checkRoom = "find-room"
    case createFile = "create-in-tmp"
    case writeFile = "write-in-tmp"
    case syncFile = "sync-file"
    case moveFile = "move-to-new"
    case syncDirectory = "sync-new"
}
