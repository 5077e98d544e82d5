import EventLoop
import TestSupport

@testable import WeChat

/// Somebody at a turnstile: what the way through brought, once it has.
typealias TurnstileTask = LoopTask<Result<Turnstile.Pass?, Interrupted>>

extension Turnstile {
    func start(_ context: CallContext, in line: CallLine? = nil) -> TurnstileTask {
        LoopTask { [self] in
            do throws(Interrupted) { return .success(try await enter(context, in: line)) } catch {
                return .failure(error)
            }
        }
    }
}

extension LoopTask<Result<Turnstile.Pass?, Interrupted>> {
    var pass: Turnstile.Pass? { (try? value?.get()) ?? nil }
}
