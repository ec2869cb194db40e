#define _GNU_SOURCE
#include "CLinux.h"

#include <fcntl.h>
#include <linux/errqueue.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif

_Static_assert(sizeof(struct linux_message) == sizeof(struct mmsghdr), "struct mmsghdr has another layout");

int linux_sendmmsg(int descriptor, struct linux_message *messages, unsigned int count, int flags) {
    return sendmmsg(descriptor, (struct mmsghdr *)messages, count, flags);
}

void linux_set_segment(struct linux_segment_control *control, uint16_t segment) {
    struct cmsghdr *header = (struct cmsghdr *)control->bytes;
    memset(control->bytes, 0, sizeof control->bytes);
    header->cmsg_level = SOL_UDP;
    header->cmsg_type = UDP_SEGMENT;
    header->cmsg_len = CMSG_LEN(sizeof segment);
    memcpy(CMSG_DATA(header), &segment, sizeof segment);
}

int linux_recvmmsg(int descriptor, struct linux_message *messages, unsigned int count, int flags) {
    return recvmmsg(descriptor, (struct mmsghdr *)messages, count, flags, NULL);
}

void linux_ask_for_receipts(int descriptor) {
    int on = 1;
    setsockopt(descriptor, SOL_UDP, UDP_GRO, &on, sizeof on);
    setsockopt(descriptor, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
}

void linux_read_receipt(const struct linux_message *message, struct linux_receipt *receipt) {
    struct msghdr *received = (struct msghdr *)&message->header;
    memset(receipt, 0, sizeof *receipt);
    for (struct cmsghdr *header = CMSG_FIRSTHDR(received); header; header = CMSG_NXTHDR(received, header)) {
        if (header->cmsg_level == SOL_UDP && header->cmsg_type == UDP_GRO) {
            memcpy(&receipt->segment, CMSG_DATA(header), sizeof receipt->segment);
        } else if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SO_RXQ_OVFL) {
            memcpy(&receipt->drops, CMSG_DATA(header), sizeof receipt->drops);
            receipt->has_drops = 1;
        }
    }
}

int linux_read_error(int descriptor, struct linux_socket_error *error) {
    _Alignas(struct cmsghdr) char control[512];
    char payload[1];
    struct iovec vector = {payload, sizeof payload};
    struct msghdr message = {
        .msg_name = &error->destination,
        .msg_namelen = sizeof error->destination,
        .msg_iov = &vector,
        .msg_iovlen = 1,
        .msg_control = control,
        .msg_controllen = sizeof control,
    };
    memset(error, 0, sizeof *error);
    if (recvmsg(descriptor, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return -1;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        int isIPv4 = header->cmsg_level == SOL_IP && header->cmsg_type == IP_RECVERR;
        int isIPv6 = header->cmsg_level == SOL_IPV6 && header->cmsg_type == IPV6_RECVERR;
        if (!isIPv4 && !isIPv6) continue;
        struct sock_extended_err extended;
        memcpy(&extended, CMSG_DATA(header), sizeof extended);
        error->code = (int)extended.ee_errno;
        error->origin = extended.ee_origin;
        error->info = extended.ee_info;
        // SO_EE_OFFENDER: its address follows.
        size_t length = isIPv4 ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
        if (header->cmsg_len >= CMSG_LEN(sizeof extended + length))
            memcpy(&error->offender, CMSG_DATA(header) + sizeof extended, length);
        return 1;
    }
    return 1;
}

int linux_pipe(int ends[2]) {
    return pipe2(ends, O_CLOEXEC);
}

int linux_memfd(const char *name) {
    return memfd_create(name, MFD_CLOEXEC);
}

const char *linux_errno_name(int code) {
    return strerrorname_np(code);
}
