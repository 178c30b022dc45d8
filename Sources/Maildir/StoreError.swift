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
    public var isFull: Bool { cmaildir_means_full(errno) == 1 }

    /// Whether what was to be opened is not there.
    var isMissing: Bool { cmaildir_means_missing(errno) == 1 }

    /// The result of a call that returns -errno.
    @discardableResult
    static func check(_ act: StoreAct, _ result: Int32) throws(StoreError) -> Int32 {
        guard result >= 0 else { throw StoreError(act, -result) }
        return result
    }
}

/// The acts of storing mail, in the words of the log.
public enum StoreAct: StaticBytes, Sendable {
    case openRecipients = "open recipients file"
    case readRecipients = "read recipients file"
    case openMaildir = "open Maildir"
    case makeMaildir = "make tmp, new and cur"
    case checkRoom = "room for the announced size"
    case nameMessage = "name the message"
    case createFile = "create file in tmp"
    case writeFile = "write file in tmp"
    case syncFile = "sync file in tmp"
    case moveFile = "move from tmp to new"
    case syncDirectory = "sync new"
}
