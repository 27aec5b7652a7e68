/* SPDX-License-Identifier: Apache-2.0 */
/* gift_card.c — a card in the hands of people: bound, given on, frozen, expired, paid back.
 * Spending it is gift_card_use.c. */
#include "promo/gift_card.h"

#include <string.h>

#include "catalog/row_int.h"
#include "ledger/ledger_int.h"
#include "merchant/wallet_int.h"
#include "promo/gift_card_int.h"

const pn_words pn_card_states[] = {PN_CARD_STATES(PN_WORD_ROW){0}};

// clang-format off
static const pn_edge edges[] = {
    {"INACTIVE", "activate",    "ACTIVE",   0, NULL},
    {"ACTIVE",   "bind",        "BOUND",    0, NULL},
    {"BOUND",    "unbind",      "ACTIVE",   0, NULL},
    {"ACTIVE",   "deplete",     "DEPLETED", 0, NULL},
    {"BOUND",    "deplete",     "DEPLETED", 0, NULL},
    {"DEPLETED", "return",      "ACTIVE",   0, NULL},
    {"ACTIVE",   "freeze",      "FROZEN",   0, NULL},
    {"BOUND",    "freeze",      "FROZEN",   0, NULL},
    {"FROZEN",   "unfreeze",    "ACTIVE",   0, NULL},
    {"ACTIVE",   "expire",      "EXPIRED",  0, NULL},
    {"BOUND",    "expire",      "EXPIRED",  0, NULL},
    {"EXPIRED",  "extend",      "ACTIVE",   0, NULL},
    {"ACTIVE",   "refund_card", "REFUNDED", 0, NULL},
    {0}};
// clang-format on

/* What was bound comes back bound. */
const pn_sql pni_card_move_sql = {"gift_card_move", &pn_move_t, NULL,
    "update gift_card set state = case when :to = 'ACTIVE' and :event in ('unfreeze', 'extend',"
    "  'return') and user_id is not null then 'BOUND' else :to end,"
    " frozen_from = case when :to = 'FROZEN' then :from end, paused = false,"
    " user_id = case when :event = 'unbind' then null else user_id end,"
    " updated_at = :now, version = version + 1"
    " where sk = :id# and id = :id and state = :from", false};
const pn_fsm pni_gift_card_fsm = {N_("gift card"), pn_card_states, edges, &pni_card_move_sql};

#define C(f, label, ...) PN_COL(pn_gift_card, f, label, __VA_ARGS__)
PN_TYPE(pn_gift_card_t, "gift_card", pn_gift_card,
    C(id, N_("Number"), .flags = PN_KEY | PN_SORT | PN_BRIEF, .sql = "c.id", .ref = "gift_card"),
    C(batch_id, N_("Batch"), .sql = "c.batch_id", .ref = "gift_card_batch"),
    C(no, N_("No."), .sql = "c.no"),
    C(tail, N_("Code ends"), .flags = PN_BRIEF, .sql = "c.tail"),
    C(face_fen, N_("Face value"), .flags = PN_BRIEF, .sql = "c.face_fen"),
    C(balance_fen, N_("Balance"), .flags = PN_BRIEF | PN_SORT, .sql = "c.balance_fen"),
    C(held_fen, N_("Set aside"), .sql = "c.held_fen"),
    C(state, N_("State"), .flags = PN_BRIEF, .words = pn_card_states, .sql = "c.state"),
    C(user_id, N_("User"), .flags = PN_OPT, .sql = "c.user_id"),
    C(expires_at, N_("Valid until"), .flags = PN_BRIEF, .sql = "c.expires_at"),
    C(created_at, N_("Created"), .sql = "c.created_at"));
#undef C
/* Buyers see their own. */
static const pn_list_spec list_spec = {&pn_gift_card_t, "gift_card c",
    ":my_merchant::bigint is null and :my_organiser::bigint is null", "c.id", "-id", NULL};
static const pn_list_spec mine_spec = {&pn_gift_card_t, "gift_card c", "c.user_id = :me", "c.id",
                                       "-id", NULL};

#define ID(s) PN_COL(s, id, N_("Card"), .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "gift_card")
#define WHY(s) PN_COL(s, reason, N_("Reason"), .flags = PN_REQ, .max = 200)
static PN_TYPE(show_t, "gift_card.show", struct pn_gift_card_show, ID(struct pn_gift_card_show));
static PN_TYPE(bind_t, "gift_card.bind", struct pn_gift_card_bind,
    PN_COL(struct pn_gift_card_bind, code, N_("Code"), .flags = PN_REQ | PN_SECRET, .max = 16),
    PN_COL(struct pn_gift_card_bind, pin, N_("Pin"), .flags = PN_REQ | PN_SECRET, .max = 8));
