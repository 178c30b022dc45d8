// The errors of storing mail: the act that failed, and the reason. The reply depends on the reason alone.
internal import CMaildir
public import HandlerKit

/// An act of storing mail that failed. Its reply is always 4yz: the client keeps the mail and tries again.
public struct StoreError: Error, Equatable {
    /// The act that failed.
    public let act: StoreAct
    /// The reason, as an errno.
    public let errno: Int32

    init(_ act: StoreAct, _ errno: Int32) {
        self.act = act
        self.errno = errno
    }

    /// Whether there is no room. The reply is then 452 4.3.1, otherwise 451 4.3.0. Source: RFC 3463 3.4.
    public var isFull: Bool { reason == CMAILDIR_FULL || reason == CMAILDIR_TOO_LARGE }

    /// The setting of the service, or the option, that can remove the cause, if one is known.
    public var remedy: StaticBytes? {
        switch reason {
        case CMAILDIR_DENIED: "user,[files].write"
        case CMAILDIR_MISSING: "recipients,[files].write"
        case CMAILDIR_DESCRIPTORS: "[limits].files"
        case CMAILDIR_TOO_LARGE: "[limits].file_size"
        default: nil
        }
    }

    /// Whether the file or directory does not exist.
    var isMissing: Bool { reason == CMAILDIR_MISSING }

    private var reason: cmaildir_reason { cmaildir_reason_of(errno) }

    /// Returns the result of a call, or throws if it is -errno.
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
