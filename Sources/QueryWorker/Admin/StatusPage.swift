/// The page that shows the status to people.
enum StatusPage {
    /// It comes from here alone, and asks nothing but this worker.
    static let contentSecurityPolicy =
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:"

    static let html = Array("<!doctype html><title>query-worker</title><a href=/status>status</a>".utf8)
}
