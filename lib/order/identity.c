/* SPDX-License-Identifier: Apache-2.0 */
/* identity.c — who buys and who will go: identities that limits count, real names.
 *
 * A limit counts the account, the telephone number and, where one person stands for an order, the
 * document: whoever has bought enough by any of them has bought enough. Unpaid holds count. */
#include <stdlib.h>
#include <string.h>

#include "order/send_int.h"

static int oom(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

/* ---- what can be told without the database ---- */

static int by_line(const void *a, const void *b)
{
    const pn_order_want *x = a, *y = b;
    if (x->tier != y->tier)
        return x->tier > y->tier ? 1 : -1;
    return (x->listing > y->listing) - (x->listing < y->listing);
}

/* The lines in tier order, equal ones made one (two lines must not each see all stock). */
static int lines(pn *p, const pni_ask *ask, pni_deal *d)
{
    const char *field = ask->wants == 1 ? "qty" : "items";
    if (!ask->wants)
        return pn_fail(p, PN_EARG, "tier", "%s",
                       pn_tr("Give a tier, a listing, or items: one of them"));
    if (ask->wants > PNI_ITEMS_MAX)
        return pn_fail(p, PN_EARG, "items", pn_tr("At most %d items in one order"), PNI_ITEMS_MAX);
    pn_order_want w[PNI_ITEMS_MAX];
    memcpy(w, ask->want, ask->wants * sizeof *w);
    qsort(w, ask->wants, sizeof *w, by_line);
    for (size_t i = 0; i < ask->wants; i++) {
        if (w[i].qty < 1 || w[i].qty > PNI_SEATS_MAX)
            return pn_fail(p, PN_EARG, field, pn_tr("A quantity is between 1 and %d"),
                           PNI_SEATS_MAX);
        if (!w[i].tier && !w[i].listing)
            return pn_fail(p, PN_EARG, "items", "%s",
                           pn_tr("Give a tier, a listing, or items: one of them"));
        if (pn_sk(w[i].tier ? w[i].tier : w[i].listing) !=
            pn_sk(w[0].tier ? w[0].tier : w[0].listing))
            return pn_fail(p, PN_EARG, "items", "%s", pn_tr("One order is for one session"));
        if (d->wants && !by_line(&d->want[d->wants - 1], &w[i]))
            d->want[d->wants - 1].qty += w[i].qty;
        else
            d->want[d->wants++] = w[i];
    }
    return 0;
}

pn_bytes pni_limit_key(pn_bytes hash)
{
    enum { ENOUGH = 16 };
    return (pn_bytes){hash.data, hash.len < ENOUGH ? hash.len : ENOUGH};
}

static void add_key(pni_buyer *b, pn_bytes hash)
{
    pn_bytes key = pni_limit_key(hash);
    for (size_t i = 0; i < b->keys; i++)
        if (b->key[i].len == key.len && memcmp(b->key[i].data, key.data, key.len) == 0)
            return;
    if (key.len && b->keys < PNI_KEYS_MAX)
        b->key[b->keys++] = key;
}

static int identities(pn *p, const pni_ask *ask, pni_buyer *b)
{
    const pn_actor *me = pn_who(p);
    if (ask->user_id)
        b->user_id = ask->user_id;
    else if (me->kind != 'U')
        b->staff_id = me->id;
    else
        b->user_id = me->id;
    if (ask->phone) {
        PN_TRY(pni_phone_check(p, ask->phone, "phone", &b->phone));
        PN_TRY(pni_pii_hash(p, "phone", b->phone, &b->phone_hash));
    } else if (ask->channel.v != PN_CHANNEL_POS) {
        return pn_fail(p, PN_EARG, "phone", "%s", pn_tr("A telephone number is required"));
    }
    b->buyer = b->phone_hash;
    if (b->user_id)
        PN_TRY(pni_pii_hash(p, "user", pn_printf(p, "%lld", (long long)b->user_id), &b->buyer));
    add_key(b, b->buyer);
    add_key(b, b->phone_hash);
    return 0;
}

static bool same(pn_bytes a, pn_bytes b)
{
    return a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}

static int another(pn *p)
{
    return pn_hint(p, "%s", pn_tr("One document, one ticket: name another person"));
}

static int named_twice(pn *p, const char *doc)
{
    pn_fail(p, PN_EREALNAME_DUP, "attendees", pn_tr("Document %s is named twice"),
            pni_mask_doc(p, doc));
    return another(p);
}

static int people(pn *p, const pni_ask *ask, pni_buyer *b)
{
    const pn_attendee *a = ask->attendees.row;
    if (ask->attendees.n > PNI_SEATS_MAX) {
        pn_fail(p, PN_EREALNAME, "attendees", "%s", pn_tr("More attendees than tickets"));
        return pn_hint(p, "%s", pn_tr("Name one for each ticket"));
    }
    b->person = pn_alloc(p, (ask->attendees.n + 1) * sizeof *b->person);
    if (!b->person)
        return oom(p);
    for (size_t i = 0; i < ask->attendees.n; i++) {
        pni_person *x = &b->person[i];
        *x = (pni_person){.name = a[i].name, .doc_type = a[i].doc_type};
        if (!x->doc_type.v)
            x->doc_type.v = PN_DOC_ID_CARD;
        PN_TRY(pni_doc_check(p, x->doc_type, a[i].doc, "attendees", &x->doc));
        PN_TRY(pni_pii_hash(p, "doc", x->doc, &x->hash));
        for (size_t k = 0; k < i; k++)
            if (same(b->person[k].hash, x->hash))
                return named_twice(p, x->doc);
        b->people = i + 1;
    }
    return 0;
}

int pni_quote_check(pn *p, const pni_ask *ask, pni_deal *d)
{
    *d = (pni_deal){.ask = ask};
    return lines(p, ask, d);
}

int pni_deal_check(pn *p, const pni_ask *ask, pni_deal *d)
{
    PN_TRY(pni_quote_check(p, ask, d));
    PN_TRY(identities(p, ask, &d->buyer));
    PN_TRY(people(p, ask, &d->buyer));
    PN_TRY(pni_send_check(p, ask, &d->target));
    if (d->buyer.people == 1) /* one person who stands for the order */
        add_key(&d->buyer, d->buyer.person->hash);
    return 0;
}

/* ---- what the session allows ---- */

static bool each_named(const pni_offer *o)
{
    return strcmp(o->realname, "TICKET") == 0 || strcmp(o->realname, "STRICT") == 0;
}

static int enough_named(pn *p, const pni_offer *o, int seats, int given)
{
    if (each_named(o) && given != seats)
        pn_fail(p, PN_EREALNAME, "attendees", pn_tr("%d tickets need %d attendees, %d are named"),
                seats, seats, given);
    else if (strcmp(o->realname, "ORDER") == 0 && given == 0)
        pn_fail(p, PN_EREALNAME, "attendees", "%s",
                pn_tr("This show needs the document of one person"));
    else if (given > seats)
        pn_fail(p, PN_EREALNAME, "attendees", "%s", pn_tr("More attendees than tickets"));
    else
        return 0;
    return pn_hint(p, "%s", pn_tr("Give the name, the kind of document and its number of each"));
}

/* Real name by the show's mode: TICKET and STRICT bind one person to each seat, once a session. */
static int named(pni_sale *s, const pni_deal *d)
{
    const pni_offer *o = d->cart.offer;
    const pni_buyer *b = &d->buyer;
    int given = (int)b->people;
    PN_TRY(enough_named(s->p, o, d->cart.seats, given));
    for (int i = 0; each_named(o) && i < given; i++) {
        const char *key = pni_sale_key(s->p, o->session_id, b->person[i].hash);
        if (!key)
            return oom(s->p);
        if (pni_map_get(&s->docs, key)) {
            pn_fail(s->p, PN_EREALNAME_DUP, "attendees", "%s", pn_code_text(PN_EREALNAME_DUP));
            return another(s->p);
        }
    }
    return 0;
}

static int cool(pni_sale *s, const pni_count *c)
{
    if (c->cool_until.us <= pn_now(s->p).us)
        return 0;
    pn_fail(s->p, PN_ELIMIT, "phone", "%s", pn_tr("Too many unpaid orders of this session"));
    return pn_hint(s->p, pn_tr("Try again in %d minutes, or pay an order that is still held"),
                   (int)((c->cool_until.us - pn_now(s->p).us) / 60000000 + 1));
}

static int fewer(pn *p)
{
    return pn_hint(p, "%s", pn_tr("Take fewer, or order the others for somebody else"));
}

int pni_anybody_may(pn *p, const pni_offer *o, int n)
{
    if (n > PNI_SEATS_MAX || (o->limit_order && n > o->limit_order)) {
        pn_fail(p, PN_ELIMIT, "qty", pn_tr("At most %d tickets in one order of this show"),
                o->limit_order ? o->limit_order : PNI_SEATS_MAX);
        return fewer(p);
    }
    if (o->limit_user && n > o->limit_user) {
        pn_fail(p, PN_ELIMIT, "qty", pn_tr("At most %d tickets for one buyer"), o->limit_user);
        return fewer(p);
    }
    return 0;
}

int pni_buyer_may(pni_sale *s, const pni_deal *d)
{
    const pni_offer *o = d->cart.offer;
    int n = d->cart.seats;
    PN_TRY(named(s, d));
    if (d->ask->unlimited)
        return 0;
    PN_TRY(pni_anybody_may(s->p, o, n));
    for (size_t i = 0; i < d->buyer.keys; i++) {
        const char *key = pni_sale_key(s->p, o->session_id, d->buyer.key[i]);
        const pni_count *c = key ? pni_map_get(&s->counts, key) : NULL;
        if (!key)
            return oom(s->p);
        if (!c)
            continue;
        if (!d->ask->late)
            PN_TRY(cool(s, c));
        if (o->limit_user && c->qty + c->add + n > o->limit_user) {
            pn_fail(s->p, PN_ELIMIT, "qty", pn_tr("At most %d tickets for one buyer"),
                    o->limit_user);
            return pn_hint(s->p, "%s", pn_tr("Unpaid orders count until they run out"));
        }
    }
    return 0;
}

static int count(pni_sale *s, const pni_offer *o, pn_bytes who, int n, bool limited)
{
    const char *key = pni_sale_key(s->p, o->session_id, who);
    pni_count *c = key ? pni_map_get(&s->counts, key) : NULL;
    if (key && !c && (c = pn_alloc(s->p, sizeof *c))) {
        *c = (pni_count){.session_id = o->session_id, .buyer = who};
        PN_TRY(pni_map_put(&s->counts, key, c));
    }
    if (!c)
        return oom(s->p);
    c->add += n;
    c->cap = limited && o->limit_user ? o->limit_user : INT32_MAX;
    return 0;
}

int pni_buyer_count(pni_sale *s, const pni_deal *d)
{
    const pni_offer *o = d->cart.offer;
    for (size_t i = 0; i < d->buyer.keys; i++)
        PN_TRY(count(s, o, d->buyer.key[i], d->cart.seats, !d->ask->unlimited));
    for (size_t i = 0; each_named(o) && i < d->buyer.people; i++) {
        const char *key = pni_sale_key(s->p, o->session_id, d->buyer.person[i].hash);
        PN_TRY(key ? pni_map_put(&s->docs, key, &d->buyer.person[i]) : oom(s->p));
    }
    return 0;
}
