// The result of reading a service file: the service, whether it is enabled, and the place of each listener in the file.

package import Addresses
package import ServiceModel

/// A service file, read and checked whole.
package struct ServiceDefinition: Hashable, Sendable {
    /// `enabled = true` or `false`.
    package enum Activation: Hashable, Sendable { case enabled, disabled }

    /// An address with its place in the file.
    package struct Listener: Hashable, Sendable {
        package var address: ListenAddress
        package var position: SourcePosition

        package init(address: ListenAddress, position: SourcePosition) {
            self.address = address
            self.position = position
        }
    }

    package var service: Service
    /// From ``Service/isEnabled``.
    package var activation: Activation {
        get { service.isEnabled ? .enabled : .disabled }
        set { service.isEnabled = newValue == .enabled }
    }
    /// The service's `listen`, in the same order.
    package var listeners: [Listener]
    /// Where a file sets each key, by the key's name (`limits.memory` for one in a table). A key that is missing here
    /// has its default.
    package var origins: [String: SourcePosition] = [:]

    package init(service: Service, activation: Activation, listeners: [Listener]) {
        self.service = service
        self.listeners = listeners
        self.activation = activation
    }

    /// Whether a gate of one definition can go on with the other. The places of the settings make no difference to a
    /// gate.
    package func serves(as other: ServiceDefinition) -> Bool {
        service == other.service
            && listeners.map(\.address) == other.listeners.map(\.address)
    }
}
