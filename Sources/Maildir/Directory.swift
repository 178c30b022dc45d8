// An open directory. Promises to be closed with its owner, and that what is opened in it is no symbolic link.
internal import CMaildir
public import HandlerKit

/// A directory that paths are resolved from, or that is read and synced.
public struct Directory: ~Copyable {
    let descriptor: Int32

    private init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        cmaildir_close(descriptor)
    }

    /// The directory that holds this file: what relative paths in a recipients file start from.
    ///
    /// Errors: `openRecipients`.
    public init(of file: StaticBytes) throws(StoreError) {
        let bytes = file.bytes
        var length = bytes.count
        while length > 0, bytes[length - 1] != 0x2f { length -= 1 }
        let path = length == 0 ? PathText(".") : PathText(bytes.extracting(0..<length))
        // Sound: the path is good for the length of the call.
        let result = unsafe path.withCString { unsafe cmaildir_open_way(Int32(CMAILDIR_WORKING_DIRECTORY), $0) }
        self.init(try StoreError.check(.openRecipients, result))
    }

    /// Opens a directory to read and to sync.
    func open(_ path: borrowing PathText, _ act: StoreAct) throws(StoreError) -> Directory {
        // Sound: the path is good for the length of the call.
        let result = unsafe path.withCString { unsafe cmaildir_open_directory(descriptor, $0) }
        return Directory(try StoreError.check(act, result))
    }

    /// Makes a directory; there may be one.
    func make(_ name: StaticBytes) throws(StoreError) {
        // Sound: the name is good for the length of the call.
        let result = unsafe PathText(name).withCString { unsafe cmaildir_make_directory(descriptor, $0) }
        try StoreError.check(.makeMaildir, result)
    }

    /// Returns when its names are on the disk.
    func sync(_ act: StoreAct) throws(StoreError) {
        try StoreError.check(act, cmaildir_sync(descriptor))
    }
}
