import EventLoop
import TestSupport

@testable import WeChat

/// A `TokenProvider` whose clock, chance and token endpoint are in the test's hands.
@EventLoopActor
struct TokenProviderFixture {
    let clock = ManualClock()
    let fetcher = ScriptedFetcher()
    let recorder = EventRecorder()
    let usable = Counter()
    let provider: TokenProvider

    final class Counter {
        var count = 0
    }

    /// - Parameter fraction: `.zero` refreshes 120 s before the end, and makes the first back-off half a second.
    init(fraction: FixedGenerator = .zero) {
        let (recorder, usable) = (recorder, usable)
        provider = TokenProvider(
            appID: "wx1", fetcher: fetcher, clock: clock, random: LoopRandom(fraction),
            events: { recorder.record($0) }, becameUsable: { usable.count += 1 })
    }

    func ask(under interruption: Interruption = Interruption()) -> LoopTask<Result<String, APIError>> {
        LoopTask { [provider] in
            do throws(APIError) {
                return .success(try await provider.token(under: interruption).value)
            } catch { return .failure(error) }
        }
    }

    /// The provider holds `token`, fetched just now.
    func hold(_ token: String, lifetime: Duration = .seconds(7200)) async {
        provider.start()
        await fetcher.succeed(token, lifetime: lifetime)
    }
}
