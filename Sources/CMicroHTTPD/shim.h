#pragma once
#include <microhttpd.h>

// Swift does not import C variadics; these have no va_list twin.

static inline int headcast_daemon_epoll_descriptor(struct MHD_Daemon *daemon) {
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);
    return info ? info->epoll_fd : -1;
}

static inline int headcast_connection_descriptor(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}

static inline void **headcast_connection_context(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? (void **)&info->socket_context : 0;
}

/// Lets the response end with its connection, as in HTTP 1.0, instead of in chunks.
static inline void headcast_send_unchunked(struct MHD_Response *response) {
    MHD_set_response_options(response, MHD_RF_HTTP_1_0_COMPATIBLE_STRICT, MHD_RO_END);
}

// Swift does not import macros with casts.

static const uint64_t headcast_unknown_size = MHD_SIZE_UNKNOWN;
static const ssize_t headcast_end_of_stream = MHD_CONTENT_READER_END_OF_STREAM;
static const ssize_t headcast_end_with_error = MHD_CONTENT_READER_END_WITH_ERROR;

// The kinds are an enum for Swift, in which they cannot be combined.

static inline void headcast_each_field(struct MHD_Connection *connection, MHD_KeyValueIteratorN each, void *context) {
    enum MHD_ValueKind all = MHD_HEADER_KIND | MHD_COOKIE_KIND | MHD_GET_ARGUMENT_KIND | MHD_FOOTER_KIND;
    MHD_get_connection_values_n(connection, all, each, context);
}
