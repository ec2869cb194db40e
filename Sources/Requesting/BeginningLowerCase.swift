extension String {
    /// The text to go on with in the middle of a sentence: names such as OpenSSL keep their letters.
    package var beginningLowerCase: String {
        let word = prefix(while: \.isLetter)
        guard word.count > 1, word.dropFirst().allSatisfy(\.isLowercase) else { return self }
        return prefix(1).lowercased() + dropFirst()
    }
}
