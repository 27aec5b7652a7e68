/* SPDX-License-Identifier: Apache-2.0 */
/* worker.c — two threads take jobs in turn, so that one slow statement does not hold up the rest.
 * Each job is one unit of work. */
#include "config.h"
#include "worker.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 2, FILE_MOST = 16 << 20, TOKEN_MOST = 256, UNIT_MS = 15000 };

struct tui_worker {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t thread[THREADS];
    int fd;
    int busy;
    bool stop;
    struct tui_job *todo, *answers;
    struct tui_worker_opts opts;
    char token_file[512];
    char token[TOKEN_MOST];
    pn_ctx *ctx;
    bool opened;
    bool begun, known; /* the first question of all: it is asked alone, on the first connection */
    pn *first;         /* its unit, for what was posted right behind it */
};

struct tui_job *job_new(const pn_op *op, unsigned view, int tag)
{
    struct tui_job *job = calloc(1, sizeof *job);
    if (job) {
        job->op = op;
        job->view = view;
        job->tag = tag;
    }
    return job;
}

void job_set(struct tui_job *job, const char *name, const char *value)
{
    if (!job || !value || job->pairs == PAIRS_MOST)
        return;
    struct tui_pair pair = {strdup(name), strdup(value)};
    if (pair.name && pair.value) {
        job->pair[job->pairs++] = pair;
        return;
    }
    free(pair.name);
    free(pair.value);
}

void job_setf(struct tui_job *job, const char *name, const char *fmt, ...)
{
    char text[1024];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    job_set(job, name, text);
}

void job_free(struct tui_job *job)
{
    if (!job)
        return;
    for (int i = 0; i < job->pairs; i++) {
        free(job->pair[i].name);
        free(job->pair[i].value);
    }
    free(job->message);
    free(job->hint);
    free(job->field);
    free(job->hearers);
    table_free(job->table);
    if (job->extra && job->extra_free)
        job->extra_free(job->extra);
    pn_news_close(job->news);
    if (job->who) {
        free(job->who->demo);
        free(job->who->may);
        free(job->who);
    }
    free(job);
}

/* The whole of a file, NULL when it cannot be read. */
static char *slurp(const char *path, size_t *len)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0)
        return NULL;
    char *text = NULL;
    int why = fstat(fd, &st) ? errno : S_ISDIR(st.st_mode) ? EISDIR
            : !S_ISREG(st.st_mode) ? EINVAL : st.st_size >= FILE_MOST ? EFBIG : 0;
    if (!why && !(text = calloc(1, (size_t)st.st_size + 1)))
        why = ENOMEM;
    ssize_t n = text ? read(fd, text, (size_t)st.st_size) : 0;
    if (n < 0) {
        why = errno;
        free(text);
        text = NULL;
    }
    close(fd);
    *len = n > 0 ? (size_t)n : 0;
    errno = why;
    return text;
}

static void find_token_file(struct tui_worker *w)
{
    const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    if (w->opts.token_file)
        snprintf(w->token_file, sizeof w->token_file, "%s", w->opts.token_file);
    else if (base && *base)
        snprintf(w->token_file, sizeof w->token_file, "%s/piaoniu/token", base);
    else if (home && *home)
        snprintf(w->token_file, sizeof w->token_file, "%s/.config/piaoniu/token", home);
}

static void load_token(struct tui_worker *w)
{
    const char *given = getenv("PN_TOKEN");
    find_token_file(w);
    if (given && *given) {
        snprintf(w->token, sizeof w->token, "%s", given);
        return;
    }
    size_t len;
    char *text = slurp(w->token_file, &len);
    if (text)
        snprintf(w->token, sizeof w->token, "%.*s", (int)strcspn(text, " \r\n"), text);
    free(text);
}

