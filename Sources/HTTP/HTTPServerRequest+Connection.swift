internal import CMicroHTTPD

extension HTTPServerRequest {
    /// Copies out of a connection, on the daemon's thread, while libmicrohttpd's callback runs.
    init(
        _ connection: HTTPServerDaemon.Connection, path: UnsafePointer<CChar>, method: UnsafePointer<CChar>,
        body: [UInt8]
    ) {
        self.init(
            method: String(cString: method), path: String(cString: path),
            query: Self.fields(.GET_ARGUMENT_KIND, connection), headers: Self.fields(.HEADER_KIND, connection),
            body: body)
    }

    private static func fields(_ kind: MHD_ValueKind, _ connection: HTTPServerDaemon.Connection) -> [Field] {
        var fields: [Field] = []
        withUnsafeMutablePointer(to: &fields) { fields in
            _ = MHD_get_connection_values_n(
                connection.pointer, kind,
                { fields, _, name, nameLength, value, valueLength in
                    let name = UnsafeRawBufferPointer(start: name, count: name == nil ? 0 : nameLength)
                    let value = UnsafeRawBufferPointer(start: value, count: value == nil ? 0 : valueLength)
                    fields?.assumingMemoryBound(to: [Field].self).pointee.append(
                        (String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self)))
                    return .YES
                }, fields)
        }
        return fields
    }
}
