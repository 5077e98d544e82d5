/// What a replay met, and what became of it. Of the dead letters read, those of `foreign` and those that the filter left out
/// are neither of the others; `matched` is the sum of `replayed`, `alreadyReplayed`, `cut` and `tooLarge`, but where the run
/// ended early.
package struct ReplayCounts: Hashable, Sendable {
    package var read = 0
    package var matched = 0
    /// In a dry run: those that would be.
    package var replayed = 0
    /// By an earlier run.
    package var alreadyReplayed = 0
    /// Their values were too large for the dead-letter topic: what is left of them is no job.
    package var cut = 0
    /// Larger than the job topic takes by now.
    package var tooLarge = 0
    /// No dead letters of this worker, or not from `jobs.topic`.
    package var foreign = 0
}

/// What `Replay` tells on its way.
package enum ReplayEvent {
    /// A dry run would replay it.
    case found(StoredDeadLetter)
    /// Left alone, since its value was cut.
    case cut(StoredDeadLetter)
    /// Left alone, since it is larger than the job topic takes.
    case tooLarge(StoredDeadLetter)
    /// After every batch, and now and then between.
    case progress(ReplayCounts)
    case warning(String)
}

/// How a replay ended. What it has replayed until then is replayed, and remembered.
package struct ReplayOutcome: Sendable {
    package let counts: ReplayCounts
    /// Why it ended early; nil where it was not, or was asked to (`StopFlag.signal`).
    package let failure: WorkerExit?
}

/// Why a replay can't go on.
struct ReplayFailure: Error {
    let exit: WorkerExit

    init(_ exit: WorkerExit) { self.exit = exit }
}
