#define _GNU_SOURCE
#include "Bundle.h"

#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { maximumPayloadBytes = 1024, maximumConnections = 4096, maximumRunBytes = 65507, maximumSegments = 64 };

/// What a gateway answers, in length, too.
static const char receipt[] =
    "{\"id\":\"01998f7a-7c00-7000-8000-000000000000\",\"topic\":\"bench\",\"gateway\":\"bench\","
    "\"epoch\":1790000000000,\"sequence\":1000000,\"publishedAt\":\"2026-09-21T14:13:20.000Z\","
    "\"payloadBytes\":200,\"subscribers\":100,\"sent\":100,\"failed\":0,\"copies\":1,\"copiesSent\":100,"
    "\"revision\":1,\"stale\":null}\n";

/// One POST, from its head to its answer.
struct request {
    struct MHD_Connection *connection;
    struct request *next;
    int isWhole;
    size_t count;
    unsigned char payload[maximumPayloadBytes];
};

struct server {
    struct MHD_Daemon *daemon;
    struct MHD_Response *answer;
    struct baseline_fanout *fanout;
    int isBundled;
    /// What waits for this round's end, in order of arrival.
    struct request *first;
    struct request **last;
    struct bundle bundle;
    size_t runBytes;
    size_t segment;
    unsigned char run[maximumRunBytes];
};

static enum MHD_Result receive(
    void *context, struct MHD_Connection *connection, const char *path, const char *method, const char *version,
    const char *bytes, size_t *count, void **slot) {
    struct server *server = context;
    struct request *request = *slot;
    if (!request) {
        *slot = request = malloc(sizeof *request);
        if (!request) return MHD_NO;
        request->count = 0;
        request->isWhole = 0;
        return MHD_YES;
    }
    if (*count) {
        if (request->count + *count > maximumPayloadBytes) return MHD_NO;
        memcpy(request->payload + request->count, bytes, *count);
        request->count += *count;
        *count = 0;
        return MHD_YES;
    }
    if (request->isWhole) return MHD_queue_response(connection, MHD_HTTP_CREATED, server->answer);
    request->isWhole = 1;
    request->connection = connection;
    request->next = NULL;
    *server->last = request;
    server->last = &request->next;
    MHD_suspend_connection(connection);
    return MHD_YES;
}

static void forget(
    void *context, struct MHD_Connection *connection, void **slot, enum MHD_RequestTerminationCode code) {
    free(*slot);
    *slot = NULL;
}

static void sendRun(struct server *server) {
    if (server->runBytes) baseline_fanout_send(server->fanout, server->run, server->runBytes, server->segment);
    server->runBytes = 0;
}

/// Adds a datagram to the run that leaves as one send; equal lengths only.
static void append(struct server *server, const struct request *request) {
    int fits = request->count == server->segment && server->runBytes + request->count <= maximumRunBytes &&
               server->runBytes < maximumSegments * server->segment;
    if (!fits) sendRun(server);
    server->segment = request->count;
    memcpy(server->run + server->runBytes, request->payload, request->count);
    server->runBytes += request->count;
}

/// Sends what this round brought and resumes it; whether there was anything.
static int answer(struct server *server) {
    struct request *request = server->first;
    if (!request) return 0;
    server->first = NULL;
    server->last = &server->first;
    if (server->fanout) {
        for (struct request *each = request; each; each = each->next) {
            if (server->isBundled) bundle_add(&server->bundle, each->payload, each->count);
            else append(server, each);
        }
        if (server->isBundled) bundle_flush(&server->bundle);
        else sendRun(server);
    }
    while (request) {
        struct request *next = request->next;
        MHD_resume_connection(request->connection);
        request = next;
    }
    return 1;
}

static int start(struct server *server, int listening) {
    server->answer = MHD_create_response_from_buffer(sizeof receipt - 1, (void *)receipt, MHD_RESPMEM_PERSISTENT);
    if (!server->answer) return -1;
    MHD_add_response_header(server->answer, "Content-Type", "application/json");
    MHD_add_response_header(server->answer, "Location", "/messages/01998f7a-7c00-7000-8000-000000000000");
    server->last = &server->first;
    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, receive, server, MHD_OPTION_LISTEN_SOCKET, listening,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)maximumConnections, MHD_OPTION_NOTIFY_COMPLETED, forget, NULL,
        MHD_OPTION_END);
    return server->daemon ? 0 : -1;
}

static void run(struct server *server, int epoll, int stop) {
    for (;;) {
        MHD_UNSIGNED_LONG_LONG timeout = 1000;
        if (MHD_get_timeout(server->daemon, &timeout) != MHD_YES || timeout > 1000) timeout = 1000;
        struct epoll_event events[2];
        int count = epoll_wait(epoll, events, 2, (int)timeout);
        for (int index = 0; index < count; index++) {
            if (events[index].data.fd == stop) return;
        }
        MHD_run(server->daemon);
        if (answer(server)) MHD_run(server->daemon);
    }
}

int baseline_serve(int listening, struct baseline_fanout *fanout, int isBundled, int stop) {
    struct server *server = calloc(1, sizeof *server);
    if (!server) return -1;
    server->fanout = fanout;
    server->isBundled = isBundled;
    server->bundle.fanout = fanout;
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0 || start(server, listening) != 0) return -1;
    int daemon = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    struct epoll_event http = {.events = EPOLLIN, .data.fd = daemon};
    struct epoll_event end = {.events = EPOLLIN, .data.fd = stop};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, daemon, &http) != 0) return -1;
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, stop, &end) != 0) return -1;
    run(server, epoll, stop);
    // libmicrohttpd must not be stopped while a connection is suspended.
    if (answer(server)) MHD_run(server->daemon);
    MHD_stop_daemon(server->daemon);
    MHD_destroy_response(server->answer);
    close(epoll);
    free(server);
    return 0;
}

int baseline_listen(uint16_t *port) {
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) return -1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    if (bind(descriptor, (struct sockaddr *)&address, length) != 0 || listen(descriptor, SOMAXCONN) != 0 ||
        getsockname(descriptor, (struct sockaddr *)&address, &length) != 0) {
        int code = errno;
        close(descriptor);
        errno = code;
        return -1;
    }
    *port = ntohs(address.sin_port);
    return descriptor;
}

void baseline_end_with_parent(int signal, int parent) {
    prctl(PR_SET_PDEATHSIG, signal);
    if (getppid() != parent) _exit(1);
}
