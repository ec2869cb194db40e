#pragma once
// The yardsticks: what plain C does with the same sockets, and the load that both are put under. One thread each.

#include <stddef.h>
#include <stdint.h>

/// An IPv4 endpoint, in the byte order of the host.
struct baseline_endpoint {
    uint32_t address;
    uint16_t port;
};

/// Endpoints made ready for sendmmsg(2), with the socket that sends to them.
struct baseline_fanout;

/// `descriptor` stays the caller's; `family` is its own, AF_INET6 or AF_INET. Null when there is no memory.
struct baseline_fanout *baseline_fanout_open(
    int descriptor, int family, const struct baseline_endpoint *endpoints, int count);

void baseline_fanout_close(struct baseline_fanout *fanout);

/// Sends `count` bytes to every endpoint and waits for the socket where it is full.
///
/// Cut into datagrams of `segment` bytes (udp(7), UDP_SEGMENT) where that is less than `count` and not 0. Returns how
/// many endpoints the kernel refused them for.
int baseline_fanout_send(struct baseline_fanout *fanout, const void *bytes, size_t count, uint16_t segment);

/// Binds a free TCP port of 127.0.0.1 and listens; -1 with errno.
int baseline_listen(uint16_t *port);

/// Answers every POST with a canned receipt until `stop` ends or can be read; 0, or -1 when it cannot start.
///
/// libmicrohttpd is driven from an epoll of ours. Every request is suspended, sent to `fanout` if that is not null, and
/// resumed with all others that came in the same round. Takes `listening` over.
/// @param isBundled whether messages are put into shared envelopes; each is a datagram by itself otherwise.
int baseline_serve(int listening, struct baseline_fanout *fanout, int isBundled, int stop);

/// Has the kernel send `signal` to this process when `parent` ends; ends the process if that has happened already.
void baseline_end_with_parent(int signal, int parent);

/// The responses that a request consists of, numbered on from one request to the next.
struct baseline_numbers {
    /// Where in the request each of them has 12 hexadecimal digits of its message's number.
    const size_t *offsets;
    size_t count;
    /// From there to 4 of its responder's.
    size_t responderDistance;
    /// How many answer each message, one after the other.
    unsigned responders;
    /// The number of the next response; counted on.
    uint64_t next;
};

/// What to ask of a server at 127.0.0.1.
struct baseline_load {
    uint16_t port;
    int connections;
    const char *request;
    size_t requestBytes;
    /// Where in the request 16 hexadecimal digits of its time (CLOCK_MONOTONIC, nanoseconds) and 8 of its number are
    /// written; 0: nowhere.
    size_t stampOffset;
    /// Null where nothing is numbered.
    struct baseline_numbers *numbers;
    /// Requests per second, all connections together; 0: each connection asks again once it is answered.
    double rate;
    uint64_t nanoseconds;
};

/// What came of it.
struct baseline_outcome {
    /// Answered with a status of 2xx.
    uint64_t accepted;
    /// Answered with another.
    uint64_t refused;
    /// Sent and not answered in time, or by a connection that was closed or spoke no HTTP.
    uint64_t unanswered;
    /// Due by the rate and never sent, since every connection waited.
    uint64_t unsent;
    /// From the first request to the last answer.
    uint64_t nanoseconds;
    /// The longest that one request waited.
    uint64_t longestWait;
};

/// Puts the load on; returns when all is answered, or 5 s after the time is over. -1 with errno when it cannot connect.
int baseline_load_run(const struct baseline_load *load, struct baseline_outcome *outcome);

/// One answer on its way in.
struct baseline_answer;

struct baseline_answer *baseline_answer_open(void);
void baseline_answer_close(struct baseline_answer *answer);

/// Begins anew.
void baseline_answer_reset(struct baseline_answer *answer);

/// Takes bytes up to the answer's end and returns how many; -1 when they are no answer that this client understands.
ptrdiff_t baseline_answer_take(struct baseline_answer *answer, const char *bytes, size_t count);

int baseline_answer_is_complete(const struct baseline_answer *answer);

/// The status; 0 before the head is complete.
int baseline_answer_status(const struct baseline_answer *answer);

/// A table with the unique key of records in a file of SQLite, as durable as a recorder's.
struct baseline_rows;

/// Makes the file; null when SQLite cannot.
struct baseline_rows *baseline_rows_open(const char *path);
void baseline_rows_close(struct baseline_rows *rows);

/// Inserts new rows with `payload`, so many with each commit, until `nanoseconds` are over; one commit at least.
///
/// Returns how many, -1 when SQLite fails; `nanoseconds` is then what that took.
int64_t baseline_rows_insert(struct baseline_rows *rows, const char *payload, int rowsPerCommit, uint64_t *nanoseconds);

/// The same in a table of its own at a server of PostgreSQL, gone with the rows.
struct baseline_server_rows;

/// Makes the table; null when the server does not.
struct baseline_server_rows *baseline_server_rows_open(const char *url);
void baseline_server_rows_close(struct baseline_server_rows *rows);

/// What `baseline_rows_insert` does; rows that share a commit go to the server at once (libpq, pipeline mode).
int64_t baseline_server_rows_insert(
    struct baseline_server_rows *rows, const char *payload, int rowsPerCommit, uint64_t *nanoseconds);
