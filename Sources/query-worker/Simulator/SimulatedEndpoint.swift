/// WeChat's endpoints that are simulated. The raw value names them in `/stats`.
enum SimulatedEndpoint: String, CaseIterable {
    case query = "applycodequery"
    case stableToken = "stable_token"
    case legacyToken = "token"
    case componentToken = "api_component_token"
    case authorizerToken = "api_authorizer_token"
    case queryAuth = "api_query_auth"
    case authorizerList = "api_get_authorizer_list"

    /// The one at this path of a URL.
    init?(path: String) {
        guard let endpoint = Self.byPath[path] else { return nil }
        self = endpoint
    }

    private static let byPath = Dictionary(uniqueKeysWithValues: allCases.map { ($0.path, $0) })

    private var path: String {
        switch self {
        case .query: "/intp/marketcode/\(rawValue)"
        case .stableToken, .legacyToken: "/cgi-bin/\(rawValue)"
        case .componentToken, .authorizerToken, .queryAuth, .authorizerList: "/cgi-bin/component/\(rawValue)"
        }
    }

    var method: String { self == .legacyToken ? "GET" : "POST" }

    /// Asked with the secret of an account or a component, not with a token.
    var takesSecret: Bool { self == .stableToken || self == .legacyToken || self == .componentToken }

    /// What WeChat answers to an address that may not call: its codes differ.
    var refusalOfAddress: SimulatedErrorCode {
        switch self {
        case .query, .stableToken, .legacyToken: .addressNotOnList
        case .componentToken, .authorizerToken, .queryAuth, .authorizerList: .addressNotRegistered
        }
    }
}
