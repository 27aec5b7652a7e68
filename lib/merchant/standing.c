/* SPDX-License-Identifier: Apache-2.0 */
/* How a merchant stands: its level follows from its score, its licences end some day, and both
 * decide what it may do. A worse level counts at once, a better one after some stable days. */
#include "licence_int.h"
#include "merchant_int.h"
#include "base/policy_int.h"
#include "catalog/row_int.h"

#include <string.h>

#define DAY_US INT64_C(86400000000)

/* ---- what a level is worth ---- */

int pni_commission(pn *p, pn_word level, int agreed_bp, int64_t *bp)
{
    int64_t change = 0;
    if (level.v == PN_LEVEL_A) {
        PN_TRY(pni_policy(p, "merchant.commission_a_off_bp", &change));
        change = -change;
    } else if (level.v >= PN_LEVEL_D) {
        PN_TRY(pni_policy(p, "merchant.commission_d_add_bp", &change));
    }
    *bp = agreed_bp + change > 0 ? agreed_bp + change : 0;
    return 0;
}

int pni_listings_max(pn *p, pni_standing s, int64_t *max)
{
    *max = -1;
    if (s.restricted || s.level.v >= PN_LEVEL_D)
        return pni_policy(p, "merchant.listings_d", max);
    if (s.level.v == PN_LEVEL_A)
        return 0;
    return pni_policy(p, s.level.v == PN_LEVEL_B ? "merchant.listings_b" : "merchant.listings_c",
                      max);
}

int pni_deposit_bp(pn *p, pni_standing s, int64_t *bp)
{
    *bp = 10000;
    if (s.restricted || s.level.v >= PN_LEVEL_D)
        return pni_policy(p, "merchant.deposit_d_bp", bp);
    return s.level.v == PN_LEVEL_A ? pni_policy(p, "merchant.deposit_a_bp", bp) : 0;
}

int pni_level_rank(pn *p, pn_word level, int64_t *rank)
{
    static const char *const off[] = {[PN_LEVEL_C] = "rank.level_c_off",
                                      [PN_LEVEL_D] = "rank.level_d_off",
                                      [PN_LEVEL_E] = "rank.level_d_off"};
    *rank = 0;
    if (level.v == PN_LEVEL_A)
        return pni_policy(p, "rank.level_a", rank);
    if (level.v < PN_LEVEL_C)
        return 0;
    PN_TRY(pni_policy(p, off[level.v], rank));
    *rank = -*rank;
    return 0;
}

/* ---- licences ---- */

static PN_TYPE(licence_t, "merchant.licence", pni_licence,
    PN_COL(pni_licence, until, ""), PN_COL(pni_licence, missing, ""),
    PN_COL(pni_licence, kinds, ""));

/* The kinds each needs, and until when it has them: one row a merchant. */
#define NEEDED                                                                                     \
    "merchant m cross join lateral (select n.kind, (select max(q.valid_to) from qualification q"   \
    "  where q.sk = (m.id & 4095)::int and q.merchant_id = m.id and q.kind = n.kind"               \
    "   and q.state = 'VERIFIED') as valid_to"                                                     \
    "  from (values ('BUSINESS_LICENCE'), ('PERFORMANCE_PERMIT')) n(kind)"                         \
    "  where n.kind = 'BUSINESS_LICENCE' or m.kind in ('PRO', 'AGENCY')) k"
#define TODAY PNI_LICENCE_TODAY

const pn_sql pni_licence_sql = {"merchant_licence", &pni_one_id_t, &licence_t,
    "select min(k.valid_to) as until,"
    " (count(*) filter (where k.valid_to is null or k.valid_to < " TODAY "))::int as missing,"
    " string_agg(k.kind, ', ') filter (where k.valid_to is null or k.valid_to < " TODAY ")"
    "  as kinds from " NEEDED " where m.id = :id"};

typedef struct licence_due { int64_t id; const char *event; } licence_due;
static PN_TYPE(licence_due_t, "merchant.licence_due", licence_due,
    PN_COL(licence_due, id, "", .flags = PN_OPT), PN_COL(licence_due, event, ""));
/* Over: suspended. Soon over: restricted. Renewed: what a licence did is undone. */
const pn_sql pni_licence_due = {"merchant_licence_due", &licence_due_t, &licence_due_t,
    "select x.id, x.event from (select m.id, case"
    " when m.status in ('ACTIVE', 'RESTRICTED') and x.over then 'suspend'"
    " when m.status = 'ACTIVE' and x.soon then 'restrict'"
    " when m.status = 'RESTRICTED' and m.held_for = 'LICENCE' and not x.soon"
    "  and m.level < 'D' then 'lift'"
    " when m.status = 'SUSPENDED' and m.held_for = 'LICENCE' and not x.over"
    "  and m.level < 'E' then 'resume' end"
    "  as event from (select m.id, bool_or(k.valid_to is null or k.valid_to < " TODAY ") as over,"
    "  bool_or(k.valid_to is null or k.valid_to < " TODAY " + "
       PNI_POLICY("merchant.licence_days") "::int) as soon from " NEEDED
    "  where m.status in ('ACTIVE', 'RESTRICTED', 'SUSPENDED')"
    "  and (:id::bigint is null or m.id = :id) group by m.id) x"
    " join merchant m on m.id = x.id) x where x.event is not null order by x.id"};

