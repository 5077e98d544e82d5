import EventLoop
import WeChat

/// A stored record or an event is read, and read as the same from what is written of it, or refused without a word of
/// what is in it.
@EventLoopActor
struct CredentialsTarget: FuzzTarget {
    func run(_ input: [UInt8]) throws(Violation) -> Verdict {
        let (record, event) = (try record(input), try event(input))
        return record || event ? .accepted : .refused
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

    private func check(_ error: UnreadableCredentials) throws(Violation) {
        try require((1...512).contains(error.description.utf8.count), "length of the message: \(error)")
        try FuzzSecret.check(error.description)
    }
}
