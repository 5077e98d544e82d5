internal import Foundation

/// Runs what blocks on a thread of its own, so that the tests' tasks go on meanwhile.
func onOwnThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: .init(catching: body)) }
    }
}
