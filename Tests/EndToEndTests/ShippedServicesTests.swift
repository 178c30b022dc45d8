// The service files that are shipped disabled, most with programs of other projects. A test changes only addresses,
// paths and `enabled`, so it shows that the file's [files] grants are enough in the default sandbox.
import Foundation
import Testing

extension EndToEndTests {
    @Suite("Shipped services")
    struct ShippedServicesTests {
        /// The text of services/NAME.toml, on one free port of loopback, with other paths.
        private func shipped(_ name: String, _ paths: [String: String]) throws -> String {
            let here = FileManager.default.currentDirectoryPath
            var text = try String(contentsOfFile: "\(here)/services/\(name).toml", encoding: .utf8)
            #expect(text.contains("\nenabled = false\n"), "\(name) is shipped switched off")
            text = text.replacingOccurrences(of: "\nenabled = false\n", with: "\nenabled = true\n")
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
                line.hasPrefix("listen = ") ? "listen = [\"127.0.0.1:0\"]" : String(line)
            }
            text = lines.joined(separator: "\n")
            for (path, other) in paths {
                #expect(text.contains(path))
                text = text.replacingOccurrences(of: path, with: other)
            }
            return text
        }

        /// Starts a supervisor with a shipped service. The paths in its file must exist, so each test brings files.
        private func start(
            _ name: String, _ paths: [String: String] = [:], files: [String: String] = [:]
        ) throws -> Supervised {
            try Supervised(services: [name: try shipped(name, paths)], files: files)
        }

        private func fetch(_ url: String) throws -> String {
            let outcome = try run(["curl", "-sS", "--max-time", "10", url])
            #expect(outcome.status == 0, "\(outcome.error)")
            return outcome.output
        }

        @Test("micro-httpd serves a file to curl")
        func microHttpd() throws {
            let doorward = try start(
                "micro-httpd", ["/srv/www": "DIRECTORY/www"], files: ["www/page.txt": "a page\n", "secret": "no\n"])
            let port = try doorward.port("micro-httpd")
            #expect(try fetch("http://127.0.0.1:\(port)/page.txt") == "a page\n")
        }

        @Test("busybox httpd serves a file to curl")
        func busyboxHttpd() throws {
            let doorward = try start(
                "busybox-httpd", ["/srv/www": "DIRECTORY/www"], files: ["www/page.txt": "a page\n"])
            let port = try doorward.port("busybox-httpd")
            #expect(try fetch("http://127.0.0.1:\(port)/page.txt") == "a page\n")
        }

        @Test("gophernicus serves a menu and a file to curl")
        func gophernicus() throws {
            let doorward = try start(
                "gophernicus", ["/var/gopher": "DIRECTORY/gopher"], files: ["gopher/page.txt": "a page\n"])
            let port = try doorward.port("gophernicus")
            #expect(try fetch("gopher://127.0.0.1:\(port)/1/").contains("page.txt"))
            #expect(try fetch("gopher://127.0.0.1:\(port)/0/page.txt").hasPrefix("a page"))
        }

        @Test("git ls-remote and git clone work through git daemon --inetd")
        func gitDaemon() throws {
            let doorward = try start(
                "git", ["/srv/git": "DIRECTORY/repositories"], files: ["repositories/README": "none yet\n"])
            let work = doorward.directory + "/work"
            let script = """
                set -e
                export GIT_CONFIG_GLOBAL=/dev/null
                git init -q "$1"; cd "$1"
                git -c user.name=T -c user.email=t@example.org commit -q --allow-empty -m one
                git clone -q --bare . ../repositories/one.git
                git rev-parse HEAD
                """
            let commit = try run(["sh", "-c", script, "sh", work])
            #expect(commit.status == 0, "\(commit.error)")
            let port = try doorward.port("git")
            let listing = try run(["git", "ls-remote", "git://127.0.0.1:\(port)/one.git", "HEAD"])
            #expect(listing.output.hasPrefix(commit.output.trimmingCharacters(in: .newlines)), "\(listing.error)")
            let clone = try run([
                "git", "clone", "-q", "git://127.0.0.1:\(port)/one.git", doorward.directory + "/cloned",
            ])
            #expect(clone.status == 0, "\(clone.error)")
        }

        @Test("smtp-lab takes mail for any recipient from curl, and keeps it as a file")
        func smtpLab() throws {
            let doorward = try start(
                "smtp-lab", ["/srv/smtp-lab": "DIRECTORY/lab"],
                files: ["lab/README": "messages\n", "message": "Subject: x\n\nbody\n"])
            let directory = doorward.directory + "/lab"
            chmod(directory, 0o1733)
            let port = try doorward.port("smtp-lab")
            let outcome = try run([
                "curl", "-sS", "--max-time", "10", "--crlf", "--mail-from", "a@example.net", "--mail-rcpt",
                "b@anywhere.example", "-T", doorward.directory + "/message", "smtp://127.0.0.1:\(port)/client",
            ])
            #expect(outcome.status == 0, "\(outcome.error)")
            let names = try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.hasSuffix(".eml") }
            #expect(names.count == 1)
            let message = try Data(contentsOf: URL(fileURLWithPath: "\(directory)/\(names.first ?? "")"))
            #expect(String(decoding: message, as: UTF8.self) == "Subject: x\r\n\r\nbody\r\n")
        }

        @Test("rsync fetches a file from rsync --daemon")
        func rsyncDaemon() throws {
            let doorward = try start(
                "rsync",
                ["/etc/doorward/rsyncd.conf": "DIRECTORY/rsyncd.conf", "/srv/rsync": "DIRECTORY/offered"],
                files: [
                    "rsyncd.conf": "use chroot = no\nlog file = /dev/null\n[files]\npath = DIRECTORY/offered\n",
                    "offered/page.txt": "a page\n",
                ])
            let port = try doorward.port("rsync")
            let outcome = try run(["rsync", "rsync://127.0.0.1:\(port)/files/page.txt", doorward.directory + "/copy"])
            #expect(outcome.status == 0, "\(outcome.error)")
            #expect(try String(contentsOfFile: doorward.directory + "/copy", encoding: .utf8) == "a page\n")
        }
    }
}
