/* SPDX-License-Identifier: Apache-2.0 */
/* ring.c — the keys a vendor signs with, by their ids. Some are fixed in the settings; others are
 * fetched, when an id turns up that is not known, and at most once in a while: a forger who makes
 * up ids must not make us call. A key stays until it expires, so that answers signed with the old
 * one while it is being replaced still verify. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "link/key_int.h"

enum { KEYS = 64, ID_LONGEST = 80, PEM_LONGEST = 6000 };

typedef struct held {
    char connector[48], id[ID_LONGEST], pem[PEM_LONGEST];
} held;
typedef struct fetched { char connector[48]; int64_t at_us; } fetched;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static held keys[KEYS];
static fetched fetches[KEYS];
static int next_key;

void pni_ring_forget(void)
{
    pthread_mutex_lock(&lock);
    memset(keys, 0, sizeof keys);
    memset(fetches, 0, sizeof fetches);
    pthread_mutex_unlock(&lock);
}

void pni_ring_age(int64_t seconds)
{
    pthread_mutex_lock(&lock);
    for (int i = 0; i < KEYS; i++)
        fetches[i].at_us -= seconds * 1000000;
    pthread_mutex_unlock(&lock);
}

static void copy(char *to, size_t size, const char *from)
{
    size_t n = strlen(from);
    memcpy(to, from, n < size ? n + 1 : size);
    to[size - 1] = 0;
}

static int known(pni_scope *s, const char *id, pni_span *out)
{
    int rc = 0;
    pthread_mutex_lock(&lock);
    for (int i = 0; i < KEYS && !out->s; i++)
        if (!strcmp(keys[i].connector, s->link->name) && !strcmp(keys[i].id, id))
            rc = pni_span_copy(s->p, keys[i].pem, strlen(keys[i].pem), out);
    pthread_mutex_unlock(&lock);
    return rc;
}

static void hold(const char *connector, const char *id, const char *pem)
{
    pthread_mutex_lock(&lock);
    held *k = &keys[next_key++ % KEYS];
    for (int i = 0; i < KEYS; i++)
        if (!strcmp(keys[i].connector, connector) && !strcmp(keys[i].id, id))
            k = &keys[i];
    copy(k->connector, sizeof k->connector, connector);
    copy(k->id, sizeof k->id, id);
    copy(k->pem, sizeof k->pem, pem);
    pthread_mutex_unlock(&lock);
}

/* May it be fetched again? Whoever may has begun. */
static bool due(pni_scope *s, int64_t again_us)
{
    bool yes = false, seen = false;
    pthread_mutex_lock(&lock);
    for (int i = 0; i < KEYS && !seen; i++) {
        fetched *f = &fetches[i];
        seen = !*f->connector || !strcmp(f->connector, s->link->name);
        if (!seen)
            continue;
        yes = !*f->connector || s->now.us - f->at_us >= again_us;
        copy(f->connector, sizeof f->connector, s->link->name);
        f->at_us = yes ? s->now.us : f->at_us;
    }
    pthread_mutex_unlock(&lock);
    return yes;
}

static int fixed(pni_scope *s, const pni_tree *ring, const char *id, pni_span *out)
{
    const pni_tree *list = pni_tree_get(ring, "fixed");
    for (size_t i = 0; list && i < list->n && !out->s; i++) {
        pni_span name;
        PN_TRY(pni_expand(s, pni_tree_text(list->item[i], "id", ""), &name));
        if (name.s && name.n && !strcmp(name.s, id))
            PN_TRY(pni_expand(s, pni_tree_text(list->item[i], "key", ""), out));
    }
    return 0;
}

/* One entry: opened by a recipe to a certificate, believed when it is in force and has the id that
 * it is said to have. Being able to open it proves where it comes from. */
static int entry(pni_scope *s, const pni_tree *ring, const pni_doc *d)
{
    pni_scope in = *s;
    pni_span id, pem, serial;
    bool valid = false;
    in.doc = d;
    in.msg = NULL;
    PN_TRY(pni_ref(&in, pn_printf(s->p, "body.%s", pni_tree_text(ring, "id", "")), &id));
    PN_TRY(pni_recipe(&in, pni_tree_text(ring, "open", "")));
    pem = in.it.text;
    PN_TRY(pni_cert_serial(s->p, pem, &serial));
    PN_TRY(pni_cert_valid(s->p, pem, s->now.us / 1000000, &valid));
    if (valid && !strcasecmp(serial.s, id.s) && pem.n < PEM_LONGEST)
        hold(s->link->name, id.s, pem.s);
    return 0;
}

