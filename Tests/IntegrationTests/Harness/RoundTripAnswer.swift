/// The parts of a reply that must not change, or be missing.
struct RoundTripAnswer: Decodable {
    struct IDs: Decodable {
        let application_id: ApplicationID?
        let isv_application_id: String?
    }

    struct Result: Decodable {
        let application_id: UInt64?
        let isv_application_id: String?
        let code_generate_list: [Range]?
        let create_time: Int64?
        let update_time: Int64?
    }

    struct Range: Decodable, Equatable {
        let code_start: UInt64
        let code_end: UInt64
    }

    enum ApplicationID: Decodable, Equatable {
        case number(UInt64)
        case text(String)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            let number = try? container.decode(UInt64.self)
            self = try number.map(Self.number) ?? .text(container.decode(String.self))
        }
    }

    let job_id: String
    let request: IDs
    let result: Result?
}
