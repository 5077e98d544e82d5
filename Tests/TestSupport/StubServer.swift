internal import Foundation
internal import Synchronization

/// The socket side of `StubAPI`: one thread around `poll`. Other threads speak to it through commands only.
final class StubServer: Sendable {
    struct Record {
        var requests: [StubRequest] = []
        var connections = 0
    }

    let port: Int
    let record = Mutex(Record())
    let greeting: String?
    let handler: @Sendable (StubRequest) -> StubAction

    private let listener: Int32
    private let wakeReader: Int32
    private let wakeWriter: Int32
    private let commands = Mutex<[@Sendable (StubConnections) -> Void]>([])

    init(greeting: String?, handler: @escaping @Sendable (StubRequest) -> StubAction) {
        self.greeting = greeting
        self.handler = handler
        (listener, port) = LoopbackSocket.listening()
        (wakeReader, wakeWriter) = LoopbackSocket.pair()
    }

    /// Runs `command` on the server's thread. Dropped if the server has stopped.
    func command(_ command: @escaping @Sendable (StubConnections) -> Void) {
        commands.withLock { $0.append(command) }
        var byte: UInt8 = 1
        write(wakeWriter, &byte, 1)
    }

    func run() {
        let connections = StubConnections(server: self)
        while !connections.isStopping {
            var watched = [listener, wakeReader].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            watched += connections.pollDescriptors()
            guard poll(&watched, nfds_t(watched.count), -1) > 0 else { continue }
            for entry in watched.dropFirst(2) where entry.revents != 0 { connections.ready(entry) }
            if watched[0].revents != 0 { connections.accept(from: listener) }
            if watched[1].revents != 0 { runCommands(connections) }
        }
        connections.closeAll()
        // The pipe stays open: a late command may still write to it.
        close(listener)
    }

    private func runCommands(_ connections: StubConnections) {
        var bytes = [UInt8](repeating: 0, count: 4096)
        read(wakeReader, &bytes, bytes.count)
        let due = commands.withLock { commands in
            defer { commands = [] }
            return commands
        }
        for command in due { command(connections) }
    }
}
