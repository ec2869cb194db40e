import MicroHTTP
import Service

extension Routes {
    /// GET /openapi.yaml: the contract, as it was when this program was built.
    func openAPI(_ exchange: Exchange) throws(Refusal) -> HTTPResponse {
        _ = try QueryReader(exchange, known: [])
        return HTTPResponse(
            status: 200, contentType: "application/yaml", body: PackageResources.openapi_yaml)
    }
}
