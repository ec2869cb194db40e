#include "CBaseline.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct baseline_server_rows {
    PGconn *connection;
    int64_t number;
};

static const char creation[] =
    "CREATE TABLE headcast_benchmark ("
    "    id bigint PRIMARY KEY, message_id bytea NOT NULL, key bytea NOT NULL, responder bytea NOT NULL,"
    "    stored_at bigint NOT NULL, payload bytea NOT NULL, UNIQUE (message_id, key)"
    ")";

static const char insertion[] =
    "INSERT INTO headcast_benchmark VALUES ($1::bigint, $2::text::bytea, 'total', 'pod-0000', $3::bigint, $4::text::bytea)"
    " ON CONFLICT (message_id, key) DO NOTHING";

static uint64_t now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static int succeeds(PGresult *result) {
    ExecStatusType status = PQresultStatus(result);
    PQclear(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_PIPELINE_SYNC;
}

struct baseline_server_rows *baseline_server_rows_open(const char *url) {
    struct baseline_server_rows *rows = calloc(1, sizeof *rows);
    if (!rows) return NULL;
    rows->connection = PQconnectdb(url);
    if (PQstatus(rows->connection) == CONNECTION_OK &&
        succeeds(PQexec(rows->connection, "SET client_min_messages = error; DROP TABLE IF EXISTS headcast_benchmark")) &&
        succeeds(PQexec(rows->connection, creation)) &&
        succeeds(PQprepare(rows->connection, "insert", insertion, 0, NULL)) &&
        succeeds(PQprepare(rows->connection, "begin", "BEGIN", 0, NULL)) &&
        succeeds(PQprepare(rows->connection, "commit", "COMMIT", 0, NULL)) && PQenterPipelineMode(rows->connection))
        return rows;
    baseline_server_rows_close(rows);
    return NULL;
}

void baseline_server_rows_close(struct baseline_server_rows *rows) {
    if (!rows) return;
    PQexitPipelineMode(rows->connection);
    PQclear(PQexec(rows->connection, "DROP TABLE IF EXISTS headcast_benchmark"));
    PQfinish(rows->connection);
    free(rows);
}

static int sendRow(struct baseline_server_rows *rows, const char *payload) {
    char number[24], messageID[40], storedAt[24];
    snprintf(number, sizeof number, "%lld", (long long)++rows->number);
    snprintf(messageID, sizeof messageID, "01998f7a-7c00-7000-8000-%012llx", (long long)rows->number);
    snprintf(storedAt, sizeof storedAt, "%llu", (unsigned long long)now(CLOCK_REALTIME));
    const char *values[] = {number, messageID, storedAt, payload};
    return PQsendQueryPrepared(rows->connection, "insert", 4, values, NULL, NULL, 0);
}

/// Takes the results of `count` statements and of the end of the pipeline; whether all succeeded.
static int takeResults(struct baseline_server_rows *rows, int count) {
    int areFine = 1;
    for (int index = 0; index < count; index++) {
        areFine = succeeds(PQgetResult(rows->connection)) && areFine;
        // A null ends each statement's results, but not the pipeline's.
        PQclear(PQgetResult(rows->connection));
    }
    return succeeds(PQgetResult(rows->connection)) && areFine;
}

/// Everything leaves at once and costs one way to the server and back.
static int insertRows(struct baseline_server_rows *rows, const char *payload, int count) {
    PGconn *connection = rows->connection;
    // A statement alone is a transaction.
    int isAlone = count == 1;
    if (!isAlone && !PQsendQueryPrepared(connection, "begin", 0, NULL, NULL, NULL, 0)) return 0;
    for (int index = 0; index < count; index++) {
        if (!sendRow(rows, payload)) return 0;
    }
    if (!isAlone && !PQsendQueryPrepared(connection, "commit", 0, NULL, NULL, NULL, 0)) return 0;
    return PQpipelineSync(connection) && takeResults(rows, isAlone ? 1 : count + 2);
}

int64_t baseline_server_rows_insert(
    struct baseline_server_rows *rows, const char *payload, int rowsPerCommit, uint64_t *nanoseconds) {
    int64_t before = rows->number;
    uint64_t start = now(CLOCK_MONOTONIC);
    uint64_t time = start;
    do {
        if (!insertRows(rows, payload, rowsPerCommit)) return -1;
        time = now(CLOCK_MONOTONIC);
    } while (time - start < *nanoseconds);
    *nanoseconds = time - start;
    return rows->number - before;
}