int pni_licence_look(pn *p, int64_t merchant, pni_licence *out)
{
    return pn_one(p, &pni_licence_sql, &(pni_one_id){merchant}, out);
}

/* Owes more than it may, and more than what it has available would pay; or not any more. */
#define OWES                                                                                       \
    "(d.debit_fen - d.credit_fen - coalesce((select a.credit_fen - a.debit_fen from"               \
    "  ledger_account a where a.sk = d.sk and a.kind = 'AVAILABLE' and a.owner = d.owner"          \
    "  and a.part = ''), 0) > " PNI_POLICY("merchant.debt_max_fen") ")"
const pn_sql pni_merchant_owing = {"merchant_owing", &licence_due_t, &licence_due_t,
    "select m.id, case m.status when 'SUSPENDED' then 'resume' else 'suspend' end as event"
    " from ledger_account d join merchant m on m.id = d.owner and d.sk = (m.id & 4095)::int"
    " where d.kind = 'DEBT' and d.part = '' and (:id::bigint is null or m.id = :id)"
    " and case when m.status in ('ACTIVE', 'RESTRICTED') then " OWES
    "  when m.status = 'SUSPENDED' then m.held_for = 'DEBT' and m.level < 'E' and not " OWES
    "  else false end order by m.id", false};

static int debts(pn *p, int64_t id)
{
    pn_rows rows;
    pni_merchant m;
    PN_TRY(pn_all(p, &pni_merchant_owing, &(licence_due){.id = id}, &rows));
    pn_each(licence_due, d, &rows)
    {
        PN_TRY(pni_merchant_look(p, id, &m));
        PN_TRY(pni_merchant_step(p, &m, d->event, PN_HELD_DEBT,
                                 *d->event == 's' ? pn_tr("it owes more than it may")
                                                  : pn_tr("it owes little enough")));
    }
    return 0;
}

int pni_merchant_check(pn *p, int64_t id)
{
    pn_rows rows;
    pni_merchant m;
    PN_TRY(pni_merchant_look(p, id, &m));
    PN_TRY(pn_all(p, &pni_licence_due, &(licence_due){.id = id}, &rows));
    pn_each(licence_due, d, &rows)
        PN_TRY(pni_merchant_step(p, &m, d->event, PN_HELD_LICENCE, pn_tr("its licence ends")));
    return debts(p, id);
}

static int licence_job(pn *p, int64_t *done)
{
    pn_rows rows;
    pn_merchant out;
    PN_TRY(pn_all(p, &pni_licence_due, &(licence_due){0}, &rows));
    pn_each(licence_due, d, &rows)
    {
        PN_TRY(pn_merchant_check(p, &(struct pn_merchant_check){d->id}, &out));
        ++*done;
    }
    return 0;
}
const pn_job pni_merchant_licence_job = {"merchant_licence",
    N_("Restrict and suspend merchants whose licences end"), 86400, licence_job};

static int debt_job(pn *p, int64_t *done)
{
    pn_rows rows;
    pn_merchant out;
    PN_TRY(pn_all(p, &pni_merchant_owing, &(licence_due){0}, &rows));
    pn_each(licence_due, d, &rows)
    {
        PN_TRY(pn_merchant_check(p, &(struct pn_merchant_check){d->id}, &out));
        ++*done;
    }
    return 0;
}
const pn_job pni_merchant_debt_job = {"merchant_debt",
    N_("Suspend merchants that owe too much, and let those go on that paid"), 3600, debt_job};

/* ---- levels ---- */

typedef struct stand {
    int64_t id;
    pn_word level, rise_level;
    pn_time rise_since;
    int score;
} stand;
static PN_TYPE(stand_t, "merchant.stand", stand, PN_COL(stand, id, "", .flags = PN_OPT),
    PN_COL(stand, level, "", .words = pn_merchant_levels),
    PN_COL(stand, rise_level, "", .words = pn_merchant_levels),
    PN_COL(stand, rise_since, ""), PN_COL(stand, score, ""));
