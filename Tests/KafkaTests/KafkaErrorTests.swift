import Kafka
import Testing

@Suite struct KafkaErrorTests {
    @Test(arguments: [
        (KafkaError.Code.unknownMember, "UNKNOWN_MEMBER_ID"), (.timedOut, "_TIMED_OUT"), (.fenced, "_FENCED"),
        (.messageTooLarge, "MSG_SIZE_TOO_LARGE"), (.unstableOffsetCommit, "UNSTABLE_OFFSET_COMMIT"),
    ])
    func codeBearsTheFieldsName(code: KafkaError.Code, name: String) {
        #expect(code.name == name)
        #expect(KafkaError(code: code, reason: "the reason").description == "\(name): the reason")
    }

    @Test func errorPromisesNothingThatItIsNotTold() {
        let error = KafkaError(code: .transport, reason: "x")
        #expect(!error.isFatal && !error.isRetriable && !error.requiresAbort)
        #expect(error.property == nil)
    }

    @Test func codeThatTheLibraryDoesNotKnowHasANameToo() {
        #expect(!KafkaError.Code(rawValue: 31_999).name.isEmpty)
    }
}
