import EventLoop
import QueryWorker
import WeChat

/// A stored record, an event or a record of the credential topic is read, and read as the same from what is written of it, or refused without a word of
/// what is in it.
@EventLoopActor
struct CredentialsTarget: FuzzTarget {
    func run(_ input: [UInt8]) throws(Violation) -> Verdict {
        let (record, event, topicRecord) = (try record(input), try event(input), try topicRecord(input))
        return record || event || topicRecord ? .accepted : .refused
    }

    private func record(_ input: [UInt8]) throws(Violation) -> Bool {
        let record: CredentialRecord
        do throws(UnreadableCredentials) { record = try CredentialRecord(json: input) } catch {
            try check(error)
            return false
        }
        let written = record.json
        // Times beyond the year 9999 are written as its end: what is compared is what was written.
        let again = try? CredentialRecord(json: written)
        try require(again?.json == written, "another record when written anew")
        try FuzzSecret.check("\(record)")
        return true
    }

    private func event(_ input: [UInt8]) throws(Violation) -> Bool {
        let event: CredentialEvent
        do throws(UnreadableCredentials) { event = try CredentialEvent(json: input) } catch {
            try check(error)
            return false
        }
        let again = try? CredentialEvent(json: event.json)
        try require(again?.json == event.json, "another event when written anew")
        try FuzzSecret.check("\(event)")
        return true
    }

    /// Under each record key that it may be meant for: appids and key are those of schemas/examples.
    private func topicRecord(_ input: [UInt8]) throws(Violation) -> Bool {
        guard let keys = try? CredentialKeys(file: Array("example:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=".utf8))
        else { throw Violation("the key is none") }
        let (component, account) = (
            CredentialName.component("wx0000000000000001"), CredentialName.account("wx0123456789abcdef")
        )
        var isAccepted = false
        for subject in CredentialTopicKey.Subject.allCases {
            for name in [component, account] {
                let key = CredentialTopicKey(subject, of: name)
                let record: CredentialTopicRecord
                do throws(UnreadableCredentials) {
                    record = try CredentialTopicRecord(key: key, value: input, keys: keys)
                } catch {
                    try check(error)
                    continue
                }
                isAccepted = true
                try FuzzSecret.check("\(record)")
                let written = try? record.encode(sealedWith: keys)
                let again = try? written.map { try CredentialTopicRecord(key: key, value: $0, keys: keys) }
                try require(again != nil && again?.key == key, "another record when sealed anew")
            }
        }
        return isAccepted
    }

    private func check(_ error: UnreadableCredentials) throws(Violation) {
        try require((1...512).contains(error.description.utf8.count), "length of the message: \(error)")
        try FuzzSecret.check(error.description)
    }
}
