package import EventLoop

/// A call on its way down the chain. An object, since every middleware hands it on.
@EventLoopActor
package final class APICall {
    let operation: APIOperation
    /// Encoded once, however often it is sent.
    let body: [UInt8]
    let tokens: TokenProvider
    let context: CallContext
    var token: AccessToken?
    /// The call is made once more because its token was refused: no attempt of its own.
    var isRepetition = false

    init(_ operation: APIOperation, tokens: TokenProvider, context: CallContext) {
        self.operation = operation
        self.tokens = tokens
        self.context = context
        body = operation.encoded()
    }
}
