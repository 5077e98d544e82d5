internal import Foundation
internal import Glibc
internal import TestSupport
internal import Testing

@Suite struct ChildProcessTests {
    /// Says that it is ready, and on SIGTERM says so and ends with status 3.
    private let obedient = [
        "-c", "sleep 100 >/dev/null 2>&1 & trap 'echo asked to leave; kill $!; exit 3' TERM; echo ready; wait",
    ]

    @Test func startsExecutablesOfThisPackage() async throws {
        try await withChildProcess(.product("query-worker"), arguments: ["--help"]) { process in
            let status = try await process.waitForExit()
            #expect(status == 0)
            #expect(!process.lines(of: .standardOutput).isEmpty)
        }
    }

    @Test func namesAnExecutableThatWasNotBuilt() {
        #expect {
            _ = try ChildProcess(.product("no-such-product"))
        } throws: { error in
            if case ChildProcessError.notBuilt(let path) = error { path.hasSuffix("/no-such-product") } else { false }
        }
    }

    @Test func saysWhyAProgramCannotBeStarted() {
        #expect {
            _ = try ChildProcess(.path("/dev/null/program"))
        } throws: { error in
            if case ChildProcessError.notStarted(_, ENOTDIR) = error { true } else { false }
        }
    }

    @Test func keepsTheLinesOfBothStreamsAndWritesThemToTheLog() async throws {
        let script = "echo first; echo wrong >&2; printf 'second\\n\\nlast without a line feed'"
        try await withChildProcess(.path("/bin/sh"), arguments: ["-c", script]) { process in
            let status = try await process.waitForExit()
            #expect(status == 0)
            #expect(process.lines(of: .standardOutput) == ["first", "second", "", "last without a line feed"])
            #expect(process.lines(of: .standardError) == ["wrong"])
            #expect(process.lines.map(\.number) == [0, 1, 2, 3, 4])
            let log = try String(contentsOfFile: process.logPath, encoding: .utf8)
            #expect(log.contains("wrong\n"))
            #expect(log.contains("second\n\nlast without a line feed"))
        }
    }

    @Test func keepsTheLastLinesOfALotOfOutput() async throws {
        try await withChildProcess(.path("/usr/bin/seq"), arguments: ["1", "100000"]) { process in
            try await process.waitForExit()
            #expect((20_000...40_000).contains(process.lines.count))
            #expect(process.lines.last?.text == "100000")
            #expect(process.lines.last?.number == 99_999)
        }
    }

    @Test func addsToTheEnvironment() async throws {
        let script = "echo $GREETING from $QUERY_WORKER_JOBS_TOPIC at $PATH"
        let environment = ["GREETING": "hello", "QUERY_WORKER_JOBS_TOPIC": "there"]
        try await withChildProcess(.path("/bin/sh"), arguments: ["-c", script], environment: environment) { process in
            let line = try await process.waitForLine(containing: "hello from there at /")
            #expect(line.stream == .standardOutput)
        }
    }

    @Test func waitsForLinesThatCameAndLinesThatCome() async throws {
        try await withChildProcess(.path("/bin/sh"), arguments: obedient) { process in
            let ready = try await process.waitForLine(containing: "ready")
            #expect(try await process.waitForLine(containing: "ready").number == ready.number)
            async let answer = process.waitForLine(containing: "asked", in: .standardOutput, from: ready.number + 1)
            process.terminate()
            #expect(try await answer.text == "asked to leave")
            #expect(try await process.waitForExit() == 3)
        }
    }

    @Test func aLineThatDoesNotComeIsAnErrorAtTheTimeLimit() async throws {
        try await withChildProcess(.path("/bin/sh"), arguments: obedient) { process in
            try await process.waitForLine(containing: "ready")
            await #expect {
                try await process.waitForLine(containing: "ready", in: .standardError, timeout: .milliseconds(20))
            } throws: { error in
                guard case ChildProcessError.timedOut(_, _, let lastLines) = error else { return false }
                return lastLines == ["ready"]
            }
        }
    }

    @Test func aProcessThatEndsFirstIsAnErrorWithItsLastWords() async throws {
        try await withChildProcess(.path("/bin/sh"), arguments: ["-c", "echo no key >&2; exit 78"]) { process in
            await #expect {
                try await process.waitForLine(containing: "ready")
            } throws: { error in
                guard case ChildProcessError.exited(78, _, let lastLines) = error else { return false }
                return lastLines == ["no key"] && "\(error)".contains("no key")
            }
        }
    }

    @Test func aSuspendedProcessDoesNothingUntilItIsResumed() async throws {
        try await withChildProcess(.path("/bin/sh"), arguments: obedient) { process in
            try await process.waitForLine(containing: "ready")
            process.suspend()
            process.terminate()
            await #expect(throws: ChildProcessError.self) {
                try await process.waitForLine(containing: "asked", timeout: .milliseconds(200))
            }
            #expect(process.isRunning)
            process.resume()
            #expect(try await process.waitForExit() == 3)
        }
    }

    @Test func tellsTheSignalThatEndedIt() async throws {
        try await withChildProcess(.path("/bin/sleep"), arguments: ["100"]) { process in
            process.kill()
            let status = try await process.waitForExit()
            #expect(status == 128 + SIGKILL)
            #expect(!process.isRunning)
        }
    }

    @Test func endsWithTheScopeThatStartedIt() async throws {
        let process = try await withChildProcess(.path("/bin/sleep"), arguments: ["100"]) { $0 }
        #expect(Glibc.kill(process.pid, 0) == -1 && errno == ESRCH)
    }

    @Test func endsWithTheScopeThatStartedItWhenThatThrows() async throws {
        var started: ChildProcess?
        await #expect(throws: CancellationError.self) {
            try await withChildProcess(.path("/bin/sleep"), arguments: ["100"]) { process in
                started = process
                throw CancellationError()
            }
        }
        #expect(started?.isRunning == false)
    }

    @Test func endsWhenNobodyHoldsItAnyMore() async throws {
        let pid = try ChildProcess(.path("/bin/sleep"), arguments: ["100"]).pid
        let follower = ["--pid", "\(pid)", "-s", "0.02", "-f", "/dev/null"]
        try await withChildProcess(.path("/usr/bin/tail"), arguments: follower) { process in
            let status = try await process.waitForExit(timeout: .seconds(20))
            #expect(status == 0)
        }
    }
}
