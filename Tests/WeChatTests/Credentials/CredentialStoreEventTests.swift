import Testing

@testable import WeChat

@Suite struct CredentialStoreEventTests {
    @Test(arguments: [
        (
            CredentialStoreEvent.tookIn(kind: "authorized", component: "wxc", account: "wxa", hasCounted: true),
            WeChatEvent.Severity.info,
            "credential event taken in event=authorized component=wxc account=wxa"
        ),
        (
            .tookIn(kind: "ticket", component: "wxc", account: nil, hasCounted: false), .info,
            "credential event came too late to count event=ticket component=wxc"
        ),
        (.rejectedFile(name: "a.json", reason: "r"), .warning, "credential file rejected file=a.json error=r"),
        (.damagedRecord(file: "b.json", reason: "r"), .warning, "credential record damaged file=b.json error=r"),
        (.watchFailed(reason: "r"), .warning, "credentials could not be watched error=r"),
        (
            .sharesTopic("t", group: "g1", otherGroup: "g2"), .warning,
            "credentials are refreshed by two groups topic=t group=g1 other_group=g2 error=neither knows what the other "
                + "does; give all workers one kafka.group.id, or each group a credentials.topic of its own"
        ),
    ])
    func saysInFieldsWhatHappened(event: CredentialStoreEvent, severity: WeChatEvent.Severity, line: String) {
        #expect(event.severity == severity)
        #expect(event.fields.reduce("\(event.message)") { "\($0) \($1.name)=\($1.value)" } == line)
    }
}
