/// How the simulated WeChat behaves. The defaults: quick, and without faults.
///
/// What flags set while it runs and what its own course changes are the same values: a quota that is used up, a refresh
/// token that was replaced.
struct SimulatorOptions: Sendable {
    var host = "127.0.0.1"
    /// 0: any free port.
    var port: UInt16 = 18080
    var seed: UInt64 = 1

    /// How long each call takes, of any endpoint.
    var latency = SimulatedLatency.fixed(.milliseconds(5))
    /// Query calls of these accounts take that long instead.
    var accountLatencies: [String: SimulatedLatency] = [:]
    /// Calls of all other endpoints.
    var tokenLatency: SimulatedLatency?
    /// Query calls about these application ids take that long instead.
    var hangs: [String: Duration] = [:]

    /// Ids that no application has, beside those that end in 404.
    var notFound: Set<String> = []
    var isChinese = false

    /// Secrets by appid. Empty: every appid and every secret is good.
    var accounts: [String: String] = [:]
    var tokenLifetime = Duration.seconds(7200)
    /// How long the token before is good beside a new one, where `token` issued them.
    var tokenOverlap = Duration.seconds(300)

    var components = SimulatedComponents()
    /// The same for the tokens of components and authorizers.
    var componentOverlap = Duration.zero

    /// Faults by chance, of query calls.
    var faults = SimulatedFaultRates()
    /// Faults on purpose.
    var troubles = SimulatedTroubles()
    /// Every so many query calls of an account, its token is revoked.
    var revokeEvery: Int?
    /// The probability that a query call is the last one for which its account's token is good.
    var revokeRate = 0.0

    mutating func clearFaults() {
        faults = SimulatedFaultRates()
        troubles = SimulatedTroubles()
        revokeEvery = nil
        revokeRate = 0
    }
}
