internal import EventLoop

/// The one source of jitter on the loop, so that a seeded generator makes a whole client repeatable.
@EventLoopActor
final class LoopRandom {
    private var generator: any RandomNumberGenerator & Sendable

    init(_ generator: any RandomNumberGenerator & Sendable) { self.generator = generator }

    /// From 0 to 1.
    func fraction() -> Double { Double.random(in: 0...1, using: &generator) }
}
