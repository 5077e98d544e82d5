internal import Glibc
internal import Synchronization

/// Starts a program with pipes on its standard streams. Only `ChildProcess` uses it.
struct ChildSpawn {
    let pid: Int32
    /// Read ends; the caller closes them.
    let standardOutput: Int32
    let standardError: Int32

    /// One start at a time: a child that is forked between another's `pipe` and `fcntl` would hold that pipe open for as
    /// long as it lives, and the end of the other's output would never be seen.
    private static let starting = Mutex(())

    init(path: String, arguments: [String], environment: [String: String]) throws(ChildProcessError) {
        (pid, standardOutput, standardError) = try Self.starting.withLock { _ throws(ChildProcessError) in
            try Self.spawn(path: path, arguments: arguments, environment: environment)
        }
    }

    /// For descriptors that can be marked as not inherited only after they were made.
    static func whileNoneStarts<Result: Sendable>(_ body: () -> Result) -> Result { starting.withLock { _ in body() } }

    private static func spawn(
        path: String, arguments: [String], environment: [String: String]
    ) throws(ChildProcessError) -> (pid: Int32, output: Int32, error: Int32) {
        let output = try makePipe(for: path)
        let error: (reading: Int32, writing: Int32)
        do { error = try makePipe(for: path) } catch {
            close(output.reading)
            close(output.writing)
            throw error
        }
        defer {
            close(output.writing)
            close(error.writing)
        }
        var pid: Int32 = 0
        let status = withActions(output: output.writing, error: error.writing) { actions, attributes in
            withCStrings([path] + arguments) { arguments in
                withCStrings(environment.map { "\($0)=\($1)" }) { environment in
                    posix_spawn(&pid, path, actions, attributes, arguments, environment)
                }
            }
        }
        guard status == 0 else {
            close(output.reading)
            close(error.reading)
            throw .notStarted(path: path, errorNumber: status)
        }
        return (pid, output.reading, error.reading)
    }

    private static func makePipe(for path: String) throws(ChildProcessError) -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .notStarted(path: path, errorNumber: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    private static func withActions(
        output: Int32, error: Int32,
        _ body: (UnsafePointer<posix_spawn_file_actions_t>, UnsafePointer<posix_spawnattr_t>) -> Int32
    ) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, error, STDERR_FILENO)
        // Signals as a shell would leave them, whatever the test process blocks or ignores.
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        return body(&actions, &attributes)
    }
}

/// Lends `strings` as C's null-terminated array of strings.
private func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    let pointers = UnsafeMutableBufferPointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: strings.count + 1)
    pointers.initialize(repeating: nil)
    for (index, string) in strings.enumerated() { pointers[index] = strdup(string) }
    defer {
        for pointer in pointers { free(pointer) }
        pointers.deallocate()
    }
    guard let base = pointers.baseAddress else {
        preconditionFailure("an allocation of one element or more has a base")
    }
    return body(base)
}
