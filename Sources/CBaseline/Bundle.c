#include "Bundle.h"

#include <string.h>

enum { headerBytes = 36 + bundleTopicBytes, recordBytes = 48 };

static void put(unsigned char *bytes, uint64_t value, int count) {
    for (int index = count - 1; index >= 0; index--, value >>= 8) bytes[index] = (unsigned char)value;
}

static void open(struct bundle *bundle) {
    unsigned char *header = bundle->bytes + bundle->start;
    memset(header, 0, headerBytes);
    memcpy(header, "\xF5\x48\x43\x01\x01", 5);
    put(header + 6, headerBytes, 2);
    header[10] = bundleTopicBytes;
    put(header + 12, 1, 4);
    put(header + 16, 1, 8);
    put(header + 24, ++bundle->number, 8);
    memcpy(header + 36, "bench", bundleTopicBytes);
    bundle->end = bundle->start + headerBytes;
}

static void close(struct bundle *bundle) {
    put(bundle->bytes + bundle->start + 8, bundle->end - bundle->start - headerBytes, 2);
}

void bundle_add(struct bundle *bundle, const void *payload, size_t count) {
    if (bundle->end > bundle->start && bundle->end - bundle->start + recordBytes + count > bundleDatagramBytes) {
        close(bundle);
        size_t next = bundle->start + bundleDatagramBytes;
        memset(bundle->bytes + bundle->end, 0, next - bundle->end);
        bundle->start = bundle->end = next;
        if (next == sizeof bundle->bytes) bundle_flush(bundle);
    }
    if (bundle->end == bundle->start) open(bundle);
    unsigned char *record = bundle->bytes + bundle->end;
    memset(record, 0, recordBytes);
    put(record, recordBytes + count, 2);
    record[2] = 1;
    put(record + 4, ++bundle->sequence, 8);
    put(record + 20, bundle->sequence, 8);
    put(record + 28, 1, 8);
    put(record + 40, count, 4);
    memcpy(record + recordBytes, payload, count);
    bundle->end += recordBytes + count;
}

void bundle_flush(struct bundle *bundle) {
    if (bundle->end > bundle->start) close(bundle);
    if (bundle->end > 0) baseline_fanout_send(bundle->fanout, bundle->bytes, bundle->end, bundleDatagramBytes);
    bundle->start = bundle->end = 0;
}
