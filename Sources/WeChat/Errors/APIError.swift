package import EventLoop

/// How a call can end without a result.
package enum APIError: Error, Equatable {
    /// The job was taken away: nothing is answered, whoever owns it next does it again.
    case interrupted
    // Indirect: a call's way up the chain copies it at every step, and success has room for it too.
    indirect case failed(APIFailure)
}

extension APIError {
    /// The job's deadline answers the job, anything else hands it over.
    package init(_ interrupted: Interrupted) {
        switch interrupted.cause {
        case .deadline: self = .failed(.outOfTime)
        case .handedOver: self = .interrupted
        }
    }

    /// The same for a job that knows what has held it up.
    @EventLoopActor init(_ interrupted: Interrupted, during context: CallContext) {
        self.init(interrupted)
        if case .failed = self, let cause = context.lastFailure { self = .failed(.outOfTime(after: cause)) }
    }
}
