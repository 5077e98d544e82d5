/// Faults that strike whenever their condition holds.
struct SimulatedTroubles: Sendable {
    /// Every call is dropped.
    var isDown = false
    /// Calls of all endpoints but queries get no answer while this is set.
    var tokensHang = false
    var refusesAddressOfQueries = false
    var refusesAddressOfTokens = false
    var errors = SimulatedErrors()
    var tokenErrors = SimulatedErrors()
    var dayQuota = SimulatedQuota(perMinute: false)
    var minuteQuota = SimulatedQuota(perMinute: true)
    var flapping = SimulatedFlapping()
    var retryAfter: SimulatedRetryAfter?
}
