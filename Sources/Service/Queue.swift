/// First in, first out, in amortised constant time.
///
/// Inlinable, so that it is compiled for the elements of whoever uses it.
@usableFromInline
package struct Queue<Element> {
    @usableFromInline var elements: [Element?] = []
    @usableFromInline var head = 0

    @inlinable
    package init() {}

    @inlinable package var isEmpty: Bool { head == elements.count }

    @inlinable package var count: Int { elements.count - head }

    @inlinable package var first: Element? { isEmpty ? nil : elements[head] }

    @inlinable
    package mutating func append(_ element: Element) {
        elements.append(element)
    }

    @inlinable
    package mutating func removeFirst() {
        elements[head] = nil
        head += 1
        // Once half of it is spent, moving the rest costs no more than what was removed.
        guard head == elements.count || head > 64 && head * 2 > elements.count else { return }
        elements.removeFirst(head)
        head = 0
    }
}

extension Queue: Sequence {
    /// From the first to the last.
    @inlinable
    package func makeIterator() -> some IteratorProtocol<Element> {
        elements[head...].lazy.compactMap { $0 }.makeIterator()
    }
}
