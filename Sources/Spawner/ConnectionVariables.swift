// The environment variables that describe the connection, rewritten in place before each spawn.
// Source: UCSPI-TCP (cr.yp.to/proto/ucspi.txt) for the TCP names, s6-ipcserver for the IPC names, systemd.socket(5) and
// RFC 3875 for REMOTE_ADDR and REMOTE_PORT. A variable that does not apply is absent, never stale.
package import Addresses
package import ServiceModel
internal import Text

/// What a handler learns about its connection.
package struct ConnectionFacts: Sendable {
    package var peer: Peer
    package var local: ListenAddress
    /// How many connections this source has, including this one.
    package var sourceCount: Int
    /// nil before the connection has a number.
    package var id: ConnectionID?
    /// Whether the service is at its limit with this connection.
    package var isPressed = false
    /// The `dnsbl` rules that match, a bit for each.
    package var lists: UInt32 = 0

    package init(peer: Peer, local: ListenAddress, sourceCount: Int, id: ConnectionID?) {
        self.peer = peer
        self.local = local
        self.sourceCount = sourceCount
        self.id = id
    }
}

/// The names of the variables that describe a connection: a service may not set them itself.
@safe
struct ConnectionVariables: ~Copyable {
    private let remoteIP, remotePort, localIP, localPort, tcpCount: VariableCell
    private let cgiAddress, cgiPort: VariableCell
    private let remoteUser, remoteGroup, localPath, ipcCount: VariableCell
    /// The connection's name in the log.
    let connection: VariableCell
    private let tcp, ipc: UnsafeMutablePointer<CChar>
    /// Asks a handler to be brief.
    let pressure: UnsafeMutablePointer<CChar>
    private var text = ByteText(capacity: 128)

    init(in memory: inout PlanMemory) {
        let address = IPAddress.longestText
        remoteIP = memory.cell(name: "TCPREMOTEIP=", room: address)
        remotePort = memory.cell(name: "TCPREMOTEPORT=", room: 5)
        localIP = memory.cell(name: "TCPLOCALIP=", room: address)
        localPort = memory.cell(name: "TCPLOCALPORT=", room: 5)
        tcpCount = memory.cell(name: "TCPCONNNUM=", room: 10)
        cgiAddress = memory.cell(name: "REMOTE_ADDR=", room: address)
        cgiPort = memory.cell(name: "REMOTE_PORT=", room: 5)
        remoteUser = memory.cell(name: "IPCREMOTEEUID=", room: 10)
        remoteGroup = memory.cell(name: "IPCREMOTEEGID=", room: 10)
        localPath = memory.cell(name: "IPCLOCALPATH=", room: ListenAddress.longestUnixPath)
        ipcCount = memory.cell(name: "IPCCONNNUM=", room: 10)
        connection = memory.cell(name: "DOORWARD_CONNECTION=", room: 32)
        unsafe tcp = memory.string("PROTO=TCP")
        unsafe ipc = memory.string("PROTO=IPC")
        unsafe pressure = memory.string("DOORWARD_PRESSURE=1")
    }

    /// The entries for a connection over TCP.
    var internetEntries: [UnsafeMutablePointer<CChar>] {
        unsafe [
            tcp, remoteIP.start, remotePort.start, localIP.start, localPort.start, tcpCount.start, cgiAddress.start,
            cgiPort.start,
        ]
    }

    /// The entries for a connection over a unix socket.
    var unixEntries: [UnsafeMutablePointer<CChar>] {
        unsafe [ipc, remoteUser.start, remoteGroup.start, localPath.start, ipcCount.start]
    }

    /// Writes the facts of one connection. Allocates nothing.
    mutating func set(_ facts: ConnectionFacts) {
        switch facts.peer {
        case .ip(let address, let port):
            write(address, to: remoteIP)
            write(address, to: cgiAddress)
            write(Int(port), to: remotePort)
            write(Int(port), to: cgiPort)
            write(facts.sourceCount, to: tcpCount)
        case .unix(let uid, let gid, _):
            write(Int(uid), to: remoteUser)
            write(Int(gid), to: remoteGroup)
            write(facts.sourceCount, to: ipcCount)
        }
        switch facts.local {
        case .ip(let address, let port):
            write(address, to: localIP)
            write(Int(port), to: localPort)
        case .unix(let path):
            text.removeAll()
            text.append(path)
            localPath.set(text.bytes)
        }
        guard let id = facts.id else { return }
        text.removeAll()
        text.append(id)
        connection.set(text.bytes)
    }

    private mutating func write(_ address: IPAddress, to cell: VariableCell) {
        text.removeAll()
        text.append(address.text.bytes)
        cell.set(text.bytes)
    }

    private mutating func write(_ number: Int, to cell: VariableCell) {
        text.removeAll()
        text.append(decimal: number)
        cell.set(text.bytes)
    }
}
