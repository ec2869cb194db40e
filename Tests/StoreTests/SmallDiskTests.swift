import Foundation
import Glibc
import Records
import SQLiteRecords
import Testing

@Suite(.enabled(if: SmallDisk.isAvailable, "needs root, for a small file system"))
struct SmallDiskTests {
    @Test func `nothing is acknowledged while the disk is full, and it works again once there is room`() throws {
        try SmallDisk.run(bytes: 4 << 20) { folder in
            let ballast = FileManager.default
            #expect(ballast.createFile(atPath: folder + "/ballast", contents: Data(count: 1 << 20)))
            let store = SQLiteRecordStore(path: folder + "/records.db")
            let writer = try store.openWriter()
            var acknowledged = 0
            let error = #expect(throws: StoreError.self) {
                for number in 0..<10_000 {
                    let group = try (0..<10).map {
                        try response("m\(number)", "\($0)", by: "a", String(repeating: "x", count: 500))
                    }
                    acknowledged += try writer.store(group, at: at(1)).count
                }
            }
            #expect(error == .full("\(folder)/records.db: database or disk is full (SQLITE_FULL)"))
            #expect(try store.openReader().totals().rows == Int64(acknowledged))
            let group = try (0..<10).map { try response("again", "\($0)", by: "a", String(repeating: "x", count: 500)) }
            #expect(throws: StoreError.self) { for _ in 0..<10 { _ = try writer.store(group, at: at(1)) } }
            try ballast.removeItem(atPath: folder + "/ballast")
            #expect(try writer.store(group, at: at(1)).count == 10)
            #expect(try store.openReader().allRecords().suffix(10).allSatisfy { $0.stateKey.messageID.text == "again" })
        }
    }

    @Test func `a disk without room for a database is called full`() throws {
        try SmallDisk.run(bytes: 1 << 16) { folder in
            let error = #expect(throws: StoreError.self) {
                let writer = try SQLiteRecordStore(path: folder + "/records.db").openWriter()
                for number in 0..<100 { _ = try writer.store([response("m\(number)", by: "a")], at: at(1)) }
            }
            guard case .full? = error else {
                Issue.record("\(error.map { "\($0)" } ?? "nothing")")
                return
            }
        }
    }

    @Test func `a file system that takes no changes is called read-only`() throws {
        try SmallDisk.run(bytes: 4 << 20) { folder in
            let store = SQLiteRecordStore(path: folder + "/records.db")
            _ = try store.openWriter().store([response("m1", by: "a")], at: at(1))
            try SmallDisk.remount(folder, readOnly: true)
            let error = #expect(throws: StoreError.self) { try store.openWriter() }
            #expect(
                error == .readOnly("cannot lock \(folder)/records.db-lock: read-only file system (EROFS)"))
            try SmallDisk.remount(folder, readOnly: false)
            #expect(try store.openWriter().store([response("m1", by: "b")], at: at(1)) == [.repeated])
        }
    }

    @Test func `a file that takes no changes is called read-only`() throws {
        try SmallDisk.run(bytes: 4 << 20) { folder in
            let path = folder + "/records.db"
            let store = SQLiteRecordStore(path: path)
            _ = try store.openWriter().store([response("m1", by: "a")], at: at(1))
            try SmallDisk.protect(path)
            let error = #expect(throws: StoreError.self) { try store.openWriter() }
            #expect(error == .readOnly("\(path): the file takes no changes"))
        }
    }
}
