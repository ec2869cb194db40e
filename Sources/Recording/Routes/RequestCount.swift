/// Counts requests of a kind as long as each lives, which is until its client has all of the answer or is gone.
final class RequestCount {
    private let recorder: RecorderState
    private let count: ReferenceWritableKeyPath<RecorderState, Int>

    init(_ count: ReferenceWritableKeyPath<RecorderState, Int>, of recorder: RecorderState) {
        self.recorder = recorder
        self.count = count
        recorder[keyPath: count] += 1
    }

    deinit {
        recorder[keyPath: count] -= 1
    }
}
