// The faults that smtp-lab makes on purpose: `--fault WHERE=WHAT[@PERCENT%]`, any number of times.
//   WHERE connect hello mail rcpt data message rset noop vrfy expn help quit WHAT 450 (the code of the reply), 421 (a
//   reply that ends the session), drop (the end without a reply), 2s or 500ms (a delay)
// Promises that a fault depends on the seed, the number of its rule, the client's argument, and the number of the
// command in the session: not on the time, and not on other sessions. Never allocates: the texts of the arguments are
// parsed anew for each command.
import CHandler
import HandlerKit

/// The point of a session at which a fault can be.
enum FaultPoint: StaticBytes, CaseIterable {
    case connect, hello, mail, rcpt, data, message, rset, noop, vrfy, expn, help, quit
}

/// The effect of a fault.
enum FaultEffect {
    /// The reply has this code.
    case code(Int)
    /// The connection ends without a reply.
    case drop
    /// The reply comes later.
    case delay(nanoseconds: Int64)
}

/// The rules of all --fault options.
struct FaultRules {
    let texts: OptionValues
    let seed: Int

    /// Ends the process if a rule cannot be parsed.
    func refuseUnreadable() {
        var number = 0
        while let text = texts[number] {
            if FaultRule(text) == nil {
                Options.refuse(
                    "--fault",
                    "needs WHERE=WHAT[@PERCENT%], such as rcpt=450@30%; WHAT is 400 to 559, drop, 2s or 500ms")
            }
            number += 1
        }
    }

    /// Waits for the delays of this point, and returns its other effect, if there is one.
    /// - Parameters:
    ///   - count: the number of this command in the session.
    ///   - argument: the argument of the client's command.
    func effect(at point: FaultPoint, _ count: Int, _ argument: Span<UInt8>) -> FaultEffect? {
        var number = 0
        while let text = texts[number] {
            number += 1
            guard let fault = FaultRule(text), fault.point == point,
                draw(number, count, argument) < UInt64(fault.percent)
            else { continue }
            guard case .delay(let nanoseconds) = fault.effect else { return fault.effect }
            chandler_pause(nanoseconds)
        }
        return nil
    }

    /// Draws a number from 0 to 99. Source: the mixing steps of SplitMix64 over FNV-1a.
    private func draw(_ number: Int, _ count: Int, _ argument: Span<UInt8>) -> UInt64 {
        var state = UInt64(bitPattern: Int64(seed)) ^ 0xcbf2_9ce4_8422_2325
        for index in argument.indices { state = (state ^ UInt64(argument[index])) &* 0x100_0000_01b3 }
        for part in [number, count] { state = (state ^ UInt64(part)) &* 0x100_0000_01b3 }
        state = (state ^ state >> 30) &* 0xbf58_476d_1ce4_e5b9
        state = (state ^ state >> 27) &* 0x94d0_49bb_1331_11eb
        return (state ^ state >> 31) % 100
    }
}

/// The rule of one --fault option.
struct FaultRule {
    let point: FaultPoint
    let effect: FaultEffect
    let percent: Int

    /// Parses a rule; nil if it is wrong.
    init?(_ text: StaticBytes) {
        let bytes = text.bytes
        guard let equals = bytes.firstIndex(of: 0x3d) else { return nil }
        let at = bytes.firstIndex(of: 0x40, from: equals) ?? bytes.count
        var point: FaultPoint?
        for candidate in FaultPoint.allCases where bytes.extracting(0..<equals).equals(candidate.rawValue) {
            point = candidate
        }
        guard let point, let effect = FaultEffect(bytes.extracting(equals + 1..<at)) else { return nil }
        var percent: Int? = 100
        if at < bytes.count {
            guard bytes[bytes.count - 1] == 0x25, bytes.count - 1 > at else { return nil }
            percent = bytes.extracting(at + 1..<bytes.count - 1).decimalNumber
        }
        guard let percent, percent <= 100 else { return nil }
        (self.point, self.effect, self.percent) = (point, effect, percent)
    }
}

extension FaultEffect {
    /// Parses an effect; nil if it is wrong.
    fileprivate init?(_ text: Span<UInt8>) {
        if text.equals("drop") {
            self = .drop
        } else if let code = text.decimalNumber {
            guard (400...559).contains(code), code / 10 % 10 <= 5 else { return nil }
            self = .code(code)
        } else if text.count > 2, text.extracting(text.count - 2..<text.count).equals("ms") {
            guard let count = text.extracting(0..<text.count - 2).decimalNumber, count <= 3_600_000 else { return nil }
            self = .delay(nanoseconds: Int64(count) * 1_000_000)
        } else if text.count > 1, text[text.count - 1] == 0x73 {
            guard let count = text.extracting(0..<text.count - 1).decimalNumber, count <= 3600 else { return nil }
            self = .delay(nanoseconds: Int64(count) * 1_000_000_000)
        } else {
            return nil
        }
    }
}
