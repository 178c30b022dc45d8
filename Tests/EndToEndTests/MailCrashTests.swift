// Handlers are killed at random points while mail comes in: each message that got 250 is stored, and none is stored in
// part. Tests/HandlerTests/EsmtpFaultTests.swift tests a fault at each single call.
import Foundation
import Testing

extension EndToEndTests {
    @Suite("Mail and kill -9")
    struct MailCrashTests {
        /// Eight clients send 25 messages each, of different sizes, each with a number, while random handlers are
        /// killed. Prints the number of each message that got 250, and the count of kills.
        private let script = """
            import glob, os, random, signal, smtplib, sys, threading, time
            port, gate, seed = (int(argument) for argument in sys.argv[1:])
            generator = random.Random(seed)
            running, killed, lock = 8, 0, threading.Lock()
            def client(first):
                global running
                for number in range(first, first + 25):
                    text = f'Subject: {number}\\r\\n\\r\\n' + f'{number:08}\\r\\n' * (1000 + 37 * number)
                    text += f'end {number}\\r\\n'
                    try:
                        with smtplib.SMTP('127.0.0.1', port, timeout=20) as server:
                            server.sendmail('bob@example.net', ['ada@example.org', 'eve@example.org'], text)
                            with lock: print(number)
                    except (smtplib.SMTPException, OSError):
                        pass
                with lock: running -= 1
            threads = [threading.Thread(target=client, args=(25 * index,)) for index in range(8)]
            for thread in threads: thread.start()
            while running:
                time.sleep(generator.uniform(0, 0.02))
                children = open(f'/proc/{gate}/task/{gate}/children').read().split()
                if not children: continue
                try:
                    os.kill(int(generator.choice(children)), signal.SIGKILL)
                    killed += 1
                except ProcessLookupError:
                    pass
            print('killed', killed)
            """

        @Test("200 deliveries under random kills lose no acknowledged message", arguments: [1, 2])
        func kills(seed: Int) throws {
            let service = try MailService(["ada", "eve"])
            let gate = try service.doorward.gate("smtp")
            let outcome = try run(["python3", "-c", script, "\(service.port)", "\(gate)", "\(seed)"], seconds: 120)
            let lines = outcome.output.split(separator: "\n")
            let killed = lines.last.flatMap { Int($0.dropFirst("killed ".count)) } ?? 0
            #expect(outcome.status == 0 && killed >= 10, "\(outcome.output)\(outcome.error)")
            let acknowledged = Set(lines.dropLast().compactMap { Int($0) })
            #expect(!acknowledged.isEmpty)
            for name in ["ada", "eve"] {
                var whole: Set<Int> = []
                for message in try service.messages(name) {
                    let text = String(decoding: MailService.withoutTrace(message), as: UTF8.self)
                    let number =
                        text.split(separator: "\n").first.flatMap { Int($0.dropFirst("Subject: ".count)) } ?? -1
                    let line = String(repeating: "0", count: max(0, 8 - "\(number)".count)) + "\(number)\n"
                    let body = String(repeating: line, count: 1000 + 37 * max(0, number))
                    #expect(text == "Subject: \(number)\n\n\(body)end \(number)\n", "half a message")
                    whole.insert(number)
                }
                #expect(acknowledged.subtracting(whole).isEmpty, "lost by \(name)")
            }
        }
    }
}
