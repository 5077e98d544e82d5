import EventLoop

@testable import WeChat

/// Keeps the events that a part of the client reports.
@EventLoopActor
final class EventRecorder {
    private(set) var events: [WeChatEvent] = []

    nonisolated init() {}

    func record(_ event: WeChatEvent) { events.append(event) }

    /// Everything that a log or a debugger would show of the events.
    var text: String {
        var dumped = ""
        dump(events, to: &dumped)
        return events.reduce(dumped) { text, event in
            text + "\(event) \(String(reflecting: event)) \(event.message) \(event.fields)"
        }
    }
}
