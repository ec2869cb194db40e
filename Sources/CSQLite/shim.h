#pragma once
#include <sqlite3.h>

// Variadic, which Swift does not import.
static inline int headcast_sqlite_count_memory(int counts) {
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, counts);
}

// Closing the last connection neither moves the log of changes into the file nor removes it.
static inline int headcast_sqlite_keep_log(sqlite3 *database) {
    return sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}

// SQLITE_TRANSIENT is a number cast to a function pointer, which Swift does not import: SQLite copies the bytes at once.

static inline int headcast_sqlite_bind_text(sqlite3_stmt *statement, int index, const void *bytes, int count) {
    return sqlite3_bind_text(statement, index, (const char *)bytes, count, SQLITE_TRANSIENT);
}

static inline int headcast_sqlite_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, int count) {
    // Without a pointer it would bind NULL.
    return sqlite3_bind_blob(statement, index, bytes ? bytes : "", bytes ? count : 0, SQLITE_TRANSIENT);
}
