/* SPDX-License-Identifier: Apache-2.0 */
/* unit.h — the process (pn_ctx) and the unit of work (pn).
 *
 * A unit is one command, one request, one screen load, one job run. It owns everything the library
 * hands out: rows, strings, error words live until pn_end(). A pn_ctx may be shared by threads;
 * a unit may not. The library never prints, exits or reads the terminal. */
#ifndef PN_UNIT_H
#define PN_UNIT_H

#include "col.h"
#include "err.h"

PN_BEGIN

typedef struct pn_ctx pn_ctx;
typedef struct pn pn;

/** Log levels follow syslog. `fields` is a JSON object (may be NULL); it never holds secrets or
 *  personal data. */
typedef enum pn_level {
    PN_LOG_ERROR = 3,
    PN_LOG_WARN = 4,
    PN_LOG_INFO = 6,
    PN_LOG_DEBUG = 7,
} pn_level;
typedef void pn_log_fn(void *payload, pn_level level, const char *message, const char *fields);

/** How to open the process. Zero values mean: configuration file from PN_CONF or the usual places
 *  (./piaoniu.yaml, ~/.config/piaoniu/, the system directory; none is fine), DSN from PN_DSN, else
 *  `database:`, else the private cluster of the state directory. */
typedef struct pn_open_opts {
    const char *conf; /* configuration file; an absent named file is an error */
    const char *dsn;  /* libpq connection string, wins over everything */
    int pool_max;     /* connections at most; default 8 */
    pn_log_fn *log;
    void *log_payload;
    bool no_connect;  /* do not look for a database (help, configuration checks) */
} pn_open_opts;

/** Read the configuration; connects lazily. On failure *out still is a context that only serves
 *  pn_ctx_error(); close it all the same. */
PN_MUST int pn_ctx_open(const pn_open_opts *opts, pn_ctx **out);
void pn_ctx_close(pn_ctx *ctx); /* NULL is fine */
const pn_err *pn_ctx_error(const pn_ctx *ctx);
/** A configuration value as text, "" when the key is unknown. Keys are piaoniu.yaml(5)'s. */
const char *pn_conf(const pn_ctx *ctx, const char *key);
int64_t pn_conf_int(const pn_ctx *ctx, const char *key);
/** Where the private cluster, keys and spool live. */
const char *pn_state_dir(const pn_ctx *ctx);

/** Roles are bits; see role.def. PN_ROLE_PUBLIC is everybody, signed in or not. */
enum {
#define ROLE(name, bit, text) PN_ROLE_##name = 1 << (bit),
#include "role.def"
#undef ROLE
};
extern const pn_words pn_role_words[]; /* in bit order */

/** Who acts. `kind` is the specification's letter (U M O F S C P G B D N). Merchant and organiser
 *  staff carry the id they are confined to. */
typedef struct pn_actor {
    char kind;
    int64_t id;
    const char *login, *name;
    uint32_t roles;
    int64_t merchant, organiser, device;
    int64_t token;      /* the login or API token it came with, 0 = none */
    const char *grants; /* extra permissions: "show.* -order.refund", NULL = none */
    const char *via;    /* "cli", "http", "console", "job" */
} pn_actor;

/** Begin a unit. Never fails visibly: out of memory is reported by its first call. The actor is
 *  nobody until pn_signin() or pn_act_as(). */
PN_MUST pn *pn_begin(pn_ctx *ctx);
/** End it: rolls back what was not committed, frees everything handed out. NULL is fine. */
void pn_end(pn *p);
void pn_auto_end(pn **p);
#define PN_AUTO_UNIT __attribute__((cleanup(pn_auto_end))) pn *

/** Act for the holder of a login token ("pnt_…"). PN_EAUTH when unknown, expired or revoked. */
PN_MUST int pn_signin(pn *p, const char *token);
/** Somebody with a token, and who he turned out to be. */
typedef struct pn_caller {
    const char *token, *via; /* via NULL: the unit's */
    const char *language;    /* of the words, see pn_language() */
    pn_actor actor;
    int rc;                  /* as pn_signin() would answer … */
    pn_err err;              /* … with its words */
} pn_caller;
/** The same for n callers in one round trip; the unit itself stays who it is. */
void pn_signin_many(pn *p, pn_caller callers[], size_t n);
/** Act as a trusted local actor (jobs: PN_ROLE_SYSTEM). Strings are copied. */
void pn_act_as(pn *p, const pn_actor *actor);
const pn_actor *pn_who(const pn *p);

/** Idempotency key of the next write: the same key with the same input returns the stored result
 *  for 72 hours; with another input PN_EREPLAY. At most 64 characters. */
void pn_key(pn *p, const char *key);
void pn_dry_run(pn *p, bool on);                 /* run everything, then roll back */
void pn_set_now(pn *p, pn_time now);             /* tests and replays; else fixed at begin */
void pn_set_via(pn *p, const char *via, const char *command); /* for the audit trail */
void pn_set_timeout(pn *p, int ms);              /* deadline of the unit; default 30 s */
pn_time pn_now(const pn *p);
/** Long work tells how far it has come: `done` of `all`, of whatever. */
typedef void pn_progress_fn(void *payload, int64_t done, int64_t all);
void pn_on_progress(pn *p, pn_progress_fn *fn, void *payload);
pn_ctx *pn_unit_ctx(const pn *p);

const pn_err *pn_error(const pn *p);             /* of the last failed call */
/** Fail with words: returns `code`. `field` may be NULL, and is what callers see only when it is an
 *  input of the operation they called. Records file:line. */
#define pn_fail(p, code, field, ...) pn_fail_at(p, code, field, __FILE__, __LINE__, __VA_ARGS__)
int pn_fail_at(pn *p, pn_code code, const char *field, const char *file, int line, const char *fmt,
               ...) PN_PRINTF(6, 7);
/** Add what to do next to the failure just made; returns its code. */
int pn_hint(pn *p, const char *fmt, ...) PN_PRINTF(2, 3);

/** Memory of the unit: zeroed, never freed singly, NULL when out of memory. */
void *pn_alloc(pn *p, size_t size);
char *pn_strdup(pn *p, const char *text);
char *pn_printf(pn *p, const char *fmt, ...) PN_PRINTF(2, 3);

/** Growable text of the unit. A failed append sticks: `bad` is set and later appends do nothing. */
typedef struct pn_buf { pn *p; char *text; size_t len, cap; bool bad; } pn_buf;
pn_buf pn_buf_new(pn *p);
void pn_buf_put(pn_buf *b, const char *data, size_t len);
void pn_buf_puts(pn_buf *b, const char *text);
void pn_buf_putf(pn_buf *b, const char *fmt, ...) PN_PRINTF(2, 3);
void pn_buf_json(pn_buf *b, const char *text); /* "quoted", escaped; null for NULL */

/** Translated text: gettext in the library's domain. */
const char *pn_tr(const char *msgid) __attribute__((format_arg(1)));
/** Words said in this thread are English from now on ("en…"), or as the process has them (NULL, or
 *  any other language). For servers whose callers differ. */
void pn_language(const char *language);

PN_END
#endif
