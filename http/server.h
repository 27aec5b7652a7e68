/* SPDX-License-Identifier: Apache-2.0 */
/* server.h — the transport: bytes in, requests out. Everything above knows only this header, so
 * the HTTP library below it can be exchanged without touching a rule.
 *
 * A few loop threads each serve thousands of connections. A request is taken on its loop
 * (`whole`); what may wait is suspended there (`later`) and answered from any thread with
 * http_finish(). A loop never blocks. */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HTTP_HEADERS_MAX = 16 };

typedef struct http_request {
    const char *method, *peer;
    char *target; /* as sent: path and query, still escaped */
    char *body;   /* NUL-terminated, never NULL once `whole` is called */
    size_t len;
    int64_t began_us; /* monotonic clock, when the request line was read */

    /* the answer */
    int status;
    char *out; /* malloc'd, becomes the server's; NULL: no body */
    size_t out_len;
    struct {
        const char *name, *value;
        char *made; /* the value, when it is to be freed */
    } headers[HTTP_HEADERS_MAX];
    int n_headers;

    const char *language; /* the application's: what it answers in; NULL: not chosen yet */
    void *mine; /* the application's own data; freed by its `done` */
} http_request;

/** A header of the request; NULL when it was not sent. */
const char *http_header(const http_request *r, const char *name);
/** Every header of the request. */
void http_each_header(const http_request *r, void (*each)(void *self, const char *name,
                                                          const char *value), void *self);
/** Add a header to the answer; one that does not fit or whose value is NULL is left out. */
void http_reply_header(http_request *r, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/** The same with a value that stays until the request is done. */
void http_reply_constant(http_request *r, const char *name, const char *value);
/** All of the answer as text, the last on its connection; malloc'd, NULL: out of memory. */
char *http_reply_raw(const http_request *r, const char *reason, size_t *len);
/** Give the suspended request back with its answer. From any thread, once. */
void http_finish(http_request *r);

/** All but `done` run on a loop thread and must not block. */
typedef struct http_app {
    void *self;
    bool (*head)(void *self, http_request *r);  /* headers are in: true = refused, answer is set */
    bool (*whole)(void *self, http_request *r); /* body is in: true = answer is set */
    void (*later)(void *self, http_request *r); /* `whole` said false: arrange for http_finish() */
    void (*done)(void *self, http_request *r, bool sent); /* answered, or the client is gone */
    /** The answer to what the transport refuses by itself (408, 413, 414, 431). */
    void (*refuse)(void *self, http_request *r, int status);
    /** Everybody who was ready has been seen to; may be NULL. */
    void (*turned)(void *self);
} http_app;

typedef struct http_opts {
    const char *listen; /* address or name */
    int port;           /* 0: any free one */
    int loops;
    unsigned connections_max;
    size_t body_max, header_max, target_max;
    int idle_s, request_s;
} http_opts;

typedef struct http_server http_server;

/** Listen and serve. NULL on failure, with the reason in `why`. */
http_server *http_server_start(const http_opts *opts, const http_app *app, char *why, size_t size);
int http_server_port(const http_server *s);
unsigned http_server_connections(const http_server *s);
/** Stop accepting, answer everything that has arrived, close. False: something was still running
 *  after `grace_s`; the server then stays allocated, because a thread may still answer into it. */
bool http_server_stop(http_server *s, int grace_s);

int64_t http_clock_us(void); /* monotonic */

#endif