/* The same file the command line reads: signing in here is signing in there. */
static void save_token(struct tui_worker *w, const char *token)
{
    char dir[512];
    pthread_mutex_lock(&w->lock);
    snprintf(w->token, sizeof w->token, "%s", token);
    pthread_mutex_unlock(&w->lock);
    snprintf(dir, sizeof dir, "%s", w->token_file);
    char *slash = strrchr(dir, '/');
    if (slash && slash != dir) {
        *slash = 0;
        char *parent = strrchr(dir, '/');
        if (parent && parent != dir) {
            *parent = 0;
            mkdir(dir, 0700);
            *parent = '/';
        }
        mkdir(dir, 0700);
    }
    int fd = open(w->token_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    if (dprintf(fd, "%s\n", token) < 0)
        (void)!ftruncate(fd, 0);
    close(fd);
}

static char *copy(const char *text)
{
    return text && *text ? strdup(text) : NULL;
}

static void refuse(struct tui_job *job, const pn_err *err, pn_code code)
{
    job->code = code;
    job->message = copy(err && err->message ? err->message : pn_code_text(code));
    job->hint = copy(err ? err->hint : NULL);
    job->field = copy(err ? err->field : NULL);
}

/* What a form names a file for: its content. */
static int from_file(pn *p, const pn_type *type, void *in, const pn_col *col, const char *path)
{
    size_t len;
    char *content = slurp(path, &len);
    if (!content)
        return pn_fail(p, PN_EIO, col->name, pn_tr("Cannot read %s: %s"), path, strerror(errno));
    int rc = 0;
    if (col->kind == PN_K_BYTES) {
        void *data = pn_alloc(p, len + 1);
        if (data)
            *(pn_bytes *)((char *)in + col->offset) = (pn_bytes){memcpy(data, content, len), len};
        else
            rc = pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    } else {
        rc = pn_set(p, type, in, col, content);
    }
    free(content);
    return rc;
}

static int fill(pn *p, const struct tui_job *job, void *in)
{
    for (int i = 0; i < job->pairs; i++) {
        const struct tui_pair *pair = &job->pair[i];
        const pn_col *col = pn_type_col(job->op->in, pair->name);
        if (!col)
            return pn_fail(p, PN_EARG, pair->name, pn_tr("%s %s has no column “%s”"),
                           job->op->noun, job->op->verb, pair->name);
        int rc = col->flags & PN_FILE ? from_file(p, job->op->in, in, col, pair->value)
                                      : pn_set(p, job->op->in, in, col, pair->value);
        PN_TRY(rc);
    }
    return 0;
}

static int call(struct tui_worker *w, pn *p, struct tui_job *job)
{
    const pn_op *op = job->op;
    void *in = op->in ? pn_alloc(p, op->in->size) : NULL;
    pn_page page = {0};
    void *out = op->list ? (void *)&page : op->out ? pn_alloc(p, op->out->size) : NULL;
    if ((op->in && !in) || (op->out && !out))
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    PN_TRY(op->in ? fill(p, job, in) : 0);
    if (op->list && job->count)
        ((pn_list *)in)->count = job->count;
    if (*job->key)
        pn_key(p, job->key);
    PN_TRY(pn_call(p, op, in, out));
    if (job->dry)
        job->hearers = copy(pn_hearers(p));
    if (!op->out)
        return 0;
    const pn_col *token = op->list ? NULL : pn_type_col(op->out, "token");
    if (token && token->kind == PN_K_TEXT && !strcmp(op->verb, "login")) {
        const char *text;
        memcpy(&text, (const char *)out + token->offset, sizeof text);
        if (text)
            save_token(w, text);
    }
    const pn_type *type = op->list && job->count ? &pn_count_t : op->out;
    job->table = op->list ? table_new(p, type, page.rows.row, page.rows.n, page.next)
                          : table_new(p, op->out, out, 1, NULL);
    return job->table ? 0 : pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

static size_t count_ops(void)
{
    size_t n = 0;
    for (const pn_module *const *m = pn_modules(); *m; m++)
        for (const pn_op *const *op = (*m)->ops; op && *op; op++)
            n++;
    return n;
}

static void hello(pn *p, struct tui_job *job, bool signed_in)
{
    struct tui_who *who = calloc(1, sizeof *who);
    const pn_actor *actor = pn_who(p);
    if (!who)
        return;
    who->may = calloc(count_ops() + 1, sizeof *who->may);
    who->signed_in = signed_in;
    if (actor && signed_in) {
        snprintf(who->login, sizeof who->login, "%s", actor->login ? actor->login : "");
        snprintf(who->name, sizeof who->name, "%s", actor->name ? actor->name : "");
        who->roles = actor->roles;
        who->merchant = actor->merchant;
        who->organiser = actor->organiser;
    }
    for (const pn_module *const *m = pn_modules(); who->may && *m; m++)
        for (const pn_op *const *op = (*m)->ops; op && *op; op++)
            if (pn_may(p, *op))
                who->may[who->may_n++] = *op;
    char path[1024];
    const char *state = pn_state_dir(pn_unit_ctx(p));
    if (state && *state) {
        snprintf(path, sizeof path, "%s/demo-accounts.txt", state);
        who->demo = slurp(path, &(size_t){0});
    }
    snprintf(who->env, sizeof who->env, "%s",
             who->demo ? "demo" : pn_conf(pn_unit_ctx(p), "environment"));
    job->who = who;
}

static pn_ctx *ready(struct tui_worker *w, struct tui_job *job)
{
    pthread_mutex_lock(&w->lock);
    if (!w->opened) {
        pn_ctx_close(w->ctx);
        w->ctx = NULL;
        int rc = pn_ctx_open(&(pn_open_opts){.conf = w->opts.conf, .pool_max = THREADS + 1},
                             &w->ctx);
        if (rc)
            refuse(job, pn_ctx_error(w->ctx), (pn_code)rc);
        w->opened = rc == 0;
    }
    pthread_mutex_unlock(&w->lock);
    return w->opened ? w->ctx : NULL;
}

static void perform(struct tui_worker *w, struct tui_job *job)
{
    char token[TOKEN_MOST];
    pn_ctx *ctx = ready(w, job);
    if (!ctx)
        return;
    pthread_mutex_lock(&w->lock);
    memcpy(token, w->token, sizeof token);
    pn *first = w->first;
    w->first = NULL;
    pthread_mutex_unlock(&w->lock);
    bool follows = job->early && first;
    pn *p = pn_begin(ctx);
    if (follows)
        pn_act_as(p, pn_who(first));
    pn_end(first);
    pn_set_timeout(p, UNIT_MS);
    pn_set_via(p, "console", *job->command ? job->command : NULL);
    if (w->opts.now_us)
        pn_set_now(p, (pn_time){w->opts.now_us});
    if (job->dry)
        pn_dry_run(p, true);
    bool listen = !job->op && !job->run && job->tag == ASK_NEWS;
    int rc = *token && !listen && !follows && !job->alone ? pn_signin(p, token) : 0;
    if (job->run) {
        rc = rc ? rc : job->run(p, job);
    } else if (listen) {
        rc = pn_news_open(p, &job->news);
    } else if (!job->op) {
        hello(p, job, *token && !rc);
        rc = rc == PN_EAUTH ? 0 : rc;
    } else {
        if (rc == PN_EAUTH && !strcmp(job->op->verb, "login"))
            rc = 0; /* an old token must not stand in the way of a new one */
        rc = rc ? rc : call(w, p, job);
    }
    if (rc)
        refuse(job, pn_error(p), (pn_code)rc);
    if (!w->known && job->who && job->who->signed_in)
        w->first = p;
    else
        pn_end(p);
}

/* What is to be done now, NULL when there is nothing. */
static struct tui_job *next(const struct tui_worker *w)
{
    return w->known || !w->begun ? w->todo : NULL;
}

/* Nothing to do: tell others what has been changed here, then sleep. */
static void rest(struct tui_worker *w)
{
    pn_ctx *ctx = w->opened ? w->ctx : NULL;
    w->busy++;
    pthread_mutex_unlock(&w->lock);
    int ms = pn_news_tell(ctx, false);
    pthread_mutex_lock(&w->lock);
    w->busy--;
    if (next(w) || w->stop)
        return;
    if (!ms) {
        pthread_cond_wait(&w->wake, &w->lock);
        return;
    }
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += (until.tv_nsec + ms * 1000000L) / 1000000000;
    until.tv_nsec = (until.tv_nsec + ms * 1000000L) % 1000000000;
    pthread_cond_timedwait(&w->wake, &w->lock, &until);
}

static void *work(void *arg)
{
    struct tui_worker *w = arg;
    pthread_mutex_lock(&w->lock);
    while (!w->stop) {
        struct tui_job *job = next(w);
        if (!job) {
            rest(w);
            continue;
        }
        w->todo = job->next;
        w->busy++;
        w->begun = true;
        pthread_mutex_unlock(&w->lock);
        perform(w, job);
        pthread_mutex_lock(&w->lock);
        w->busy--;
        if (!w->known && w->todo && w->todo->next)
            pthread_cond_signal(&w->wake); /* one is done here */
        w->known = true;
        struct tui_job **end = &w->answers;
        while (*end)
            end = &(*end)->next;
        job->next = NULL;
        *end = job;
        if (eventfd_write(w->fd, 1))
            w->stop = true;
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

struct tui_worker *worker_start(const struct tui_worker_opts *opts)
{
    struct tui_worker *w = calloc(1, sizeof *w);
    sigset_t all, old;
    if (!w)
        return NULL;
    w->opts = *opts;
    w->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->wake, NULL);
    load_token(w);
    sigfillset(&all); /* signals are the screen's */
    pthread_sigmask(SIG_SETMASK, &all, &old);
    bool ok = w->fd >= 0;
    for (int i = 0; ok && i < THREADS; i++)
        ok = !pthread_create(&w->thread[i], NULL, work, w) && !pthread_detach(w->thread[i]);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return ok ? w : NULL;
}

void worker_stop(struct tui_worker *w)
{
    pthread_mutex_lock(&w->lock);
    w->stop = true;
    bool idle = !w->busy && !w->todo;
    pthread_cond_broadcast(&w->wake);
    if (idle && w->opened) {
        pn_ctx_close(w->ctx);
        w->ctx = NULL;
    }
    pthread_mutex_unlock(&w->lock);
}

int worker_fd(const struct tui_worker *worker)
{
    return worker->fd;
}

void worker_post(struct tui_worker *w, struct tui_job *job)
{
    if (!job)
        return;
    pthread_mutex_lock(&w->lock);
    struct tui_job **end = &w->todo;
    while (*end)
        end = &(*end)->next;
    job->next = NULL;
    *end = job;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
}

int worker_forget(struct tui_worker *w, unsigned view)
{
    int n = 0;
    pthread_mutex_lock(&w->lock);
    for (struct tui_job **at = &w->todo; *at;) {
        struct tui_job *job = *at;
        if (job->view != view || (job->op && job->op->flags & PN_WRITE)) {
            at = &job->next;
            continue;
        }
        *at = job->next;
        job_free(job);
        n++;
    }
    pthread_mutex_unlock(&w->lock);
    return n;
}

struct tui_job *worker_take(struct tui_worker *w)
{
    eventfd_t ignored;
    pthread_mutex_lock(&w->lock);
    struct tui_job *job = w->answers;
    if (job)
        w->answers = job->next;
    else
        (void)eventfd_read(w->fd, &ignored);
    pthread_mutex_unlock(&w->lock);
    return job;
}
