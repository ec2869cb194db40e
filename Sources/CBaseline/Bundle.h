#pragma once
#include "CBaseline.h"

enum { bundleDatagramBytes = 1232, bundleDatagrams = 53, bundleTopicBytes = 5 };

/// Messages put together into datagrams of the enveloped format, version 1, until they leave as one run.
struct bundle {
    struct baseline_fanout *fanout;
    uint64_t number;
    uint64_t sequence;
    /// Where the open datagram begins, and where the next record goes.
    size_t start;
    size_t end;
    unsigned char bytes[bundleDatagrams * bundleDatagramBytes];
};

/// Adds a message that fits in one datagram.
void bundle_add(struct bundle *bundle, const void *payload, size_t count);

/// Sends what is there.
void bundle_flush(struct bundle *bundle);
