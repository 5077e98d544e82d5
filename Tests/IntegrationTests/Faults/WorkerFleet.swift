internal import Synchronization
internal import TestSupport
internal import Testing

/// The instances of a fault run, each in a place of its own name: what dies in it is started again under that name.
final class WorkerFleet: Sendable {
    private let topics: TestTopics
    private let api: String
    private let settings: [String]
    private let workers = Mutex<[Int: ChildProcess]>([:])

    init(_ topics: TestTopics, api: String, settings: [String]) {
        self.topics = topics
        self.api = api
        self.settings = settings
    }

    /// The places that are taken, in order.
    var places: [Int] { workers.withLock { $0.keys.sorted() } }

    subscript(place: Int) -> ChildProcess {
        get throws { try #require(workers.withLock { $0[place] }) }
    }

    func start(_ place: Int) throws {
        let arguments = ["run"] + topics.arguments(api: api, instance: "worker-\(place)", settings: settings)
        let worker = try ChildProcess(.product("query-worker"), arguments: arguments)
        workers.withLock { $0[place] = worker }
    }

    /// SIGKILL; the place is free afterwards.
    func kill(_ place: Int) async throws {
        let worker = try self[place]
        worker.kill()
        try await worker.waitForExit()
        _ = workers.withLock { $0.removeValue(forKey: place) }
    }

    /// SIGTERM, which must end in order; the place is free afterwards.
    func leave(_ place: Int) async throws {
        try await self[place].endInOrder()
        _ = workers.withLock { $0.removeValue(forKey: place) }
    }

    /// Starts as many, and waits until each is a member.
    func startAll(_ count: Int) async throws {
        for place in 0..<count { try start(place) }
        for place in 0..<count { try await self[place].waitForLine(containing: #""message":"assigned""#) }
    }

    /// All must live, and end in order.
    func leaveAll() async throws {
        for place in places { try await leave(place) }
    }

    func killAll() async throws {
        for place in places { try await kill(place) }
    }
}
