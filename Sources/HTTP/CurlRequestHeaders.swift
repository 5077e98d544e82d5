internal import EventLoop

/// The headers of our requests, shared by all handles of a client.
@EventLoopActor
final class CurlRequestHeaders {
    let get = CurlHeaderList(["Accept: application/json"])
    // An empty `Expect` keeps libcurl from asking for leave before it sends a larger body.
    let post = CurlHeaderList(["Accept: application/json", "Content-Type: application/json", "Expect:"])
}
