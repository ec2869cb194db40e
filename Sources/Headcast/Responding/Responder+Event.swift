extension Responder {
    /// What a responder tells of.
    public enum Event: Sendable {
        /// The recorder will not take this response; it is not sent again.
        case refused(Response, Refusal)
        /// The recorder has another answer for this message and key; it has noted the difference.
        case diverged(Response, Refusal)
        /// Responses wait because of this; they are sent again and again. Told once until ``recovered``.
        case failing(String)
        /// The recorder answers again.
        case recovered
    }

    /// What a recorder said against a response.
    public struct Refusal: Hashable, Sendable {
        /// Of HTTP.
        public var status: Int
        /// Stable, `invalid_response`; empty if it was not a recorder that said it.
        public var code: String
        /// For people.
        public var message: String

        public init(status: Int, code: String, message: String) {
            self.status = status
            self.code = code
            self.message = message
        }
    }
}
