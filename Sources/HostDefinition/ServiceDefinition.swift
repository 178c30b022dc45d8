// What a service file comes to: the service, whether it is to run, and where its listeners were asked for.

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
    /// As the service says.
    package var activation: Activation {
        get { service.isEnabled ? .enabled : .disabled }
        set { service.isEnabled = newValue == .enabled }
    }
    /// The service's `listen`, in the same order.
    package var listeners: [Listener]
    /// Where each setting was said, by its key, `limits.memory` for one in a table; a key that is not here has its default.
    package var origins: [String: SourcePosition] = [:]

    package init(service: Service, activation: Activation, listeners: [Listener]) {
        self.service = service
        self.listeners = listeners
        self.activation = activation
    }

    /// Whether a gate of one need not be replaced by a gate of the other: where a setting was said is not served.
    package func serves(as other: ServiceDefinition) -> Bool {
        service == other.service
            && listeners.map(\.address) == other.listeners.map(\.address)
    }
}
