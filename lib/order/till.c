/* SPDX-License-Identifier: Apache-2.0 */
/* till.c — the customer's screen. The counter tells numbers of tiers, not words and prices: what is
 * shown comes from the catalogue, and once there is an order, from the order. A counter that went
 * away tells nothing any more, so a sale is shown as long as an order would be held for it. Whose
 * till it is while it sells, nobody else tells what its customer sees; an account that is only a
 * screen is bound to one till. The trail has what was told: it is what the customer was shown. */
#include "order/till.h"

#include <string.h>

#include "base/crypt_int.h"
#include "base/policy_int.h"
#include "order/payment.h"
#include "user/staff.h"

static PN_TYPE(want_t, "till.want", pn_till_want,
    PN_COL(pn_till_want, tier, N_("Tier"), .flags = PN_REQ, .ref = "tier"),
    PN_COL(pn_till_want, qty, N_("Tickets"), .flags = PN_REQ, .min = 1, .max = 1000));
#define T(f, label, ...) PN_COL(struct pn_till_tell, f, label, __VA_ARGS__)
static PN_TYPE(tell_t, "till.tell", struct pn_till_tell,
    T(till, N_("Till"), .flags = PN_REQ | PN_ARG, .max = 40),
    T(session, N_("Session"), .flags = PN_OPT, .ref = "session",
      .hint = N_("Default: nothing is being sold")),
    T(items, N_("Items"), .of = &want_t), T(tendered_fen, N_("Tendered"), .flags = PN_OPT),
    T(order, N_("Order"), .flags = PN_OPT, .ref = "order"));
#undef T
static PN_TYPE(told_t, "till", pn_till,
    PN_COL(pn_till, id, N_("Number"), .flags = PN_KEY),
    PN_COL(pn_till, till, N_("Till"), .flags = PN_BRIEF),
    PN_COL(pn_till, told_at, N_("Time"), .flags = PN_BRIEF));
static PN_TYPE(show_t, "till.show", struct pn_till_show,
    PN_COL(struct pn_till_show, till, N_("Till"), .flags = PN_REQ | PN_ARG, .max = 40));
static PN_TYPE(bind_t, "till.bind", struct pn_till_bind,
    PN_COL(struct pn_till_bind, till, N_("Till"), .flags = PN_REQ | PN_ARG, .max = 40),
    PN_COL(struct pn_till_bind, staff, N_("Staff"), .flags = PN_REQ | PN_ARG, .ref = "staff"));
static PN_TYPE(bound_t, "till.bound", pn_till_bound,
    PN_COL(pn_till_bound, staff, N_("Staff"), .flags = PN_KEY | PN_BRIEF, .ref = "staff"),
    PN_COL(pn_till_bound, till, N_("Till"), .flags = PN_BRIEF),
    PN_COL(pn_till_bound, bound_at, N_("Since"), .flags = PN_BRIEF));
static PN_TYPE(item_t, "till.item", pn_till_item,
    PN_COL(pn_till_item, name, N_("Tier"), .flags = PN_BRIEF),
    PN_COL(pn_till_item, qty, N_("Tickets"), .flags = PN_BRIEF),
    PN_COL(pn_till_item, amount_fen, N_("Amount"), .flags = PN_BRIEF));
#define S(f, label, ...) PN_COL(pn_till_screen, f, label, __VA_ARGS__)
static PN_TYPE(screen_t, "till.screen", pn_till_screen,
    S(id, N_("Number"), .flags = PN_OPT), S(till, N_("Till"), .flags = PN_BRIEF),
    S(screen, N_("Screen"), .flags = PN_BRIEF, .words = pn_displays),
    S(show, N_("Show"), .flags = PN_BRIEF), S(venue, N_("Venue")), S(start_at, N_("Start")),
    S(items, N_("Items"), .of = &item_t), S(qty, N_("Tickets"), .flags = PN_BRIEF | PN_OPT),
    S(payable_fen, N_("Payable"), .flags = PN_BRIEF | PN_OPT),
    S(tendered_fen, N_("Tendered"), .flags = PN_OPT),
    S(change_fen, N_("Change"), .flags = PN_BRIEF | PN_OPT),
    S(order_id, N_("Order"), .flags = PN_OPT, .ref = "order"), S(no, N_("Order no.")),
    S(method, N_("Method"), .words = pn_pay_methods),
    S(qr, N_("Code to scan"), .flags = PN_BRIEF), S(until, N_("Valid until")));
#undef S

/* ---- told ---- */

typedef struct told {
    int sk;
    int64_t id, session, order;
    const char *till, *name;
    pn_json items;
    pn_money tendered_fen;
} told;
#define R(f, ...) PN_COL(told, f, "", __VA_ARGS__)
static PN_TYPE(row_t, "till.row", told, R(sk), R(id), R(session, .flags = PN_OPT),
    R(order, .flags = PN_OPT), R(till), R(name), R(items), R(tendered_fen));
