#pragma once
#include "CBaseline.h"

enum { maximumHeadBytes = 4096 };

/// Understands answers of HTTP/1.1 that tell their length, and nothing else.
struct baseline_answer {
    int status;
    int isComplete;
    /// Bytes of the body that are still to come; meaningless before the head is complete.
    uint64_t rest;
    size_t headBytes;
    char head[maximumHeadBytes];
};
