internal import EventLoop
internal import JSON

extension JSONWriter {
    mutating func object(_ body: (inout JSONWriter) -> Void) {
        beginObject()
        body(&self)
        endObject()
    }

    /// An array of objects, whose members `body` writes.
    mutating func array<Element>(_ elements: some Sequence<Element>, _ body: (inout JSONWriter, Element) -> Void) {
        beginArray()
        for element in elements { object { body(&$0, element) } }
        endArray()
    }

    /// With one digit behind the point: more would say nothing.
    mutating func numbers(_ values: [Double?]) {
        beginArray()
        for value in values { number(tenths: value) }
        endArray()
    }

    mutating func member(_ name: StaticString, _ value: String?) {
        key(name)
        if let value { string(value) } else { null() }
    }

    mutating func member(_ name: StaticString, _ value: (some FixedWidthInteger)?) {
        key(name)
        if let value { integer(Int64(clamping: value)) } else { null() }
    }

    mutating func member(_ name: StaticString, _ time: WallTime?) {
        key(name)
        guard let time else { return null() }
        var text: [UInt8] = []
        time.appendRFC3339(to: &text)
        string(String(decoding: text, as: UTF8.self))
    }

    mutating func member(_ name: StaticString, tenths value: Double?) {
        key(name)
        number(tenths: value)
    }

    private mutating func number(tenths value: Double?) {
        if let value { double((value * 10).rounded() / 10) } else { null() }
    }
}
