/// RFC 3339, the one way in which times of day are written in logs and replies, and read from jobs.
///
/// Written: UTC with milliseconds, `2026-11-25T01:02:03.456Z`, always 24 bytes. Read: whatever section 5.6 of the RFC
/// allows.
extension WallTime {
    package var rfc3339: String {
        String(unsafeUninitializedCapacity: Self.rfc3339Length) { buffer in
            write(to: buffer)
            return Self.rfc3339Length
        }
    }

    package func appendRFC3339(to bytes: inout [UInt8]) {
        withRFC3339 { bytes.append(contentsOf: $0) }
    }

    /// Lends the text for the call, so that nothing is allocated.
    package func withRFC3339(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.rfc3339Length) { buffer in
            write(to: buffer)
            body(UnsafeBufferPointer(buffer))
        }
    }

    /// Reads any RFC 3339 time; digits beyond the millisecond are dropped, and a leap second is the second after it,
    /// as POSIX counts.
    ///
    /// - Returns: nil for anything else, and for times that do not exist: 30 February, hour 24, second 60 on any but the
    ///   last minute of a UTC month.
    package init?(rfc3339 text: some StringProtocol) {
        let parsed = text.utf8.withContiguousStorageIfAvailable { RFC3339Reader(bytes: $0).read() }
        guard let time = parsed ?? Array(text.utf8).withUnsafeBufferPointer({ RFC3339Reader(bytes: $0).read() })
        else { return nil }
        self = time
    }

    private static var rfc3339Length: Int { 24 }

    /// Four digits of year are all that the format has room for; what lies outside is written as the nearest end.
    private static let writable: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

    private func write(to buffer: UnsafeMutableBufferPointer<UInt8>) {
        let milliseconds = min(max(millisecondsSince1970, Self.writable.lowerBound), Self.writable.upperBound)
        let (days, ofDay) = milliseconds.flooredQuotientAndRemainder(dividingBy: 86_400_000)
        let date = CivilDate(daysSince1970: days)
        let time = Int(ofDay)
        var position = 0
        func put(_ value: Int, digits: Int, then separator: UInt8) {
            var rest = value
            for index in (position..<position + digits).reversed() {
                buffer[index] = UInt8(48 + rest % 10)
                rest /= 10
            }
            buffer[position + digits] = separator
            position += digits + 1
        }
        put(Int(date.year), digits: 4, then: UInt8(ascii: "-"))
        put(Int(date.month), digits: 2, then: UInt8(ascii: "-"))
        put(Int(date.day), digits: 2, then: UInt8(ascii: "T"))
        put(time / 3_600_000, digits: 2, then: UInt8(ascii: ":"))
        put(time / 60_000 % 60, digits: 2, then: UInt8(ascii: ":"))
        put(time / 1000 % 60, digits: 2, then: UInt8(ascii: "."))
        put(time % 1000, digits: 3, then: UInt8(ascii: "Z"))
    }
}

/// A day of the Gregorian calendar, carried back before its introduction as RFC 3339 asks.
private struct CivilDate {
    var year: Int64
    var month: Int64
    var day: Int64

    // Years are counted from 1 March here, so that the leap day is a year's last and every month's start within the
    // year is the same linear function: (153 * month + 2) / 5 days, month 0 being March.
    private static let daysIn400Years: Int64 = 146_097
    private static let daysFromYearZeroTo1970: Int64 = 719_468

    init(year: Int64, month: Int64, day: Int64) {
        self.year = year
        self.month = month
        self.day = day
    }

    init(daysSince1970: Int64) {
        let (era, dayOfEra) = (daysSince1970 + Self.daysFromYearZeroTo1970)
            .flooredQuotientAndRemainder(dividingBy: Self.daysIn400Years)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
    }

    var daysSince1970: Int64 {
        let (era, yearOfEra) = (month <= 2 ? year - 1 : year).flooredQuotientAndRemainder(dividingBy: 400)
        let monthFromMarch = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * Self.daysIn400Years + dayOfEra - Self.daysFromYearZeroTo1970
    }

    var daysInMonth: Int64 {
        switch month {
        case 2: return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: return 30
        default: return 31
        }
    }
}

/// Reads one time from bytes that are lent for the call.
private struct RFC3339Reader {
    let bytes: UnsafeBufferPointer<UInt8>
    var position = 0

    init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    consuming func read() -> WallTime? {
        guard let year = number(digits: 4), skip("-"), let month = number(digits: 2), skip("-"),
            let day = number(digits: 2), skip("T") || skip("t"),
            let hour = number(digits: 2), skip(":"), let minute = number(digits: 2), skip(":"),
            let second = number(digits: 2), let milliseconds = fraction(), let offset = offsetInMinutes(),
            position == bytes.count
        else { return nil }
        let date = CivilDate(year: year, month: month, day: day)
        guard (1...12).contains(month), (1...date.daysInMonth).contains(day), hour < 24, minute < 60, second <= 60
        else { return nil }
        let minutesUTC = date.daysSince1970 * 1440 + hour * 60 + minute - offset
        if second == 60, !Self.mayEndWithLeapSecond(minutesSince1970: minutesUTC) { return nil }
        return WallTime(millisecondsSince1970: (minutesUTC * 60 + second) * 1000 + milliseconds)
    }

    private static func mayEndWithLeapSecond(minutesSince1970 minutes: Int64) -> Bool {
        let (next, minuteOfDay) = (minutes + 1).flooredQuotientAndRemainder(dividingBy: 1440)
        return minuteOfDay == 0 && CivilDate(daysSince1970: next).day == 1
    }

    private mutating func skip(_ character: Character) -> Bool {
        guard position < bytes.count, bytes[position] == character.asciiValue else { return false }
        position += 1
        return true
    }

    private mutating func digit() -> Int64? {
        guard position < bytes.count, (48...57).contains(bytes[position]) else { return nil }
        defer { position += 1 }
        return Int64(bytes[position] - 48)
    }

    private mutating func number(digits: Int) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<digits {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// Milliseconds of a fraction of any length; 0 where there is none.
    private mutating func fraction() -> Int64? {
        guard skip(".") else { return 0 }
        guard let first = digit() else { return nil }
        var milliseconds = first * 100
        var weight: Int64 = 10
        while let digit = digit() {
            milliseconds += digit * weight
            weight /= 10
        }
        return milliseconds
    }

    private mutating func offsetInMinutes() -> Int64? {
        if skip("Z") || skip("z") { return 0 }
        let isWest = skip("-")
        guard isWest || skip("+"), let hours = number(digits: 2), hours < 24, skip(":"),
            let minutes = number(digits: 2), minutes < 60
        else { return nil }
        return (isWest ? -1 : 1) * (hours * 60 + minutes)
    }
}

extension Int64 {
    /// Division that rounds towards minus infinity, so that the remainder is never negative.
    fileprivate func flooredQuotientAndRemainder(dividingBy divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
