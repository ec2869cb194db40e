#pragma once
// What Swift's Glibc module hides or cannot express.
#include <sys/epoll.h>
#include <sys/eventfd.h>
