internal import HTTP

extension APIError {
    /// An exchange without a response: every one of them may succeed when it is made again.
    init(_ failure: HTTPClientFailure) {
        switch failure {
        case .interrupted(let interrupted): self.init(interrupted)
        case .failed(.clientClosed): self = .interrupted
        case .failed(let error):
            let kind: APIFailure.Kind
            switch error {
            case .timedOut: kind = .timeout
            case .malformedResponse, .bodyTooLarge: kind = .protocolError
            default: kind = .transport
            }
            self = .failed(
                APIFailure(kind: kind, message: error.description, retryable: true, disposition: .retry))
        }
    }
}
