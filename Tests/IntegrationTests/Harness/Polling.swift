internal import Testing

/// Reads a value again and again until it is as wanted: for what another process tells when it is asked, and announces to
/// nobody.
/// - Parameter what: says what the value is, for when it never is as wanted.
@discardableResult
func poll<Value>(
    _ what: String, every pause: Duration = .milliseconds(20), within limit: Duration = .seconds(60),
    sourceLocation: SourceLocation = #_sourceLocation, _ read: () async throws -> Value,
    until isWanted: (Value) throws -> Bool
) async throws -> Value {
    let start = ContinuousClock.now
    while true {
        let value = try await read()
        if try isWanted(value) { return value }
        try #require(.now - start < limit, "\(what) is still \(value)", sourceLocation: sourceLocation)
        // Between two questions, so that asking is not all that the machine does.
        try await Task.sleep(for: pause)
    }
}
