internal import EventLoop
internal import JSON

/// What tests and people do to a running simulator; none of it is a call to WeChat.
extension SimulatedWeChat {
    /// - Returns: what is wrong with the flags, in which case none of them counts.
    mutating func apply(flags: String) -> String? {
        do throws(SimulatorOptions.InvalidArgument) {
            try options.apply(lines: flags)
            return nil
        } catch {
            return error.description
        }
    }

    /// - Parameter appid: nil for all accounts.
    /// - Returns: false for an account that never had a token.
    mutating func revoke(account appid: String?) -> Bool {
        guard let count = tokens.revokeCurrent(ofAccount: appid, at: .current) else { return false }
        statistics.tokensRevoked(count)
        return true
    }

    mutating func statisticsJSON() -> [UInt8] {
        writer.removeAll()
        statistics.write(to: &writer)
        return writer.bytes
    }
}
