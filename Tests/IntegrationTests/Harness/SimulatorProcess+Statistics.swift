extension SimulatorProcess {
    /// What a simulator says that it was asked: its `/stats`.
    struct Statistics: Decodable {
        struct Endpoint: Decodable {
            let calls: Int
            let outcomes: [String: Int]
            let errcodes: [String: Int]
        }

        struct Account: Decodable {
            let query_calls: Int
            /// By endpoint.
            let token_calls: [String: Int]
            let refused_by_40001: Int
            let tokens_issued: Int
            /// How often a merchant's refresh token was used with success.
            let refreshes: Int
            let max_queries_per_second: Int
            /// The last 120 seconds, without those that saw no query call.
            let queries_per_second: [Second]
        }

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
        let max_in_flight: Int
        let distinct_application_ids: Int
        let repeated_queries: Int
        let tokens_issued: [String: Int]
        let tokens_revoked: Int
        let errcodes: [String: Int]
        /// Those that asked anything.
        let accounts: [String: Account]
    }
}
