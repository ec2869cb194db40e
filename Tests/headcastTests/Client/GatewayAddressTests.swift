import Resolving
import Service
import Testing

@testable import headcast

struct GatewayAddressTests {
    @Test(
        arguments: [
            ("127.0.0.1:8080", "http://127.0.0.1:8080"), ("http://gw", "http://gw"), ("HTTPS://gw/x/", "https://gw/x"),
            ("[::1]:8080", "http://[::1]:8080"), ("dns://headcast-replicas:8080", "dns://headcast-replicas:8080"),
            ("dns://gw.shop.svc.cluster.local.:80", "dns://gw.shop.svc.cluster.local.:80"),
        ]
    )
    func `an address is read`(text: String, read: String) throws {
        #expect(try GatewayAddress(text).text == read)
    }

    @Test(
        arguments: [
            "", "http://", "http:///x", "ftp://gw", "8080", ":8080", "127.0.0.1:80a", "http://127.0.0.1:99999",
            "http://gw:0", "12345/x", "http://gw?x=1", "http://g w", "://gw", "dns://gw", "dns://gw:0",
            "dns://gw:http", "dns://gw:99999", "dns://10.0.0.1:80", "dns://:80", "a,b", "http://a,b", "http://a:b:80",
        ]
    )
    func `what is no address is refused`(text: String) {
        #expect(throws: Expected.self) { try GatewayAddress(text) }
    }

    /// What is said to be expected instead of `text`.
    private func expected(_ text: String, _ read: (String) throws(Expected) -> Any) -> String? {
        do throws(Expected) {
            _ = try read(text)
            return nil
        } catch {
            return error.text
        }
    }

    @Test func `each command is told what it takes`() {
        #expect(expected("ftp://x", GatewayAddress.serverURL) == "http://HOST:PORT or https://HOST")
        #expect(expected("ftp://x", GatewayAddress.init) == "http://HOST:PORT, https://HOST or dns://NAME:PORT")
        #expect(
            expected("DNS://gw:80", GatewayAddress.serverURL)
                == "http://HOST:PORT or https://HOST: one of them, and a Service picks it by itself")
        #expect(expected("gw:80", GatewayAddress.serverURL) == nil)
    }

    @Test func `all replicas are asked by name, an address by HTTP`() {
        #expect(
            expected("dns://127.0.0.1:8100", GatewayAddress.init)
                == "dns:// with a name; http://127.0.0.1:8100 asks the gateway at that address")
    }

    @Test func `a name is encoded for a path`() {
        #expect("a/b ?é~.".percentEncoded == "a%2Fb%20%3F%C3%A9~.")
    }

    @Test func `options become a query and fields of the head`() {
        var options = PublishRequestOptions()
        #expect(options.query.isEmpty)
        #expect(options.fields(isBatch: false).isEmpty)
        options.copies = 3
        options.spacing = .milliseconds(20)
        options.require = 2
        options.ttl = .seconds(5)
        options.contentType = "text/plain"
        options.attributes = [("region", "eu")]
        options.idempotencyKey = "k"
        options.maximumAge = .zero
        #expect(options.query == ["copies=3", "spacing=20ms", "require=2", "ttl=5s"])
        #expect(
            options.fields(isBatch: false) == [
                "Headcast-Attribute-region: eu", "Cache-Control: max-age=0", "Idempotency-Key: k",
                "Content-Type: text/plain",
            ])
        #expect(options.fields(isBatch: true).last == "Content-Type: application/x-ndjson")
    }
}
