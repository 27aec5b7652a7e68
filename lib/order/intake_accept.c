/* SPDX-License-Identifier: Apache-2.0 */
/* intake_accept.c — a channel's row becomes an order of ours: the tickets are taken at the
 * channel's price, it is paid because the channel has the money, and the channel owes it. */
#include <string.h>

#include "base/policy_int.h"
#include "channel/channel_int.h"
#include "order/dist_int.h"
#include "order/intake_int.h"
#include "order/payment.h"
#include "order/prepaid_int.h"
#include "order/send_int.h"

typedef struct id_in { int64_t id; } id_in;
static PN_TYPE(by_id_t, "intake.id", id_in, PN_COL(id_in, id, N_("Number")));

typedef struct sealed {
    int64_t id, channel_id, tier_id;
    const char *ext_no, *own_phone;
    pn_word state;
    int qty;
    pn_money unit_fen;
    pn_bytes buyer, phone, address, docs;
} sealed;
#define S(f, ...) PN_COL(sealed, f, #f, __VA_ARGS__)
static PN_TYPE(sealed_t, "intake.sealed", sealed, S(id), S(channel_id), S(tier_id, .flags = PN_OPT),
    S(ext_no), S(own_phone), S(state, .words = pn_order_states), S(qty), S(unit_fen), S(buyer),
    S(phone), S(address), S(docs));
#undef S
const pn_sql pni_intake_sealed_sql = {"intake_sealed", &by_id_t, &sealed_t,
    "select r.id, r.channel_id, r.tier_id, r.ext_no, c.phone as own_phone, r.state, r.qty,"
    " r.unit_fen, r.buyer, r.phone, r.address, r.docs from intake_row r"
    " join channel c on c.id = r.channel_id where r.sk = :id# and r.id = :id", false};

typedef struct done_in { int64_t id, order_id, loss_budget; pn_money loss_fen; } done_in;
static PN_TYPE(done_t, "intake.done", done_in, PN_COL(done_in, id, "id"),
    PN_COL(done_in, order_id, "order"), PN_COL(done_in, loss_budget, "budget", .flags = PN_OPT),
    PN_COL(done_in, loss_fen, "loss"));
const pn_sql pni_intake_done_sql = {"intake_done", &done_t, NULL,
    "update intake_row set state = 'PAID', order_id = :order_id, short = false, note = '',"
    " loss_budget = :loss_budget, loss_fen = :loss_fen, updated_at = :now, version = version + 1"
    " where sk = :id# and id = :id and state = 'MAPPED'", false};
typedef struct loss_in { int64_t id, channel_id; pn_money loss_fen; } loss_in;
static PN_TYPE(loss_t, "intake.loss", loss_in, PN_COL(loss_in, id, "id"),
    PN_COL(loss_in, channel_id, "channel"), PN_COL(loss_in, loss_fen, "loss"));
const pn_sql pni_intake_loss_sql = {"intake_loss", &loss_t, NULL,
    "update loss_budget set used_fen = used_fen + :loss_fen where sk = :id# and id = :id"
    " and channel_id = :channel_id and used_fen + :loss_fen <= total_fen", false};

/* "李雷/1101…|韩梅/4405…" */
static int people(pn *p, const char *text, pn_rows *out)
{
    pn_attendee *a = pn_alloc(p, (PNI_SEATS_MAX + 1) * sizeof *a);
    char *at = pn_strdup(p, text ? text : "");
    if (!a || !at)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    *out = (pn_rows){a, 0};
    while (*at) {
        size_t len = strcspn(at, "|");
        char *next = at + len + (at[len] == '|'), *slash;
        at[len] = 0;
        slash = strrchr(at, '/');
        if (!slash || out->n == PNI_SEATS_MAX) {
            pn_fail(p, PN_EREALNAME, "ids", "%s",
                    pn_tr("Documents are written name/document, several by |"));
            return pn_hint(p, "%s", pn_tr("Reject the row, correct the file and import it anew"));
        }
        *slash = 0;
        a[out->n++] = (pn_attendee){.name = at, .doc = slash + 1};
        at = next;
    }
    return 0;
}

