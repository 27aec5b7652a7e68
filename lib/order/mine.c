/* SPDX-License-Identifier: Apache-2.0 */
/* mine.c — orders of buyers' accounts: the list of one's own, the telephone number that an
 * account has anyway, and what becomes of them when the account is erased. */
#include "order/mine_int.h"

#include "order/agreement_int.h"
#include "order/notice_int.h"
#include "user/buyer_int.h"

/* ---- the account's own number ---- */

int pni_account_phones(pn *p, const pn_batch *b, const char **phones)
{
    int64_t *id = pn_alloc(p, (b->n + 1) * sizeof *id);
    size_t *at = pn_alloc(p, (b->n + 1) * sizeof *at), n = 0;
    const char **found = pn_alloc(p, (b->n + 1) * sizeof *found);
    if (!id || !at || !found)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    for (size_t i = 0; i < b->n; i++) {
        if (phones[i] || b->req[i]->rc)
            continue;
        pn_for(p, b, i);
        if (pn_who(p)->kind != 'U')
            continue;
        id[n] = pn_who(p)->id;
        at[n++] = i;
    }
    if (n)
        PN_TRY(pni_buyer_phones(p, id, n, found));
    for (size_t i = 0; i < n; i++)
        phones[at[i]] = found[i];
    return 0;
}

int pni_account_phone(pn *p, const char *given, const char **out)
{
    const pn_actor *me = pn_who(p);
    *out = given;
    return given || me->kind != 'U' ? 0 : pni_buyer_phones(p, &me->id, 1, out);
}

/* ---- open orders, erased accounts ---- */

typedef struct account { int64_t id; int open; } account;
static PN_TYPE(account_t, "order.account", account, PN_COL(account, id, "id"),
    PN_COL(account, open, "open"));
const pn_sql pni_account_open_sql = {"account_open", &account_t, &account_t,
    /* what is still to be deducted is open, too */
    "select count(*)::int as open from orders o where o.user_id = :id and (" PNI_STATUS_NOW
    " not in ('CLOSED', 'REFUNDED', 'COMPLETED', 'GRAB_FAILED', 'GRAB_CANCELLED',"
    "  'DIST_RELEASED', 'DIST_REFUNDED', 'CHANNEL_REJECTED') or exists (select from payment y"
    "  join credit_due c on c.sk = y.sk and c.payment_id = y.id"
    "  where y.sk = o.sk and y.order_id = o.id))", false};
/* The hashes stay: they are nobody's any more, and the books of the session count them. */
const pn_sql pni_account_clear_sql = {"account_clear", &account_t, NULL,
    "with e as (update order_seat e set attendee_name = null, doc = null from orders o"
    "  where o.user_id = :id and e.sk = o.sk and e.order_id = o.id),"
    " t as (update ticket t set holder_name = null from orders o where o.user_id = :id"
    "  and t.sk = o.sk and t.order_id = o.id and t.holder_name is not null),"
    " a as (delete from order_address a using orders o where o.user_id = :id and a.sk = o.sk"
    "  and a.order_id = o.id),"
    " g as (delete from grab_person g using orders o where o.user_id = :id and g.sk = o.sk"
    "  and g.order_id = o.id)"
    " update orders set buyer_name = null, buyer_phone = null, phone_tail = '', updated_at = :now"
    " where user_id = :id", false};

static int open_orders(pn *p, int64_t buyer, int *open)
{
    account a = {.id = buyer};
    PN_TRY(pn_one(p, &pni_account_open_sql, &a, &a));
    *open = a.open;
    return 0;
}

/* lib/user may not know orders: it asks through this. */
__attribute__((constructor)) static void hook(void)
{
    pni_buyer_open_hook = open_orders;
}

static int erased(pn *p, int64_t buyer, const char *payload)
{
    (void)payload;
    PN_TRY(pni_agreed_end(p, buyer));
    return pn_exec(p, &pni_account_clear_sql, &(account){.id = buyer}, NULL);
}
const pn_event pni_account_erased_event = {PNI_BUYER_ERASED_EVENT, erased};

/* ---- its level ---- */

typedef struct growth { int64_t user; pn_time since; pn_money fen; } growth;
static PN_TYPE(growth_t, "order.growth", growth, PN_COL(growth, user, "user"),
    PN_COL(growth, since, "since"), PN_COL(growth, fen, "fen"));
const pn_sql pni_account_growth_sql = {"account_growth", &growth_t, &growth_t,
    "select coalesce(sum(o.paid_fen - o.refunded_fen), 0)::bigint as fen from orders o"
    " where o.user_id = :user and o.paid_at > :since", false};

int pni_account_level(pn *p, int64_t user_id, int *level)
{
    static const char *const keys[] = {"buyer.level1_fen", "buyer.level2_fen", "buyer.level3_fen",
                                       "buyer.level4_fen"};
    growth g = {.user = user_id};
    int64_t days, least;
    *level = 0;
    if (!user_id)
        return 0;
    PN_TRY(pni_policy(p, "buyer.growth_days", &days));
    g.since.us = pn_now(p).us - days * INT64_C(86400000000);
    PN_TRY(pn_one(p, &pni_account_growth_sql, &g, &g));
    for (int i = 0; i < 4; i++) {
        PN_TRY(pni_policy(p, keys[i], &least));
        if (g.fen.fen >= least)
            *level = i + 1;
    }
    return 0;
}

/* ---- the message with a code ---- */

/* It is for minutes: what was not sent in time is not sent, and it is kept nowhere in clear. */
static int code(pn *p, int64_t id, const char *payload)
{
    pni_code_sent c;
    bool sent = false;
    PN_TRY(pni_code_open(p, id, payload, &c));
    int64_t left = c.expires_at.us - pn_now(p).us;
    if (left <= 0)
        return 0;
    pn_notice n = {.id = id, .kind = "60-signin_code", .target = c.phone, .transport = "log",
                   .state = {PN_NOTICE_QUEUED}, .created_at = pn_now(p)};
    const char *minutes = pn_printf(p, "%lld", (long long)((left + 59999999) / 60000000));
    PN_TRY(pni_notice_text(p, n.kind, (pni_var[]){{"code", c.code}, {"min", minutes},
                                                  {NULL, NULL}}, &n.body));
    PN_TRY(pni_notice_deliver(p, &n, &sent));
    return sent ? 0 : pn_fail(p, PN_EIO, NULL, "%s", pn_tr("The message could not be sent"));
}
const pn_event pni_account_code_event = {PNI_BUYER_CODE_EVENT, code, .tells = PNI_TO_BUYER};
