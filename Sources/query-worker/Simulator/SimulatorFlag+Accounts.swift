extension SimulatorFlag {
    /// Where it listens, and what is answered to whom.
    static let answers: [String: SimulatorFlag] = [
        "--listen": SimulatorFlag("HOST:PORT, as in 127.0.0.1:18080; port 0 takes any free one", isFixed: true) {
            guard let colon = $1.lastIndex(of: ":"), let port = UInt16($1[$1.index(after: colon)...]) else {
                return false
            }
            let host = $1[..<colon]
            $0.host = String(host.hasPrefix("[") && host.hasSuffix("]") ? host.dropFirst().dropLast() : host)
            $0.port = port
            return !$0.host.isEmpty
        },
        "--seed": SimulatorFlag("an integer from 0 to 2^64-1", isFixed: true) { set(&$0.seed, UInt64($1)) },
        "--not-found-id": SimulatorFlag("an application id") {
            $0.notFound.insert($1)
            return !$1.isEmpty
        },
        "--chinese": .switch(\.isChinese, to: true),
        "--no-chinese": .switch(\.isChinese, to: false),
    ]

    static let latencies: [String: SimulatorFlag] = [
        "--latency": SimulatorFlag(latencyWanted) { set(&$0.latency, SimulatedLatency($1)) },
        "--token-latency": SimulatorFlag(latencyWanted) {
            set(&$0.tokenLatency, SimulatedLatency($1).map(Optional.some))
        },
        "--account-latency": SimulatorFlag("APPID=LATENCY, as in wx0123=lognormal:2s,0.5") {
            guard let (appid, text) = assignment($1) else { return false }
            return set(&$0.accountLatencies[appid], SimulatedLatency(text).map(Optional.some))
        },
        "--hang-id": SimulatorFlag("APPLICATION_ID=DURATION, as in 1042=30s") {
            guard let (id, text) = pair($1), let duration = Duration(argument: text) else { return false }
            $0.hangs[id] = duration
            return true
        },
    ]

    private static let latencyWanted =
        "a duration as in 5ms, lognormal:MEAN,SIGMA as in lognormal:30ms,0.5, or uniform:FROM,TO as in uniform:1ms,20ms"

    /// Accounts that have a secret of their own.
    static let accounts: [String: SimulatorFlag] = [
        "--account": SimulatorFlag("APPID=SECRET, as in wx0123=s3cret") {
            guard let (appid, secret) = assignment($1) else { return false }
            $0.accounts[appid] = secret
            return true
        },
        "--token-ttl": duration(\.tokenLifetime, from: .seconds(1)),
        "--token-overlap": duration(\.tokenOverlap),
        "--revoke-rate": rate(\.revokeRate),
        "--revoke-every": SimulatorFlag("a number of calls from 1 on") {
            $0.revokeEvery = Int($1)
            return $0.revokeEvery ?? 0 > 0
        },
    ]
}
