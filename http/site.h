/* SPDX-License-Identifier: Apache-2.0 */
/* site.h — the running application: what every request needs, and one request on its way. */
#ifndef HTTP_SITE_H
#define HTTP_SITE_H

#include "limit.h"
#include "metric.h"
#include "reply.h"
#include "route.h"
#include "server.h"
#include "snapshot.h"
#include "work.h"

enum {
    HTTP_PARTS_MAX = 6,
    HTTP_PAIRS_MAX = 64,
    HTTP_ID_MAX = 64,    /* characters of X-Request-Id and of Idempotency-Key */
    HTTP_DEPTH_MAX = 32, /* nesting of a JSON body */
    HTTP_READ_MAX = 64,  /* reads that share round trips */
};

typedef struct http_site http_site;
typedef struct http_exchange http_exchange;
typedef struct http_pair {
    char *name, *value;
} http_pair;

/** An endpoint written by hand. */
typedef struct http_page {
    const char *method, *path, *brief;
    bool blocks; /* runs on a worker, because it may wait */
    void (*run)(http_site *site, http_exchange *x);
    bool foreign; /* somebody else's protocol: any body, no limit by address (it is signed) */
} http_page;

struct http_site {
    pn_ctx *ctx;
    http_routes routes;
    const char **names; /* of what is counted: routes, pages, "other" */
    size_t n_names;
    http_metrics *metrics;
    http_limit *limit;
    http_work *work;
    http_snapshots *snapshots;
    size_t *kind; /* of work, for each route */
    size_t n_kinds;
    http_server *server;
    char *openapi;
    size_t openapi_len;
    int request_s, log_fd; /* log_fd < 0: no access log */
};

struct http_exchange {
    http_request *r;
    const http_route *route; /* either a route */
    const http_page *page;   /* or a page */
    size_t counted;          /* index of names */
    char *path, *query;      /* decoded in place */
    const char *part[HTTP_PARTS_MAX];
    int parts;
    const char *id; /* the part that is {id} */
    http_pair pair[HTTP_PAIRS_MAX];
    int pairs;
    int64_t due_us; /* not worth starting any more */
    char request_id[HTTP_ID_MAX + 1], login[40];
    char from[64]; /* the caller's address; behind a proxy on this machine, what that saw */
};

/** Pages, ended by a row without path. */
extern const http_page http_pages[];

/** Build routes, counters, threads. False: `why` says what failed; http_site_close() all the same.
 */
bool http_site_open(http_site *site, pn_ctx *ctx, char *why, size_t size);
void http_site_close(http_site *site);
/** Is route i served at a desk? */
bool http_is_desk(const http_site *site, size_t i);
/** The callbacks for http_server_start(). */
http_app http_site_app(http_site *site);

/** May the answer be one that somebody else got a moment ago? */
bool http_is_shared(const http_exchange *x);
/** Run the exchanges' operations, each in a unit of its own, and set the answers (call.c). Several
 *  at once only when all of them read and nothing else: they share round trips. */
void http_call(http_site *site, http_exchange *const calls[], size_t n);
/** Run exchanges of one operation with a batch form as one batch, and set the answers (desk.c). */
void http_desk(http_site *site, http_exchange *const calls[], size_t n);
/** Parts of both: what the request is known by, its token (none: NULL), its input, its answer. */
void http_timeout(const http_exchange *x, pn *p);
const char *http_via(const http_exchange *x, pn *p);
const char *http_command(const http_exchange *x, pn *p);
PN_MUST int http_bearer(const http_exchange *x, pn *p, const char **token);
void http_known(http_site *site, http_exchange *x, const char *token, const char *login);
PN_MUST int http_input(http_exchange *x, pn *p, void *in);
void http_output(http_site *site, http_exchange *x, pn *p, const void *out, pn_buf *b);
void http_answer(const http_exchange *x, const pn_buf *b);
/** The bearer token of the request; NULL when there is none. *bad: another scheme was used. */
const char *http_token(const http_request *r, bool *bad);
/** Tell the unit what it is for, and until when it may run. */
void http_introduce(const http_exchange *x, pn *p);
/** Sign in whoever calls. */
PN_MUST int http_identify(http_site *site, http_exchange *x, pn *p);
/** Split and decode path and query. False when they are malformed. */
bool http_split(http_exchange *x);
/** Fill a struct from the query string. */
PN_MUST int http_query(pn *p, const http_exchange *x, const pn_type *type, void *row);
/** The same for a list: its own parameters, and every filterable column of the rows. */
PN_MUST int http_query_list(pn *p, const http_exchange *x, const pn_type *rows, pn_list *in);
/** May lists filter by the column? */
bool http_filterable(const pn_col *col);
/** Fill a struct from the JSON body; an empty body is an empty object. */
PN_MUST int http_body(pn *p, const http_exchange *x, const pn_type *type, void *row);

/** Write one line about an answered request to the access log. */
void http_log_access(const http_site *site, const http_exchange *x, bool sent, int64_t us);
/** The log callback of the library: JSON lines on standard error, down to the level set last
 *  ("error" "warn" "info" "debug"). */
void http_log_level(const char *word);
void http_log(void *payload, pn_level level, const char *message, const char *fields);

#endif
