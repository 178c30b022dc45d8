// Random bits for names that must not occur twice.
internal import CHandler

/// Random bits; not for secrets.
public enum RandomBits {
    /// 64 more.
    public static func next() -> UInt64 { chandler_random_bits() }
}
