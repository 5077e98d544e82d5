internal import CAllocations
internal import Dispatch
internal import EventLoop
internal import HTTP
internal import Kafka
internal import QueryWorker
internal import WeChat

/// Takes jobs along the way that they go in the worker, between the record's bytes and the reply's, and counts what the
/// loop's thread allocates: decoder, client with its chain, encoder. In libcurl's place is a script, since how many turns of
/// the loop an exchange takes depends on the machine's load.
@EventLoopActor
final class AllocationProbe {
    /// After so many, whatever is made once is there.
    private static let warmUp = 100
    private static let counted = 1000

    private static let record = Array(
        #"{"job_id":"a1b2c3d4-0001","application_id":581865877,"isv_application_id":"isv-581865877-0001"}"#.utf8)

    private let client: WeChatClient
    private let decoder = QueryJobDecoder(accounts: ["wx1"], defaultAccount: "wx1")
    private let encoder = ReplyEncoder()
    private let tasks = TaskPool()

    private init() {
        client = WeChatClient(
            configuration: WeChatConfiguration(accounts: ["wx1": AccountCredentials { "secret" }]),
            transport: Script(), clock: SystemClock.shared, random: SystemRandomNumberGenerator(), events: { _ in })
    }

    /// - Returns: the exit code.
    nonisolated static func run() -> Int32 {
        let ended = DispatchSemaphore(value: 0)
        EventLoopActor.startTask {
            await AllocationProbe().measure()
            ended.signal()
        }
        ended.wait()
        return 0
    }

    private func measure() async {
        client.start()
        await handle(Self.warmUp)
        let before = allocations_of_this_thread()
        await handle(Self.counted)
        print("allocations per job: \(Double(allocations_of_this_thread() - before) / Double(Self.counted))")
        client.close()
        tasks.close()
    }

    private func handle(_ count: Int) async {
        for _ in 0..<count {
            let finished = Waiter()
            tasks.start { [self] in
                await handleOne()
                finished.resume()
            }
            try? await finished.wait(.everything, under: nil)
        }
    }

    private func handleOne() async {
        let decoded = Self.record.withUnsafeBytes { decoder.decode($0) }
        guard case .job(let job) = decoded else { broken("the record is no job: \(decoded)") }
        let context = CallContext(
            jobID: job.identity.jobID ?? "", limit: .seconds(60), bytes: Self.record.count, clock: SystemClock.shared)
        context.begin()
        let result = await client.applyCodeQuery(job.query, account: job.account, context: context)
        context.end()
        guard case .success(let answer) = result else { broken("the call failed: \(result)") }
        let reply = QueryReply(
            identity: job.identity, outcome: .succeeded(answer), attempts: context.attempts, duration: .zero,
            completedAt: SystemClock.shared.wallTime,
            source: JobSource(topic: "query.requests", partition: 0, offset: 1042))
        guard let route = try? ReplyRoute(headers: [], defaultTopic: "query.replies", allowedTopics: []) else {
            broken("a record without headers has no route")
        }
        let encoded = encoder.encode(reply, key: Array("key".utf8), route: route)
        guard encoded.value?.isEmpty == false else { broken("the reply is empty") }
    }

    /// Ends the program, and so the test: what was counted is not what a job costs.
    private func broken(_ what: String) -> Never { fatalError(what) }
}

/// Answers as WeChat would, in a later turn of the loop.
@EventLoopActor
private struct Script: Transport {
    private let token = Array(#"{"access_token":"T","expires_in":7200}"#.utf8)
    private let answer = Array(
        (#"{"errcode":0,"errmsg":"ok","status":"FINISH","application_id":581865877,"#
            + #""isv_application_id":"isv-581865877-0001","code_generate_list":[{"code_start":0,"code_end":49999}],"#
            + #""create_time":1541484422,"update_time":1541484422}"#).utf8)

    func send(
        _ request: HTTPRequest, under interruption: Interruption?
    ) async throws(HTTPClientFailure) -> HTTPResponse {
        await Task.yield()
        return HTTPResponse(status: 200, body: request.url.contains("stable_token") ? token : answer)
    }
}
