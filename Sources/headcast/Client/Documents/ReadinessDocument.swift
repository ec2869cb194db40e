/// `GET /readyz`
struct ReadinessDocument: Decodable {
    var status: String
}
