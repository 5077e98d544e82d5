import EventLoop
import Foundation

/// A decoder of bytes from outside, and what must hold of it whatever the bytes are. libFuzzer and the generator drive
/// the same one.
@EventLoopActor
protocol FuzzTarget {
    /// Has the input decoded, and checks what came of it.
    func run(_ input: [UInt8]) throws(Violation) -> Verdict
}

enum Verdict: Hashable {
    case accepted, refused
}

/// A promise that an input broke.
struct Violation: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// - Parameter violation: what it means if the condition does not hold.
func require(_ condition: Bool, _ violation: @autoclosure () -> String) throws(Violation) {
    guard condition else { throw Violation(violation()) }
}

/// The targets by name, as `Tests/fuzz.sh` and the folders of the corpus have them.
enum FuzzTargetName: String, CaseIterable, Sendable {
    /// A record's value.
    case job
    /// The body of what WeChat answers.
    case answer
    /// What is committed beside an offset.
    case ledger
    /// A stored record of credentials, or an event for one.
    case credentials

    @EventLoopActor func make() -> any FuzzTarget {
        switch self {
        case .job: JobTarget()
        case .answer: AnswerTarget()
        case .ledger: LedgerTarget()
        case .credentials: CredentialsTarget()
        }
    }
}

/// Stands for all that is secret. Short enough to be found by a mutation, and escaped differently for a URL.
enum FuzzSecret {
    static let text = "80_k/S+e="

    private static let forms = [text, "80_k%2FS%2Be%3D", "80_k%2fS%2be%3d", "80_k\\/S+e="].map { Array($0.utf8) }

    static func check(_ message: String) throws(Violation) {
        // As bytes: a combining mark behind it makes another character of its last one.
        let bytes = Array(message.utf8)
        for form in forms where bytes.contains(form) {
            throw Violation("a message holds the secret: \(message)")
        }
    }
}
