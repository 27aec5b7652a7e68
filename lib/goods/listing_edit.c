/* SPDX-License-Identifier: Apache-2.0 */
/* Drafting an offer, and changing its price, quantity and rules. */
#include "listing_int.h"
#include "base/policy_int.h"

#include <inttypes.h>
#include <string.h>

#define HOUR INT64_C(3600000000)

PN_TYPE(pni_listing_create_t, "listing.create", struct pn_listing_create,
    PN_COL(struct pn_listing_create, tier, N_("Tier"), .flags = PN_REQ | PN_ARG, .ref = "tier"),
    PN_COL(struct pn_listing_create, merchant, N_("Merchant"), .flags = PN_OPT,
           .ref = "merchant", .hint = N_("Staff of a merchant leave it out")),
    PN_COL(struct pn_listing_create, code, N_("Code"), .max = PNI_CODE_MAX,
           .hint = N_("The merchant's own number, once a session")),
    PN_COL(struct pn_listing_create, ask_fen, N_("Asked price"), .flags = PN_REQ | PN_OPT,
           .min = 1, .max = 10000000, .hint = N_("Yuan a ticket, as the contract has it")),
    PN_COL(struct pn_listing_create, qty, N_("How many tickets"), .flags = PN_OPT, .min = 1,
           .max = 500000, .hint = N_("Numbered seats are counted")),
    PN_COL(struct pn_listing_create, kind, N_("Kind"), .words = pn_listing_kinds),
    PN_COL(struct pn_listing_create, seat_mode, N_("Seats by"), .words = pn_seat_modes),
    PN_COL(struct pn_listing_create, zone_name, N_("Area"), .max = 60),
    PN_COL(struct pn_listing_create, row_name, N_("Row"), .max = 20),
    PN_COL(struct pn_listing_create, seats, N_("Seats"),
           .hint = N_("Section/row/seats, for instance A/5/1-4 or A/5/1+3+5")),
    PNI_LISTING_RULE_COLS(struct pn_listing_create));
