// A gate's question to a DNS block list, and the answer. Values only; Messages has their form between processes.
package import Addresses

/// A question: is this address on that list?
package struct ListRequest: Hashable, Sendable {
    /// The list's place, from 0.
    package var list: Int
    package var address: IPAddress

    package init(list: Int, address: IPAddress) {
        self.list = list
        self.address = address
    }
}

/// The answer to a request.
package struct ListReply: Hashable, Sendable {
    package var request: ListRequest
    package var answer: ListAnswer

    package init(to request: ListRequest, _ answer: ListAnswer) {
        self.request = request
        self.answer = answer
    }
}