const pn_sql pni_level_due = {"merchant_level_due", &stand_t, &stand_t,
    "select m.id, m.level, g.rise_level, g.rise_since, g.score from merchant m"
    " join merchant_stand g on g.sk = (m.id & 4095)::int and g.merchant_id = m.id"
    " where m.status in ('ACTIVE', 'RESTRICTED', 'SUSPENDED')"
    " and (:id::bigint is null or m.id = :id) order by m.id"};
const pn_sql pni_level_set = {"merchant_level_set", &stand_t, NULL,
    "update merchant set level = :level, version = version + 1, updated_at = :now"
    " where id = :id"};
const pn_sql pni_level_rise = {"merchant_level_rise", &stand_t, NULL,
    "update merchant_stand set rise_level = :rise_level, rise_since = :rise_since"
    " where sk = :id# and merchant_id = :id"};

static int level_of(pn *p, int score, pn_word *out)
{
    static const char *const keys[] = {"merchant.level_a", "merchant.level_b", "merchant.level_c",
                                       "merchant.level_d"};
    int64_t from;
    for (int i = 0; i < 4; i++) {
        PN_TRY(pni_policy(p, keys[i], &from));
        if (score >= from) {
            out->v = (int16_t)(PN_LEVEL_A + i);
            return 0;
        }
    }
    out->v = PN_LEVEL_E;
    return 0;
}

/* What the new level does to the account: D restricts, E suspends, better undoes what a level did.
 */
static int follow(pn *p, int64_t id, pn_word level)
{
    pni_merchant m;
    const char *event = NULL;
    PN_TRY(pni_merchant_look(p, id, &m));
    bool ours = m.held_for.v == PN_HELD_LEVEL;
    if (level.v == PN_LEVEL_E && m.status.v != PN_MERCHANT_SUSPENDED)
        event = "suspend";
    else if (level.v == PN_LEVEL_D && m.status.v == PN_MERCHANT_ACTIVE)
        event = "restrict";
    else if (level.v < PN_LEVEL_D && ours)
        event = m.status.v == PN_MERCHANT_SUSPENDED ? "resume" : "lift";
    if (!event)
        return pni_merchant_changed(p, id);
    return pni_merchant_step(p, &m, event, PN_HELD_LEVEL, pn_tr("its conduct score"));
}

static int set_level(pn *p, const stand *s, pn_word level)
{
    stand now = {.id = s->id, .level = level};
    PN_TRY(pn_exec(p, &pni_level_rise, &now, NULL));
    PN_TRY(pn_exec(p, &pni_level_set, &now, NULL));
    PN_TRY(pn_audit(p, "merchant", s->id, &stand_t, s, &now, pn_tr("its conduct score")));
    return follow(p, s->id, level);
}

static int wait_for(pn *p, const stand *s, pn_word better, pn_time since)
{
    if (s->rise_level.v == better.v && s->rise_since.us == since.us)
        return 0;
    return pn_exec(p, &pni_level_rise,
                   &(stand){.id = s->id, .rise_level = better, .rise_since = since}, NULL);
}

/* While it waits, the worst of the better levels is the one that it waits for. */
static int judge(pn *p, const stand *s)
{
    pn_word to;
    int64_t days;
    PN_TRY(level_of(p, s->score, &to));
    PN_TRY(pni_policy(p, "merchant.rise_days", &days));
    if (to.v == s->level.v)
        return wait_for(p, s, (pn_word){0}, (pn_time){0});
    if (to.v > s->level.v)
        return set_level(p, s, to);
    if (s->rise_level.v > to.v)
        to = s->rise_level;
    if (s->rise_since.us && pn_now(p).us >= s->rise_since.us + days * DAY_US)
        return set_level(p, s, to);
    return wait_for(p, s, to, s->rise_since.us ? s->rise_since : pn_now(p));
}

int pni_merchant_grade(pn *p, int64_t id)
{
    pn_rows rows;
    pni_merchant m;
    PN_TRY(pni_merchant_look(p, id, &m));
    PN_TRY(pn_all(p, &pni_level_due, &(stand){.id = id}, &rows));
    pn_each(stand, s, &rows)
        PN_TRY(judge(p, s));
    return 0;
}

/* Those whose level stands and who wait for nothing are let alone. */
static int level_job(pn *p, int64_t *done)
{
    pn_rows rows;
    pn_merchant out;
    PN_TRY(pn_all(p, &pni_level_due, &(stand){0}, &rows));
    pn_each(stand, s, &rows)
    {
        pn_word to;
        PN_TRY(level_of(p, s->score, &to));
        if (to.v == s->level.v && !s->rise_level.v)
            continue;
        PN_TRY(pn_merchant_grade(p, &(struct pn_merchant_grade){s->id}, &out));
        ++*done;
    }
    return 0;
}
const pn_job pni_merchant_level_job = {"merchant_level",
    N_("Set the levels of merchants by their scores"), 86400, level_job};
