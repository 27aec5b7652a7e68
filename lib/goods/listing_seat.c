/* SPDX-License-Identifier: Apache-2.0 */
/* Numbered seats of offers. A run "A/5/1-4" is adjacent seats of one row; "1+3+5" names them one by
 * one, where numbers skip. A seat is claimed when its offer leaves the draft. */
#include "listing_int.h"
#include "base/unit_int.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { RUN_MAX = 63, SEATS_MAX = 2000 };

typedef struct claim {
    int sk;
    int64_t session_id, listing_id, merchant_id, id, other_id;
    const char *seat_key;
} claim;
static PN_TYPE(claim_t, "listing.claim", claim, PN_COL(claim, sk, ""),
    PN_COL(claim, session_id, ""), PN_COL(claim, listing_id, ""), PN_COL(claim, merchant_id, ""),
    PN_COL(claim, id, ""), PN_COL(claim, other_id, ""), PN_COL(claim, seat_key, ""));

const pn_sql pni_claim_put = {"listing_claim_put", &claim_t, &claim_t,
    "insert into seat_claim (sk, session_id, seat_key, listing_id, merchant_id, at)"
    " select u.sk, u.session_id, u.seat_key, u.listing_id, u.merchant_id, :now"
    " from unnest(:sk, :session_id, :seat_key, :listing_id, :merchant_id)"
    "  u(sk, session_id, seat_key, listing_id, merchant_id)"
    " order by u.sk, u.session_id, u.seat_key"
    " on conflict (sk, session_id, seat_key) do nothing returning seat_key", .array = true};
const pn_sql pni_claim_find = {"listing_claim_find", &claim_t, &claim_t,
    "select c.sk, c.session_id, c.seat_key, c.listing_id, c.merchant_id"
    " from unnest(:sk, :session_id, :seat_key) u(sk, session_id, seat_key)"
    " join seat_claim c on c.sk = u.sk and c.session_id = u.session_id"
    "  and c.seat_key = u.seat_key", .array = true};
const pn_sql pni_claim_drop = {"listing_claim_drop", &claim_t, NULL,
    "delete from seat_claim where sk = :listing_id# and listing_id = :listing_id"};
const pn_sql pni_clash_put = {"listing_clash_put", &claim_t, NULL,
    "insert into seat_clash (sk, id, session_id, seat_key, merchant_id, listing_id,"
    "  other_merchant_id, actor_id, at)"
    " values (:session_id#, :id, :session_id, :seat_key, :merchant_id, :listing_id, :other_id,"
    "  :me, :now)"};

/* ---- reading runs ---- */

static int bad_run(pn *p, const char *run)
{
    pn_fail(p, PN_EARG, "seats", pn_tr("“%s” names no seats"), run);
    return pn_hint(p, "%s", pn_tr("Section/row/seats, for instance A/5/1-4 or A/5/1+3+5"));
}

static int add_key(pn *p, pn_texts *out, const char *place, int len, const char *seat, int seat_len)
{
    if (out->n == SEATS_MAX)
        return pn_fail(p, PN_ETOO_BIG, "seats", pn_tr("More than %d seats"), SEATS_MAX);
    out->v[out->n] = pn_printf(p, "%.*s%.*s", len, place, seat_len, seat);
    return out->v[out->n++] ? 0 : pni_mem(p);
}

/* "1-4": every number of it. */
static int add_range(pn *p, pn_texts *out, const char *run, int len, const char *from)
{
    char *end, number[24];
    long a = strtol(from, &end, 10), b = *end == '-' ? strtol(end + 1, &end, 10) : 0;
    if (*end || a < 1 || b < a || b - a >= RUN_MAX)
        return bad_run(p, run);
    for (long n = a; n <= b; n++) {
        char *at = number + sizeof number;
        for (long k = n; k; k /= 10)
            *--at = (char)('0' + k % 10);
        PN_TRY(add_key(p, out, run, len, at, (int)(number + sizeof number - at)));
    }
    return 0;
}

