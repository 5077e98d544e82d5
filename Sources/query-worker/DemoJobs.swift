/// What the demonstration publishes: each kind of answer once.
enum DemoJobs {
    static let all: [(key: String, text: String)] = [
        ("order-1", #"{"job_id":"demo-1","application_id":581865877}"#),
        ("order-2", #"{"job_id":"demo-2","application_id":"581865878","isv_application_id":"order-2"}"#),
        ("order-3", #"{"job_id":"demo-3","isv_application_id":"订单-3"}"#),
        ("order-4", #"{"job_id":"demo-4","application_id":581865881,"account":"wxdemo0000000000a1"}"#),
        ("order-5", #"{"job_id":"demo-5","application_id":18446744073709551615}"#),
        ("order-6", #"{"job_id":"demo-6","application_id":581865404}"#),
        ("order-7", #"{"job_id":"demo-7","application_id":581865403}"#),
        ("order-8", #"{"job_id":"demo-8","application_id":581865885,"deadline":"2020-01-01T00:00:00Z"}"#),
        ("order-9", #"{"job_id":"demo-9","application_id":581865886,"account":"wx0000000000unknown"}"#),
        ("order-10", #"{"job_id":"demo-10","application_id":-1}"#),
        ("order-11", #"{"job_id":"demo-11"}"#),
        ("order-12", #"this is not JSON"#),
    ]
}
