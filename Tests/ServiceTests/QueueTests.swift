import Service
import Testing

struct QueueTests {
    @Test func `elements come out in the order they went in, whatever the interleaving`() {
        var queue = Queue<Int>()
        var expected: [Int] = []
        var generator = SystemRandomNumberGenerator()
        var next = 0
        for _ in 0..<10_000 {
            if Bool.random(using: &generator) || expected.isEmpty {
                queue.append(next)
                expected.append(next)
                next += 1
            } else {
                #expect(queue.first == expected.removeFirst())
                queue.removeFirst()
            }
            #expect(queue.count == expected.count)
            if expected.count < 8 { #expect(Array(queue) == expected) }
        }
    }

    @Test func `spent elements are released`() {
        final class Token {}
        var queue = Queue<Token>()
        weak var token: Token?
        do {
            let first = Token()
            token = first
            queue.append(first)
        }
        queue.append(Token())
        queue.removeFirst()
        #expect(token == nil)
    }
}
