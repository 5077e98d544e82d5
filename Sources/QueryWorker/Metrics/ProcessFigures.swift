internal import Glibc

/// What the kernel says of this process, under the names that Prometheus' client libraries have agreed on.
struct ProcessFigures: Sendable {
    /// User and system, in seconds.
    var cpuTime = 0.0
    var residentBytes = 0
    /// In seconds since 1970.
    var startTime = 0.0
    var openDescriptors = 0
    var maxDescriptors = 0

    /// Reads `/proc/self`, which takes some 20 µs; on any thread.
    static var current: ProcessFigures {
        var figures = ProcessFigures()
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        let fields = statFields
        if fields.count > 21 {
            figures.cpuTime = ((Double(fields[11]) ?? 0) + (Double(fields[12]) ?? 0)) / ticks
            figures.residentBytes = (Int(fields[21]) ?? 0) * sysconf(Int32(_SC_PAGESIZE))
            figures.startTime = bootTime + (Double(fields[19]) ?? 0) / ticks
        }
        figures.openDescriptors = descriptorCount
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            figures.maxDescriptors = Int(clamping: limit.rlim_cur)
        }
        return figures
    }

    /// Those behind the program's name, which may hold spaces; see proc(5): the first is the state.
    private static var statFields: [Substring] {
        guard let text = read("/proc/self/stat"), let end = text.lastIndex(of: ")") else { return [] }
        return text[text.index(after: end)...].split(separator: " ")
    }

    private static let bootTime: Double = {
        let line = read("/proc/stat")?.split(separator: "\n").first { $0.hasPrefix("btime ") }
        return line.flatMap { Double($0.dropFirst(6)) } ?? 0
    }()

    private static var descriptorCount: Int {
        guard let directory = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        // Without `.`, `..` and the descriptor that reads them.
        return max(0, count - 3)
    }

    private static func read(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while case let count = Glibc.read(descriptor, &piece, piece.count), count > 0 { bytes += piece[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }
}
