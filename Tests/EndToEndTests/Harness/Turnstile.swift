/// Lets in as many at once as have places, first come, first served.
actor Turnstile {
    static let width = 4
    static let machine = Turnstile(places: width)

    private var free: Int
    private var waiting: [(places: Int, continuation: CheckedContinuation<Void, Never>)] = []

    init(places: Int) { free = places }

    func enter(_ places: Int) async {
        if waiting.isEmpty, free >= places {
            free -= places
            return
        }
        await withCheckedContinuation { waiting.append((places, $0)) }
    }

    func leave(_ places: Int) {
        free += places
        while let next = waiting.first, free >= next.places {
            waiting.removeFirst()
            free -= next.places
            next.continuation.resume()
        }
    }
}