static PN_TYPE(unbind_t, "gift_card.unbind", struct pn_gift_card_unbind,
    ID(struct pn_gift_card_unbind));
static PN_TYPE(freeze_t, "gift_card.freeze", struct pn_gift_card_freeze,
    ID(struct pn_gift_card_freeze), WHY(struct pn_gift_card_freeze));
static PN_TYPE(unfreeze_t, "gift_card.unfreeze", struct pn_gift_card_unfreeze,
    ID(struct pn_gift_card_unfreeze));
static PN_TYPE(extend_t, "gift_card.extend", struct pn_gift_card_extend,
    ID(struct pn_gift_card_extend),
    PN_COL(struct pn_gift_card_extend, until, N_("Valid until"), .flags = PN_REQ),
    WHY(struct pn_gift_card_extend));
static PN_TYPE(refund_t, "gift_card.refund", struct pn_gift_card_refund,
    ID(struct pn_gift_card_refund),
    PN_COL(struct pn_gift_card_refund, reference, N_("Reference"), .flags = PN_REQ, .max = 100,
           .hint = N_("Line of the bank statement by which it was paid")),
    WHY(struct pn_gift_card_refund));

typedef struct id_in { int64_t id; } id_in;
static PN_TYPE(by_id_t, "gift_card.id", id_in, PN_COL(id_in, id, N_("Number")));
static const pn_sql row_sql = {"gift_card_row", &by_id_t, &pn_gift_card_t,
    "select c.id, c.batch_id, c.no, c.tail, c.face_fen, c.balance_fen, c.held_fen, c.state,"
    " c.user_id, c.expires_at, c.created_at from gift_card c where c.sk = :id# and c.id = :id",
    false};

int pni_card_row(pn *p, int64_t id, pn_gift_card *out)
{
    int rc = pn_one(p, &row_sql, &(id_in){id}, out);
    bool others = !rc && pn_who(p)->kind == 'U' && out->user_id != pn_who(p)->id;
    if (rc == PN_ENONE || others)
        return pn_fail(p, PN_ENONE, "id", pn_tr("There is no gift card %lld"), (long long)id);
    return rc;
}

static int show(pn *p, const struct pn_gift_card_show *in, pn_gift_card *out)
{
    return pni_card_row(p, in->id, out);
}

/* One step of a card, audited. */
static int step(pn *p, int64_t id, const char *event, const char *reason, pn_gift_card *out)
{
    pn_gift_card before;
    PN_TRY(pni_card_row(p, id, &before));
    PN_TRY(pn_step(p, &pni_gift_card_fsm, id, before.state, event, reason, NULL));
    PN_TRY(pn_one(p, &row_sql, &(id_in){id}, out)); /* nobody's any more, perhaps */
    return pn_audit(p, "gift_card", id, &pn_gift_card_t, &before, out, reason);
}

static int unused(pn *p, const pn_gift_card *c)
{
    if (c->balance_fen.fen == c->face_fen.fen && !c->held_fen.fen)
        return 0;
    return pn_fail(p, PN_ESTATE, "id", pn_tr("Part of gift card …%s has been used"), c->tail);
}

/* ---- by its buyer ---- */

typedef struct own_in { int64_t id, user_id; } own_in;
static PN_TYPE(own_t, "gift_card.own", own_in, PN_COL(own_in, id, N_("Number")),
    PN_COL(own_in, user_id, N_("User")));
static const pn_sql own_sql = {"gift_card_own", &own_t, NULL,
    "update gift_card set state = 'BOUND', user_id = :user_id, updated_at = :now,"
    " version = version + 1 where sk = :id# and id = :id and state = 'ACTIVE'", false};

static int bind(pn *p, const struct pn_gift_card_bind *in, pn_gift_card *out)
{
    pni_card c;
    int64_t mine = 0;
    if (pn_who(p)->kind != 'U')
        return pn_fail(p, PN_EPERM, NULL, "%s", pn_tr("A card is bound by the buyer himself"));
    PN_TRY(pni_card_open(p, 0, in->code, in->pin, &c));
    if (c.state.v == PN_CARD_BOUND)
        return pn_fail(p, PN_ESTATE, "code", "%s", pn_tr("The card is bound already"));
    PN_TRY(pn_exec(p, &own_sql, &(own_in){c.id, pn_who(p)->id}, &mine));
    if (!mine)
        return pn_fail(p, PN_ECONFLICT, "code", "%s",
                       pn_tr("The card was changed by someone else meanwhile"));
    PN_TRY(pni_stepped(p, &pni_gift_card_fsm, c.id, "ACTIVE", "bind", NULL));
    PN_TRY(pni_card_row(p, c.id, out));
    return pn_audit(p, "gift_card", c.id, &pn_gift_card_t, NULL, out, NULL);
}

