/// What a replay met, and what became of it. Of the dead letters read, those of `foreign` and those that the filter left out
/// are neither of the others; `matched` is the sum of `replayed`, `alreadyReplayed` and `cut`.
package struct ReplayCounts: Hashable, Sendable {
    package var read = 0
    package var matched = 0
    /// In a dry run: those that would be.
    package var replayed = 0
    /// By an earlier run.
    package var alreadyReplayed = 0
    /// Their values were too large for the dead-letter topic: what is left of them is no job.
    package var cut = 0
    /// No dead letters of this worker, or not from `jobs.topic`.
    package var foreign = 0
}

/// What `Replay` tells on its way.
package enum ReplayEvent {
    /// A dry run would replay it.
    case found(StoredDeadLetter)
    /// Left alone, since its value was cut.
    case cut(StoredDeadLetter)
    /// After every batch, and now and then between.
    case progress(ReplayCounts)
    case warning(String)
}

/// Why a replay ended early. What it has replayed until then is replayed, and remembered.
package struct ReplayFailure: Error {
    package let exit: WorkerExit

    package init(_ exit: WorkerExit) { self.exit = exit }
}