/* A vendor whose keys have no ids gives the one in force. The one before it stays, for what is
 * still on its way. */
static const char newest[] = "newest", before[] = "before";

static int take_one(pni_scope *s, const char *at)
{
    pni_span key = {NULL, 0}, old = {NULL, 0};
    const char *ref = pn_printf(s->p, "%s?", at);
    PN_TRY(ref ? pni_ref(s, ref, &key) : PN_EMEM);
    PN_TRY(known(s, newest, &old));
    if (!key.n || key.n >= PEM_LONGEST || (old.s && !strcmp(old.s, key.s)))
        return 0;
    if (old.s)
        hold(s->link->name, before, old.s);
    hold(s->link->name, newest, key.s);
    return 0;
}

int pni_ring_take(pni_scope *s)
{
    const pni_tree *ring = pni_tree_get(s->link->root, "ring");
    const char *list = pni_tree_text(ring, "list", "/");
    const pni_doc *d = s->doc ? pni_doc_at(s->p, s->doc, list) : NULL;
    if (pni_tree_get(ring, "one"))
        return take_one(s, pni_tree_text(ring, "one", ""));
    for (d = d ? d->first : NULL; d; d = d->next)
        PN_TRY(entry(s, ring, d));
    return 0;
}

void pni_ring_drop(const pni_link *l)
{
    pthread_mutex_lock(&lock);
    for (int i = 0; i < KEYS; i++)
        if (!strcmp(keys[i].connector, l->name))
            keys[i] = (held){0};
    pthread_mutex_unlock(&lock);
}

int pni_ring_key(pni_scope *s, const char *id, pni_span *out)
{
    const pni_tree *ring = pni_tree_get(s->link->root, "ring");
    const char *call = pni_tree_text(ring, "fetch", NULL);
    pni_answer a = {0};
    pni_pairs none = {0};
    *out = (pni_span){NULL, 0};
    PN_TRY(fixed(s, ring, id, out));
    bool may = !out->s && !s->given;
    if (may)
        PN_TRY(known(s, id, out));
    int64_t gap = out->s ? pni_tree_int(ring, "every_h", 12) * 3600
                         : pni_tree_int(ring, "again_s", 300);
    if (may && *id && !s->no_fetch && call && due(s, gap * 1000000)) {
        PN_TRY(pni_link_call(s->p, s->link, call, &none, &a));
        PN_TRY(known(s, id, out));
    }
    if (out->s)
        return 0;
    s->verdict = PNI_NOTICE_BAD;
    return pn_fail(s->p, PN_EPERM, "signature", pn_tr("Connector %s has no key “%s”"),
                   s->link->name, id);
}

static int held_fits(pni_scope *s, const pni_tree *ring, pni_ring_try *fits, void *arg, bool *good)
{
    const pni_tree *list = pni_tree_get(ring, "fixed");
    const char *const ids[] = {newest, before};
    pni_span key;
    for (size_t i = 0; list && i < list->n && !*good; i++) {
        PN_TRY(pni_expand(s, pni_tree_text(list->item[i], "key", ""), &key));
        if (key.n)
            PN_TRY(fits(s, key, arg, good));
    }
    for (size_t i = 0; i < 2 && !*good && !s->given; i++) {
        key = (pni_span){NULL, 0};
        PN_TRY(known(s, ids[i], &key));
        if (key.n)
            PN_TRY(fits(s, key, arg, good));
    }
    return 0;
}

int pni_ring_any(pni_scope *s, pni_ring_try *fits, void *arg, bool *good)
{
    const pni_tree *ring = pni_tree_get(s->link->root, "ring");
    const char *call = pni_tree_text(ring, "fetch", NULL);
    pni_answer a = {0};
    pni_pairs none = {0};
    PN_TRY(held_fits(s, ring, fits, arg, good));
    int64_t gap = *good ? pni_tree_int(ring, "every_h", 24) * 3600
                        : pni_tree_int(ring, "again_s", 300);
    if (s->given || s->no_fetch || !call || !due(s, gap * 1000000))
        return 0;
    PN_TRY(pni_link_call(s->p, s->link, call, &none, &a));
    return *good ? 0 : held_fits(s, ring, fits, arg, good);
}
