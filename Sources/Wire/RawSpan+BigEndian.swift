/// Big-endian integers at an offset, which must lie within.
extension RawSpan {
    func uint8(at offset: Int) -> UInt8 { unsafeLoad(fromByteOffset: offset, as: UInt8.self) }
    func uint16(at offset: Int) -> UInt16 { UInt16(bigEndian: load(offset)) }
    func uint32(at offset: Int) -> UInt32 { UInt32(bigEndian: load(offset)) }
    func uint64(at offset: Int) -> UInt64 { UInt64(bigEndian: load(offset)) }

    /// Traps when the bytes are not all there.
    private func load<Value: FixedWidthInteger & BitwiseCopyable>(_ offset: Int) -> Value {
        unsafeLoadUnaligned(fromByteOffset: offset, as: Value.self)
    }
}
