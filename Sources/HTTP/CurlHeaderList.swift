internal import CCurl

/// Request headers as libcurl takes them. Built once per client; must outlive the handles that use it.
struct CurlHeaderList: ~Copyable {
    let pointer: UnsafeMutablePointer<curl_slist>?

    init(_ lines: [String]) {
        // curl_slist_append returns the unchanged head, or nil when it is out of memory.
        pointer = lines.reduce(nil) { list, line in curl_slist_append(list, line) ?? list }
    }

    deinit { curl_slist_free_all(pointer) }
}
