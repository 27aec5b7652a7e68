/* SPDX-License-Identifier: Apache-2.0 */
/* news.c — NOTIFY takes a lock that every other NOTIFY waits for, until its transaction has reached
 * the disk: inside a sale it would make all sales stand in one line. So a process notes what its
 * commits have changed, and tells it afterwards in a statement of its own that waits for no disk,
 * ten times a second at most, whatever the load. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/db_int.h"
#include "base/news.h"
#include "base/news_int.h"

#define CHANNEL "piaoniu_news"

enum { TURN_MS = 100, TELL_MS = 2000, PAYLOAD_MAX = 7900 };

/* ---- noting ---- */

/* Too many to be named: some of this noun. */
static void forget_ids(pni_untold *u, const char *noun)
{
    int kept = 0;
    for (int i = 0; i < u->n; i++)
        if (strcmp(u->item[i].noun, noun) != 0)
            u->item[kept++] = u->item[i];
    u->n = kept;
}

void pni_news_note(pn *p, const char *noun, int64_t id)
{
    pni_untold *u = &p->ctx->untold;
    pthread_mutex_lock(&p->ctx->lock);
    bool known = false;
    for (int i = 0; i < u->n && !known; i++)
        known = (!u->item[i].id || u->item[i].id == id) && !strcmp(u->item[i].noun, noun);
    if (!known && u->n == PNI_UNTOLD_MAX) {
        forget_ids(u, noun);
        id = 0;
    }
    if (!known && u->n < PNI_UNTOLD_MAX) {
        u->item[u->n].id = id;
        snprintf(u->item[u->n++].noun, sizeof u->item->noun, "%s", noun);
    }
    pthread_mutex_unlock(&p->ctx->lock);
}

/* ---- telling ---- */

struct words { const char *text; };
static PN_TYPE(words_t, "news", struct words, PN_COL(struct words, text, ""));
static const pn_sql tell_sql = {"news_tell", &words_t, NULL,
    "SELECT pg_notify('" CHANNEL "', :text)"};

/* "order 12 13;show 0" */
static const char *words_of(pn *p, const pni_untold *u)
{
    pn_buf b = pn_buf_new(p);
    bool told[PNI_UNTOLD_MAX] = {false};
    for (int i = 0; i < u->n; i++) {
        if (told[i])
            continue;
        pn_buf_putf(&b, "%s%s", b.len ? ";" : "", u->item[i].noun);
        for (int j = i; j < u->n; j++) {
            if (strcmp(u->item[j].noun, u->item[i].noun) != 0)
                continue;
            pn_buf_putf(&b, " %" PRId64, u->item[j].id);
            told[j] = true;
        }
    }
    return b.bad || b.len > PAYLOAD_MAX ? NULL : b.text;
}

int pn_news_tell(pn_ctx *ctx, bool at_once)
{
    if (!ctx)
        return 0;
    int64_t now = pni_mono_ms();
    pthread_mutex_lock(&ctx->lock);
    pni_untold u = ctx->untold;
    int64_t wait = u.n && !at_once ? u.told_ms + TURN_MS - now : 0;
    if (!ctx->idle_n && ctx->open_n >= ctx->max)
        wait = TURN_MS; /* nobody waits for a connection only to tell news */
    if (u.n && wait <= 0) {
        ctx->untold.n = 0;
        ctx->untold.told_ms = now;
    }
    pthread_mutex_unlock(&ctx->lock);
    if (!u.n || wait > 0)
        return u.n ? (int)wait : 0;
    PN_AUTO_UNIT p = pn_begin(ctx);
    if (!p)
        return 0;
    pn_set_timeout(p, TELL_MS);
    struct words in = {words_of(p, &u)};
    if (in.text && pn_exec(p, &tell_sql, &in, NULL))
        pni_log(ctx, PN_LOG_DEBUG, "news: not told", NULL);
    pni_db_release(p);
    return 0;
}

/* ---- listening ---- */

struct pn_news { PGconn *pg; bool asked; };

static const char *const options[] = {
    "dbname", "connect_timeout", "fallback_application_name", "keepalives_idle",
    "keepalives_interval", "keepalives_count", "tcp_user_timeout", NULL};

int pn_news_open(pn *p, pn_news **out)
{
    const char *dsn;
    PN_TRY(pni_dsn(p, &dsn));
    /* nobody asks while nothing happens: the kernel finds out that a network is gone */
    const char *const values[] = {dsn, "5", "piaoniu news", "1", "1", "2", "2000", NULL};
    pn_news *news = pni_malloc(sizeof *news);
    if (!news)
        return pni_oom(p);
    news->pg = PQconnectdbParams(options, values, 1);
    PQsetNoticeProcessor(news->pg, pni_db_heard, p->ctx);
    PGresult *res = PQstatus(news->pg) == CONNECTION_OK ? PQexec(news->pg, "LISTEN " CHANNEL)
                                                        : NULL;
    bool heard = res && PQresultStatus(res) == PGRES_COMMAND_OK;
    PQclear(res);
    if (!heard || PQsetnonblocking(news->pg, 1)) {
        pn_fail(p, PN_EDATABASE, NULL, pn_tr("The database cannot be reached: %.400s"),
                PQerrorMessage(news->pg));
        pn_news_close(news);
        return PN_EDATABASE;
    }
    *out = news;
    return 0;
}

int pn_news_fd(const pn_news *news)
{
    return PQsocket(news->pg);
}

static void spell(const char *text, pn_news_fn *heard, void *payload)
{
    while (*text) {
        char noun[PNI_NOUN_MAX];
        size_t len = strcspn(text, " ;");
        snprintf(noun, sizeof noun, "%.*s", (int)len, text);
        text += len;
        while (*text == ' ') {
            char *end;
            int64_t id = strtoll(text, &end, 10);
            if (end == text)
                return;
            heard(payload, noun, id);
            text = end;
        }
        text += strcspn(text, ";");
        text += *text == ';';
    }
}

bool pn_news_hear(pn_news *news, pn_news_fn *heard, void *payload)
{
    PGnotify *note;
    if (!PQconsumeInput(news->pg) || PQstatus(news->pg) != CONNECTION_OK)
        return false;
    while (news->asked && !PQisBusy(news->pg)) {
        PGresult *res = PQgetResult(news->pg);
        if (!res)
            news->asked = false;
        PQclear(res);
    }
    while ((note = PQnotifies(news->pg))) {
        spell(note->extra, heard, payload);
        PQfreemem(note);
    }
    return PQstatus(news->pg) == CONNECTION_OK;
}

bool pn_news_ask(pn_news *news)
{
    if (news->asked)
        return true;
    news->asked = PQsendQuery(news->pg, "SELECT") && PQflush(news->pg) >= 0;
    return news->asked;
}

bool pn_news_asked(const pn_news *news)
{
    return news->asked;
}

void pn_news_close(pn_news *news)
{
    if (!news)
        return;
    PQfinish(news->pg);
    free(news);
}

const pn_module pn_news_module = {"news", N_("News"), .ops = PN_LIST(pn_op, NULL),
                                  .sql = PN_LIST(pn_sql, &tell_sql)};
