// The error of a delivery: what failed, and the line of the recipients file that an administrator can change.

/// An error of `Delivery.commit`.
public struct DeliveryError: Error, Equatable {
    /// The act that failed, and why.
    public let reason: StoreError
    /// The line of the recipients file that names the Maildir, which `Delivery.add` got.
    public let line: Int

    init(_ reason: StoreError, line: Int) {
        self.reason = reason
        self.line = line
    }
}
