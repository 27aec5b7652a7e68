/* SPDX-License-Identifier: Apache-2.0 */
/* worker.h — the database is only ever asked here, in threads of their own. The screen posts a job
 * and goes on; the answer comes back as text through an eventfd. */
#ifndef TUI_WORKER_H
#define TUI_WORKER_H

#include "model.h"

#include <base/news.h>

enum { PAIRS_MOST = 64 };
/** Jobs without an operation, by their tag. */
enum { ASK_WHO, ASK_NEWS };

struct tui_pair { char *name, *value; };

/** Who is signed in, and what they may do. */
struct tui_who {
    char login[64], name[64], env[32];
    uint32_t roles;
    int64_t merchant, organiser; /* whom they act for; 0: nobody */
    bool signed_in;
    char *demo; /* the demo's accounts, NULL outside a demo */
    const pn_op **may;
    size_t may_n;
};

struct tui_app;

struct tui_job {
    struct tui_job *next;
    const pn_op *op; /* NULL: find out who is signed in, or listen */
    const char *count; /* of a list: numbers by that column ("": of all) in the place of rows */
    int (*run)(pn *p, struct tui_job *job); /* in the place of op: done in the worker */
    void (*answer)(struct tui_app *app, struct tui_job *job); /* takes the answer, not the view */
    void *extra;                                              /* of the two above */
    void (*extra_free)(void *extra);
    struct tui_pair pair[PAIRS_MOST];
    int pairs;
    char key[40]; /* idempotency key of a write, "" for none */
    char command[400];
    unsigned view; /* who asked */
    int tag;       /* what for: the asker's business */
    bool dry;
    bool alone; /* run needs neither the database nor to know who asks */
    bool early; /* posted right behind the question who is signed in: needs no second asking */
    /* the answer */
    pn_code code;
    char *message, *hint, *field;
    char *hearers; /* of a dry run: who would hear of it */
    struct tui_table *table;
    struct tui_who *who;
    pn_news *news;
};

struct tui_worker_opts {
    const char *conf, *token_file;
    int64_t now_us;
};

struct tui_worker;

struct tui_worker *worker_start(const struct tui_worker_opts *opts);
/** Stops without waiting for a database that does not answer. */
void worker_stop(struct tui_worker *worker);
/** Readable when answers wait. */
int worker_fd(const struct tui_worker *worker);
struct tui_job *job_new(const pn_op *op, unsigned view, int tag);
/** Add one input column; a NULL value adds nothing. */
void job_set(struct tui_job *job, const char *name, const char *value);
void job_setf(struct tui_job *job, const char *name, const char *fmt, ...) PN_PRINTF(3, 4);
void job_free(struct tui_job *job);
/** Hands the job over. */
void worker_post(struct tui_worker *worker, struct tui_job *job);
/** Drop jobs of a view that have not begun. Returns how many. */
int worker_forget(struct tui_worker *worker, unsigned view);
/** One answer, NULL when there is none; the caller frees it. */
struct tui_job *worker_take(struct tui_worker *worker);

#endif