/* What the tickets cost us at least: the seller's share, or a part of the face price of our own. */
static int loss_of(pn *p, const pni_cart *cart, int64_t unit, int64_t *loss)
{
    int64_t bp, least;
    *loss = 0;
    PN_TRY(pni_policy(p, "channel.floor_bp", &bp));
    for (size_t i = 0; i < cart->parts; i++) {
        const pni_part *part = &cart->part[i];
        least = part->lot->merchant_id ? part->lot->settle_fen.fen
                                       : pni_bp(part->offer->face_price_fen.fen, bp);
        if (unit < least)
            *loss += part->units * (least - unit);
    }
    return 0;
}

/* A price that nobody asks is mostly one in another unit. */
static int plausible(pn *p, const pni_cart *cart, const sealed *r, bool dear)
{
    int64_t bp, unit = r->unit_fen.fen;
    PN_TRY(pni_policy(p, "channel.unit_max_bp", &bp));
    for (size_t i = 0; i < cart->parts && !dear && bp; i++) {
        int64_t face = cart->part[i].offer->face_price_fen.fen;
        if (!face || unit <= pni_bp(face, bp))
            continue;
        pn_fail(p, PN_EARG, "unit_fen", pn_tr("%lld.%02d yuan for a ticket of %lld.%02d"),
                (long long)(unit / 100), (int)(unit % 100), (long long)(face / 100),
                (int)(face % 100));
        return pn_hint(p, "%s", pn_tr("Prices of the file are in yuan: reject the row and import "
                                      "it anew, or accept it as dear as it is (--dear)"));
    }
    return 0;
}

static int cover(pn *p, const sealed *r, int64_t budget, int64_t loss)
{
    int64_t done = 0;
    if (!loss)
        return 0;
    if (!budget) {
        pn_fail(p, PN_EBUDGET, "loss_budget", pn_tr("The channel's price is %lld.%02d yuan below "
                "the floor"), (long long)(loss / 100), (int)(loss % 100));
        return pn_hint(p, "%s", pn_tr("Name a budget that covers it (intake budgets), or reject"));
    }
    PN_TRY(pn_exec(p, &pni_intake_loss_sql, &(loss_in){budget, r->channel_id, {loss}}, &done));
    if (done)
        return 0;
    pn_fail(p, PN_EBUDGET, "loss_budget", pn_tr("This budget has not %lld.%02d yuan left for the "
            "channel"), (long long)(loss / 100), (int)(loss % 100));
    return pn_hint(p, "%s", pn_tr("Make another one: intake budget"));
}

static int place(pn *p, const sealed *r, const struct pn_intake_accept *in, pn_order *order,
                 int64_t *loss)
{
    pni_sale s;
    pni_deal d, *one = &d;
    const char *buyer, *phone, *address, *docs;
    pn_order_want want = {.tier = r->tier_id, .qty = r->qty};
    PN_TRY(pni_pii_open(p, r->id, r->buyer, &buyer));
    PN_TRY(pni_pii_open(p, r->id, r->phone, &phone));
    PN_TRY(pni_pii_open(p, r->id, r->address, &address));
    PN_TRY(pni_pii_open(p, r->id, r->docs, &docs));
    pni_ask ask = {.kind = "CHANNEL", .state = "MAPPED", .event = "import", .want = &want,
                   .wants = 1, .channel = {PN_CHANNEL_SHOP}, .buyer_name = buyer,
                   .phone = phone && *phone ? phone : r->own_phone, .ext_no = r->ext_no,
                   .unit_fen = r->unit_fen, .fixed = true, .unlimited = true};
    if (ask.phone && !*ask.phone)
        ask.phone = NULL;
    /* A channel's address is one line, and counts where the tickets are sent. */
    if (address && *address)
        ask.to = (pni_to){.receiver = buyer && *buyer ? buyer : pn_tr("Buyer"), .region = "",
                          .street = address, .maybe = true};
    PN_TRY(people(p, docs, &ask.attendees));
    PN_TRY(pni_deal_check(p, &ask, &d));
    PN_TRY(pni_sale_read(p, &s, &one, 1, PNI_TO_SELL));
    PN_TRY(pni_sale_decide(&s, &d));
    PN_TRY(plausible(p, &d.cart, r, in->dear));
    PN_TRY(loss_of(p, &d.cart, r->unit_fen.fen, loss));
    PN_TRY(cover(p, r, in->loss_budget, *loss));
    PN_TRY(pni_sale_take(&s, &d, order));
    return pni_sale_write(&s);
}

