internal import EventLoop

/// The headers of our requests, shared by all handles of a client.
///
/// As few and as short as may be: libcurl puts a request's head together byte by byte, at some hundred instructions each,
/// and what is given by an option of its own, such as the user agent, twice. Without its own `Accept` a request says just
/// as much: whatever the server has.
@EventLoopActor
final class CurlRequestHeaders {
    let get: CurlHeaderList
    let post: CurlHeaderList

    init(userAgent: String) {
        let all = ["User-Agent: \(userAgent)", "Accept:"]
        get = CurlHeaderList(all)
        post = CurlHeaderList(all + ["Content-Type: application/json"])
    }
}
