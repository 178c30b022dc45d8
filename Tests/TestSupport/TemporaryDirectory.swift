// A directory of a test's own. It is removed when the object's last reference goes.
internal import Glibc
package import LinuxSystem

package final class TemporaryDirectory {
    package let path: String

    package init() throws(SystemError) {
        var template = Array("/tmp/doorward-test-XXXXXX".utf8CString)
        // Sound: the array ends with a zero byte and is lent for the length of the call.
        let isMade = unsafe template.withUnsafeMutableBufferPointer { unsafe mkdtemp($0.baseAddress!) != nil }
        guard isMade else { throw SystemError("mkdtemp", Errno(errno)) }
        path = text(template.dropLast().map { UInt8(bitPattern: $0) })
    }

    deinit { Self.removeAll(path) }

    private static func removeAll(_ path: String) {
        if unsafe unlink(path) == 0 { return }
        _ = unsafe chmod(path, 0o700)
        do throws(SystemError) {
            for name in try Files.names(in: path) { removeAll("\(path)/\(name)") }
        } catch {
            // A directory that cannot be listed stays in /tmp, which the system clears.
        }
        _ = unsafe rmdir(path)
    }

    /// Writes a file in place, and returns its path.
    @discardableResult
    package func write(_ name: String, _ text: String, mode: UInt32 = 0o644) throws(SystemError) -> String {
        try write(name, bytes: Array(text.utf8), mode: mode)
    }

    @discardableResult
    package func write(_ name: String, bytes: [UInt8], mode: UInt32 = 0o644) throws(SystemError) -> String {
        let file = "\(path)/\(name)"
        let number = unsafe open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard number >= 0 else { throw SystemError("open", Errno(errno)) }
        let descriptor = Descriptor(owning: number)
        fchmod(number, mode)
        try descriptor.writeAll(bytes.span)
        return file
    }

    /// Makes a directory and those above it, and returns its path.
    @discardableResult
    package func makeDirectory(_ name: String) throws(SystemError) -> String {
        var made = path
        for part in name.split(separator: "/") {
            made += "/\(part)"
            try Files.makeDirectory(made, mode: 0o755)
        }
        return made
    }

    /// Permission bits of what is at a path.
    package static func mode(of path: String) throws(SystemError) -> UInt32 { try status(path).mode }

    package static func owner(of path: String) throws(SystemError) -> (uid: UInt32, gid: UInt32) {
        let found = try status(path)
        return (found.uid, found.gid)
    }

    private static func status(_ path: String) throws(SystemError) -> (mode: UInt32, uid: UInt32, gid: UInt32) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { throw SystemError("lstat", Errno(errno)) }
        return (status.st_mode & 0o7777, status.st_uid, status.st_gid)
    }

    package static func change(mode: UInt32, of path: String) { _ = unsafe chmod(path, mode) }
}
