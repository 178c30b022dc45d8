// Random bits, for names that must not occur twice. Source: getrandom(2).
internal import CHandler

/// Random bits; not for secrets.
public enum RandomBits {
    /// The next 64 bits.
    public static func next() -> UInt64 { chandler_random_bits() }
}
