/* SPDX-License-Identifier: Apache-2.0 */
/* notice_kind.c — the messages of grabs and groups. */
#include <string.h>

#include "order/notice_int.h"
#include "order/payment_int.h"

typedef struct id_in { int64_t id; } id_in;
static PN_TYPE(by_id_t, "notice.kind_ref", id_in, PN_COL(id_in, id, N_("Order")));

/* What comes next, by the way the tickets go. */
static const char *next_of(pn *p, const pni_facts *f)
{
    if (f->delivery.v == PN_DELIVERY_ETICKET)
        return "电子票请在“我的票”中查看。";
    if (f->delivery.v == PN_DELIVERY_EXPRESS)
        return "纸质票将寄出，请留意快递短信。";
    return pn_printf(p, "请在演出前到%s取票。", f->venue);
}

/* ---- grab ---- */

typedef struct wish { const char *tiers; pn_money cap_fen; pn_time deadline_at; } wish;
static PN_TYPE(wish_t, "notice.wish", wish, PN_COL(wish, tiers, N_("Tiers")),
    PN_COL(wish, cap_fen, N_("Highest price")), PN_COL(wish, deadline_at, N_("Deadline")));
const pn_sql pni_notice_wish_sql = {"notice_wish", &by_id_t, &wish_t,
    "select (select string_agg(t.name, '/' order by t.sort, t.id) from tier t"
    "  where t.id = any (g.tiers)) as tiers, g.cap_fen, g.deadline_at from grab_request g"
    " where g.sk = :id# and g.order_id = :id", false};
typedef struct tier { const char *name, *method; pn_money freed_fen; } tier;
static PN_TYPE(tier_t, "notice.tier", tier, PN_COL(tier, name, N_("Tier")),
    PN_COL(tier, method, N_("Method")), PN_COL(tier, freed_fen, N_("Released")));
const pn_sql pni_notice_tier_sql = {"notice_tier", &by_id_t, &tier_t,
    "select (select string_agg(distinct t.name, '/') from order_item i"
    "  join tier t on t.id = i.tier_id where i.sk = :id# and i.order_id = :id) as name,"
    " (select min(y.method) from payment y where y.sk = :id# and y.order_id = :id"
    "  and y.state in ('SUCCESS', 'CAPTURED')) as method,"
    " (select coalesce(sum(y.frozen_fen - case y.state when 'CAPTURED' then y.amount_fen else 0"
    "   end), 0)::bigint from payment y where y.sk = :id# and y.order_id = :id"
    "   and y.state in ('CAPTURED', 'RELEASED')) as freed_fen", false};

static int grab_authorised(pn *p, int64_t id, const char *payload)
{
    pni_facts f;
    wish w;
    (void)payload;
    PN_TRY(pni_notice_facts(p, id, &f));
    PN_TRY(pn_one(p, &pni_notice_wish_sql, &(id_in){id}, &w));
    return pni_notice_post(p, &f, "15-grab_submitted", id,
        (pni_var[]){{"wish", w.tiers}, {"cap", pni_yuan(p, w.cap_fen.fen)},
                    {"deadline", pni_when_short(p, w.deadline_at)},
                    {"how", f.paid_fen.fen ? "预付" : "冻结"}, {NULL, NULL}});
}

static int grab_failed(pn *p, int64_t id, const char *payload)
{
    pni_facts f;
    (void)payload;
    PN_TRY(pni_notice_facts(p, id, &f));
    return pni_notice_post(p, &f, "17-grab_failed", id,
        (pni_var[]){{"how", f.paid_fen.fen ? "原路退回" : "解冻"}, {NULL, NULL}});
}

static int grab_capture(pn *p, int64_t id, const char *payload)
{
    pni_facts f;
    (void)payload;
    PN_TRY(pni_notice_facts(p, id, &f));
    return pni_notice_post(p, &f, "24-deduct_fail", id,
                           (pni_var[]){{"next", "抢票已取消，请重新下单。"}, {NULL, NULL}});
}

/* ---- attended first ---- */

static int later_facts(pn *p, int64_t payment_id, pni_facts *f, const char **amount)
{
    pn_payment y;
    PN_TRY(pni_payment_row(p, payment_id, &y));
    *amount = pni_yuan(p, y.amount_fen.fen);
    return pni_notice_facts(p, y.order_id, f);
}