#undef R
static const pn_sql taken_sql = {"till_taken", &row_t, &row_t,
    "select coalesce(w.name, '') as name from shift s left join staff w on w.id = s.operator_id"
    " where s.till = :till and s.state = 'OPEN' and s.operator_id <> :me", false};
/* Without shifts it is whoever sells there now; a sale that was left is over some time. */
static const pn_sql selling_sql = {"till_selling", &row_t, &row_t,
    "select coalesce(w.name, '') as name from till l left join staff w on w.id = l.staff_id"
    " where l.sk = :sk and l.name = :till and l.session_id is not null and l.staff_id <> :me"
    " and l.told_at + make_interval(mins => " PNI_POLICY("order.hold_pos_min") "::int) > :now"
    " and not exists (select from shift s where s.till = :till and s.state = 'OPEN'"
    "  and s.operator_id = :me)", false};
static const pn_sql tell_sql = {"till_tell", &row_t, &row_t,
    "insert into till as l (sk, name, id, session_id, items, tendered_fen, order_id, staff_id,"
    " told_at) values (:sk, :till, :id, :session, :items::jsonb, :tendered_fen, :order, :me, :now)"
    " on conflict (sk, name) do update set session_id = excluded.session_id,"
    "  items = excluded.items, tendered_fen = excluded.tendered_fen,"
    "  order_id = excluded.order_id, staff_id = excluded.staff_id, told_at = excluded.told_at"
    " returning l.id", false};

/* A till has no number of its own before something was told: its name says where it is. */
static int bucket(const char *till)
{
    unsigned char hash[PNI_HASH];
    pni_sha256(till, hash);
    return (hash[0] << 8 | hash[1]) & 4095;
}

static const char *as_json(pn *p, const pn_rows *items)
{
    pn_buf b = pn_buf_new(p);
    pn_buf_puts(&b, "[");
    pn_each(pn_till_want, w, items)
    {
        if (b.len > 1)
            pn_buf_puts(&b, ",");
        pn_to_json(&b, &want_t, w);
    }
    pn_buf_puts(&b, "]");
    return b.bad ? NULL : b.text;
}

/* By whoever has it, and by administrators. */
static int own_till(pn *p, const told *row)
{
    told other;
    if (pn_who(p)->roles & PN_ROLE_ADMIN)
        return 0;
    int rc = pn_one(p, &taken_sql, row, &other);
    if (!rc) {
        pn_fail(p, PN_EPERM, "till", pn_tr("%s has an open shift at till %s"), other.name,
                row->till);
        return pn_hint(p, "%s", pn_tr("Sell at your own till, or let that shift be closed"));
    }
    if (rc != PN_ENONE)
        return rc;
    rc = pn_one(p, &selling_sql, row, &other);
    if (!rc) {
        pn_fail(p, PN_EPERM, "till", pn_tr("%s is selling at till %s"), other.name, row->till);
        return pn_hint(p, "%s", pn_tr("Sell at your own till, or let that sale be ended"));
    }
    return rc == PN_ENONE ? 0 : rc;
}

static int tell(pn *p, const struct pn_till_tell *in, pn_till *out)
{
    told row = {.sk = bucket(in->till), .till = in->till, .session = in->session,
                .order = in->order, .tendered_fen = in->tendered_fen}, kept;
    row.items.text = as_json(p, &in->items);
    if (!row.items.text)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    PN_TRY(own_till(p, &row));
    PN_TRY(pn_new_id(p, row.sk, &row.id));
    PN_TRY(pn_one(p, &tell_sql, &row, &kept));
    *out = (pn_till){kept.id, in->till, pn_now(p)};
    return 0;
}

/* ---- shown ---- */

typedef struct asked { int sk; const char *till; } asked;
static PN_TYPE(asked_t, "till.asked", asked, PN_COL(asked, sk, ""), PN_COL(asked, till, ""));
static const pn_sql show_sql = {"till_show", &asked_t, &screen_t,
    "select l.id, h.title as show, v.name as venue, s.start_at, l.tendered_fen, l.order_id,"
    " l.told_at + make_interval(mins => " PNI_POLICY("order.hold_pos_min") "::int) as until"
    " from till l left join session s on s.id = l.session_id left join show h on h.id = s.show_id"
    " left join venue v on v.id = h.venue_id where l.sk = :sk and l.name = :till", false};
static const pn_sql items_sql = {"till_items", &asked_t, &item_t,
    "select t.name, (i.item->>'qty')::int as qty,"
    " t.face_price_fen * (i.item->>'qty')::int as amount_fen from till l"
    " cross join lateral jsonb_array_elements(l.items) with ordinality i(item, no)"
    " join tier t on t.id = (i.item->>'tier')::bigint and t.session_id = l.session_id"
    " where l.sk = :sk and l.name = :till order by i.no", false};

/* ---- whose screen it is ---- */

