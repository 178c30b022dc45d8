// Whole files and directories, read at start and at reload, never between accept and exec.
internal import CLinux

/// Acts on files by their paths.
package enum Files {
    /// The bytes of a file.
    ///
    /// - Parameter most: how many bytes; a longer file is an error (EFBIG), never a short read.
    package static func read(_ path: String, most: Int) throws(SystemError) -> [UInt8] {
        let file = Descriptor(owning: try retrying("open") { unsafe clinux_open_read(path) })
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = try file.read(into: &buffer)
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            if bytes.count > most { throw SystemError("read", Errno(27)) }
        }
    }

    /// The first bytes of a file: `length` of them, or all of a shorter file.
    package static func head(of path: String, length: Int) throws(SystemError) -> [UInt8] {
        let file = Descriptor(owning: try retrying("open") { unsafe clinux_open_read(path) })
        var bytes: [UInt8] = []
        while bytes.count < length {
            var buffer = [UInt8](repeating: 0, count: length - bytes.count)
            let count = try file.read(into: &buffer)
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return bytes
    }

    /// The path of the file that a descriptor is open on, without symbolic links. Source: proc(5), /proc/PID/fd.
    package static func path(of number: Int32) throws(SystemError) -> String {
        try target(ofLink: "/proc/self/fd/\(number)")
    }

    /// The device and the number of a socket's file: another socket at the same path has others.
    package static func identity(ofSocket path: String) throws(SystemError) -> (UInt64, UInt64) {
        var id: [UInt64] = [0, 0]
        // Sound: the call writes two numbers into an array of two.
        _ = try retrying("stat socket") { unsafe clinux_socket_file(path, &id) }
        return (id[0], id[1])
    }

    /// The text of a symbolic link, cut after 4096 bytes. Source: readlink(2).
    package static func target(ofLink link: String) throws(SystemError) -> String {
        var text = [CChar](repeating: 0, count: 4096)
        let count = try retrying("readlink") {
            // Sound: the call uses the array only while it runs, and gets its size.
            unsafe text.withUnsafeMutableBufferPointer { unsafe clinux_read_link(link, $0.baseAddress, $0.count) }
        }
        return String(decoding: text[..<Int(count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The names in a directory, sorted, without `.` and `..`.
    package static func names(in directory: String) throws(SystemError) -> [String] {
        var names: [String] = []
        _ = try retrying("open directory") {
            names = []
            return unsafe withUnsafeMutablePointer(to: &names) { list in
                // Sound: the callback runs only during the call, and the call is lent `names` for that time.
                unsafe clinux_list_directory(directory, list) { context, name in
                    let text = unsafe String(cString: name!)
                    if text != ".", text != ".." {
                        unsafe context!.assumingMemoryBound(to: [String].self).pointee.append(text)
                    }
                }
            }
        }
        return names.sorted()
    }

    /// Whether a path names a socket; nil when there is no file. A symbolic link is not followed.
    package static func isSocket(_ path: String) throws(SystemError) -> Bool? {
        var mode: UInt32 = 0
        do throws(SystemError) {
            _ = try retrying("stat") { unsafe clinux_file_kind(path, &mode) }
        } catch  where error.errno == .noEntry {
            return nil
        }
        return mode & 0o170000 == 0o140000
    }

    /// Whether a file of any kind is at a path, readable or not.
    package static func exists(_ path: String) -> Bool {
        var mode: UInt32 = 0
        return unsafe clinux_file_kind(path, &mode) != -Errno.noEntry.rawValue
    }

    /// The reason why this process cannot find what a path names, or nil. Follows symbolic links. A path that ends in a
    /// slash leads to directories only.
    ///
    /// Source: stat(2), path_resolution(7).
    package static func lookupProblem(_ path: String) -> Errno? {
        let result = unsafe clinux_can_find(path)
        return result < 0 ? Errno(-result) : nil
    }

    /// The reason why this process cannot execute a file, or nil.
    ///
    /// Source: access(2), execve(2).
    package static func executionProblem(_ path: String) -> Errno? {
        let result = unsafe clinux_can_execute(path)
        return result < 0 ? Errno(-result) : nil
    }

    /// The directory that relative paths start from. Source: getcwd(3).
    package static func currentDirectory() throws(SystemError) -> String {
        var path = [CChar](repeating: 0, count: 4096)
        _ = try retrying("getcwd") {
            // Sound: the call uses the array only while it runs, and gets its size.
            unsafe path.withUnsafeMutableBufferPointer {
                unsafe clinux_current_directory($0.baseAddress, $0.count)
            }
        }
        return String(decoding: path.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Opens an existing file for writing, for example a control file of the kernel.
    package static func openForWriting(_ path: String) throws(SystemError) -> Descriptor {
        Descriptor(owning: try retrying("open") { unsafe clinux_open_write(path) })
    }

    package static func openDirectory(_ path: String) throws(SystemError) -> Descriptor {
        Descriptor(owning: try retrying("open") { unsafe clinux_open_directory(path) })
    }

    /// Removes an empty directory. Source: rmdir(2).
    package static func removeDirectory(_ path: String) throws(SystemError) {
        _ = try retrying("rmdir") { unsafe clinux_remove_directory(path) }
    }

    package static func remove(_ path: String) throws(SystemError) {
        _ = try retrying("unlink") { unsafe clinux_unlink(path) }
    }

    /// Makes a directory, or does nothing when it exists.
    package static func makeDirectory(_ path: String, mode: UInt32) throws(SystemError) {
        do throws(SystemError) {
            _ = try retrying("mkdir") { unsafe clinux_make_directory(path, mode) }
        } catch  where error.errno == .exists {
            return
        }
    }

    /// Writes a new file. A file of any kind at the path is an error (EEXIST).
    ///
    /// Source: open(2), O_EXCL; fsync(2).
    package static func create(_ path: String, with text: String, mode: UInt32) throws(SystemError) {
        let file = Descriptor(owning: try retrying("create") { unsafe clinux_create_exclusive(path, mode) })
        try file.writeAll(Array(text.utf8).span)
        _ = try retrying("fsync") { clinux_sync(file.number) }
    }

    /// Replaces a file in one step: a reader sees all of the old bytes or all of the new ones, also after a crash.
    ///
    /// Source: rename(2), fsync(2).
    package static func replace(_ path: String, with text: String, mode: UInt32) throws(SystemError) {
        let temporary = "\(path).new"
        do throws(SystemError) {
            try remove(temporary)
        } catch  where error.errno == .noEntry {
            // Expected: no file is left over from an earlier crash.
        }
        try create(temporary, with: text, mode: mode)
        _ = try retrying("rename") { unsafe clinux_rename(temporary, path) }
        let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let directory = Descriptor(
            owning: try retrying("open") { unsafe clinux_open_directory(parent.isEmpty ? "/" : parent) })
        _ = try retrying("fsync") { clinux_sync(directory.number) }
    }
}

/// The directory of an absolute path. Compares bytes, as the kernel does: to Swift, a slash before a combining accent
/// is another character.
package func parentDirectory(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), slash != path.startIndex else { return "/" }
    return String(decoding: path.utf8[..<slash], as: UTF8.self)
}
