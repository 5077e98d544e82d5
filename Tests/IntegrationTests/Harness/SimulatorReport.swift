internal import Foundation

/// What a simulator says that it was asked: its `/stats`.
struct SimulatorReport: Decodable {
    struct Endpoint: Decodable {
        let calls: Int
        let outcomes: [String: Int]
        let errcodes: [String: Int]
    }

    struct Account: Decodable {
        let queryCalls: Int
        /// By endpoint.
        let tokenCalls: [String: Int]
        let refusedBy40001: Int
        let tokensIssued: Int
        let refreshes: Int
        let maxQueriesPerSecond: Int
        let queriesPerSecond: [Second]

        private enum CodingKeys: String, CodingKey {
            case queryCalls = "query_calls"
            case tokenCalls = "token_calls"
            case refusedBy40001 = "refused_by_40001"
            case tokensIssued = "tokens_issued"
            case refreshes
            case maxQueriesPerSecond = "max_queries_per_second"
            case queriesPerSecond = "queries_per_second"
        }
    }

    /// A second that saw at least one query call.
    struct Second: Decodable {
        /// Since 1970.
        let second: Int
        let count: Int
    }

    let applycodequery: Endpoint
    let stable_token: Endpoint
    let token: Endpoint
    let api_component_token: Endpoint
    let api_authorizer_token: Endpoint
    let api_query_auth: Endpoint
    let api_get_authorizer_list: Endpoint
    let in_flight: Int
    let distinct_application_ids: Int
    let tokens_issued: [String: Int]
    let tokens_revoked: Int
    let errcodes: [String: Int]
    /// Those that asked anything.
    let accounts: [String: Account]
}
