package import EventLoop

/// A call on its way down the chain. An object, since every middleware hands it on.
@EventLoopActor
package final class APICall {
    let operation: APIOperation
    /// Encoded once, however often it is sent.
    let body: [UInt8]
    let account: Account
    let context: CallContext
    /// With what it came through the gate.
    var passes: (account: Turnstile.Pass, host: Turnstile.Pass)?
    /// Its passes have lost their worth in a queue behind the gate: it ends as interrupted, and the gate has it wait.
    var isSentBack = false
    var token: AccessToken?
    /// Its token was replaced while it waited behind the token's link: it ends as interrupted, and is given another one.
    var isTokenOutdated = false
    /// The call is made once more because its token was refused: no attempt of its own.
    var isRepetition = false

    init(_ operation: APIOperation, account: Account, context: CallContext) {
        self.operation = operation
        self.account = account
        self.context = context
        body = operation.encoded()
    }
}