static int accept(pn *p, const void *in_, void *out)
{
    const struct pn_intake_accept *in = in_;
    sealed r;
    pn_order order;
    pn_word to;
    int64_t loss, done = 0;
    int rc = pn_one(p, &pni_intake_sealed_sql, &(id_in){in->id}, &r);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ENONE, "id", pn_tr("There is no row %lld"), (long long)in->id);
    PN_TRY(rc);
    if (r.state.v != PN_ORDER_MAPPED) {
        pn_fail(p, PN_ESTATE, "id", pn_tr("The row is not to be accepted (%s)"),
                pn_word_label(pn_order_states, r.state));
        return pn_hint(p, "%s", r.state.v == PN_ORDER_UNMAPPED
                                    ? pn_tr("Say which tier it is: intake map")
                                    : pn_tr("See what became of it: intake show"));
    }
    PN_TRY(place(p, &r, in, &order, &loss));
    pni_channel_order of = {.order_id = order.id, .channel_id = r.channel_id, .ext_no = r.ext_no};
    PN_TRY(pn_queue(p, &pni_channel_order_put_sql, &of, 1, NULL, NULL));
    pni_prepay_how how = {.order_id = order.id, .channel_id = r.channel_id, .from = "MAPPED",
                          .to = pni_order_paid_state(), .method = PN_PAY_CHANNEL};
    PN_TRY(pni_prepay(p, &how, &to));
    const char *reached = pn_word_name(pn_order_states, to);
    PN_TRY(pni_order_paid_steps(p, order.id, "MAPPED", "accept", reached));
    PN_TRY(pni_order_paid_event(p, order.id, reached));
    done_in ok = {r.id, order.id, loss ? in->loss_budget : 0, {loss}};
    PN_TRY(pn_exec(p, &pni_intake_done_sql, &ok, &done));
    if (!done)
        return pn_fail(p, PN_ECONFLICT, "id", "%s", pn_code_text(PN_ECONFLICT));
    PN_TRY(pni_stepped(p, &pni_intake_fsm, r.id, "MAPPED", "accept", NULL));
    PN_TRY(pni_intake_row(p, r.id, out));
    return pn_audit(p, "intake", r.id, &pn_intake_t, NULL, out, NULL);
}

