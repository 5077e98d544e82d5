/// How the simulated WeChat behaves. The defaults: quick, and without faults.
struct SimulatorOptions: Sendable {
    var host = "127.0.0.1"
    /// 0: any free port.
    var port: UInt16 = 18080
    var seed: UInt64 = 1

    /// How long each call takes, of either endpoint.
    var latency = SimulatedLatency.fixed(.milliseconds(5))
    /// Query calls about these application ids take that long instead.
    var hangs: [String: Duration] = [:]

    var faults = SimulatedFaultRates()
    /// Ids that no application has, beside those that end in 404.
    var notFound: Set<String> = []

    /// Secrets by appid. Empty: every appid and every secret is good.
    var accounts: [String: String] = [:]
    var tokenLifetime = Duration.seconds(7200)
    /// Every so many query calls of an account, its token is revoked.
    var revokeEvery: Int?
    /// The probability that a query call is the last one for which its account's token is good.
    var revokeRate = 0.0
}
