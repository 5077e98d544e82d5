internal import Foundation
internal import TestSupport
internal import Testing
internal import WeChat

/// `query-worker credentials`, as an operator uses it.
@Suite(.timeLimit(.minutes(1))) struct CredentialsCommandTests {
    private let authorize = ["put", "authorized", "--component", "wx1", "--account", "wx2"]

    @Test func keepsWhatIsPutAndListsItWithoutSecrets() async throws {
        try await CredentialsFixture.with { fixture in
            let ticket = try fixture.file("ticket@@@hush1")
            let token = try fixture.file("refreshtoken@@@hush2")
            let code = try fixture.file("queryauthcode@@@hush3")
            for arguments in [
                ["put", "ticket", "--component", "wx1", "--file", ticket],
                authorize + ["--refresh-token-file", token], authorize + ["--authorization-code-file=\(code)"],
            ] {
                let (status, output, errors) = try await fixture.run(arguments)
                #expect(status == 0 && output.count == 1 && errors.isEmpty, "\(output) \(errors)")
            }
            #expect(try fixture.record(.component("wx1")).ticket == "ticket@@@hush1")
            let (status, table, _) = try await fixture.run(["list"])
            #expect(status == 0 && table.count == 3)
            #expect(table[1].contains("wx2    wx1        refresh token, authorization code"), "\(table)")
            let (_, json, _) = try await fixture.run(["list", "--json"])
            let document =
                try JSONSerialization.jsonObject(with: Data(json.joined().utf8)) as? [String: [[String: Any]]]
            let records = try #require(document?["records"])
            #expect(records.map { $0["appid"] as? String } == ["wx2", "wx1"])
            #expect(records[1]["ticket_received_at"] != nil)
            #expect(!(table + json).joined().contains("hush"))
        }
    }

    @Test func readsASecretFromStandardInput() async throws {
        try await CredentialsFixture.with { fixture in
            let ticket = try fixture.file("ticket@@@1")
            let arguments =
                try [BuildProducts.executable(named: "query-worker"), "credentials", "put", "ticket"]
                + ["--component", "wx1"] + fixture.settings
            let script = #"file=$1; shift; exec "$@" < "$file""#
            try await withChildProcess(.path("/bin/sh"), arguments: ["-c", script, "sh", ticket] + arguments) {
                process in
                let status = try await process.waitForExit()
                #expect(status == 0)
            }
            #expect(try fixture.record(.component("wx1")).ticket == "ticket@@@1")
        }
    }

    @Test func forgetsTheTokensOfWhoWithdraws() async throws {
        try await CredentialsFixture.with { fixture in
            let token = try fixture.file("refreshtoken@@@1")
            try await #expect(fixture.run(authorize + ["--refresh-token-file", token]).status == 0)
            let other = ["put", "unauthorized", "--component", "wx9", "--account", "wx2"]
            try await #expect(fixture.run(other).status == 70)
            #expect(try fixture.record(.account("wx2")).refreshToken == "refreshtoken@@@1")
            let same = ["put", "unauthorized", "--component", "wx1", "--account", "wx2"]
            try await #expect(fixture.run(same).status == 0)
            #expect(try fixture.record(.account("wx2")).refreshToken == nil)
            try await #expect(fixture.run(["list"]).output.last?.contains("unauthorized") == true)
            try await #expect(fixture.run(["remove", "account", "wx2"]).status == 0)
            try await #expect(fixture.run(["list"]).output.count == 1)
            try await #expect(fixture.run(["remove", "account", "wx2"]).status == 70)
        }
    }

    @Test func showsADamagedRecordBesideTheOthersAndRemovesIt() async throws {
        try await CredentialsFixture.with { fixture in
            let token = try fixture.file("refreshtoken@@@1")
            try await #expect(fixture.run(authorize + ["--refresh-token-file", token]).status == 0)
            try Data(#"{"format":1,"refresh_token":["hush"#.utf8).write(
                to: URL(fileURLWithPath: fixture.path("account-wx3.json")))
            let (status, table, errors) = try await fixture.run(["list"])
            #expect(status == 70 && table.count == 3)
            #expect(table[1].contains("refresh token") && table[2].contains("damaged"))
            #expect(errors.joined().contains("account-wx3.json") && errors.joined().contains("remove account wx3"))
            #expect(!errors.joined().contains("hush"))
            try await #expect(fixture.run(["remove", "account", "wx3"]).status == 0)
            try await #expect(fixture.run(["list"]).status == 0)
        }
    }

    @Test func saysWhatToSetWhereCredentialsAreKeptInMemory() async throws {
        try await withChildProcess(.product("query-worker"), arguments: ["credentials", "list"]) { process in
            let status = try await process.waitForExit()
            #expect(status == 78)
            let text = process.lines(of: .standardError).joined()
            #expect(text.contains("credentials.store=file") && text.contains("credentials.directory="), "\(text)")
        }
    }

    @Test func listingLeavesNoDirectoryBehind() async throws {
        try await CredentialsFixture.with { fixture in
            let (status, _, errors) = try await fixture.run(["list"])
            #expect(status == 70 && errors.joined().contains(fixture.directory))
            #expect(!FileManager.default.fileExists(atPath: fixture.directory))
        }
    }

    @Test(arguments: [
        [], ["get"], ["put"], ["put", "tickets"], ["put", "ticket"], ["put", "ticket", "--component"],
        ["put", "ticket", "--component", "../wx1"], ["put", "ticket", "--component", "wx1", "--account", "wx2"],
        ["put", "ticket", "--component", "wx1", "ticket@@@hush-and-more"],
        ["put", "ticket", "--component", "wx1", "--component", "wx1"], ["put", "unauthorized", "--component", "wx1"],
        ["put", "authorized", "--component", "wx1", "--account", "wx2"],
        [
            "put", "authorized", "--component", "wx1", "--account", "wx2", "--refresh-token-file", "/x",
            "--authorization-code-file", "/y",
        ],
        ["list", "all"], ["remove", "account"], ["remove", "user", "wx1"], ["remove", "account", "wx1", "wx2"],
    ])
    func refusesArgumentsThatMakeNoSense(_ arguments: [String]) async throws {
        try await CredentialsFixture.with { fixture in
            let (status, _, errors) = try await fixture.run(arguments)
            #expect(status == 64 && errors.count == 1, "\(errors)")
            #expect(!errors.joined().contains("hush"))
        }
    }

    @Test(arguments: ["", "two words", "ümlaut"])
    func refusesWhatIsNoSecret(_ text: String) async throws {
        try await CredentialsFixture.with { fixture in
            let (status, _, errors) = try await fixture.run(
                ["put", "ticket", "--component", "wx1", "--file", try fixture.file(text)])
            #expect(status == 70 && errors.count == 1)
            #expect(text.isEmpty || !errors.joined().contains(text))
        }
    }
}
