/// What clients may ask of a server; everything a client can make grow has a bound here.
package struct HTTPLimits: Sendable {
    /// Memory for the request line, the headers and the trailers of one request, in bytes.
    ///
    /// Each header, cookie and query item takes 64 bytes besides its text. More is ``HTTPFault/headTooLarge(limit:)``,
    /// or, far beyond, 414 or 431 by libmicrohttpd (an HTML page). Every connection has a little over that, 14 KiB at
    /// least, which is cleared after every request, so that more of it makes every request slower.
    package var headerBytes = 16 * 1024

    /// Headers, cookies and query items that one request may have, taken together.
    package static var maximumFields: Int { HeadMemory.maximumFields }

    /// Connections open at once; more wait in the kernel's queue until one closes.
    package var maximumConnections = 4_096

    /// Connections open at once from one address; nil for no limit, since Services and SNAT share addresses.
    package var maximumConnectionsPerAddress: Int?

    /// How long a connection may stay open between requests, and how long a client may take to read its answer.
    ///
    /// A request line that is not complete yet does not count as a request.
    package var idleTimeout = Duration.seconds(60)

    /// How long a request may take to arrive, from the end of its first line to the end of its body.
    package var requestTimeout = Duration.seconds(30)

    /// Memory for bodies of requests that are not answered yet, all connections together, in bytes.
    package var maximumBodiesBytes = 64 * 1024 * 1024

    /// How much of one body is read and dropped before its refusal is sent, in bytes.
    ///
    /// Many clients write all before they read; beyond this the connection closes.
    package var maximumDiscardedBytes = 16 * 1024 * 1024

    /// Requests that may be suspended at once.
    ///
    /// Every resumption costs libmicrohttpd a walk over all that are suspended, so waiting is not free.
    package var maximumWaiting = 1_000

    package init() {}
}
