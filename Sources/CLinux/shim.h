// What Glibc's module map leaves out: epoll, eventfd, signalfd.
#pragma once
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

// Enumerators do not import as integers; these do.
static const uint32_t LINUX_EPOLLIN = EPOLLIN;
static const uint32_t LINUX_EPOLLOUT = EPOLLOUT;
static const uint32_t LINUX_EPOLLERR = EPOLLERR;
static const uint32_t LINUX_EPOLLHUP = EPOLLHUP;
static const int LINUX_EPOLL_CLOEXEC = EPOLL_CLOEXEC;
static const int LINUX_EFD_NONBLOCK = EFD_NONBLOCK;
static const int LINUX_EFD_CLOEXEC = EFD_CLOEXEC;
static const int LINUX_SFD_NONBLOCK = SFD_NONBLOCK;
static const int LINUX_SFD_CLOEXEC = SFD_CLOEXEC;

// The descriptor that epoll was given for this event.
static inline int linux_epoll_event_fd(const struct epoll_event *event) { return event->data.fd; }

static inline int linux_epoll_ctl(int epoll, int operation, int fd, uint32_t events) {
    struct epoll_event event = {.events = events, .data = {.fd = fd}};
    return epoll_ctl(epoll, operation, fd, &event);
}

static inline void linux_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }
