#define _GNU_SOURCE
#include "CBaseline.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

/// The most entries that one sendmmsg(2) takes (UIO_MAXIOV).
enum { maximumEntries = 1024 };

struct baseline_fanout {
    int descriptor;
    int count;
    int isSegmented;
    struct iovec vector;
    struct mmsghdr *messages;
    struct sockaddr_in6 *addresses;
    _Alignas(struct cmsghdr) unsigned char control[CMSG_SPACE(sizeof(uint16_t))];
};

static socklen_t fill(struct sockaddr_in6 *address, int family, struct baseline_endpoint endpoint) {
    if (family == AF_INET6) {
        address->sin6_family = AF_INET6;
        address->sin6_port = htons(endpoint.port);
        address->sin6_addr.s6_addr32[2] = htonl(0xFFFF);
        address->sin6_addr.s6_addr32[3] = htonl(endpoint.address);
        return sizeof *address;
    }
    struct sockaddr_in *single = (struct sockaddr_in *)address;
    single->sin_family = AF_INET;
    single->sin_port = htons(endpoint.port);
    single->sin_addr.s_addr = htonl(endpoint.address);
    return sizeof *single;
}

struct baseline_fanout *baseline_fanout_open(
    int descriptor, int family, const struct baseline_endpoint *endpoints, int count) {
    struct baseline_fanout *fanout = calloc(1, sizeof *fanout);
    if (!fanout) return NULL;
    fanout->descriptor = descriptor;
    fanout->count = count;
    fanout->messages = calloc(count > 0 ? count : 1, sizeof *fanout->messages);
    fanout->addresses = calloc(count > 0 ? count : 1, sizeof *fanout->addresses);
    if (!fanout->messages || !fanout->addresses) {
        baseline_fanout_close(fanout);
        return NULL;
    }
    for (int index = 0; index < count; index++) {
        struct msghdr *header = &fanout->messages[index].msg_hdr;
        header->msg_name = &fanout->addresses[index];
        header->msg_namelen = fill(&fanout->addresses[index], family, endpoints[index]);
        header->msg_iov = &fanout->vector;
        header->msg_iovlen = 1;
    }
    return fanout;
}

void baseline_fanout_close(struct baseline_fanout *fanout) {
    if (!fanout) return;
    free(fanout->messages);
    free(fanout->addresses);
    free(fanout);
}

/// Has every entry carry the segment, or none: 0.
static void cut(struct baseline_fanout *fanout, uint16_t segment) {
    if (segment) {
        struct cmsghdr *header = (struct cmsghdr *)fanout->control;
        header->cmsg_level = SOL_UDP;
        header->cmsg_type = UDP_SEGMENT;
        header->cmsg_len = CMSG_LEN(sizeof segment);
        memcpy(CMSG_DATA(header), &segment, sizeof segment);
    }
    if (fanout->isSegmented == (segment != 0)) return;
    fanout->isSegmented = segment != 0;
    for (int index = 0; index < fanout->count; index++) {
        struct msghdr *header = &fanout->messages[index].msg_hdr;
        header->msg_control = segment ? fanout->control : NULL;
        header->msg_controllen = segment ? sizeof fanout->control : 0;
    }
}

/// Empties the error queue: what it holds fails the next send, whoever that is for.
static void drain(int descriptor) {
    char control[512];
    struct msghdr message = {.msg_control = control, .msg_controllen = sizeof control};
    while (recvmsg(descriptor, &message, MSG_ERRQUEUE | MSG_DONTWAIT) >= 0) message.msg_controllen = sizeof control;
}

int baseline_fanout_send(struct baseline_fanout *fanout, const void *bytes, size_t count, uint16_t segment) {
    fanout->vector = (struct iovec){(void *)bytes, count};
    cut(fanout, segment < count ? segment : 0);
    int done = 0, refused = 0, tries = 0;
    while (done < fanout->count) {
        int rest = fanout->count - done;
        int sent = sendmmsg(
            fanout->descriptor, fanout->messages + done, rest < maximumEntries ? rest : maximumEntries, MSG_NOSIGNAL);
        if (sent > 0) {
            done += sent;
            tries = 0;
        } else if (errno == EAGAIN) {
            struct pollfd wait = {.fd = fanout->descriptor, .events = POLLOUT};
            poll(&wait, 1, 1000);
        } else if (errno != EINTR && ++tries == 3) {
            refused++;
            done++;
            tries = 0;
        } else {
            drain(fanout->descriptor);
        }
    }
    return refused;
}
