#pragma once
// What Swift's Glibc module hides behind _GNU_SOURCE or cannot express.

#include <netinet/in.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>

/// Nanoseconds of clock_gettime(2). Which of Swift's modules knows the members of struct timespec differs from build to
/// build.
static inline int64_t linux_read_clock(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/// struct mmsghdr of sendmmsg(2), whose name Glibc hides.
struct linux_message {
    struct msghdr header;
    unsigned int length;
};

/// sendmmsg(2).
int linux_sendmmsg(int descriptor, struct linux_message *messages, unsigned int count, int flags);

/// Room for one UDP_SEGMENT control message.
struct linux_segment_control {
    _Alignas(struct cmsghdr) unsigned char bytes[CMSG_SPACE(sizeof(uint16_t))];
};

/// Fills `control` so that UDP cuts a send into datagrams of `segment` bytes: udp(7), UDP_SEGMENT.
void linux_set_segment(struct linux_segment_control *control, uint16_t segment);

/// recvmmsg(2), without a timeout.
int linux_recvmmsg(int descriptor, struct linux_message *messages, unsigned int count, int flags);

/// Lets the kernel hand over datagrams of one sender as one (udp(7), UDP_GRO), and tell with each how many it has dropped
/// (socket(7), SO_RXQ_OVFL). Each is a wish: an old kernel without one of them still receives.
void linux_ask_for_receipts(int descriptor);

/// Room for the control messages of one receive.
struct linux_receipt_control {
    _Alignas(struct cmsghdr) unsigned char bytes[CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(uint32_t))];
};

/// What the kernel tells with a datagram that was received.
struct linux_receipt {
    int segment;    ///< how long each of the datagrams is that came as one, the last may be shorter; 0: it is one
    int has_drops;  ///< whether `drops` is told
    uint32_t drops; ///< datagrams that the kernel has dropped so far
};

/// Reads the control messages of a message that was received.
void linux_read_receipt(const struct linux_message *message, struct linux_receipt *receipt);

/// One entry of a socket's error queue: ip(7), IP_RECVERR, struct sock_extended_err.
struct linux_socket_error {
    struct sockaddr_in6 destination; ///< or a struct sockaddr_in in its place, by family
    int code;             ///< an errno
    unsigned char origin; ///< SO_EE_ORIGIN_LOCAL 1, SO_EE_ORIGIN_ICMP 2, SO_EE_ORIGIN_ICMP6 3
    uint32_t info;        ///< the path's MTU with EMSGSIZE
    struct sockaddr_in6 offender; ///< who reported it, or a struct sockaddr_in in its place; AF_UNSPEC: this kernel
};

/// Takes the oldest entry off the error queue; 1 if there was one, -1 with errno (EAGAIN: empty).
int linux_read_error(int descriptor, struct linux_socket_error *error);

/// pipe2(2), both ends close-on-exec.
int linux_pipe(int ends[2]);

/// memfd_create(2), close-on-exec.
int linux_memfd(const char *name);

/// `ECONNREFUSED` for its number, null for a number that is none.
const char *linux_errno_name(int code);

/// Opens a socket that answers ``linux_unresolved_neighbors``; -1 with errno.
int linux_open_netlink(void);

/// One neighbour of rtnetlink(7) that has no link-layer address.
struct linux_neighbor {
    unsigned char address[16]; ///< network byte order, IPv4 as v4-mapped
    int is_failed;             ///< NUD_FAILED; otherwise NUD_INCOMPLETE: it is being asked for
};

/// Asks the kernel for its neighbours and keeps those without a link-layer address, at most `capacity`.
///
/// Returns how many there are, -1 with errno if the kernel does not tell.
int linux_unresolved_neighbors(int descriptor, struct linux_neighbor *neighbors, int capacity);
