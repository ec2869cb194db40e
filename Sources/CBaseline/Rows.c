#include "CBaseline.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct baseline_rows {
    sqlite3 *database;
    sqlite3_stmt *begin;
    sqlite3_stmt *insert;
    sqlite3_stmt *commit;
    int64_t number;
};

/// As a recorder sets its file up.
static const char settings[] =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4096;"
    "PRAGMA cache_size = -32768;"
    "CREATE TABLE records ("
    "    id INTEGER PRIMARY KEY, message_id TEXT NOT NULL, key TEXT NOT NULL, responder TEXT NOT NULL,"
    "    stored_at INTEGER NOT NULL, payload BLOB NOT NULL, UNIQUE (message_id, key)"
    ") STRICT";

static const char insertion[] =
    "INSERT INTO records VALUES (?, ?, 'total', 'pod-0000', ?, ?) ON CONFLICT (message_id, key) DO NOTHING";

struct baseline_rows *baseline_rows_open(const char *path) {
    struct baseline_rows *rows = calloc(1, sizeof *rows);
    if (!rows) return NULL;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(path, &rows->database, flags, NULL) == SQLITE_OK &&
        sqlite3_exec(rows->database, settings, NULL, NULL, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(rows->database, "BEGIN IMMEDIATE", -1, &rows->begin, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(rows->database, insertion, -1, &rows->insert, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(rows->database, "COMMIT", -1, &rows->commit, NULL) == SQLITE_OK)
        return rows;
    baseline_rows_close(rows);
    return NULL;
}

void baseline_rows_close(struct baseline_rows *rows) {
    if (!rows) return;
    sqlite3_finalize(rows->begin);
    sqlite3_finalize(rows->insert);
    sqlite3_finalize(rows->commit);
    sqlite3_close(rows->database);
    free(rows);
}

static uint64_t now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static int run(sqlite3_stmt *statement) {
    int code = sqlite3_step(statement);
    sqlite3_reset(statement);
    return code == SQLITE_DONE;
}

static int insertRow(struct baseline_rows *rows, const char *payload) {
    char messageID[40];
    int length = snprintf(messageID, sizeof messageID, "01998f7a-7c00-7000-8000-%012llx", (long long)++rows->number);
    sqlite3_bind_int64(rows->insert, 1, rows->number);
    sqlite3_bind_text(rows->insert, 2, messageID, length, SQLITE_STATIC);
    sqlite3_bind_int64(rows->insert, 3, (int64_t)now(CLOCK_REALTIME));
    sqlite3_bind_blob(rows->insert, 4, payload, (int)strlen(payload), SQLITE_STATIC);
    return run(rows->insert);
}

int64_t baseline_rows_insert(struct baseline_rows *rows, const char *payload, int rowsPerCommit, uint64_t *nanoseconds) {
    int64_t before = rows->number;
    uint64_t start = now(CLOCK_MONOTONIC);
    uint64_t time = start;
    do {
        if (!run(rows->begin)) return -1;
        for (int index = 0; index < rowsPerCommit; index++) {
            if (!insertRow(rows, payload)) return -1;
        }
        if (!run(rows->commit)) return -1;
        time = now(CLOCK_MONOTONIC);
    } while (time - start < *nanoseconds);
    *nanoseconds = time - start;
    return rows->number - before;
}