PN_TYPE(pni_listing_change_t, "listing.change", struct pn_listing_change,
    PN_COL(struct pn_listing_change, id, N_("Listing"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "listing"),
    PN_COL(struct pn_listing_change, version, N_("Version"), .flags = PN_OPT),
    PN_COL(struct pn_listing_change, ask_fen, N_("Asked price"), .flags = PN_OPT, .min = 1,
           .max = 10000000),
    PN_COL(struct pn_listing_change, qty, N_("How many tickets"), .flags = PN_OPT, .min = 1,
           .max = 500000),
    PN_COL(struct pn_listing_change, reason, N_("Reason"), .max = 200),
    PN_COL(struct pn_listing_change, clear, N_("No longer"),
           .hint = N_("What it is to be without: max_buy delivery_limits ship_by release_at")),
    PNI_LISTING_RULE_COLS(struct pn_listing_change));

const pn_sql pni_listing_update = {"listing_update", &pni_listing_t, NULL,
    "update listing set ask_fen = :ask_fen, sale_fen = :sale_fen, settle_fen = :settle_fen,"
    " rule_id = :rule_id, price_kept = :price_kept, min_buy = :min_buy,"
    " max_buy = coalesce(:max_buy, 0), split_policy = :split_policy,"
    " split_multiple = :split_multiple, contiguous = :contiguous = 'yes',"
    " no_single_left = :no_single_left = 'yes', soft_single = :soft_single = 'yes',"
    " seat_pick = :seat_pick = 'yes', grab_eligible = :grab_eligible = 'yes',"
    " special_kind = nullif(:special_kind, 'ORDINARY'),"
    " delivery_limits = coalesce(string_to_array(:delivery, '|'), '{}'),"
    " ship_by_kind = :ship_by_kind, ship_by_at = :ship_by_at,"
    " ship_by_hours = coalesce(:ship_by_hours, 0), release_at = :release_at,"
    " remark = coalesce(:remark, ''), level = :level, own = :own, service = :service,"
    " ship = :ship, seat = :seat, deposit_unit_fen = :deposit_unit_fen,"
    " deposit_need_fen = :deposit_need_fen, edit_from = :edit_from, edits = :edits,"
    " version = version + 1, updated_at = :now where sk = :id# and id = :id"};
const pn_sql pni_lot_total = {"listing_lot_total", &pni_listing_t, NULL,
    "update stock set qty_total = qty_total + :qty where sk = :id# and lot_id = :id"
    " and qty_total + :qty >= qty_held + qty_locked + qty_sold"};
const pn_sql pni_listing_edited = {"listing_edited", &pni_listing_t, NULL,
    "insert into stock_move (sk, id, lot_id, delta, reason, actor_id, at)"
    " values (:id#, :move_id, :id, :qty, :remark, :me, :now)"};

typedef struct price_line {
    int64_t id, listing_id, rule_id;
    const char *reason;
    pn_money ask_before_fen, ask_fen, sale_before_fen, sale_fen, settle_before_fen, settle_fen;
} price_line;
static PN_TYPE(price_line_t, "listing.price_line", price_line, PN_COL(price_line, id, ""),
    PN_COL(price_line, listing_id, ""), PN_COL(price_line, rule_id, "", .flags = PN_OPT),
    PN_COL(price_line, reason, ""), PN_COL(price_line, ask_before_fen, ""),
    PN_COL(price_line, ask_fen, ""), PN_COL(price_line, sale_before_fen, ""),
    PN_COL(price_line, sale_fen, ""), PN_COL(price_line, settle_before_fen, ""),
    PN_COL(price_line, settle_fen, ""));
const pn_sql pni_price_changed = {"listing_price_changed", &price_line_t, NULL,
    "insert into price_history (sk, id, listing_id, reason, rule_id, ask_before_fen, ask_fen,"
    "  sale_before_fen, sale_fen, settle_before_fen, settle_fen, actor_id, at)"
    " select (u.listing_id & 4095)::int, u.id, u.listing_id, u.reason, u.rule_id,"
    "  u.ask_before_fen, u.ask_fen, u.sale_before_fen, u.sale_fen, u.settle_before_fen,"
    "  u.settle_fen, :me, :now"
    " from unnest(:id, :listing_id, :reason, :rule_id, :ask_before_fen, :ask_fen,"
    "  :sale_before_fen, :sale_fen, :settle_before_fen, :settle_fen)"
    "  u(id, listing_id, reason, rule_id, ask_before_fen, ask_fen, sale_before_fen, sale_fen,"
    "  settle_before_fen, settle_fen)", .array = true};

int pni_price_notes(pn *p, const pni_listing *was, const pni_listing *now, size_t n,
                    const char *reason)
{
    price_line *lines = pn_alloc(p, (n + 1) * sizeof *lines);
    size_t m = 0;
    if (!lines)
        return pni_mem(p);
    for (size_t i = 0; i < n; i++) {
        bool sold = was[i].ask_fen.fen == now[i].ask_fen.fen &&
                    was[i].sale_fen.fen == now[i].sale_fen.fen;
        if (sold && was[i].settle_fen.fen == now[i].settle_fen.fen)
            continue;
        lines[m] = (price_line){.listing_id = now[i].id, .rule_id = now[i].rule_id,
            .reason = reason ? reason : sold ? "CONTRACT" : "RULE",
            .ask_before_fen = was[i].ask_fen, .ask_fen = now[i].ask_fen,
            .sale_before_fen = was[i].sale_fen, .sale_fen = now[i].sale_fen,
            .settle_before_fen = was[i].settle_fen, .settle_fen = now[i].settle_fen};
        PN_TRY(pn_new_id(p, pn_sk(now[i].id), &lines[m++].id));
    }
    return m ? pn_exec_many(p, &pni_price_changed, lines, m, NULL) : 0;
}

/* ---- drafting ---- */

int pni_join(pn *p, const pn_texts *texts, const char **out)
{
    pn_buf b = pn_buf_new(p);
    for (size_t i = 0; i < texts->n; i++)
        pn_buf_putf(&b, "%s%s", i ? "|" : "", texts->v[i]);
    *out = texts->n ? b.text : NULL;
    return b.bad ? pni_mem(p) : 0;
}

static int ways_check(pn *p, const pn_texts *ways)
{
    for (size_t i = 0; i < ways->n; i++)
        if (strcmp(ways->v[i], "EXPRESS") && strcmp(ways->v[i], "ETICKET") &&
            strcmp(ways->v[i], "ONSITE") && strcmp(ways->v[i], "CODE")) {
            pn_fail(p, PN_EARG, "delivery_limits", pn_tr("“%.40s” is no way of delivery"),
                    ways->v[i]);
            return pn_hint(p, "EXPRESS ETICKET ONSITE CODE");
        }
    return 0;
}

/* What a draft leaves out, and the lists joined. */
int pni_listing_fill(pn *p, pni_listing *l, const pn_texts *seats)
{
    pn_texts keys;
    PN_TRY(ways_check(p, &l->delivery_limits));
    PN_TRY(pni_join(p, &l->delivery_limits, &l->delivery));
    if (seats)
        PN_TRY(pni_join(p, seats, &l->seats));
    l->kind.v = l->kind.v ? l->kind.v : PN_OFFER_SPOT;
    if (!l->seat_mode.v)
        l->seat_mode.v = l->seats ? PN_BY_SEAT : PN_BY_NONE;
    l->split_policy.v = l->split_policy.v ? l->split_policy.v : PN_SPLIT_FREE;
    l->split_multiple = l->split_multiple ? l->split_multiple : 1;
    l->min_buy = l->min_buy ? l->min_buy : 1;
    l->state.v = PN_LISTING_DRAFT;
    if (l->seats && l->seat_mode.v == PN_BY_SEAT) {
        PN_TRY(pni_seat_keys(p, l->seats, &keys));
        if (l->qty && l->qty != (int)keys.n)
            return pn_fail(p, PN_EARG, "qty", pn_tr("%d seats are named, not %d"), (int)keys.n,
                           l->qty);
        l->qty = (int)keys.n;
    }
    if (!l->qty)
        return pn_fail(p, PN_EARG, "qty", "%s", pn_tr("How many tickets?"));
    return 0;
}

int pni_listing_owner(pn *p, int64_t *merchant)
{
    int64_t mine = pn_who(p)->merchant;
    if (!*merchant)
        *merchant = mine;
    if (!*merchant)
        return pn_fail(p, PN_EARG, "merchant", "%s", pn_tr("Whose tickets are they?"));
    if (mine && mine != *merchant)
        return pn_fail(p, PN_EPERM, "merchant", "%s", pn_tr("Offers are made for oneself only"));
    return 0;
}

static int create(pn *p, const struct pn_listing_create *in, pn_listing *out)
{
    pni_listing l = {0};
    pn_rows rows;
    pni_copy(&pni_listing_t, &l, &pni_listing_create_t, in, true);
    l.delivery_limits = in->delivery_limits;
    l.merchant_id = in->merchant;
    PN_TRY(pni_listing_owner(p, &l.merchant_id));
    PN_TRY(pni_listing_fill(p, &l, &in->seats));
    pni_terms ask = {.merchant_id = l.merchant_id, .tier_id = in->tier};
    PN_TRY(pni_sellers_lock(p, &ask, 1));
    PN_TRY(pni_terms_read(p, &ask, 1, &rows));
    if (!rows.n)
        return pn_fail(p, PN_ENONE, "merchant", pn_tr("There is no %s %lld"),
                       pni_noun_word("merchant"), (long long)l.merchant_id);
    const pni_terms *t = rows.row;
    l.session_id = t->session_id;
    l.tier_id = in->tier;
    PN_TRY(pni_seller_check(p, t));
    PN_TRY(pni_rules_check(p, &l, t));
    PN_TRY(pni_listing_price(p, &l, t));
    PN_TRY(pni_claims_ask(p, &l));
    PN_TRY(pni_listing_new_ids(p, &l));
    int rc = pni_listing_put(p, &l, 1);
    if (rc == PN_EEXISTS)
        return pn_fail(p, rc, "code", pn_tr("The merchant has an offer %s of this session"),
                       l.code);
    PN_TRY(rc);
    PN_TRY(pni_listing_row(p, l.id, out));
    return pn_audit(p, "listing", l.id, &pn_listing_t, NULL, out, NULL);
}

/* ---- changing ---- */

static int may_edit(pn *p, pni_listing *l)
{
    int64_t most;
    if (l->state.v != PN_LISTING_LIVE)
        return 0;
    PN_TRY(pni_policy(p, "listing.edits_hour", &most));
    if (!l->edit_from.us || l->edit_from.us + HOUR <= pn_now(p).us) {
        l->edit_from = pn_now(p);
        l->edits = 0;
    }
    if (l->edits >= most) {
        pn_fail(p, PN_ERATE, "id", pn_tr("It was changed %d times in an hour"), l->edits);
        return pn_hint(p, pn_tr("Try again in %d minutes"),
                       (int)((l->edit_from.us + HOUR - pn_now(p).us + 59999999) / 60000000));
    }
    l->edits++;
    return 0;
}

static int total_check(pn *p, const pni_listing *was, int qty)
{
    int taken = was->held + was->locked + was->sold;
    if (qty == was->qty)
        return 0;
    if (was->seat_mode.v == PN_BY_SEAT) {
        pn_fail(p, PN_EARG, "qty", "%s", pn_tr("The seats are the quantity"));
        return pn_hint(p, "%s", pn_tr("Withdraw the offer and list the seats anew"));
    }
    if (qty < taken) {
        pn_fail(p, PN_ESTOCK, "qty", pn_tr("%d are sold or held already"), taken);
        return pn_hint(p, pn_tr("At least %d"), taken);
    }
    return 0;
}

/* Who bought a ticket that could go back keeps that; what buyers gain may always change. */
static int returns_kept(pn *p, const pni_listing *was, const pni_listing *l)
{
    if (l->special_kind.v != PN_SPECIAL_NO_REFUND || was->special_kind.v == PN_SPECIAL_NO_REFUND ||
        was->held + was->locked + was->sold == 0)
        return 0;
    pn_fail(p, PN_ESTATE, "special_kind", "%s",
            pn_tr("Tickets of this offer are sold or held, they can be returned"));
    return pn_hint(p, "%s", pn_tr("Withdraw it and list the rest anew"));
}

static int move_total(pn *p, const pni_listing *l, int delta, const char *reason)
{
    pni_listing m = {.id = l->id, .qty = delta, .remark = reason ? reason : "changed"};
    int64_t n;
    if (!delta)
        return 0;
    PN_TRY(pn_new_id(p, pn_sk(l->id), &m.move_id));
    PN_TRY(pn_exec(p, &pni_lot_total, &m, &n));
    if (!n)
        return pn_fail(p, PN_ESTOCK, "qty", pn_tr("%d are sold or held already"),
                       l->held + l->locked + l->sold);
    return pn_exec(p, &pni_listing_edited, &m, NULL);
}

static int covered(pn *p, const pni_listing *l)
{
    if (l->state.v != PN_LISTING_LIVE || l->deposit_quota_fen.fen >= l->deposit_need_fen.fen)
        return 0;
    int64_t lack = l->deposit_need_fen.fen - l->deposit_quota_fen.fen;
    pn_fail(p, PN_EDEPOSIT, "qty", pn_tr("So many tickets need %lld.%02lld more of deposit"),
            (long long)(lack / 100), (long long)(lack % 100));
    return pn_hint(p, pn_tr("Freeze it in the wallet: pn listing fund %lld"), (long long)l->id);
}

/* A price that would have been looked at is not reached by the back door. */
static int still_trusted(pn *p, const pni_listing *l, const pni_terms *t)
{
    bool dear = false;
    if (l->state.v == PN_LISTING_DRAFT || l->reviewed)
        return 0;
    PN_TRY(pni_listing_dear(p, l, t, &dear));
    if (!dear)
        return 0;
    pn_fail(p, PN_ECAP, "ask_fen", "%s", pn_tr("At this price somebody has to look at it first"));
    return pn_hint(p, "%s", pn_tr("Withdraw it and list it anew, or ask for less"));
}

/* What is left out stays, so what shall be no more is named. */
static int clear(pn *p, const struct pn_listing_change *in, const char *what, pni_listing *l)
{
    bool given = false;
    if (!strcmp(what, "max_buy")) {
        given = in->max_buy;
        l->max_buy = 0;
    } else if (!strcmp(what, "delivery_limits")) {
        given = in->delivery_limits.n;
        l->delivery = NULL;
    } else if (!strcmp(what, "ship_by")) {
        given = in->ship_by_kind.v || in->ship_by_at.us || in->ship_by_hours;
        l->ship_by_kind.v = 0;
        l->ship_by_at.us = 0;
        l->ship_by_hours = 0;
    } else if (!strcmp(what, "release_at")) {
        given = in->release_at.us;
        l->release_at.us = 0;
    } else {
        pn_fail(p, PN_EARG, "clear", pn_tr("“%.40s” is nothing that an offer can be without"),
                what);
        return pn_hint(p, "max_buy delivery_limits ship_by release_at");
    }
    if (!given)
        return 0;
    pn_fail(p, PN_EARG, "clear", pn_tr("%s is given and is to be no more"), what);
    return pn_hint(p, "%s", pn_tr("Leave one of the two out"));
}

/* The row as it would be: what is given replaces what stands. */
static int merge(pn *p, const struct pn_listing_change *in, pni_listing *l)
{
    pni_copy(&pni_listing_t, l, &pni_listing_change_t, in, true);
    if (in->ship_by_kind.v && in->ship_by_kind.v != PN_SHIP_FIXED)
        l->ship_by_at.us = 0;
    if (in->delivery_limits.v) { /* none of them: every way again */
        PN_TRY(ways_check(p, &in->delivery_limits));
        PN_TRY(pni_join(p, &in->delivery_limits, &l->delivery));
    }
    for (size_t i = 0; i < in->clear.n; i++)
        PN_TRY(clear(p, in, in->clear.v[i], l));
    return 0;
}

static int change(pn *p, const struct pn_listing_change *in, pn_listing *out)
{
    pni_listing was, l;
    pni_terms t;
    pn_listing before;
    PN_TRY(pni_listing_terms(p, in->id, &was, &t));
    PN_TRY(pni_listing_row(p, in->id, &before));
    if (in->version && in->version != was.version)
        return pn_fail(p, PN_ECONFLICT, "version", pn_tr("It is at version %d by now"),
                       was.version);
    l = was;
    PN_TRY(merge(p, in, &l));
    if (!pn_edge_find(&pni_listing_fsm, before.state, "change")) {
        pn_fail(p, PN_ESTATE, "id", pn_tr("The offer is %s and cannot be changed"),
                pn_word_label(pn_listing_states, before.state));
        return pn_hint(p, "%s", pn_tr("Look at its present state and the actions offered there"));
    }
    PN_TRY(may_edit(p, &l));
    PN_TRY(total_check(p, &was, l.qty));
    PN_TRY(returns_kept(p, &was, &l));
    PN_TRY(pni_rules_check(p, &l, &t));
    PN_TRY(pni_listing_price(p, &l, &t));
    PN_TRY(still_trusted(p, &l, &t));
    PN_TRY(covered(p, &l));
    PN_TRY(move_total(p, &was, l.qty - was.qty, in->reason));
    PN_TRY(pn_exec(p, &pni_listing_update, &l, NULL));
    PN_TRY(pni_price_notes(p, &was, &l, 1, "ASK"));
    PN_TRY(pni_listing_row(p, in->id, out));
    PN_TRY(pn_outbox(p, "listing.changed", in->id, &pni_one_id_t, &(pni_one_id){in->id}, NULL));
    return pn_audit(p, "listing", in->id, &pn_listing_t, &before, out, in->reason);
}

#define SELLERS (PN_ROLE_OPS | PN_ROLE_MERCHANT)

PNI_LISTING_OP(create, pn_listing_create, pn_listing, create(p, in, out),
    .brief = N_("Draft an offer of tickets"), .in = &pni_listing_create_t, .out = &pn_listing_t,
    .may = SELLERS, .flags = PN_WRITE | PN_ONCE,
    .example = "pn listing create hamlet-01-a --merchant xiaolong --ask 900 --qty 5")
PNI_LISTING_OP(change, pn_listing_change, pn_listing, change(p, in, out),
    .brief = N_("Change the price, the quantity or the rules of an offer"),
    .help = N_("What is left out stays; \"clear\" names what the offer is to be without. A live"
               " offer is changed only so often in an hour."),
    .in = &pni_listing_change_t, .out = &pn_listing_t, .may = SELLERS,
    .flags = PN_WRITE | PN_ONCE,
    .example = "pn listing change 53248 --ask 880 --clear max_buy,ship_by")
