// What a process may try on files and on other processes, to see whether the sandbox refuses it.
internal import Glibc
package import LinuxSystem

/// One act on a tree that ``prepare(in:_:)`` made. Each act has files of its own, so that a test can do them in any
/// order.
package enum FileAct: String, Codable, Hashable, Sendable, CaseIterable {
    case read, list, execute, write, truncate, create, makeDirectory, removeFile, removeDirectory, rename, link
    case symbolicLink, pipe

    /// Makes the files and directories that the acts need, and returns their directory.
    package static func prepare(in directory: TemporaryDirectory, _ name: String) throws(SystemError) -> String {
        let path = try directory.makeDirectory(name)
        for file in ["read", "write", "truncate", "removeFile", "rename", "link"] {
            try directory.write("\(name)/\(file)", "text\n", mode: 0o666)
        }
        // No program: execve(2) fails with ENOEXEC when the kernel may read the file.
        try directory.write("\(name)/execute", "no program\n", mode: 0o755)
        try directory.makeDirectory("\(name)/removeDirectory")
        return path
    }

    /// Does the act; the error if the kernel refuses it.
    package func problem(in directory: String) -> Errno? { problem(at: "\(directory)/\(rawValue)", in: directory) }

    /// Does the act on this path itself. Only `list` uses the directory.
    package func problem(at path: String, in directory: String) -> Errno? {
        switch self {
        case .read: opened(path, O_RDONLY)
        case .write: opened(path, O_WRONLY)
        case .list: opened(directory, O_RDONLY | O_DIRECTORY)
        case .execute: executionProblem(path)
        case .truncate: result(unsafe Glibc.truncate(path, 0))
        case .create: result(unsafe mknod(path, S_IFREG | 0o600, 0))
        case .makeDirectory: result(unsafe mkdir(path, 0o700))
        case .removeFile: result(unsafe unlink(path))
        case .removeDirectory: result(unsafe rmdir(path))
        case .rename: result(unsafe Glibc.rename(path, path + ".new"))
        case .link: result(unsafe Glibc.link(path, path + ".new"))
        case .symbolicLink: result(unsafe symlink("anywhere", path))
        case .pipe: result(unsafe mkfifo(path, 0o600))
        }
    }

    private func opened(_ path: String, _ flags: Int32) -> Errno? {
        let number = unsafe open(path, flags | O_CLOEXEC)
        if number >= 0 { close(number) }
        return result(number)
    }

    private func executionProblem(_ path: String) -> Errno? {
        let arguments: [UnsafeMutablePointer<CChar>?] = unsafe [nil]
        // execve(2) returns only when it fails, and on a file that is no program it always does.
        let found = result(unsafe execve(path, arguments, arguments))
        return found == Errno(8) ? nil : found
    }
}

private func result(_ value: Int32) -> Errno? { value < 0 ? Errno(errno) : nil }

/// Acts on another process; each returns the error if the kernel refuses it.
package enum ProcessActs {
    package static func signalProblem(_ pid: Int32) -> Errno? { result(kill(pid, 0)) }

    /// Attaches to a process as a debugger does, and detaches again. Source: ptrace(2).
    package static func tracingProblem(_ pid: Int32) -> Errno? {
        typealias Trace = @convention(c) (Int, Int, UInt, UInt) -> Int
        // Sound: glibc's ptrace, which Swift does not import because it takes a variable list, gets four words.
        guard let symbol = unsafe dlsym(nil, "ptrace") else { return Errno(38) }
        let trace = unsafe unsafeBitCast(symbol, to: Trace.self)
        let (attach, detach) = (16, 17)
        if trace(attach, Int(pid), 0, 0) < 0 { return Errno(errno) }
        var status: Int32 = 0
        _ = unsafe waitpid(pid, &status, 0)
        _ = trace(detach, Int(pid), 0, 0)
        return nil
    }

    package static var parent: Int32 { getppid() }

    /// Makes this process, a forked child, the leader of a session of its own.
    package static func leaveSession() { _ = setsid() }

    /// Gives this process, a forked child of root's, another user.
    package static func become(uid: UInt32) { _ = setuid(uid) }

    /// Waits until a signal ends this process.
    package static func sleepForever() -> Never {
        while true { pause() }
    }
}

/// A listener in the abstract namespace. Source: unix(7).
package func abstractListener(_ name: String) throws(SystemError) -> Descriptor {
    let number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard number >= 0 else { throw SystemError("socket", Errno(errno)) }
    let descriptor = Descriptor(owning: number)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { bytes in
        for (index, byte) in name.utf8.enumerated() { unsafe bytes[index + 1] = byte }
    }
    let result = unsafe withUnsafePointer(to: &address) { pointer in
        // Sound: a socket address of its family, with its own size.
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            unsafe bind(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
    guard result == 0, listen(number, 5) == 0 else { throw SystemError("bind", Errno(errno)) }
    return descriptor
}
