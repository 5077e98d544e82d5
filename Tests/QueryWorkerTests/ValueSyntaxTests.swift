import Testing

@testable import QueryWorker

@Suite struct ValueSyntaxTests {
    @Test(arguments: [
        ("0ms", Duration.zero), ("0s", .zero), ("250ms", .milliseconds(250)), ("5s", .seconds(5)),
        ("2m", .seconds(120)), ("1h", .seconds(3600)),
    ])
    func readsDurations(text: String, duration: Duration) {
        #expect(ValueSyntax.duration(.zero ... .seconds(3600)).parse(text) == duration)
    }

    @Test(arguments: [
        "", "5", "s", "-5s", "+5s", "5 s", "1.5s", "5S", "1m30s", "5us", "2h", "٥s", "99999999999999999999s",
        "9223372036854775807h", "1e3s",
    ])
    func refusesWhatIsNoDuration(text: String) {
        #expect(ValueSyntax.duration(.zero ... .seconds(3600)).parse(text) == nil)
    }

    @Test(arguments: [("64MiB", 64 << 20), ("1KiB", 1024), ("2GiB", 2 << 30), ("1234", 1234)])
    func readsSizes(text: String, bytes: Int) { #expect(ValueSyntax.size(1...4 << 30).parse(text) == bytes) }

    @Test(arguments: ["", "MiB", "64MB", "64M", "64 MiB", "-1", "0", "1.5GiB", "8GiB", "9223372036854775807KiB"])
    func refusesWhatIsNoSize(text: String) { #expect(ValueSyntax.size(1...4 << 30).parse(text) == nil) }

    @Test(arguments: [
        (Duration.zero, "0ms"), (.milliseconds(1500), "1500ms"), (.seconds(90), "90s"), (.seconds(7200), "2h"),
    ])
    func writesDurationsInTheLargestUnitThatIsWhole(duration: Duration, text: String) {
        #expect(formatDuration(duration) == text)
    }

    @Test(arguments: ["a", "query.requests", "A_b-9.", String(repeating: "x", count: 249), "..."])
    func acceptsTopics(name: String) { #expect(ValueSyntax.topic.parse(name) == name) }

    @Test(arguments: ["", ".", "..", "a b", "a/b", "ä", "a,b", String(repeating: "x", count: 250)])
    func refusesWhatKafkaRefusesAsATopic(name: String) { #expect(ValueSyntax.topic.parse(name) == nil) }

    @Test(arguments: [("", [String]()), ("a", ["a"]), ("a, b ,c", ["a", "b", "c"])])
    func readsListsOfTopics(text: String, topics: [String]) { #expect(ValueSyntax.topics.parse(text) == topics) }

    @Test(arguments: [",", "a,", "a,,b", "a b"])
    func refusesListsWithGaps(text: String) { #expect(ValueSyntax.topics.parse(text) == nil) }

    @Test(arguments: ["b", "b:9092", "b-1.x_y:1, [::1]:9092", "SASL_SSL://b:9092", "10.0.0.1:65535,[fe80::1%25eth0]"])
    func acceptsBrokers(text: String) { #expect(ValueSyntax.bootstrapServers.parse(text) == text) }

    @Test(arguments: ["", ",", "b:", "b:0", "b:65536", "b:x", "b:9092,", "::1", "[::1", "[]:1", "b b:1", ":9092"])
    func refusesWhatIsNoBroker(text: String) { #expect(ValueSyntax.bootstrapServers.parse(text) == nil) }

    @Test(arguments: [
        ("https://api.weixin.qq.com", "https://api.weixin.qq.com"), ("http://[::1]:80/", "http://[::1]:80"),
        ("https://gateway/wechat/", "https://gateway/wechat"),
    ])
    func acceptsBaseURLs(text: String, url: String) { #expect(ValueSyntax.baseURL.parse(text) == url) }

    @Test(arguments: [
        "", "api.weixin.qq.com", "ftp://x", "https://", "https:///x", "https://u:p@x", "https://x?y", "https://x#y",
        "https://x y", "https://x:port", "https://x\n",
    ])
    func refusesWhatIsNoBaseURL(text: String) { #expect(ValueSyntax.baseURL.parse(text) == nil) }

    @Test(arguments: ["http://proxy:3128", "socks5h://user:p@ss@proxy:1080/", "https://proxy"])
    func acceptsProxies(text: String) { #expect(ValueSyntax.proxyURL.parse(text) == text) }

    @Test(arguments: ["proxy:3128", "ftp://proxy", "http://", "http://u:p@", "http://proxy/path"])
    func refusesWhatIsNoProxy(text: String) { #expect(ValueSyntax.proxyURL.parse(text) == nil) }

    @Test(arguments: ["wx1", "WXab09", String(repeating: "a", count: 64)])
    func acceptsAppIDs(text: String) { #expect(ValueSyntax.appID.parse(text) == text) }

    @Test(arguments: ["", "wx-1", "wx_1", "wx.1", "wé", String(repeating: "a", count: 65)])
    func refusesWhatIsNoAppID(text: String) { #expect(ValueSyntax.appID.parse(text) == nil) }

    @Test func everyDefaultIsAcceptedWhenWrittenOut() {
        let assignments =
            ["component.wx1.secret=s"]
            + ConfigurationKeys.all.filter { !$0.defaultText.isEmpty }.map {
                "\($0.name.replacing("<appid>", with: "wx1"))=\($0.defaultText)"
            }
        #expect(assignments.count > 15)
        #expect(ConfigurationFixture(assignments: assignments).problems == [])
    }
}
