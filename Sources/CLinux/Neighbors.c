#include "CLinux.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/time.h>

int linux_open_netlink(void) {
    int descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    // The kernel answers within the call that asks; the limit is for sandboxes that only seem to have netlink.
    struct timeval limit = {.tv_sec = 0, .tv_usec = 100000};
    if (descriptor >= 0) setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    return descriptor;
}

/// Reads one RTM_NEWNEIGH message; 1 if it is a neighbour without a link-layer address.
static int read_neighbor(const struct nlmsghdr *header, struct linux_neighbor *neighbor) {
    if (header->nlmsg_type != RTM_NEWNEIGH || header->nlmsg_len < NLMSG_LENGTH(sizeof(struct ndmsg))) return 0;
    const struct ndmsg *message = NLMSG_DATA(header);
    if (!(message->ndm_state & (NUD_INCOMPLETE | NUD_FAILED))) return 0;
    int length = (int)(header->nlmsg_len - NLMSG_LENGTH(sizeof *message));
    const struct rtattr *attribute = (const struct rtattr *)((const char *)message + NLMSG_ALIGN(sizeof *message));
    for (; RTA_OK(attribute, length); attribute = RTA_NEXT(attribute, length)) {
        if (attribute->rta_type != NDA_DST) continue;
        size_t size = RTA_PAYLOAD(attribute);
        if (size != 4 && size != 16) return 0;
        memset(neighbor, 0, sizeof *neighbor);
        if (size == 4) memset(neighbor->address + 10, 0xFF, 2);
        memcpy(neighbor->address + 16 - size, RTA_DATA(attribute), size);
        neighbor->is_failed = (message->ndm_state & NUD_FAILED) != 0;
        return 1;
    }
    return 0;
}

int linux_unresolved_neighbors(int descriptor, struct linux_neighbor *neighbors, int capacity) {
    static _Thread_local unsigned int sequence;
    struct {
        struct nlmsghdr header;
        struct ndmsg message;
    } request = {
        .header = {
            .nlmsg_len = NLMSG_LENGTH(sizeof(struct ndmsg)),
            .nlmsg_type = RTM_GETNEIGH,
            .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
            .nlmsg_seq = ++sequence,
        },
    };
    if (send(descriptor, &request, request.header.nlmsg_len, 0) < 0) return -1;
    _Alignas(struct nlmsghdr) char buffer[32768];
    int count = 0;
    for (;;) {
        ssize_t received = recv(descriptor, buffer, sizeof buffer, 0);
        if (received < 0) return -1;
        int rest = (int)received;
        struct nlmsghdr *header = (struct nlmsghdr *)buffer;
        for (; NLMSG_OK(header, rest); header = NLMSG_NEXT(header, rest)) {
            // An answer to an earlier question that was given up.
            if (header->nlmsg_seq != request.header.nlmsg_seq) continue;
            if (header->nlmsg_type == NLMSG_DONE) return count;
            if (header->nlmsg_type == NLMSG_ERROR) {
                errno = EPROTO;
                return -1;
            }
            if (count < capacity && read_neighbor(header, neighbors + count)) count += 1;
        }
    }
}
