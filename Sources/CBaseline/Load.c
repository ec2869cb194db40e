#define _GNU_SOURCE
#include "Answer.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { maximumEvents = 256, readBytes = 256 << 10, timerToken = -1 };
static const uint64_t second = 1000000000;
static const uint64_t patience = 5 * second;

struct connection {
    int descriptor;
    int isBusy;
    size_t written;
    uint64_t beganAt;
    struct baseline_answer answer;
    char *request;
};

struct client {
    const struct baseline_load *load;
    struct baseline_outcome *outcome;
    int epoll;
    int timer;
    struct connection *connections;
    /// Indices of connections that wait for nothing, as a stack.
    int *idle;
    int idleCount;
    int busyCount;
    uint64_t startedAt;
    uint64_t endsAt;
    uint64_t answeredAt;
    /// How many requests were sent, and whether the next one waits for a connection past its time.
    uint64_t begun;
    int isLate;
    char *buffer;
};

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * second + (uint64_t)time.tv_nsec;
}

static void writeDigits(char *text, uint64_t value, int count) {
    for (int index = count - 1; index >= 0; index--, value >>= 4) text[index] = "0123456789abcdef"[value & 15];
}

static void writeNumbers(char *request, struct baseline_numbers *numbers) {
    for (size_t index = 0; index < numbers->count; index++, numbers->next++) {
        char *place = request + numbers->offsets[index];
        writeDigits(place, numbers->next / numbers->responders, 12);
        writeDigits(place + numbers->responderDistance, numbers->next % numbers->responders, 4);
    }
}

static void wait(struct client *client, struct connection *connection, uint32_t events, int operation) {
    struct epoll_event event = {.events = events, .data.u64 = (uint64_t)(connection - client->connections)};
    epoll_ctl(client->epoll, operation, connection->descriptor, &event);
}

/// Gives a connection up with what it waits for.
static void abandon(struct client *client, struct connection *connection) {
    // An idle one that was closed is found out when it is used next.
    if (connection->descriptor >= 0) close(connection->descriptor);
    connection->descriptor = -1;
    if (!connection->isBusy) return;
    connection->isBusy = 0;
    client->outcome->unanswered++;
    client->busyCount--;
}

/// Writes what is left of the request; 0 when the connection is lost.
static int writeRest(struct client *client, struct connection *connection) {
    size_t left = client->load->requestBytes - connection->written;
    int wasPartial = connection->written > 0;
    ssize_t count = send(connection->descriptor, connection->request + connection->written, left, MSG_NOSIGNAL);
    if (count < 0 && errno != EAGAIN && errno != EINTR) return 0;
    if (count > 0) connection->written += (size_t)count;
    int isPartial = connection->written < client->load->requestBytes;
    if (isPartial || wasPartial) wait(client, connection, isPartial ? EPOLLIN | EPOLLOUT : EPOLLIN, EPOLL_CTL_MOD);
    return 1;
}

/// Sends a request; `time` is when it was due.
static void begin(struct client *client, struct connection *connection, uint64_t time) {
    if (client->load->stampOffset) {
        writeDigits(connection->request + client->load->stampOffset, time, 16);
        writeDigits(connection->request + client->load->stampOffset + 16, client->begun, 8);
    }
    if (client->load->numbers) writeNumbers(connection->request, client->load->numbers);
    baseline_answer_reset(&connection->answer);
    connection->isBusy = 1;
    connection->written = 0;
    connection->beganAt = time;
    client->begun++;
    client->busyCount++;
    if (!writeRest(client, connection)) abandon(client, connection);
}

static uint64_t dueAt(const struct client *client) {
    return client->startedAt + (uint64_t)((double)client->begun * 1e9 / client->load->rate);
}

/// Sends what is due by the rate as far as connections are idle, and sets the timer for what comes next.
static void beginDue(struct client *client) {
    uint64_t time = now();
    uint64_t due = dueAt(client);
    while (due <= time && due < client->endsAt && client->idleCount > 0) {
        struct connection *connection = &client->connections[client->idle[--client->idleCount]];
        // The delay of a timer is this program's own and no part of what is measured; waiting for an answer is.
        begin(client, connection, client->isLate ? due : time);
        due = dueAt(client);
        client->isLate = client->isLate && due <= time;
    }
    client->isLate = due <= time;
    if (client->isLate || due >= client->endsAt) return;
    struct itimerspec setting = {.it_value = {.tv_sec = (time_t)(due / second), .tv_nsec = (long)(due % second)}};
    timerfd_settime(client->timer, TFD_TIMER_ABSTIME, &setting, NULL);
}

