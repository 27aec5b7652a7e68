/* SPDX-License-Identifier: Apache-2.0 */
/* bearer.c — tokens that a vendor hands out for a while: ${token.NAME} is fetched by a call of the
 * same file when it is first used, kept for the process until shortly before it ends, and fetched
 * by one thread while the others wait. An answer that says that it is void has it fetched anew, and
 * the call is made again, once. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "link/engine_int.h"

enum { TOKENS = 32, NAME_LONGEST = 64, TOKEN_LONGEST = 4096, EARLY_S = 300, LASTS_S = 7200 };

typedef struct held {
    char connector[NAME_LONGEST], name[NAME_LONGEST], text[TOKEN_LONGEST];
    int64_t until_us; /* of the wall clock; 0: none */
    bool fetching;
    pthread_t by;
} held;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t done = PTHREAD_COND_INITIALIZER;
static held tokens[TOKENS];

static int none(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

void pni_tokens_forget(void)
{
    pthread_mutex_lock(&lock);
    for (int i = 0; i < TOKENS; i++)
        tokens[i].until_us = 0;
    pthread_mutex_unlock(&lock);
}

/* Its place; a table that is full has none, and then nothing is kept. */
static held *place(const char *connector, const char *name)
{
    for (int i = 0; i < TOKENS; i++) {
        held *h = &tokens[i];
        if (!*h->connector && strlen(connector) < NAME_LONGEST && strlen(name) < NAME_LONGEST) {
            memcpy(h->connector, connector, strlen(connector) + 1);
            memcpy(h->name, name, strlen(name) + 1);
        }
        if (!strcmp(h->connector, connector) && !strcmp(h->name, name))
            return h;
    }
    return NULL;
}

/* Take what is there, or the right to fetch it. *mine: it is to be fetched by the caller. */
static int enter(pni_scope *s, const char *name, held **h, pni_span *out, bool *mine)
{
    int rc = 0;
    pthread_mutex_lock(&lock);
    *h = place(s->link->name, name);
    bool self = *h && (*h)->fetching && pthread_equal((*h)->by, pthread_self());
    while (*h && !self && (*h)->fetching)
        pthread_cond_wait(&done, &lock);
    bool good = *h && !self && (*h)->until_us > s->now.us;
    if (good)
        rc = pni_span_copy(s->p, (*h)->text, strlen((*h)->text), out);
    *mine = !good && !self;
    if (*h && *mine) {
        (*h)->fetching = true;
        (*h)->by = pthread_self();
    }
    pthread_mutex_unlock(&lock);
    return self ? pn_fail(s->p, PN_ECONF, NULL, pn_tr("“%s” names itself"), name) : rc;
}

static void leave(held *h, pni_span text, int64_t until_us)
{
    if (!h)
        return;
    pthread_mutex_lock(&lock);
    h->fetching = false;
    h->until_us = text.n && text.n < TOKEN_LONGEST ? until_us : 0;
    if (h->until_us)
        memcpy(h->text, text.s, text.n + 1);
    pthread_cond_broadcast(&done);
    pthread_mutex_unlock(&lock);
}

static int fetch(pni_scope *s, const pni_tree *t, pni_span *out, int64_t *until_us)
{
    const char *call = pni_tree_text(t, "call", "");
    pni_answer a = {0};
    pni_pairs no = {0};
    PN_TRY(pni_link_call(s->p, s->link, call, &no, &a));
    const char *text = pni_answer_get(&a, pni_tree_text(t, "at", "token"));
    const char *lasts = pni_answer_get(&a, pni_tree_text(t, "expires", "expires_s"));
    if (a.outcome != PN_LINK_OK || !text || !*text)
        return pn_fail(s->p, PN_EPROVIDER, NULL, pn_tr("Connector %s: no token by %s: %s %s"),
                       s->link->name, call, a.code, a.message);
    int64_t s_left = lasts ? strtoll(lasts, NULL, 10) : pni_tree_int(t, "lasts_s", LASTS_S);
    *out = pni_span_of(text);
    *until_us = s->now.us + (s_left - pni_tree_int(t, "early_s", EARLY_S)) * 1000000;
    return 0;
}

int pni_token_ref(pni_scope *s, const char *name, pni_span *out)
{
    const pni_tree *t = pni_tree_at(s->link->root, "tokens", name);
    const char *as = pn_printf(s->p, "token.%s", name);
    held *h = NULL;
    bool mine = false;
    int64_t until_us = 0;
    if (!t)
        return pn_fail(s->p, PN_ECONF, NULL, pn_tr("There is no token “%s”"), name);
    PN_TRY(enter(s, name, &h, out, &mine));
    if (mine) {
        pni_span text = {NULL, 0};
        int rc = fetch(s, t, &text, &until_us);
        leave(h, text, until_us);
        PN_TRY(rc);
        *out = text;
    }
    s->token = pn_strdup(s->p, name);
    return as && s->token && pni_pairs_put(s->p, &s->secrets, as, *out, true) ? 0 : none(s->p);
}

/* The answer says that the token of this request is void. Another may have come in meanwhile. */
int pni_token_void(pni_scope *s, bool *is_void)
{
    const pni_tree *t = s->token ? pni_tree_at(s->link->root, "tokens", s->token) : NULL;
    const pni_tree *cond = pni_tree_get(t, "invalid");
    const char *as = pn_printf(s->p, "token.%s", s->token ? s->token : "");
    const pni_pair *used = as && t ? pni_pairs_find(&s->secrets, as) : NULL;
    *is_void = false;
    if (!as)
        return none(s->p);
    if (!cond || !used)
        return 0;
    PN_TRY(pni_holds(s, cond, is_void));
    if (!*is_void)
        return 0;
    pthread_mutex_lock(&lock);
    held *h = place(s->link->name, s->token);
    if (h && strlen(h->text) == used->value.n && !memcmp(h->text, used->value.s, used->value.n))
        h->until_us = 0;
    pthread_mutex_unlock(&lock);
    return 0;
}

int pni_step_token(pni_scope *s, const pni_tree *step)
{
    const char *ref = pn_printf(s->p, "token.%s", pni_tree_text(step, "name", ""));
    pni_span v;
    if (!ref)
        return none(s->p);
    PN_TRY(pni_ref(s, ref, &v));
    return pni_step_give(s, v);
}
