#define _GNU_SOURCE
#include "Answer.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct baseline_answer *baseline_answer_open(void) {
    return calloc(1, sizeof(struct baseline_answer));
}

void baseline_answer_close(struct baseline_answer *answer) {
    free(answer);
}

void baseline_answer_reset(struct baseline_answer *answer) {
    answer->status = 0;
    answer->isComplete = 0;
    answer->rest = 0;
    answer->headBytes = 0;
}

int baseline_answer_is_complete(const struct baseline_answer *answer) {
    return answer->isComplete;
}

int baseline_answer_status(const struct baseline_answer *answer) {
    return answer->status;
}

static int isDigit(char byte) {
    return byte >= '0' && byte <= '9';
}

/// The value of a line that is the field `name`, without the spaces before it; null when it is another.
static const char *value(const char *line, const char *end, const char *name) {
    size_t length = strlen(name);
    if ((size_t)(end - line) <= length || strncasecmp(line, name, length) != 0 || line[length] != ':') return NULL;
    line += length + 1;
    while (line < end && *line == ' ') line++;
    return line;
}

/// Reads a length of up to 15 digits; whether it is one.
static int readLength(const char *text, const char *end, uint64_t *length) {
    if (text == end || end - text > 15) return 0;
    *length = 0;
    for (; text < end; text++) {
        if (!isDigit(*text)) return 0;
        *length = *length * 10 + (uint64_t)(*text - '0');
    }
    return 1;
}

/// Reads the head that is there, whole; whether it is understood.
static int readHead(struct baseline_answer *answer) {
    const char *end = answer->head + answer->headBytes - 2;
    const char *line = answer->head;
    // "HTTP/1.1 201 " or without the last space.
    if (end - line < 14 || memcmp(line, "HTTP/1.1 ", 9) != 0) return 0;
    if (!isDigit(line[9]) || !isDigit(line[10]) || !isDigit(line[11])) return 0;
    if (line[12] != ' ' && line[12] != '\r') return 0;
    int status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
    if (status < 200) return 0;
    int hasLength = 0;
    while (line < end) {
        const char *lineEnd = memmem(line, (size_t)(end - line), "\r\n", 2);
        if (!lineEnd) return 0;
        const char *text = value(line, lineEnd, "Content-Length");
        if (text && (hasLength++ || !readLength(text, lineEnd, &answer->rest))) return 0;
        if (value(line, lineEnd, "Transfer-Encoding")) return 0;
        line = lineEnd + 2;
    }
    if (!hasLength) return 0;
    answer->status = status;
    answer->isComplete = answer->rest == 0;
    return 1;
}

/// Takes bytes of the head; how many, -1 when it is none.
static ptrdiff_t takeHead(struct baseline_answer *answer, const char *bytes, size_t count) {
    size_t before = answer->headBytes;
    size_t room = maximumHeadBytes - before;
    size_t taken = count < room ? count : room;
    memcpy(answer->head + before, bytes, taken);
    // The end may have begun in what was there.
    size_t from = before < 3 ? 0 : before - 3;
    const char *end = memmem(answer->head + from, before + taken - from, "\r\n\r\n", 4);
    if (!end) {
        answer->headBytes += taken;
        return answer->headBytes < maximumHeadBytes ? (ptrdiff_t)taken : -1;
    }
    answer->headBytes = (size_t)(end - answer->head) + 4;
    return readHead(answer) ? (ptrdiff_t)(answer->headBytes - before) : -1;
}

ptrdiff_t baseline_answer_take(struct baseline_answer *answer, const char *bytes, size_t count) {
    size_t taken = 0;
    if (!answer->status && count > 0) {
        ptrdiff_t head = takeHead(answer, bytes, count);
        if (head < 0) return -1;
        taken = (size_t)head;
    }
    if (answer->status && !answer->isComplete) {
        size_t left = count - taken;
        size_t part = left < answer->rest ? left : (size_t)answer->rest;
        answer->rest -= part;
        taken += part;
        answer->isComplete = answer->rest == 0;
    }
    return (ptrdiff_t)taken;
}