static int later_deducted(pn *p, int64_t payment_id, const char *payload)
{
    pni_facts f;
    const char *amount;
    (void)payload;
    PN_TRY(later_facts(p, payment_id, &f, &amount));
    return pni_notice_post(p, &f, "23-deduct_ok", payment_id,
        (pni_var[]){{"method", "账户"}, {"amt", amount}, {"service", "先看后付"}, {NULL, NULL}});
}

static int later_failed(pn *p, int64_t payment_id, const char *payload)
{
    pni_facts f;
    const char *amount;
    (void)payload;
    PN_TRY(later_facts(p, payment_id, &f, &amount));
    return pni_notice_post(p, &f, "24-deduct_fail", payment_id,
        (pni_var[]){{"amt", amount},
                    {"next", "请保证账户余额充足，我们将再次扣款；逾期将影响先看后付权益。"},
                    {NULL, NULL}});
}

static int grab_matched(pn *p, const pni_facts *f)
{
    tier t;
    PN_TRY(pn_one(p, &pni_notice_tier_sql, &(id_in){f->id}, &t));
    int method = t.method ? pn_word_find(pn_pay_methods, t.method) : 0;
    const char *amount = pni_yuan(p, f->payable_fen.fen);
    int64_t back = f->paid_fen.fen - f->payable_fen.fen + t.freed_fen.fen;
    PN_TRY(pni_notice_post(p, f, "16-grab_success", f->id,
        (pni_var[]){{"tier", t.name ? t.name : ""}, {"amt", amount},
                    {"back", pni_yuan(p, back)},
                    {"next", next_of(p, f)}, {NULL, NULL}}));
    return pni_notice_post(p, f, "23-deduct_ok", f->id,
        (pni_var[]){{"method", method == PN_PAY_SIMULATED ? "预付款" : "账户"}, {"amt", amount},
                    {"service", "抢票"}, {NULL, NULL}});
}

/* ---- group ---- */

typedef struct group { bool leader; int left; pn_time expires_at; } group;
static PN_TYPE(group_t, "notice.group", group, PN_COL(group, leader, N_("Leader")),
    PN_COL(group, left, N_("Still wanted")), PN_COL(group, expires_at, N_("Complete before")));
const pn_sql pni_notice_group_sql = {"notice_group", &by_id_t, &group_t,
    "select coalesce(g.leader_id = m.order_id, false) as leader, g.size - g.paid as left,"
    " g.expires_at from group_member m join group_buy g on g.sk = :id# and g.id = m.group_id"
    " where m.sk = :id# and m.order_id = :id", false};

static int group_joined(pn *p, int64_t id, const char *payload)
{
    pni_facts f;
    group g;
    (void)payload;
    PN_TRY(pni_notice_facts(p, id, &f));
    PN_TRY(pn_one(p, &pni_notice_group_sql, &(id_in){id}, &g));
    return pni_notice_post(p, &f, "18-group_joined", id,
        (pni_var[]){{"role", g.leader ? "开团" : "参团"}, {"left", pn_printf(p, "%d", g.left)},
                    {"expire", pni_when_short(p, g.expires_at)}, {NULL, NULL}});
}

static int group_failed(pn *p, int64_t id, const char *payload)
{
    pni_facts f;
    (void)payload;
    PN_TRY(pni_notice_facts(p, id, &f));
    return pni_notice_post(p, &f, "20-group_failed", id, NULL);
}

int pni_notice_kind_paid(pn *p, const pni_facts *f, bool *said)
{
    *said = true;
    if (strcmp(f->kind, "GRAB") == 0)
        return grab_matched(p, f);
    if (strcmp(f->kind, "GROUP") == 0)
        return pni_notice_post(p, f, "19-group_success", f->id,
                               (pni_var[]){{"next", next_of(p, f)}, {NULL, NULL}});
    *said = false;
    return 0;
}

const pn_event pni_notice_grab_authorised = {"grab.authorised", grab_authorised,
    .tells = PNI_TO_BUYER};
const pn_event pni_notice_grab_failed = {"grab.failed", grab_failed, .tells = PNI_TO_BUYER};
const pn_event pni_notice_grab_capture = {"grab.capture_failed", grab_capture,
    .tells = PNI_TO_BUYER};
const pn_event pni_notice_later_deducted = {"sfpl.deducted", later_deducted, .tells = PNI_TO_BUYER};
const pn_event pni_notice_later_failed = {"sfpl.failed", later_failed, .tells = PNI_TO_BUYER};
const pn_event pni_notice_group_joined = {"group.joined", group_joined, .tells = PNI_TO_BUYER};
const pn_event pni_notice_group_failed = {"group.failed", group_failed, .tells = PNI_TO_BUYER};
