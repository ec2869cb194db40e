"""What schemathesis should not try on a gateway."""

import schemathesis


# Lines of JSON are bytes like any other: a line that is no entry has its own result.
schemathesis.serializer.alias("application/x-ndjson", "application/octet-stream")


@schemathesis.hook
def filter_case(context, case):
    """A header that no one has described is to be ignored (RFC 9110, section 5.1), so it is no invalid request.

    A query that does not fit into the memory for a head is answered by libmicrohttpd, with a page of its own.
    """
    return "x-schemathesis-unknown-property" not in (case.headers or {}) and len(repr(case.query)) < 2_000
