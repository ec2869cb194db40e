extension String {
    /// The text to go on with in the middle of a sentence: names such as OpenSSL keep their letters.
    package var beginningLowerCase: String {
        guard dropFirst().first?.isLowercase ?? true else { return self }
        return prefix(1).lowercased() + dropFirst()
    }
}
