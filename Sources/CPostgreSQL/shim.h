#pragma once
#include <libpq-fe.h>

// From server/catalog/pg_type_d.h, which is not part of libpq-dev.
enum { HEADCAST_BYTEA_OID = 17, HEADCAST_INT8_OID = 20 };

// Characters as numbers, which Swift does not import.
static const int HEADCAST_DIAG_SQLSTATE = PG_DIAG_SQLSTATE;
static const int HEADCAST_DIAG_MESSAGE_PRIMARY = PG_DIAG_MESSAGE_PRIMARY;
