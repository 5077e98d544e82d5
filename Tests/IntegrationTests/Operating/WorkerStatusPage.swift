/// What `/status` answers: the fields that tests look at.
struct WorkerStatusPage: Decodable {
    struct Instance: Decodable {
        let id: String
        let phase: String
        let uptime_s: Int
    }

    struct Jobs: Decodable {
        let in_flight: Int
        let succeeded_total: Int
        let failed_total: Int
        let dead_letters_total: Int
        let replies_waiting: Int
    }

    struct Calls: Decodable {
        let in_flight: Int
        let retries_total: Int
    }

    struct Partition: Decodable {
        let partition: Int
        let lag: Int?
        let jobs: Int
        let watermark: Int?
    }

    struct Account: Decodable {
        struct Hold: Decodable {
            let kind: String
        }

        let account: String
        let token: String
        let usable: Bool
        let hold: Hold?
    }

    struct Transactions: Decodable {
        let committed_total: Int
        let failed_total: Int
    }

    struct Failure: Decodable {
        struct Recent: Decodable {
            let job_id: String?
        }

        let kind: String
        let total: Int
        let recent: [Recent]
    }

    struct Finding: Decodable {
        let reason: String
    }

    let instance: Instance
    let ready: Bool
    let not_ready: [Finding]
    let jobs: Jobs
    let calls: Calls
    let lag: Int?
    let partitions: [Partition]
    let accounts: [Account]
    let transactions: Transactions
    let failures: [Failure]
}
