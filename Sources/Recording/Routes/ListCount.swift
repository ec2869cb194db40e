/// Counts a list as long as its request lives, which is until its client has all of it.
final class ListCount {
    private let recorder: RecorderState

    init(_ recorder: RecorderState) {
        self.recorder = recorder
        recorder.listCount += 1
    }

    deinit {
        recorder.listCount -= 1
    }
}
