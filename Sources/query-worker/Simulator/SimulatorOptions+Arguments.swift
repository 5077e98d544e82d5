extension SimulatorOptions {
    /// Reads the command's arguments: `--flag value` or `--flag=value`, in any order.
    init(arguments: [String]) throws(InvalidArgument) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let set = Self.setters[parts[0]] else {
                throw InvalidArgument(flag: parts[0], value: nil, wanted: "no such flag")
            }
            guard let value = parts.count > 1 ? parts[1] : rest.popFirst() else {
                throw InvalidArgument(flag: parts[0], value: nil, wanted: set.wanted)
            }
            guard set.apply(&self, value) else {
                throw InvalidArgument(flag: parts[0], value: value, wanted: set.wanted)
            }
        }
        guard faults.total <= 1 else {
            throw InvalidArgument(
                flag: "the fault rates", value: String(faults.total), wanted: "wanted: a sum of at most 1")
        }
    }

    /// An argument that cannot be used. `description` says what is wanted in its place.
    struct InvalidArgument: Error, CustomStringConvertible {
        let flag: String
        let value: String?
        let wanted: String

        var description: String { value.map { "\(flag): \"\($0)\" (\(wanted))" } ?? "\(flag): \(wanted)" }
    }

    /// One flag: false from `apply` means that the value is not what is `wanted`.
    private struct Setter: Sendable {
        let wanted: String
        let apply: @Sendable (inout SimulatorOptions, String) -> Bool
    }

    private static let setters: [String: Setter] = [
        "--listen": Setter(wanted: "wanted: HOST:PORT, as in 127.0.0.1:18080; port 0 takes any free one") {
            guard let colon = $1.lastIndex(of: ":"), let port = UInt16($1[$1.index(after: colon)...]) else {
                return false
            }
            let host = $1[..<colon]
            $0.host = String(host.hasPrefix("[") && host.hasSuffix("]") ? host.dropFirst().dropLast() : host)
            $0.port = port
            return !$0.host.isEmpty
        },
        "--latency": Setter(
            wanted: "wanted: a duration as in 5ms, lognormal:MEAN,SIGMA as in lognormal:30ms,0.5, "
                + "or uniform:FROM,TO as in uniform:1ms,20ms"
        ) { set(&$0.latency, SimulatedLatency($1)) },
        "--busy-rate": rate(\.faults.busy),
        "--limited-rate": rate(\.faults.limited),
        "--http-error-rate": rate(\.faults.httpError),
        "--drop-rate": rate(\.faults.dropped),
        "--broken-json-rate": rate(\.faults.brokenJSON),
        "--revoke-rate": rate(\.revokeRate),
        "--revoke-every": Setter(wanted: "wanted: a number of calls from 1 on") {
            $0.revokeEvery = Int($1)
            return $0.revokeEvery ?? 0 > 0
        },
        "--account": Setter(wanted: "wanted: APPID=SECRET, as in wx0123=s3cret") {
            guard let (appid, secret) = pair($1), !secret.isEmpty else { return false }
            $0.accounts[appid] = secret
            return true
        },
        "--token-ttl": Setter(wanted: "wanted: a duration from 1s on, as in 7200s") {
            set(&$0.tokenLifetime, Duration(argument: $1)) && $0.tokenLifetime >= .seconds(1)
        },
        "--seed": Setter(wanted: "wanted: an integer from 0 to 2^64-1") { set(&$0.seed, UInt64($1)) },
        "--hang-id": Setter(wanted: "wanted: APPLICATION_ID=DURATION, as in 1042=30s") {
            guard let (id, text) = pair($1), let duration = Duration(argument: text) else { return false }
            $0.hangs[id] = duration
            return true
        },
        "--not-found-id": Setter(wanted: "wanted: an application id") {
            $0.notFound.insert($1)
            return !$1.isEmpty
        },
    ]

    private static func rate(_ path: any WritableKeyPath<SimulatorOptions, Double> & Sendable) -> Setter {
        Setter(wanted: "wanted: a probability from 0 to 1, as in 0.05") {
            guard let rate = Double($1), (0...1).contains(rate) else { return false }
            $0[keyPath: path] = rate
            return true
        }
    }

    private static func set<Value>(_ option: inout Value, _ value: Value?) -> Bool {
        guard let value else { return false }
        option = value
        return true
    }

    /// Splits at the last `=`, since an id may contain one.
    private static func pair(_ text: String) -> (String, String)? {
        guard let separator = text.lastIndex(of: "="), separator > text.startIndex else { return nil }
        return (String(text[..<separator]), String(text[text.index(after: separator)...]))
    }
}
