/* SPDX-License-Identifier: Apache-2.0 */
/* known.c — one more order of what was sold a moment ago needs no reading: tier, price, rules and
 * lot are kept by the process, and the statement that takes the stock looks whether all of it is
 * still true. Where it is not, a constraint says so, and the second try reads. So it is with whom
 * limits or names keep out: nobody is refused by memory. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/keep_int.h"
#include "order/sale_int.h"

/* For how long what was read counts as known. Rules are looked for by the time from which they are
 * in force: one that was set by a transaction still under way was not seen, thus so long before. */
enum { AGE_US = 1000000, RULES_US = 600000000 };
#define RULES                                                                                      \
    "select from policy r where r.effective_from <= :now::timestamptz and r.effective_from"

/* Where the rows of tier, session and show lie, and who wrote them: the same row at the same place
 * by the same transaction is the same in all its columns. */
typedef struct stamps {
    const char *tier_at, *tier_by, *session_at, *session_by, *show_at, *show_by;
    bool alone, settled; /* the tier's only lot; rules did not change lately */
} stamps;

struct pni_known {
    pni_offer offer;
    pni_lot lot;
    stamps is;
    pn_time read_at;
};

#define S(field) PN_COL(stamps, field, #field)
static PN_TYPE(stamps_t, "order.known", stamps, S(tier_at), S(tier_by), S(session_at),
    S(session_by), S(show_at), S(show_by), S(alone), S(settled));
#undef S
const pn_sql pni_known_ask_sql = {"known_ask", &pni_tier_no_t, &stamps_t,
    "select t.ctid::text as tier_at, t.xmin::text as tier_by, s.ctid::text as session_at,"
    " s.xmin::text as session_by, h.ctid::text as show_at, h.xmin::text as show_by,"
    " not exists (select from stock o where o.sk = :tier# and o.tier_id = :tier"
    "  and o.lot_id <> :tier) as alone,"
    " not exists (" RULES " > :now::timestamptz - interval '10 minutes') as settled"
    " from tier t join session s on s.id = t.session_id join show h on h.id = s.show_id"
    " where t.id = :tier"};

typedef struct taking {
    int64_t lot;
    int qty;
    pn_time since;
    const char *tier_at, *tier_by, *session_at, *session_by, *show_at, *show_by;
} taking;
#define T(field) PN_COL(taking, field, #field)
static PN_TYPE(taking_t, "order.known_take", taking, T(lot), T(qty), T(since), T(tier_at),
    T(tier_by), T(session_at), T(session_by), T(show_at), T(show_by));
#undef T
#define STILL(table)                                                                               \
    "exists (select from " #table " x where x.ctid = :" #table "_at::tid"                          \
    " and x.xmin = :" #table "_by::xid)"
const pn_sql pni_known_take_sql = {"known_take", &taking_t, NULL,
    "update stock k set qty_locked = case when k.seat_stamp = 0"
    "  and " STILL(tier) " and " STILL(session) " and " STILL(show)
    "  and not exists (select from stock o where o.sk = :lot# and o.tier_id = :lot"
    "   and o.lot_id <> :lot)"
    "  and not exists (" RULES " > :since::timestamptz)"
    "  then k.qty_locked + :qty else -1 end where k.sk = :lot# and k.lot_id = :lot"};

/* ---- copies ---- */

/* Every text in it. */
static const size_t texts[] = {
    offsetof(struct pni_known, offer.tier), offsetof(struct pni_known, offer.show),
    offsetof(struct pni_known, offer.venue), /* a word of the answer: its row is not looked at */
    offsetof(struct pni_known, offer.session_status),
    offsetof(struct pni_known, offer.show_status), offsetof(struct pni_known, offer.realname),
    offsetof(struct pni_known, is.tier_at), offsetof(struct pni_known, is.tier_by),
    offsetof(struct pni_known, is.session_at), offsetof(struct pni_known, is.session_by),
    offsetof(struct pni_known, is.show_at), offsetof(struct pni_known, is.show_by),
};
enum { TEXTS = sizeof texts / sizeof *texts };

