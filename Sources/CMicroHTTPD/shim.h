#pragma once
#include <microhttpd.h>
#include <stdarg.h>

// What MHD has to say are clients that went away; a listener that fails is seen by its silence.
static inline void microhttpd_ignore_log(void *context, const char *format, va_list arguments) {
    (void)context;
    (void)format;
    (void)arguments;
}

// MHD_start_daemon is variadic. Takes over the listening socket; `context` is passed to both callbacks.
//
// poll, not epoll: when epoll_wait fills libmicrohttpd's list of 128 events, it waits again before it handles them, and
// as many requests that come at once go unanswered until something else happens (0.9.75, MHD_epoll).
static inline struct MHD_Daemon *microhttpd_start(
    MHD_socket listening_socket, unsigned int connection_limit, unsigned int idle_seconds,
    MHD_AccessHandlerCallback access, MHD_RequestCompletedCallback completed, void *context) {
    return MHD_start_daemon(
        MHD_USE_POLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL, access, context,
        MHD_OPTION_EXTERNAL_LOGGER, microhttpd_ignore_log, NULL,
        MHD_OPTION_LISTEN_SOCKET, listening_socket,
        MHD_OPTION_NOTIFY_COMPLETED, completed, context,
        MHD_OPTION_CONNECTION_LIMIT, connection_limit,
        MHD_OPTION_CONNECTION_TIMEOUT, idle_seconds,
        MHD_OPTION_END);
}
