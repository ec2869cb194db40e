/// `GET /topics/{topic}/subscribers`
struct SubscriberPage: Decodable {
    var items: [SubscriberStatus]
    var next: String?
}
