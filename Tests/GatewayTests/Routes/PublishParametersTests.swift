import Service
import Testing

@testable import Gateway

struct PublishParametersTests {
    @Test(arguments: [
        ("no-cache", Duration.zero), ("max-age=5", .seconds(5)), ("Max-Age=0", .zero), ("max-age=\"7\"", .seconds(7)),
        ("public, max-age=10, max-age=3", .seconds(3)), ("max-age=60,no-cache", .zero),
        ("max-age=4294967295", .seconds(4_294_967_295)),
    ])
    func `an age is read from Cache-Control`(text: String, age: Duration) throws {
        #expect(try PublishParameters.maximumAge(inCacheControl: text) == age)
    }

    @Test(arguments: ["", ",", "no-store", "private=\"max\"", "=", "no-cachet"])
    func `what says nothing about age is no age`(text: String) throws {
        #expect(try PublishParameters.maximumAge(inCacheControl: text) == nil)
    }

    @Test(arguments: ["max-age", "max-age=", "max-age=-1", "max-age=x", "max-age=99999999999", "private, max-age=1.5"])
    func `an age that cannot be read is refused`(text: String) {
        #expect(throws: Refusal.self) { try PublishParameters.maximumAge(inCacheControl: text) }
    }
}
