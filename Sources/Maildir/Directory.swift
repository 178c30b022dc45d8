// An open directory. Promises that the descriptor closes with its owner, and that nothing opened in it is a symbolic
// link.
internal import CMaildir
internal import HandlerKit

/// A directory, to open and to create files and directories in.
struct Directory: ~Copyable {
    let descriptor: Int32

    /// - Parameter path: a relative path starts in the working directory.
    init(_ path: borrowing Pathname, _ act: StoreAct) throws(StoreError) {
        try self.init(path, in: Int32(CMAILDIR_WORKING_DIRECTORY), act)
    }

    private init(_ path: borrowing Pathname, in directory: Int32, _ act: StoreAct) throws(StoreError) {
        // Sound: the path is valid during the call.
        let result = unsafe path.withCString { unsafe cmaildir_open_directory(directory, $0) }
        descriptor = try StoreError.check(act, result)
    }

    deinit {
        cmaildir_close(descriptor)
    }

    /// Opens a directory in this one.
    func open(_ name: StaticBytes, _ act: StoreAct) throws(StoreError) -> Directory {
        try Directory(Pathname(name), in: descriptor, act)
    }

    /// Makes a directory; does nothing if there is one.
    func make(_ name: StaticBytes) throws(StoreError) {
        // Sound: the name is valid during the call.
        let result = unsafe Pathname(name).withCString { unsafe cmaildir_make_directory(descriptor, $0) }
        try StoreError.check(.makeMaildir, result)
    }

    /// Returns when the names in this directory are on the disk.
    func sync(_ act: StoreAct) throws(StoreError) {
        try StoreError.check(act, cmaildir_sync(descriptor))
    }
}
