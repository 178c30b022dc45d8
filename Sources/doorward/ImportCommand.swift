// `doorward import`: turns files of inetd, xinetd and tcpserver into service files, and reports the directives that are
// not carried over.
internal import ArgumentParser
internal import Import
internal import Inspection
internal import LinuxSystem

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make service files from inetd.conf, xinetd's files or tcprules sources, and report what is lost.",
        discussion: """
            Prints the service files, and on standard error a line for each directive that was not carried over or \
            means something else. Exit status 1 when a file could not be read or written.
            """)

    @Option(help: ArgumentHelp("inetd, xinetd or tcprules (default: by the file's content).", valueName: "format"))
    var format: ImportFormat?

    @Option(
        help: ArgumentHelp("Directory to write the service files to; a file that is there stays.", valueName: "dir"))
    var into: String?

    @Option(help: ArgumentHelp("File with the names of ports.", valueName: "file"))
    var servicesFile = "/etc/services"

    @Option(help: ArgumentHelp("The service that gets the rules of tcprules sources.", valueName: "name"))
    var service: String?

    @Flag(help: "Print JSON.")
    var json = false

    @Argument(help: "Files, and directories of xinetd's files.")
    var files: [String]

    func run() throws {
        var reader = ImportFileReader(format: format)
        for file in files { reader.read(file) }
        let imported = Imported(reader.sources, ports: portTable(&reader), service: service)
        var writer = ImportWriter()
        if let into {
            if imported.access != nil { writer.problem(.noService, reader.ruleFile) }
            for service in imported.services { writer.write(service, into: into) }
        }
        if json {
            let json = imported.json(
                written: writer.written, problems: reader.problems + writer.problems, skipped: reader.skipped)
            print(json.text)
        } else {
            if into == nil { printFiles(imported) } else { for path in writer.written { print(path) } }
            for path in reader.skipped {
                StandardError.write("\(path): note: left out, as xinetd does: a dot in its name, or ~ at its end")
            }
            for remark in imported.report.remarks { StandardError.write(remark.description) }
            for problem in reader.problems + writer.problems { StandardError.write("doorward import: \(problem)") }
        }
        if !reader.problems.isEmpty || !writer.problems.isEmpty { throw ExitCode(1) }
    }

    /// The names of ports. The standard file may be missing, and then has no names; a file that an option names must
    /// exist.
    private func portTable(_ reader: inout ImportFileReader) -> PortTable {
        if servicesFile == "/etc/services", !Files.exists(servicesFile) { return PortTable(text: "") }
        return PortTable(text: String(decoding: reader.bytes(of: servicesFile) ?? [], as: UTF8.self))
    }

    private func printFiles(_ imported: Imported) {
        var texts = imported.services.map { "# \($0.name).toml\n\($0.fileText)" }
        if let access = imported.access { texts.append(access) }
        print(texts.joined(separator: "\n"), terminator: "")
    }
}

extension ImportFormat: ExpressibleByArgument {}

/// The files to import, read.
struct ImportFileReader {
    /// The format of every file; nil: each file's content decides.
    let format: ImportFormat?
    private(set) var sources: [ImportSource] = []
    private(set) var problems: [ImportProblem] = []
    /// Files of a directory that xinetd does not read either.
    private(set) var skipped: [String] = []

    /// The longest file that is read, in bytes.
    private static let longestFile = 16 << 20

    init(format: ImportFormat?) {
        self.format = format
    }

    /// The first source of rules, as messages show it.
    var ruleFile: String { sources.first { $0.format == .tcprules }?.file ?? "" }

    mutating func read(_ path: String) {
        do throws(SystemError) {
            let names = try Files.names(in: path)
            for name in names {
                if name.contains(".") || name.hasSuffix("~") {
                    skipped.append("\(path)/\(name)")
                } else {
                    take("\(path)/\(name)", as: format ?? .xinetd)
                }
            }
        } catch  where error.errno == .notDirectory {
            take(path, as: format)
        } catch {
            problems.append(ImportProblem(.unreadable(error), path))
        }
    }

    /// Reads a file; nil with a problem.
    mutating func bytes(of path: String) -> [UInt8]? {
        do throws(SystemError) {
            return try Files.read(path, most: Self.longestFile)
        } catch {
            problems.append(ImportProblem(.unreadable(error), path))
            return nil
        }
    }

    private mutating func take(_ path: String, as format: ImportFormat?) {
        guard let text = bytes(of: path) else { return }
        guard let format = format ?? ImportFormat(ofText: text) else {
            problems.append(ImportProblem(.unknownFormat, path))
            return
        }
        sources.append(ImportSource(file: path, format: format, text: text))
    }
}

/// Writes service files; never overwrites an existing one.
struct ImportWriter {
    private(set) var written: [String] = []
    private(set) var problems: [ImportProblem] = []

    mutating func write(_ service: ImportedService, into directory: String) {
        let path = "\(directory)/\(service.name).toml"
        do throws(SystemError) {
            try Files.create(path, with: service.fileText, mode: 0o644)
            written.append(path)
        } catch  where error.errno == .exists {
            problem(.exists, path)
        } catch {
            problem(.unwritable(error), path)
        }
    }

    mutating func problem(_ kind: ImportProblem.Kind, _ file: String) { problems.append(ImportProblem(kind, file)) }
}