static int add_run(pn *p, pn_texts *out, const char *run)
{
    const char *row = strchr(run, '/'), *seats = row ? strchr(row + 1, '/') : NULL;
    int count = 0;
    if (!seats || row == run || seats == row + 1 || !seats[1] || strchr(seats + 1, '/') ||
        strspn(run, " ") || strlen(run) > 200)
        return bad_run(p, run);
    int len = (int)(seats + 1 - run);
    if (strchr(seats + 1, '-') && !strchr(seats + 1, '+'))
        return add_range(p, out, run, len, seats + 1);
    for (const char *s = seats + 1; s; count++) {
        size_t n = strcspn(s, "+");
        if (!n || count == RUN_MAX)
            return bad_run(p, run);
        PN_TRY(add_key(p, out, run, len, s, (int)n));
        s = s[n] ? s + n + 1 : NULL;
    }
    return 0;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int pni_seat_keys(pn *p, const char *joined, pn_texts *out)
{
    const char **sorted;
    *out = (pn_texts){pn_alloc(p, SEATS_MAX * sizeof *out->v), 0};
    if (!out->v)
        return pni_mem(p);
    for (const char *s = joined; s && *s;) {
        size_t n = strcspn(s, "|");
        char *run = pn_printf(p, "%.*s", (int)n, s);
        if (!run)
            return pni_mem(p);
        PN_TRY(add_run(p, out, run));
        s += n + (s[n] == '|');
    }
    sorted = pn_alloc(p, (out->n + 1) * sizeof *sorted);
    if (!sorted)
        return pni_mem(p);
    memcpy(sorted, out->v, out->n * sizeof *sorted);
    qsort(sorted, out->n, sizeof *sorted, by_text);
    for (size_t i = 1; i < out->n; i++)
        if (!strcmp(sorted[i], sorted[i - 1]))
            return pn_fail(p, PN_EARG, "seats", pn_tr("Seat %s is named twice"), sorted[i]);
    return 0;
}

/* ---- claims ---- */

static int claims_of(pn *p, const pni_listing *l, claim **out, size_t *n)
{
    pn_texts keys;
    PN_TRY(pni_seat_keys(p, l->seats, &keys));
    *n = keys.n;
    *out = pn_alloc(p, (keys.n + 1) * sizeof **out);
    if (!*out)
        return pni_mem(p);
    for (size_t i = 0; i < keys.n; i++)
        (*out)[i] = (claim){.sk = pn_sk(l->session_id), .session_id = l->session_id,
                            .listing_id = l->id, .merchant_id = l->merchant_id,
                            .seat_key = keys.v[i]};
    return 0;
}

/* Who offers a seat of another is remembered. */
static int remember(pn *p, const pni_listing *l, const claim *other)
{
    claim c = {.session_id = l->session_id, .listing_id = other->listing_id,
               .merchant_id = l->merchant_id, .other_id = other->merchant_id,
               .seat_key = other->seat_key};
    if (other->merchant_id == l->merchant_id)
        return 0;
    PN_TRY(pn_new_id(p, pn_sk(l->session_id), &c.id));
    return pn_exec(p, &pni_clash_put, &c, NULL);
}

static int listed(pn *p, const pni_listing *l, const claim *other)
{
    pn_fail(p, PN_ESEAT_LISTED, "seats", pn_tr("Seat %s is offered already"), other->seat_key);
    return pn_hint(p, other->merchant_id == l->merchant_id
                          ? pn_tr("By listing %lld of your own")
                          : pn_tr("Check the seat; if it is yours, tell operations (%lld)"),
                   (long long)other->listing_id);
}

/* Does another offer one of the seats? *mine: how many are claimed by this one already. A refusal
 * that comes first, before anything was written, counts: the attempt stays. */
static int ask(pn *p, const pni_listing *l, claim *c, size_t n, size_t *mine, bool first)
{
    pn_rows rows;
    *mine = 0;
    PN_TRY(pn_exec_many(p, &pni_claim_find, c, n, &rows));
    pn_each(claim, other, &rows)
    {
        if (other->listing_id != l->id) {
            if (first)
                PN_TRY(remember(p, l, other));
            if (first)
                pni_keep(p);
            return listed(p, l, other);
        }
        ++*mine;
    }
    return 0;
}

int pni_seats_ask(pn *p, const pni_listing *l)
{
    claim *c;
    size_t n, mine;
    PN_TRY(claims_of(p, l, &c, &n));
    return n ? ask(p, l, c, n, &mine, true) : 0;
}

int pni_seats_claim(pn *p, const pni_listing *l)
{
    claim *c;
    size_t n, mine;
    pn_rows made = {0};
    PN_TRY(claims_of(p, l, &c, &n));
    if (!n)
        return 0;
    PN_TRY(ask(p, l, c, n, &mine, true));
    PN_TRY(pn_exec_many(p, &pni_claim_put, c, n, &made));
    if (made.n + mine == n)
        return 0;
    PN_TRY(ask(p, l, c, n, &mine, false)); /* somebody was faster: say which seat */
    return pn_fail(p, PN_ECONFLICT, "seats", "%s", pn_tr("Seats changed meanwhile, try again"));
}

int pni_seats_free(pn *p, const pni_listing *l)
{
    if (l->seat_mode.v != PN_BY_SEAT || l->locked + l->sold)
        return 0;
    return pn_exec(p, &pni_claim_drop, &(claim){.listing_id = l->id}, NULL);
}

/* ---- the seats of many ---- */

static int claims_of_all(pn *p, const pni_seated *s, size_t n, claim **out, size_t *count)
{
    size_t all = 0;
    *count = 0;
    for (size_t i = 0; i < n; i++)
        all += s[i].keys.n;
    *out = pn_alloc(p, (all + 1) * sizeof **out);
    if (!*out)
        return pni_mem(p);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < s[i].keys.n; k++)
            (*out)[(*count)++] = (claim){.sk = pn_sk(s[i].l->session_id),
                .session_id = s[i].l->session_id, .listing_id = s[i].l->id,
                .merchant_id = s[i].l->merchant_id, .seat_key = s[i].keys.v[k]};
    return 0;
}

