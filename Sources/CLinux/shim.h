// What Glibc's module map leaves out: epoll, eventfd, signalfd.
#pragma once
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
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

// Starts a program that the kernel kills as soon as the calling thread ends, so that it never outlives whoever started it.
// It is in a process group of its own, away from the terminal's Ctrl-C, and inherits no other descriptor than these three.
// Between fork and exec only what is safe there is called. Returns its process id, or -1 and sets errno; a program that
// cannot be executed exits with 127.
static inline int linux_spawn_bound(
    const char *path, char *const arguments[], char *const environment[], int input, int output, int error) {
    pid_t parent = getpid();
    pid_t child = fork();
    if (child != 0) return child;
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (getppid() != parent) _exit(127);
    setpgid(0, 0);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    dup2(input, 0);
    dup2(output, 1);
    dup2(error, 2);
    syscall(SYS_close_range, 3U, ~0U, 0U);
    execve(path, arguments, environment);
    _exit(127);
}
