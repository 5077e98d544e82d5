internal import CCurl
internal import Glibc

/// libcurl's process-wide set-up, done once before the first handle is made.
enum CurlLibrary {
    static let isInitialised: Bool = {
        // With CURLOPT_NOSIGNAL libcurl no longer shields us from SIGPIPE, which OpenSSL's writes can raise.
        signal(SIGPIPE, SIG_IGN)
        return curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
    }()
}