const char *pni_seat_name(pn *p, int64_t session, const char *seat)
{
    return pn_printf(p, "%" PRIx64 " %s", session, seat);
}

int pni_seats_taken(pn *p, const pni_seated *s, size_t n, pni_map *out)
{
    claim *c;
    size_t count;
    pn_rows rows;
    PN_TRY(claims_of_all(p, s, n, &c, &count));
    if (!count)
        return 0;
    PN_TRY(pn_exec_many(p, &pni_claim_find, c, count, &rows));
    pn_each(claim, other, &rows)
    {
        const char *key = pni_seat_name(p, other->session_id, other->seat_key);
        if (!key)
            return pni_mem(p);
        PN_TRY(pni_map_put(out, key, other));
    }
    return 0;
}

int pni_seats_refuse(pn *p, const pni_listing *l, const void *taken)
{
    PN_TRY(remember(p, l, taken));
    return listed(p, l, taken);
}

int pni_seats_claim_all(pn *p, const pni_seated *s, size_t n)
{
    claim *c;
    size_t count;
    pn_rows made = {0};
    PN_TRY(claims_of_all(p, s, n, &c, &count));
    if (!count)
        return 0;
    PN_TRY(pn_exec_many(p, &pni_claim_put, c, count, &made));
    return made.n == count ? 0
                           : pn_fail(p, PN_ESEAT_LISTED, "seats", "%s",
                                     pn_tr("One of its seats was offered by another meanwhile"));
}
