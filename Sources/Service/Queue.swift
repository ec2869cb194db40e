/// First in, first out, in amortised constant time.
package struct Queue<Element> {
    private var elements: [Element?] = []
    private var head = 0

    package init() {}

    package var isEmpty: Bool { head == elements.count }

    package var count: Int { elements.count - head }

    package var first: Element? { isEmpty ? nil : elements[head] }

    package mutating func append(_ element: Element) {
        elements.append(element)
    }

    package mutating func removeFirst() {
        elements[head] = nil
        head += 1
        // Once half of it is spent, moving the rest costs no more than what was removed.
        guard head == elements.count || head > 64 && head * 2 > elements.count else { return }
        elements.removeFirst(head)
        head = 0
    }
}
