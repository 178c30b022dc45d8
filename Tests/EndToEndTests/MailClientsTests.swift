// Mail from common clients arrives byte for byte. They are Debian's packages swaks, curl, python3, postfix and msmtp.
import Foundation
import Testing

extension EndToEndTests {
    @Suite("Mail clients")
    struct MailClientsTests {
        /// A message that is hard to send: dots, blank lines, long lines, bytes above 127.
        private let message =
            "From: bob@example.net\nTo: ada@example.org\nSubject: clients\n"
            + "Message-ID: <1@example.net>\nDate: Sat, 21 Nov 2026 11:08:21 +0000\n\n"
            + ".\n..\n.leading\n\n" + String(repeating: "long ", count: 150) + "\nGrüße\n.\nend\n"

        /// Lets a client send the message from a file, and returns the message as it is stored.
        ///
        /// - Parameter endsLastLine: whether the last line has an ending in the file; swaks adds one of its own.
        private func deliver(
            endsLastLine: Bool = true, _ client: (MailService, _ file: String) throws -> Outcome
        ) throws -> Data {
            let service = try MailService()
            try service.doorward.write(endsLastLine ? message : String(message.dropLast()), to: "message")
            let outcome = try client(service, service.doorward.directory + "/message")
            #expect(outcome.status == 0, "\(outcome.output)\(outcome.error)")
            let messages = try service.messages()
            #expect(messages.count == 1)
            #expect(try service.messages(in: "tmp").isEmpty)
            return MailService.withoutTrace(messages.first ?? Data())
        }

        @Test("swaks delivers over TCP")
        func swaks() throws {
            let stored = try deliver(endsLastLine: false) { service, file in
                try run([
                    "swaks", "--server", "127.0.0.1:\(service.port)", "--helo", "client.example", "--from",
                    "bob@example.net", "--to", "ada@example.org", "--data", "@\(file)",
                ])
            }
            #expect(stored == Data(message.utf8))
        }

        @Test("swaks --pipe delivers to the handler without a super-server")
        func swaksPipe() throws {
            let stored = try deliver(endsLastLine: false) { service, file in
                let directory = service.doorward.directory
                try FileManager.default.createDirectory(atPath: directory + "/mail", withIntermediateDirectories: true)
                let command = "\(directory)/handlers/esmtp --hostname mx --recipients \(directory)/etc/recipients"
                return try run([
                    "swaks", "--pipe", command, "--helo", "client.example", "--from", "bob@example.net", "--to",
                    "ada@example.org", "--data", "@\(file)",
                ])
            }
            #expect(stored == Data(message.utf8))
        }

        @Test("curl delivers")
        func curl() throws {
            let stored = try deliver { service, file in
                try run([
                    "curl", "-sS", "--crlf", "--mail-from", "bob@example.net", "--mail-rcpt", "ada@example.org", "-T",
                    file, "smtp://127.0.0.1:\(service.port)/client.example",
                ])
            }
            #expect(stored == Data(message.utf8))
        }

        @Test("Python's smtplib delivers")
        func smtplib() throws {
            let stored = try deliver { service, file in
                let script = """
                    import smtplib, sys
                    with smtplib.SMTP('127.0.0.1', int(sys.argv[1])) as server:
                        text = open(sys.argv[2], 'rb').read().replace(b'\\n', b'\\r\\n')
                        server.sendmail('bob@example.net', ['ada@example.org'], text, ['BODY=8BITMIME'])
                    """
                return try run(["python3", "-c", script, "\(service.port)", file])
            }
            #expect(stored == Data(message.utf8))
        }

        @Test("msmtp delivers")
        func msmtp() throws {
            let stored = try deliver { service, file in
                try run([
                    "sh", "-c",
                    "msmtp --host=127.0.0.1 --port=\(service.port) --tls=off --auth=off "
                        + "--from=bob@example.net ada@example.org < \(file)",
                ])
            }
            #expect(stored == Data(message.utf8))
        }

        @Test("smtp-source of Postfix delivers in 200 sessions at once")
        func smtpSource() throws {
            let service = try MailService()
            let outcome = try run([
                "smtp-source", "-s", "200", "-m", "400", "-l", "4096", "-f", "bob@example.net", "-t", "ada@example.org",
                "127.0.0.1:\(service.port)",
            ])
            #expect(outcome.status == 0, "\(outcome.error)")
            let bodies = try service.messages().map { $0.split(separator: 0x0a).last ?? Data() }
            #expect(bodies.count == 400)
            #expect(Set(bodies.map { Data($0) }).count == 1)
            #expect(try service.messages(in: "tmp").isEmpty)
            #expect(service.doorward.log.all.allSatisfy { $0.event != "refused" })
        }
    }
}