static const char **text_of(struct pni_known *k, int i)
{
    return (const char **)(void *)((char *)k + texts[i]);
}

static size_t size_of(struct pni_known *k)
{
    size_t all = sizeof *k;
    for (int i = 0; i < TEXTS; i++)
        all += strlen(*text_of(k, i)) + 1;
    return all;
}

static struct pni_known *copy(struct pni_known *from, void *room)
{
    struct pni_known *k = room;
    char *at = (char *)(k + 1);
    *k = *from;
    for (int i = 0; i < TEXTS; i++) {
        const char **text = text_of(k, i);
        size_t len = strlen(*text) + 1;
        *text = memcpy(at, *text, len);
        at += len;
    }
    return k;
}

/* ---- keeping ---- */

/* One line of one tier, by number of tickets, at its own price. */
static bool ordinary(const pni_deal *d)
{
    const pn_order_want *w = d->want;
    return d->wants == 1 && w->tier && !w->listing && !w->seats.n && !d->ask->upgrade &&
           !d->ask->order_id;
}

int pni_known_ask(pni_sale *s, pni_deal *const d[], size_t n)
{
    if (n != 1 || !ordinary(d[0]))
        return 0;
    return pn_queue(s->p, &pni_known_ask_sql, &(pni_tier_no){d[0]->want->tier}, 0, &s->stamps,
                    NULL);
}

void pni_known_forget(pn *p, int64_t tier)
{
    int64_t stamp;
    free(pni_keep_take(pn_unit_ctx(p), PNI_KEEP_TIERS, tier, &stamp));
}

static void keep(pn *p, struct pni_known *k, size_t size)
{
    pni_keep_put(pn_unit_ctx(p), PNI_KEEP_TIERS, k->offer.tier_id, 0, k, size, free);
}

void pni_known_learn(const pni_sale *s)
{
    const stamps *is = s->stamps.row;
    if (!s->stamps.n || !is->alone || !is->settled || s->offers != 1 || s->lots != 1)
        return;
    struct pni_known k = {*s->offer, *s->lot, *is, pn_now(s->p)};
    k.lot.taken = 0;
    k.lot.row = NULL;
    size_t size = size_of(&k);
    void *room = malloc(size);
    if (room)
        keep(s->p, copy(&k, room), size);
}

/* ---- using ---- */

static bool fresh(const pn *p, const struct pni_known *k)
{
    int64_t age = pn_now(p).us - k->read_at.us;
    return age >= 0 && age <= AGE_US;
}

bool pni_known_sale(pn *p, pni_sale *s, pni_deal *const d[], size_t n)
{
    int64_t stamp;
    if (n != 1 || !ordinary(d[0]))
        return false;
    struct pni_known *k =
        pni_keep_take(pn_unit_ctx(p), PNI_KEEP_TIERS, d[0]->want->tier, &stamp);
    size_t size = k ? size_of(k) : 0;
    void *room = k ? pn_alloc(p, size) : NULL;
    if (!room) {
        free(k);
        return false;
    }
    struct pni_known *mine = copy(k, room);
    *s = (pni_sale){.p = p, .alone = true, .offer = &mine->offer, .offers = 1, .lot = &mine->lot,
                    .lots = 1, .counts = {.p = p}, .docs = {.p = p}, .purses = {.p = p},
                    .known = mine};
    bool good = fresh(p, k) && pni_sale_plenty(s, d, n);
    if (good) {
        k->lot.free -= d[0]->want->qty * k->offer.combo_n;
        keep(p, k, size);
    } else {
        free(k);
    }
    return good;
}

int pni_known_take(const pni_sale *s)
{
    const struct pni_known *k = s->known;
    const stamps *is = &k->is;
    taking in = {.lot = s->lot->lot_id, .qty = s->lot->taken,
                 .since = {k->read_at.us - RULES_US},
                 .tier_at = is->tier_at, .tier_by = is->tier_by, .session_at = is->session_at,
                 .session_by = is->session_by, .show_at = is->show_at, .show_by = is->show_by};
    return pn_queue(s->p, &pni_known_take_sql, &in, 0, NULL, NULL);
}