static void finish(struct client *client, struct connection *connection) {
    uint64_t time = now();
    uint64_t waited = time - connection->beganAt;
    if (waited > client->outcome->longestWait) client->outcome->longestWait = waited;
    int status = connection->answer.status;
    if (status < 300) client->outcome->accepted++;
    else client->outcome->refused++;
    client->answeredAt = time;
    client->busyCount--;
    connection->isBusy = 0;
    if (client->load->rate > 0) client->idle[client->idleCount++] = (int)(connection - client->connections);
    else if (time < client->endsAt) begin(client, connection, time);
}

/// Reads what has come; at most one answer is under way on a connection.
static void readAnswer(struct client *client, struct connection *connection) {
    ssize_t count = recv(connection->descriptor, client->buffer, readBytes, 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    ptrdiff_t taken = count > 0 ? baseline_answer_take(&connection->answer, client->buffer, (size_t)count) : -1;
    // More than the answer is as wrong as none.
    if (!connection->isBusy || taken < 0 || taken < count) return abandon(client, connection);
    if (connection->answer.isComplete) finish(client, connection);
}

static int connectAll(struct client *client) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(client->load->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    for (int index = 0; index < client->load->connections; index++) {
        struct connection *connection = &client->connections[index];
        connection->request = malloc(client->load->requestBytes);
        if (!connection->request) return -1;
        memcpy(connection->request, client->load->request, client->load->requestBytes);
        connection->descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (connection->descriptor < 0) return -1;
        int on = 1;
        setsockopt(connection->descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (connect(connection->descriptor, (struct sockaddr *)&address, sizeof address) != 0) return -1;
        if (fcntl(connection->descriptor, F_SETFL, O_NONBLOCK) != 0) return -1;
        wait(client, connection, EPOLLIN, EPOLL_CTL_ADD);
        client->idle[client->idleCount++] = index;
    }
    return 0;
}

static void run(struct client *client) {
    struct epoll_event events[maximumEvents];
    struct epoll_event timer = {.events = EPOLLIN, .data.u64 = (uint64_t)timerToken};
    epoll_ctl(client->epoll, EPOLL_CTL_ADD, client->timer, &timer);
    client->startedAt = client->answeredAt = now();
    client->endsAt = client->startedAt + client->load->nanoseconds;
    if (client->load->rate > 0) beginDue(client);
    else for (int index = 0; index < client->load->connections; index++)
        begin(client, &client->connections[index], now());
    uint64_t time = client->startedAt;
    while (time < client->endsAt || (client->busyCount > 0 && time < client->endsAt + patience)) {
        uint64_t until = time < client->endsAt ? client->endsAt : client->endsAt + patience;
        int count = epoll_wait(client->epoll, events, maximumEvents, (int)((until - time) / 1000000) + 1);
        for (int index = 0; index < count; index++) {
            if (events[index].data.u64 == (uint64_t)timerToken) {
                uint64_t expirations;
                (void)!read(client->timer, &expirations, sizeof expirations);
                continue;
            }
            struct connection *connection = &client->connections[events[index].data.u64];
            if (connection->descriptor < 0) continue;
            if (events[index].events & EPOLLOUT && !writeRest(client, connection)) abandon(client, connection);
            else if (events[index].events & ~(uint32_t)EPOLLOUT) readAnswer(client, connection);
        }
        if (client->load->rate > 0) beginDue(client);
        time = now();
        // Nobody left to ask.
        if (client->busyCount == 0 && client->load->rate <= 0) break;
    }
    client->outcome->unanswered += (uint64_t)client->busyCount;
    client->outcome->nanoseconds = client->answeredAt - client->startedAt;
    if (client->load->rate > 0) {
        uint64_t due = (uint64_t)((double)client->load->nanoseconds * client->load->rate / 1e9);
        client->outcome->unsent = due > client->begun ? due - client->begun : 0;
    }
}

int baseline_load_run(const struct baseline_load *load, struct baseline_outcome *outcome) {
    memset(outcome, 0, sizeof *outcome);
    struct client client = {.load = load, .outcome = outcome};
    client.connections = calloc((size_t)load->connections, sizeof *client.connections);
    client.idle = calloc((size_t)load->connections, sizeof *client.idle);
    client.buffer = malloc(readBytes);
    client.epoll = epoll_create1(EPOLL_CLOEXEC);
    client.timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    int result = -1;
    int code = ENOMEM;
    if (client.connections && client.idle && client.buffer) {
        for (int index = 0; index < load->connections; index++) client.connections[index].descriptor = -1;
        result = connectAll(&client);
        code = errno;
        if (result == 0) run(&client);
        for (int index = 0; index < load->connections; index++) {
            if (client.connections[index].descriptor >= 0) close(client.connections[index].descriptor);
            free(client.connections[index].request);
        }
    }
    close(client.epoll);
    close(client.timer);
    free(client.connections);
    free(client.idle);
    free(client.buffer);
    errno = code;
    return result;
}