static int unbind(pn *p, const struct pn_gift_card_unbind *in, pn_gift_card *out)
{
    pn_gift_card c;
    PN_TRY(pni_card_row(p, in->id, &c));
    PN_TRY(unused(p, &c));
    return step(p, in->id, "unbind", NULL, out);
}

/* ---- by staff ---- */

static int freeze(pn *p, const struct pn_gift_card_freeze *in, pn_gift_card *out)
{
    return step(p, in->id, "freeze", in->reason, out);
}

static int unfreeze(pn *p, const struct pn_gift_card_unfreeze *in, pn_gift_card *out)
{
    return step(p, in->id, "unfreeze", NULL, out);
}

typedef struct until_in { int64_t id; pn_time until; } until_in;
static PN_TYPE(until_t, "gift_card.until", until_in, PN_COL(until_in, id, N_("Number")),
    PN_COL(until_in, until, N_("Valid until")));
static const pn_sql until_sql = {"gift_card_until", &until_t, NULL,
    "update gift_card set expires_at = :until where sk = :id# and id = :id", false};

static int extend(pn *p, const struct pn_gift_card_extend *in, pn_gift_card *out)
{
    if (in->until.us <= pn_now(p).us)
        return pn_fail(p, PN_EARG, "until", "%s", pn_tr("It would be over already"));
    PN_TRY(pn_exec(p, &until_sql, &(until_in){in->id, in->until}, NULL));
    return step(p, in->id, "extend", in->reason, out);
}

typedef struct price { int64_t id, price_fen; const char *reference; } price;
static PN_TYPE(price_t, "gift_card.price", price, PN_COL(price, id, N_("Number")),
    PN_COL(price, price_fen, N_("Price")), PN_COL(price, reference, N_("Reference")));
static const pn_sql price_sql = {"gift_card_price", &by_id_t, &price_t,
    "select b.id, b.price_fen, b.reference from gift_card_batch b where b.id = :id", false};
typedef struct spent { int64_t id, txn, fen; } spent;
static PN_TYPE(spent_t, "gift_card.spent", spent, PN_COL(spent, id, N_("Number")),
    PN_COL(spent, txn, N_("Move")), PN_COL(spent, fen, N_("Amount")));
static const pn_sql empty_sql = {"gift_card_empty", &spent_t, NULL,
    "with t as (insert into gift_card_txn (sk, id, card_id, kind, ref, fen, at)"
    "  values (:id#, :txn, :id, 'REFUND', 'card', :fen, :now) returning fen)"
    " update gift_card c set balance_fen = c.balance_fen - t.fen from t"
    " where c.sk = :id# and c.id = :id", false};

/* What was paid for it goes back, by the bank; what it was worth is owed no more. */
static int refund(pn *p, const struct pn_gift_card_refund *in, pn_gift_card *out)
{
    pn_gift_card c;
    price b;
    int64_t txn;
    PN_TRY(pni_card_row(p, in->id, &c));
    PN_TRY(unused(p, &c));
    PN_TRY(pn_one(p, &price_sql, &(id_in){c.batch_id}, &b));
    if (c.state.v == PN_CARD_BOUND)
        return pn_fail(p, PN_ESTATE, "id", "%s", pn_tr("The card is in somebody's account"));
    PN_TRY(pn_new_id(p, pn_sk(in->id), &txn));
    PN_TRY(pni_bank_line(p, in->reference, "GIFT_CARD", in->id));
    PN_TRY(step(p, in->id, "refund_card", in->reason, out));
    PN_TRY(pn_exec(p, &empty_sql, &(spent){in->id, txn, c.balance_fen.fen}, NULL));
    pni_doc d = {.rule = "CARD_UNSOLD", .biz_kind = "GIFT_CARD", .biz_id = in->id,
                 .sale = pn_sk(in->id), .memo = in->reference, .amount_fen = {b.price_fen},
                 .subsidy_fen = {c.face_fen.fen - b.price_fen}};
    PN_TRY(pni_post_later(p, &d));
    return pni_card_row(p, in->id, out);
}

/* ---- what time does ---- */

static const pn_sql due_sql = {"gift_card_due", NULL, &by_id_t,
    "select id from gift_card where state in ('ACTIVE', 'BOUND') and expires_at <= :now"
    " and held_fen = 0 order by expires_at, id limit 500", false};
struct pn_gift_card_moved { int64_t id; const char *event; };
static PN_TYPE(moved_t, "gift_card.moved", struct pn_gift_card_moved,
    PN_COL(struct pn_gift_card_moved, id, N_("Card"), .flags = PN_KEY | PN_REQ,
           .ref = "gift_card"),
    PN_COL(struct pn_gift_card_moved, event, N_("Event"), .flags = PN_REQ));