static const pn_sql bind_sql = {"till_bind", &bind_t, &bound_t,
    "insert into till_screen (sk, staff_id, till, bound_by, bound_at)"
    " values (:staff#, :staff, :till, :me, :now) on conflict (sk, staff_id) do update"
    " set till = excluded.till, bound_by = excluded.bound_by, bound_at = excluded.bound_at"
    " returning staff_id as staff, till, bound_at", false};
static const pn_sql bound_sql = {"till_bound_of", &bound_t, &bound_t,
    "select till from till_screen where sk = :staff# and staff_id = :staff", false};

static int bind(pn *p, const struct pn_till_bind *in, pn_till_bound *out)
{
    pn_staff staff;
    PN_TRY(pn_staff_show(p, &(struct pn_staff_show){in->staff}, &staff));
    PN_TRY(pn_one(p, &bind_sql, in, out));
    return pn_audit(p, "staff", in->staff, &bound_t, NULL, out, NULL);
}

/* Who sells or runs the sale looks at any. */
static int own_screen(pn *p, const char *till)
{
    pn_till_bound is = {0};
    uint32_t any = PN_ROLE_BOXOFFICE | PN_ROLE_OPS | PN_ROLE_ADMIN | PN_ROLE_SYSTEM;
    if (pn_who(p)->roles & any)
        return 0;
    int rc = pn_one(p, &bound_sql, &(pn_till_bound){.staff = pn_who(p)->id}, &is);
    if (rc && rc != PN_ENONE)
        return rc;
    if (!rc && !strcmp(is.till, till))
        return 0;
    pn_fail(p, PN_EPERM, "till", pn_tr("%s is no screen of till %s"), pn_who(p)->login, till);
    return pn_hint(p, pn_tr("pn till bind %s %s, by an administrator"), till, pn_who(p)->login);
}

/* What became of the order is known there; it may be paid, given back or let go meanwhile. */
static int follow(pn *p, pn_till_screen *out)
{
    pn_payment_screen s = {0};
    PN_TRY(pn_payment_display(p, &(struct pn_payment_display){out->order_id}, &s));
    out->screen = s.screen;
    out->no = s.no;
    out->qty = s.qty;
    out->payable_fen = s.screen.v == PN_DISPLAY_PAID ? s.payable_fen : s.due_fen;
    out->method = s.method;
    out->qr = s.qr;
    if (s.screen.v == PN_DISPLAY_PAID) {
        out->tendered_fen = s.tendered_fen;
        out->change_fen = s.change_fen;
    } else if (s.until.us < out->until.us || s.qr) {
        out->until = s.until;
    }
    return 0;
}

static int show(pn *p, const struct pn_till_show *in, pn_till_screen *out)
{
    asked a = {bucket(in->till), in->till};
    PN_TRY(own_screen(p, in->till));
    int rc = pn_one(p, &show_sql, &a, out);
    if (rc && rc != PN_ENONE)
        return rc;
    int64_t id = rc ? 0 : out->id;
    bool over = rc || !out->show || out->until.us <= pn_now(p).us;
    if (!over) {
        out->screen.v = PN_DISPLAY_CART;
        PN_TRY(pn_all(p, &items_sql, &a, &out->items));
        pn_each(pn_till_item, i, &out->items)
        {
            out->qty += i->qty;
            out->payable_fen.fen += i->amount_fen.fen;
        }
        if (out->order_id)
            PN_TRY(follow(p, out));
        over = out->screen.v == PN_DISPLAY_OVER;
    }
    if (over)
        *out = (pn_till_screen){.id = id};
    out->till = in->till;
    return 0;
}

PN_OP(till, tell, pn_till, .brief = N_("Tell what the customer at a till is to see"),
      .help = N_("The counter does it by itself. It replaces what was told before."),
      .in = &tell_t, .out = &told_t, .may = PN_ROLE_BOXOFFICE,
      .flags = PN_WRITE | PN_ONCE | PN_HIDDEN, .example = "pn till tell 03")
PN_OP(till, show, pn_till_screen, .brief = N_("Show what the customer at a till sees"),
      .help = N_("A screen of his own is piaoniu display --till NAME. Its account needs the\n"
                 "single permission till.show, and is bound to the till by \"till bind\"."),
      .in = &show_t, .out = &screen_t, .may = PN_ROLE_BOXOFFICE | PN_ROLE_OPS,
      .example = "pn till show 03")

PN_OP(till, bind, pn_till_bound, .brief = N_("Let an account be the screen of one till"),
      .help = N_("It sees that till and no other. Bound again, it is the screen of another."),
      .in = &bind_t, .out = &bound_t, .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE,
      .example = "pn till bind 03 window-03")

const pn_module pn_till_module = {
    "till", N_("Tills"), .ops = PN_LIST(pn_op, &till_show_op, &till_tell_op, &till_bind_op),
    .sql = PN_LIST(pn_sql, &taken_sql, &selling_sql, &tell_sql, &bind_sql, &bound_sql, &show_sql,
                   &items_sql),
};