static PN_TYPE(accept_t, "intake.accept", struct pn_intake_accept,
    PN_COL(struct pn_intake_accept, id, N_("Row"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "intake"),
    PN_COL(struct pn_intake_accept, loss_budget, N_("Budget for the loss"), .flags = PN_OPT,
           .hint = N_("When the channel's price is below the floor")),
    PN_COL(struct pn_intake_accept, dear, N_("As dear as it is"),
           .hint = N_("The price is right, however far above the face price")));

const pn_op pni_intake_accept_op = {
    .noun = "intake", .verb = "accept", .brief = N_("Make a channel's row an order"),
    .help = N_("Takes the tickets at the channel's price and issues them; the channel owes the "
               "money. The job does it by itself, this is for what it could not."),
    .in = &accept_t, .out = &pn_intake_t, .may = PN_ROLE_OPS | PN_ROLE_SYSTEM,
    .flags = PN_WRITE | PN_ONCE, .run = accept, .example = "pn intake accept 61441"};

int pn_intake_accept(pn *p, const struct pn_intake_accept *in, pn_intake *out)
{
    return pn_call(p, &pni_intake_accept_op, in, out);
}

/* ---- the job ---- */

typedef struct fail_in { int64_t id; const char *note; bool short_of; } fail_in;
static PN_TYPE(fail_t, "intake.fail", fail_in, PN_COL(fail_in, id, N_("Row"), .flags = PN_REQ),
    PN_COL(fail_in, note, N_("Note"), .max = 500),
    PN_COL(fail_in, short_of, N_("No tickets")));
const pn_sql pni_intake_fail_sql = {"intake_fail", &fail_t, NULL,
    "update intake_row set short = :short_of, note = coalesce(:note, ''), updated_at = :now"
    " where sk = :id# and id = :id and state = 'MAPPED'", false};

static int remember(pn *p, const void *in, void *out)
{
    const fail_in *f = in;
    PN_TRY(pn_exec(p, &pni_intake_fail_sql, f, NULL));
    return pni_intake_row(p, f->id, out);
}
const pn_op pni_intake_fail_op = {
    .noun = "intake", .verb = "fail", .brief = N_("Note why a row could not be accepted"),
    .in = &fail_t, .out = &pn_intake_t, .may = PN_ROLE_SYSTEM,
    .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL, .run = remember};

typedef struct due_row { int64_t id; bool late, open; } due_row;
static PN_TYPE(due_t, "intake.due", due_row, PN_COL(due_row, id, N_("Row")),
    PN_COL(due_row, late, "late"), PN_COL(due_row, open, "open"));
/* A row that could not be had is tried again until its time is over. */
const pn_sql pni_intake_due_sql = {"intake_due", NULL, &due_t,
    "with g as materialized (select (:now)::timestamptz - make_interval(mins => "
    PNI_POLICY("channel.reject_min") "::int) as t)"
    " select r.id, r.created_at <= g.t and (r.short or r.state = 'UNMAPPED') as late,"
    "  r.state = 'MAPPED' as open from intake_row r cross join g"
    " where r.state in ('MAPPED', 'UNMAPPED') and (r.state = 'MAPPED' or r.created_at <= g.t)"
    " order by r.created_at, r.id limit 2000", false};

/* What no tickets, no time or no rule refuses comes back; a lost database is the job's failure. */
static int try_one(pn *p, const due_row *r, bool *accepted)
{
    pn_intake row;
    int rc = pn_call(p, &pni_intake_accept_op, &(struct pn_intake_accept){.id = r->id}, &row);
    *accepted = !rc;
    if (!rc || rc == PN_EDATABASE || rc == PN_EMEM || rc == PN_ETIMEOUT)
        return rc;
    bool none = rc == PN_ESTOCK || rc == PN_ENO_MATCH || rc == PN_ESTATE || rc == PN_ECOUNT;
    fail_in f = {r->id, pn_strdup(p, pn_error(p)->message), none};
    return pn_call(p, &pni_intake_fail_op, &f, &row);
}

static int accept_all(pn *p, int64_t *done)
{
    pn_rows rows;
    PN_TRY(pn_all(p, &pni_intake_due_sql, NULL, &rows));
    pn_each(due_row, r, &rows)
    {
        bool accepted = false;
        pn_intake row;
        if (r->open)
            PN_TRY(try_one(p, r, &accepted));
        *done += accepted;
        if (accepted || !r->late)
            continue;
        struct pn_intake_reject in = {r->id, pn_tr("Out of stock")};
        PN_TRY(pn_intake_reject(p, &in, &row));
        ++*done;
    }
    return 0;
}

const pn_job pni_intake_accept_job = {"intake_accept", N_("Make channels' rows orders"), 60,
                                      accept_all};
