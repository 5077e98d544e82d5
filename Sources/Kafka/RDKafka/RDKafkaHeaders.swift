internal import CRdKafka

/// `rd_kafka_headers_t`: a list of headers for one record to produce.
struct RDKafkaHeaders: ~Copyable {
    private let pointer: OpaquePointer

    init(_ headers: [KafkaHeader]) {
        pointer = rd_kafka_headers_new(headers.count)
        for header in headers {
            header.name.withCString { name in
                if let value = header.value {
                    _ = value.withUnsafeBytes { bytes in
                        // An empty array may have no address, and NULL would mean "no value".
                        let start = bytes.baseAddress ?? UnsafeRawPointer(name)
                        return rd_kafka_header_add(pointer, name, -1, start, bytes.count)
                    }
                } else {
                    _ = rd_kafka_header_add(pointer, name, -1, nil, 0)
                }
            }
        }
    }

    deinit { rd_kafka_headers_destroy(pointer) }

    /// For a C function that takes the list over, if it succeeds; else the caller gives it back with `init(pointer:)`.
    consuming func release() -> OpaquePointer {
        let pointer = pointer
        discard self
        return pointer
    }

    init(pointer: OpaquePointer) { self.pointer = pointer }

    static func read(_ headers: OpaquePointer) -> [KafkaHeader] {
        var result: [KafkaHeader] = []
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var size = 0
        while rd_kafka_header_get_all(headers, result.count, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR,
            let name
        {
            let bytes = value.map { Array(UnsafeRawBufferPointer(start: $0, count: size)) }
            result.append(KafkaHeader(name: String(cString: name), value: bytes))
        }
        return result
    }
}
