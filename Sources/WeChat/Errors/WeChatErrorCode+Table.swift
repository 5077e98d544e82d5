extension WeChatErrorCode {
    /// Every code that the business endpoint and the token chain are known to answer with. Sources: WeChat's global
    /// return codes, the pages on tokens and third-party platforms, and the code list of the marketcode family.
    package static let table: [WeChatErrorCode] = [
        .init(-1, .busy, .retry, "the system is busy"),

        // Tokens.
        .init(40001, .tokenRejected, .refreshToken, "the access token is invalid or not the latest"),
        .init(40014, .tokenRejected, .refreshToken, "the access token is malformed or invalid"),
        .init(42001, .tokenRejected, .refreshToken, "the access token has expired"),
        .init(42006, .tokenRejected, .refreshToken, "the component access token has expired"),

        // The operator must act: secrets, addresses, wrong configuration.
        .init(40013, .credentials, .holdAccount, "the appid is invalid"),
        .init(40091, .credentials, .holdAccount, "the component ticket is invalid"),
        .init(40094, .credentials, .holdAccount, "the component credential is invalid"),
        .init(40125, .credentials, .holdAccount, "the secret is invalid"),
        .init(40164, .credentials, .holdAccount, "this IP address is not on the account's list"),
        .init(40243, .credentials, .holdAccount, "the secret is frozen"),
        .init(41002, .credentials, .holdAccount, "the appid is missing"),
        .init(41004, .credentials, .holdAccount, "the secret is missing"),
        .init(45035, .credentials, .holdAccount, "this IP address is not registered"),
        .init(49001, .credentials, .holdAccount, "the token belongs to another appid"),
        .init(61004, .credentials, .holdAccount, "this IP address is not registered for the platform"),
        .init(ticketExpired, .credentials, .holdAccount, "the component ticket has expired"),
        .init(ticketInvalid, .credentials, .holdAccount, "the component ticket is invalid"),
        .init(61011, .credentials, .holdAccount, "the component is invalid"),
        .init(61024, .credentials, .holdAccount, "a component's appid was used as an account's"),
        .init(61028, .credentials, .holdAccount, "the component is not published"),
        .init(89501, .credentials, .holdAccount, "this IP address waits for the administrator's confirmation"),
        .init(89503, .credentials, .holdAccount, "this IP address needs the administrator's confirmation"),
        .init(addressRefusedForADay, .credentials, .holdAccount, "the administrator refused this IP address twice"),
        .init(addressRefusedForAnHour, .credentials, .holdAccount, "the administrator refused this IP address"),

        // The merchant must authorise again.
        .init(42007, .reauthorize, .holdAccount, "the authorisation ended with a change of password"),
        .init(61003, .reauthorize, .holdAccount, "the account does not authorise the platform"),
        .init(authorizationCodeInvalid, .reauthorize, .holdAccount, "the authorisation code is invalid"),
        .init(authorizationCodeExpired, .reauthorize, .holdAccount, "the authorisation code has expired"),
        .init(refreshTokenInvalid, .reauthorize, .holdAccount, "the authorizer's refresh token is invalid"),

        // Something must be granted to the account.
        .init(45501, .permission, .holdAccount, "the app is blocked by its supervisor"),
        .init(48001, .permission, .holdAccount, "the account may not use this API"),
        .init(48004, .permission, .holdAccount, "the API is banned for this account"),
        .init(50001, .permission, .holdAccount, "the account did not authorise this API"),
        .init(50002, .permission, .holdAccount, "the account is limited, frozen or cancelled"),
        .init(50004, .permission, .holdAccount, "the account may not use access tokens"),
        .init(61007, .permission, .holdAccount, "the API is not authorised to the platform"),
        .init(61016, .permission, .holdAccount, "a function category waits for confirmation"),
        .init(61017, .permission, .holdAccount, "a function category is not authorised"),

        // Quotas.
        .init(45009, .quotaExhausted, .holdAccount, "the day's quota is used up"),
        .init(45040, .quotaExhausted, .holdAccount, "the month's quota is used up"),
        .init(minuteQuotaReached, .rateLimited, .holdAccount, "the minute's quota is used up"),
        .init(45102, .busy, .holdAccount, "the API is blocked for a time"),

        // The parameters.
        .init(40035, .invalidRequest, .giveUp, "a parameter is invalid"),
        .init(40038, .invalidRequest, .giveUp, "the request's format is invalid"),
        .init(40097, .invalidRequest, .giveUp, "an argument is invalid"),
        .init(40101, .invalidRequest, .giveUp, "a parameter is missing"),
        .init(41011, .invalidRequest, .giveUp, "a required field is missing"),
        .init(45002, .invalidRequest, .giveUp, "the content is too large"),
        .init(47001, .invalidRequest, .giveUp, "the request body could not be parsed"),

        // What we alone decide.
        .init(40002, .internalError, .giveUp, "the grant type is wrong"),
        .init(40066, .internalError, .giveUp, "the URL is invalid"),
        .init(40222, .internalError, .giveUp, "the host is the wrong one for this account"),
        .init(41001, .internalError, .giveUp, "the access token is missing"),
        .init(41018, .internalError, .giveUp, "the component's appid is missing"),
        .init(41021, .internalError, .giveUp, "the component access token is missing"),
        .init(43001, .internalError, .giveUp, "the method must be GET"),
        .init(43002, .internalError, .giveUp, "the method must be POST"),
        .init(43003, .internalError, .giveUp, "the protocol must be HTTPS"),
        .init(44002, .internalError, .giveUp, "the request body is empty"),
        .init(47002, .internalError, .giveUp, "the request body holds escaped characters"),
        .init(61014, .internalError, .giveUp, "a component token is needed here"),
        .init(61015, .internalError, .giveUp, "a component token is not allowed here"),

        // The marketcode family.
        .init(80300, .notFound, .giveUp, "the application does not exist"),
        .init(80301, .wrongAccount, .giveUp, "the application belongs to another account"),
        .init(80302, .invalidRequest, .giveUp, "activation ranges overlap"),
        .init(80303, .invalidRequest, .giveUp, "the code's format is wrong"),
        .init(80304, .apiError, .giveUp, "the code is not activated"),
        .init(80305, .apiError, .giveUp, "the activation failed"),
        .init(80306, .invalidRequest, .giveUp, "the index is outside the application"),
        .init(80307, .apiError, .giveUp, "the application exists already"),
        .init(80308, .busy, .retry, "a part of the application is not finished"),
        .init(80309, .apiError, .giveUp, "the file has expired"),
        .init(80310, .notFound, .giveUp, "the part does not exist"),
        .init(80311, .busy, .retry, "the file could not be fetched"),
        .init(80312, .busy, .retry, "the data could not be encrypted"),
        .init(80313, .permission, .giveUp, "the account has no data key; WeChat's contact must issue one"),

        // Known, and of no special meaning here.
        .init(40030, .apiError, .giveUp, "a user's refresh token is invalid"),
        .init(40082, .apiError, .giveUp, "an image has the wrong size"),
        .init(42002, .apiError, .giveUp, "a user's refresh token has expired"),
        .init(45047, .apiError, .giveUp, "too many customer service messages"),
        .init(48006, .apiError, .giveUp, "no quota may be cleared any more this month"),
    ]

    /// Where an endpoint that hands out tokens means something else.
    package static let tokenEndpointTable: [WeChatErrorCode] = [
        .init(40001, .credentials, .holdAccount, "the secret is wrong")
    ]

    /// The same at `api_component_token`. Its secret and its ticket are the component's.
    package static let componentTokenEndpointTable: [WeChatErrorCode] = [
        .init(40001, .credentials, .holdAccount, "the component's secret is wrong"),
        .init(40013, .credentials, .holdAccount, "the component's appid is invalid"),
        .init(40125, .credentials, .holdAccount, "the component's secret is wrong"),
    ]

    /// The same at `api_authorizer_token`, `api_query_auth` and `api_get_authorizer_list`: the token that is refused
    /// there is the component's, never the account's.
    package static let componentEndpointTable: [WeChatErrorCode] = [
        .init(40001, .tokenRejected, .refreshToken, "the component's access token is invalid or not the latest"),
        .init(40014, .tokenRejected, .refreshToken, "the component's access token is malformed or invalid"),
        .init(42001, .tokenRejected, .refreshToken, "the component's access token has expired"),
        .init(42006, .tokenRejected, .refreshToken, "the component's access token has expired"),
    ]
}
