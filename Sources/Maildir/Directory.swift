// An open directory. Promises to be closed with its owner, and that what is opened in it is no symbolic link.
internal import CMaildir
internal import HandlerKit

/// A directory to open things in, and to sync.
struct Directory: ~Copyable {
    let descriptor: Int32

    /// - Parameter path: from the process's own directory on if it is relative.
    init(_ path: borrowing Pathname, _ act: StoreAct) throws(StoreError) {
        try self.init(path, in: Int32(CMAILDIR_WORKING_DIRECTORY), act)
    }

    private init(_ path: borrowing Pathname, in directory: Int32, _ act: StoreAct) throws(StoreError) {
        // Sound: the path is good for the length of the call.
        let result = unsafe path.withCString { unsafe cmaildir_open_directory(directory, $0) }
        descriptor = try StoreError.check(act, result)
    }

    deinit {
        cmaildir_close(descriptor)
    }

    /// Opens a directory in it.
    func open(_ name: StaticBytes, _ act: StoreAct) throws(StoreError) -> Directory {
        try Directory(Pathname(name), in: descriptor, act)
    }

    /// Makes a directory; there may be one.
    func make(_ name: StaticBytes) throws(StoreError) {
        // Sound: the name is good for the length of the call.
        let result = unsafe Pathname(name).withCString { unsafe cmaildir_make_directory(descriptor, $0) }
        try StoreError.check(.makeMaildir, result)
    }

    /// Returns when its names are on the disk.
    func sync(_ act: StoreAct) throws(StoreError) {
        try StoreError.check(act, cmaildir_sync(descriptor))
    }
}
