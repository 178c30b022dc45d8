import LinuxSystem
import TestSupport
import Testing

@testable import Sandbox

private func format(_ text: String) -> ProgramFormat { ProgramFormat(head: Array(text.utf8)) }

/// Whether a format's path, if it has one, is absolute, as the kernel needs it.
private func isPlausible(_ format: ProgramFormat) -> Bool {
    switch format {
    case .selfContained, .unknown: true
    case .dynamic(let path), .script(let path): path.utf8.first == 0x2f && !path.utf8.contains(0)
    }
}

struct ProgramFormatTests {
    @Test("the machine's shell is dynamic, and its linker needs no other file")
    func machine() throws {
        let shell = try Files.head(of: "/bin/sh", length: ProgramFormat.headLength)
        guard case .dynamic(let linker) = ProgramFormat(head: shell) else {
            Issue.record("/bin/sh names no linker")
            return
        }
        #expect(FileGrant.linkers.contains(linker))
        #expect(ProgramFormat(head: try Files.head(of: linker, length: ProgramFormat.headLength)) == .selfContained)
    }

    @Test("an ELF file with a linker is dynamic, and one without is self-contained")
    func elf() {
        #expect(ProgramFormat(head: Programs.dynamic(linker: "/lib/ld.so")) == .dynamic(linker: "/lib/ld.so"))
        #expect(ProgramFormat(head: Programs.exiting(0)) == .selfContained)
        #expect(ProgramFormat(head: Programs.elf([])) == .selfContained)
    }

    @Test(
        "a script's interpreter is the first word of its first line, as execve reads it",
        arguments: [
            ("#!/bin/sh\n", "/bin/sh"), ("#!/bin/sh", "/bin/sh"), ("#! \t /bin/sh \t\n", "/bin/sh"),
            ("#!/usr/bin/env python3 -I\nx", "/usr/bin/env"), ("#!/bin/sh\t-e\n", "/bin/sh"),
            ("#!/bin/sh\n#!/bin/other\n", "/bin/sh"), ("#!/bin/sh\0/x\n", "/bin/sh"),
            // The kernel counts the carriage return as a part of the name, and finds no such file.
            ("#!/bin/sh\r\n", "/bin/sh\r"),
        ])
    func script(text: String, interpreter: String) {
        #expect(format(text) == .script(interpreter: interpreter))
    }

    @Test(
        "a first line without an absolute path is unknown",
        arguments: [
            "", "#", "#!", "#!\n", "#! \t\n/bin/sh", "#!sh\n", "#!\0/bin/sh\n", "# !/bin/sh", " #!/bin/sh", "text",
        ])
    func unknown(text: String) {
        #expect(format(text) == .unknown)
    }

    @Test("an ELF file of 32 bits or of the other byte order is unknown", arguments: [4, 5])
    func otherElf(byte: Int) {
        var head = Programs.exiting(0)
        head[byte] = 3 - head[byte]
        #expect(ProgramFormat(head: head) == .unknown)
    }

    @Test("a linker that is not a path, or is outside of these bytes, is unknown")
    func badInterpreter() {
        #expect(ProgramFormat(head: Programs.dynamic(linker: "ld.so")) == .unknown)
        #expect(ProgramFormat(head: Programs.dynamic(linker: "")) == .unknown)
        for (offset, length) in [(UInt64(4000), UInt64(8)), (176, 1 << 40), (1 << 47, 8), (.max, 8), (8, .max)] {
            let header = ProgramHeader(type: ProgramHeader.interpreter, offset: offset, length: length)
            #expect(ProgramFormat(head: Programs.elf([header])) == .unknown, "\(offset) \(length)")
        }
    }

    @Test(
        "a table outside of these bytes is unknown, at any offset",
        arguments: [UInt64(65), 4096, 1 << 32, 1 << 47, (1 << 48) - 1, 1 << 48, 1 << 63, .max])
    func badTable(offset: UInt64) {
        let header = ProgramHeader(type: ProgramHeader.load, offset: 0, length: 64)
        #expect(ProgramFormat(head: Programs.elf([header], table: offset)) == .unknown)
    }

    @Test("a table with entries that are too small, or too many, is unknown; larger entries are skipped over")
    func badEntries() {
        let load = ProgramHeader(type: ProgramHeader.load, offset: 0, length: 64)
        #expect(ProgramFormat(head: Programs.elf([load], entrySize: 55)) == .unknown)
        #expect(ProgramFormat(head: Programs.elf([load], entrySize: 0, count: 65535)) == .unknown)
        #expect(ProgramFormat(head: Programs.elf([load], count: 2)) == .unknown)
        #expect(ProgramFormat(head: Programs.elf([load], count: 65535)) == .unknown)
        #expect(ProgramFormat(head: Programs.elf([load], entrySize: 65535, count: 1)) == .selfContained)
    }

    @Test("the first of two linkers counts")
    func twoLinkers() {
        let headers = [UInt64(176), 184].map {
            ProgramHeader(type: ProgramHeader.interpreter, offset: $0, length: 8)
        }
        let head = Programs.elf(headers, behind: Array("/first\0\0/second".utf8))
        #expect(ProgramFormat(head: head) == .dynamic(linker: "/first"))
    }

    @Test("a program that is cut anywhere never has a wrong format")
    func truncated() {
        let whole = Programs.dynamic(linker: "/lib64/ld-linux-x86-64.so.2")
        for length in whole.indices { #expect(ProgramFormat(head: Array(whole[..<length])) == .unknown, "\(length)") }
        let script = Array("#!/bin/sh".utf8)
        for length in 0..<3 { #expect(ProgramFormat(head: Array(script[..<length])) == .unknown) }
    }

    @Test("any bytes have a format, and no path in it is relative", arguments: 0..<8)
    func mutated(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let seeds = [
            try Files.head(of: "/bin/sh", length: ProgramFormat.headLength), Programs.exiting(1),
            Programs.dynamic(linker: "/lib/ld.so"), Array("#! /bin/sh -e\n".utf8),
        ]
        let extremes: [UInt8] = [0, 1, 0x7f, 0x80, 0xff]
        for _ in 0..<4000 {
            guard var head = seeds.randomElement(using: &random) else { return }
            // Where the format's numbers are: the header, and the first entries of the table.
            let reach = min(head.count, 64 + 4 * Programs.entrySize)
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                let at = Int.random(in: 0..<reach, using: &random)
                let run = Int.random(in: 1...8, using: &random)
                let byte = extremes.randomElement(using: &random) ?? 0
                for index in at..<min(at + run, head.count) {
                    head[index] = Bool.random(using: &random) ? byte : UInt8.random(in: 0...255, using: &random)
                }
            }
            if Bool.random(using: &random) { head.removeLast(Int.random(in: 0...head.count, using: &random)) }
            let found = ProgramFormat(head: head)
            guard isPlausible(found) else {
                Issue.record("\(found) of \(head.prefix(200))")
                return
            }
        }
    }
}