static int moved(pn *p, const struct pn_gift_card_moved *in, pn_gift_card *out)
{
    return step(p, in->id, in->event, NULL, out);
}
int pn_gift_card_moved(pn *p, const struct pn_gift_card_moved *in, pn_gift_card *out);

static int expire(pn *p, int64_t *done)
{
    pn_rows rows;
    pn_gift_card out;
    PN_TRY(pn_all(p, &due_sql, NULL, &rows));
    pn_each(id_in, c, &rows)
    {
        PN_TRY(pn_gift_card_moved(p, &(struct pn_gift_card_moved){c->id, "expire"}, &out));
        ++*done;
    }
    return 0;
}
static const pn_job expire_job = {"gift_card_expire", N_("Expire gift cards"), 3600, expire};

enum { STAFF = PN_ROLE_OPS | PN_ROLE_FINANCE };

PN_OP_LIST(gift_card, list, list_spec, .brief = N_("List gift cards"), .out = &pn_gift_card_t,
           .may = STAFF)
PN_OP_LIST(gift_card, mine, mine_spec, .brief = N_("List the gift cards of one's account"),
           .out = &pn_gift_card_t, .may = PN_ROLE_BUYER)
PN_OP(gift_card, show, pn_gift_card, .brief = N_("Show a gift card"), .in = &show_t,
      .out = &pn_gift_card_t, .may = STAFF | PN_ROLE_BUYER)
PN_OP(gift_card, bind, pn_gift_card, .brief = N_("Put a gift card into one's account"),
      .in = &bind_t, .out = &pn_gift_card_t, .may = PN_ROLE_BUYER, .flags = PN_WRITE | PN_ONCE)
PN_OP(gift_card, unbind, pn_gift_card,
      .brief = N_("Take an unused gift card out of one's account, to give it away"),
      .in = &unbind_t, .out = &pn_gift_card_t, .may = PN_ROLE_BUYER | PN_ROLE_OPS,
      .flags = PN_WRITE | PN_ONCE,
      .lasting = N_("What has ended does not come back: set up a new one"))
PN_OP(gift_card, freeze, pn_gift_card, .brief = N_("Freeze a gift card"), .in = &freeze_t,
      .out = &pn_gift_card_t, .may = STAFF, .flags = PN_WRITE | PN_ONCE,
      .undo = "unfreeze")
PN_OP(gift_card, unfreeze, pn_gift_card, .brief = N_("Let a frozen gift card be used again"),
      .in = &unfreeze_t, .out = &pn_gift_card_t, .may = STAFF, .flags = PN_WRITE | PN_ONCE,
      .undo = "freeze")
PN_OP(gift_card, extend, pn_gift_card,
      .brief = N_("Give an expired gift card another term: its balance stays its owner's"),
      .in = &extend_t, .out = &pn_gift_card_t, .may = STAFF, .flags = PN_WRITE | PN_ONCE)
PN_OP(gift_card, refund, pn_gift_card, .brief = N_("Pay an unused gift card back to its purchaser"),
      .help = N_("What was paid for it is transferred by the bank; the card is void."),
      .in = &refund_t, .out = &pn_gift_card_t, .may = PN_ROLE_FINANCE,
      .flags = PN_WRITE | PN_ONCE | PN_DANGER,
      .lasting = N_("The money is on its way: only a new payment brings it back"))
PN_OP(gift_card, moved, pn_gift_card, .brief = N_("Move a gift card along its states"),
      .in = &moved_t, .out = &pn_gift_card_t, .may = PN_ROLE_SYSTEM,
      .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL)

const pn_module pn_gift_card_module = {
    "gift_card", N_("Gift cards"),
    .ops = PN_LIST(pn_op, &gift_card_list_op, &gift_card_mine_op, &gift_card_show_op,
                   &gift_card_bind_op, &gift_card_unbind_op, &gift_card_freeze_op,
                   &gift_card_unfreeze_op, &gift_card_extend_op, &gift_card_refund_op,
                   &gift_card_moved_op, &pni_gift_card_settle_op),
    .sql = PN_LIST(pn_sql, &row_sql, &own_sql, &until_sql, &price_sql, &empty_sql, &due_sql,
                   &pni_card_find_sql, &pni_card_by_id_sql, &pni_card_wrong_sql,
                   &pni_card_hold_sql, &pni_card_use_sql, &pni_card_free_sql,
                   &pni_card_return_sql, &pni_card_move_sql),
    .fsm = PN_LIST(pn_fsm, &pni_gift_card_fsm), .jobs = PN_LIST(pn_job, &expire_job)};
