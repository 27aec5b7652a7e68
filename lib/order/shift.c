/* SPDX-License-Identifier: Apache-2.0 */
/* shift.c — a drawer belongs to one person until it is counted. What should be in it is the float,
 * what was sold for cash and added, less what was given back and dropped; nobody is told before he
 * has counted. What is over or short is booked at once, much of it is looked at by somebody else.
 * What was counted is on its way to the bank, or the next one takes it over. */
#include "order/shift.h"

#include <string.h>

#include "base/policy_int.h"
#include "catalog/row_int.h"
#include "ledger/ledger_int.h"
#include "order/offline.h"
#include "order/order_int.h"
#include "order/shift_int.h"

const pn_words pn_shift_states[] = {PN_SHIFT_STATES(PN_WORD_ROW){0}};
static const pn_edge edges[] = {{"OPEN", "close", "CLOSED", 0, NULL},
                                {"OPEN", "differ", "CHECK", 0, NULL},
                                {"CHECK", "check", "CLOSED", 0, NULL}, {0}};
static const pn_sql move_sql = {"shift_move", &pn_move_t, NULL,
    "update shift set state = :to, note = case when state = 'OPEN' then coalesce(:reason, note)"
    " else note end, closed_at = coalesce(closed_at, :now), closed_by = coalesce(closed_by, :me),"
    " updated_at = :now, version = version + 1 where id = :id and state = :from", false};
static const pn_fsm flow = {N_("shift"), pn_shift_states, edges, &move_sql};

#define C(f, label, ...) PN_COL(pn_shift, f, label, __VA_ARGS__)
PN_TYPE(pn_shift_t, "shift", pn_shift,
    C(id, N_("Number"), .flags = PN_KEY | PN_SORT, .sql = "s.id", .ref = "shift"),
    C(no, N_("Shift no."), .flags = PN_BRIEF, .sql = "s.no"),
    C(till, N_("Till"), .flags = PN_BRIEF | PN_SORT, .sql = "s.till"),
    C(operator_id, N_("Operator no."), .sql = "s.operator_id", .ref = "staff"),
    C(operator_name, N_("Operator"), .flags = PN_BRIEF, .sql = "coalesce(w.name, '')"),
    C(state, N_("State"), .flags = PN_BRIEF, .words = pn_shift_states, .sql = "s.state"),
    C(from_id, N_("Taken over from"), .flags = PN_OPT, .sql = "s.from_id", .ref = "shift"),
    C(float_fen, N_("Float"), .sql = "s.float_fen"),
    /* nothing, not zero, while nobody has counted */
    C(sales_fen, N_("Cash sales"), .flags = PN_OPT | PN_BRIEF, .sql = "s.sales_fen"),
    C(refunds_fen, N_("Cash refunds"), .flags = PN_OPT, .sql = "s.refunds_fen"),
    C(added_fen, N_("Put in"), .flags = PN_OPT, .sql = "s.added_fen"),
    C(dropped_fen, N_("To the safe"), .flags = PN_OPT, .sql = "s.dropped_fen"),
    C(expected_fen, N_("Expected"), .flags = PN_OPT, .sql = "s.expected_fen"),
    C(counted_fen, N_("Counted"), .flags = PN_OPT | PN_BRIEF, .sql = "s.counted_fen"),
    C(over_fen, N_("Over or short"), .flags = PN_OPT | PN_BRIEF,
      .sql = "(s.counted_fen - s.expected_fen)"),
    C(note, N_("Note"), .sql = "s.note"),
    C(found, N_("What was found"), .sql = "s.found"),
    C(closed_by, N_("Shift closed by"), .flags = PN_OPT, .sql = "s.closed_by", .ref = "staff"),
    C(checked_by, N_("Looked at by"), .flags = PN_OPT, .sql = "s.checked_by", .ref = "staff"),
    C(opened_at, N_("Opened at"), .flags = PN_BRIEF | PN_SORT, .sql = "s.opened_at"),
    C(closed_at, N_("Closed at"), .sql = "s.closed_at"));
#undef C
#define FROM "shift s left join staff w on w.id = s.operator_id"
#define NOBODY "(:my_merchant::bigint is null and :my_organiser::bigint is null)"
static const pn_list_spec list_spec = {.row = &pn_shift_t, .from = FROM, .scope = NOBODY,
    .key = "s.id", .sort = "-opened_at,id"};
static const pn_list_spec mine_spec = {.row = &pn_shift_t, .from = FROM,
    .scope = "s.operator_id = :me", .key = "s.id", .sort = "-opened_at,id"};

static const pn_words kinds[] = {{"SALE", N_("Cash sale"), 'g'},
    {"COLLECTED", N_("Collected"), 'w'}, {"REFUND", N_("Cash refund"), 'b'},
    {"ADDED", N_("Put in"), 0}, {"DROPPED", N_("To the safe"), 0}, {0}};
#define M(f, label, ...) PN_COL(pn_shift_move, f, label, __VA_ARGS__)
static PN_TYPE(move_t, "shift.move", pn_shift_move,
    M(id, N_("Number"), .flags = PN_KEY | PN_SORT, .sql = "c.id"),
    M(shift_id, N_("Shift"), .sql = "c.shift_id", .ref = "shift"),
    M(shift_no, N_("Shift no."), .flags = PN_BRIEF, .sql = "s.no"),
    M(kind, N_("Kind"), .flags = PN_BRIEF, .words = kinds, .sql = "c.kind"),
    M(amount_fen, N_("Amount"), .flags = PN_BRIEF, .sql = "c.amount_fen"),
    M(order_id, N_("Order"), .flags = PN_OPT | PN_BRIEF, .sql = "nullif(c.order_id, 0)",
      .ref = "order"),
    M(note, N_("Note"), .flags = PN_BRIEF, .sql = "c.note"),
    M(at, N_("Time"), .flags = PN_BRIEF, .sql = "c.at"));
#undef M
static const pn_list_spec moves_spec = {.row = &move_t,
    .from = "shift_cash c join shift s on s.id = c.shift_id", .scope = NOBODY, .key = "c.id",
    .sort = "-id"};

enum { OFFICE = PN_ROLE_OPS | PN_ROLE_FINANCE };
PN_OP_LIST(shift, list, list_spec, .brief = N_("List shifts of the box office"),
           .out = &pn_shift_t, .may = OFFICE, .example = "pn shift list --where state=CHECK")
PN_OP_LIST(shift, mine, mine_spec, .brief = N_("List your own shifts"), .out = &pn_shift_t,
           .may = PN_ROLE_BOXOFFICE | OFFICE)
PN_OP_LIST(shift, moves, moves_spec, .brief = N_("List what went in and out of drawers"),
           .out = &move_t, .may = OFFICE, .example = "pn shift moves --where kind=DROPPED")

#define TOTAL_ID "(z.shift_id || '-' || z.method)"
#define C(f, label, ...) PN_COL(pn_shift_total, f, label, __VA_ARGS__)
static PN_TYPE(total_t, "shift.total", pn_shift_total,
    C(id, N_("Id"), .flags = PN_KEY | PN_SORT, .sql = TOTAL_ID),
    C(shift_id, N_("Shift"), .flags = PN_SORT, .sql = "z.shift_id", .ref = "shift"),
    C(shift_no, N_("Shift no."), .flags = PN_BRIEF, .sql = "s.no"),
    C(till, N_("Till"), .flags = PN_BRIEF, .sql = "s.till"),
    C(method, N_("Method"), .flags = PN_BRIEF, .words = pn_pay_methods, .sql = "z.method"),
    C(pay_n, N_("Payments"), .flags = PN_BRIEF, .sql = "z.pay_n"),
    C(pay_fen, N_("Paid"), .flags = PN_BRIEF, .sql = "z.pay_fen"),
    C(refund_n, N_("Refunds"), .flags = PN_BRIEF, .sql = "z.refund_n"),
    C(refund_fen, N_("Refunded"), .flags = PN_BRIEF, .sql = "z.refund_fen"),
    C(left_fen, N_("Left"), .flags = PN_BRIEF, .sql = "(z.pay_fen - z.refund_fen)"));
#undef C
#define TOTALS "shift_total z join shift s on s.id = z.shift_id"
static const pn_list_spec totals_spec = {.row = &total_t, .from = TOTALS, .key = TOTAL_ID,
    .scope = "(:my_merchant::bigint is null and :my_organiser::bigint is null)",
    .sort = "-shift_id,id"};
static const pn_list_spec my_totals_spec = {.row = &total_t, .from = TOTALS, .key = TOTAL_ID,
    .scope = "s.operator_id = :me", .sort = "-shift_id,id"};
PN_OP_LIST(shift, totals, totals_spec, .brief = N_("List what shifts took, by method"),
           .help = N_("Written down when the drawer is counted: payments that the operator took in "
                      "this time and refunds that he gave, of every method."),
           .out = &total_t, .may = OFFICE, .example = "pn shift totals --where shift_id=4097")
PN_OP_LIST(shift, mine_totals, my_totals_spec,
           .brief = N_("List what your own shifts took, by method"), .out = &total_t,
           .may = PN_ROLE_BOXOFFICE | OFFICE)

int pni_shift_row(pn *p, int64_t id, pn_shift *out)
{
    return pni_row(p, &shift_list_op, id, out);
}

/* ---- cash of sales ---- */

#define A(f) PN_COL(pni_shift, f, "")
static PN_TYPE(asked_t, "shift.asked", pni_shift, A(id), A(required), A(till));
#undef A
static const pn_sql ask_sql = {"shift_ask", NULL, &asked_t,
    "select coalesce((select id from shift where operator_id = :me and state = 'OPEN' for share),"
    " 0) as id,"
    " (select till from shift where operator_id = :me and state = 'OPEN') as till, "
    PNI_POLICY("shift.required") " = 1 as required", false};
typedef struct cash {
    int64_t id, shift_id, order_id;
    const char *kind, *note;
    pn_money amount_fen;
} cash;
#define H(f) PN_COL(cash, f, "")
static PN_TYPE(cash_t, "shift.cash", cash, H(id), H(shift_id), H(order_id), H(kind), H(note),
    H(amount_fen));
#undef H
static const pn_sql cash_sql = {"shift_cash_put", &cash_t, NULL,
    "insert into shift_cash (sk, id, shift_id, kind, amount_fen, order_id, note, at) values (:id#,"
    " :id, :shift_id, :kind, :amount_fen, :order_id, coalesce(:note, ''), :now)", false};

int pni_shift_ask(pn *p, pn_rows *out)
{
    return pn_queue(p, &ask_sql, NULL, 0, out, NULL);
}

/* Operations sell without a drawer of their own. */
static bool is_bound(const pn *p, const pni_shift *s)
{
    uint32_t roles = pn_who(p)->roles;
    return s->required && roles & PN_ROLE_BOXOFFICE && !(roles & (OFFICE | PN_ROLE_ADMIN));
}

int pni_shift_needed(pn *p, const pn_rows *asked)
{
    const pni_shift *s = asked->row;
    if (s->id || !is_bound(p, s))
        return 0;
    pn_fail(p, PN_ESTATE, NULL, "%s", pn_tr("The counter works within a shift only"));
    return pn_hint(p, "%s", pn_tr("Open one: shift open"));
}

int pni_shift_at(pn *p, const pn_rows *asked, const char *till)
{
    const pni_shift *s = asked->row;
    if (!s->id || !till || !*till || !strcmp(till, s->till))
        return 0;
    pn_fail(p, PN_ECONFLICT, "till", pn_tr("Your open shift is at till %s, not at %s"), s->till,
            till);
    return pn_hint(p, "%s", pn_tr("Leave the till out, or close the shift and open one there"));
}

int pni_shift_must(pn *p)
{
    pn_rows asked;
    PN_TRY(pn_all(p, &ask_sql, NULL, &asked));
    return pni_shift_needed(p, &asked);
}

static const pn_type need_t = {"shift.need", sizeof(pn_shift_need), (const pn_col[]){
    PN_COL(pn_shift_need, required, N_("Only within a shift")),
    PN_COL(pn_shift_need, id, N_("Shift"), .flags = PN_OPT, .ref = "shift"), {0}}};
static const pn_sql need_sql = {"shift_need", NULL, &asked_t,
    "select coalesce((select id from shift where operator_id = :me and state = 'OPEN'), 0) as id, "
    PNI_POLICY("shift.required") " = 1 as required", false};
static int shift_needed_run(pn *p, const void *in, void *out)
{
    pn_shift_need *n = out;
    pni_shift s;
    (void)in;
    PN_TRY(pn_one(p, &need_sql, NULL, &s));
    *n = (pn_shift_need){.required = is_bound(p, &s), .id = s.id};
    return 0;
}
static const pn_op shift_needed_op = {.noun = "shift", .verb = "needed", .run = shift_needed_run,
    .brief = N_("Tell whether you may sell without opening a shift"), .out = &need_t,
    .may = PN_ROLE_BOXOFFICE | OFFICE, .example = "pn shift needed"};
int pn_shift_needed(pn *p, const void *none, pn_shift_need *out)
{
    return pn_call(p, &shift_needed_op, none, out);
}

static int put_cash(pn *p, int sk, const cash *c)
{
    cash row = *c;
    PN_TRY(pn_new_id(p, sk, &row.id));
    return pn_exec(p, &cash_sql, &row, NULL);
}

int pni_shift_cash(pn *p, const pn_rows *asked, const char *kind, int64_t order_id, int64_t fen)
{
    const pni_shift *s = asked->row;
    cash c = {.shift_id = s->id, .order_id = order_id, .kind = kind, .amount_fen = {fen}};
    return s->id && fen ? put_cash(p, pn_sk(order_id), &c) : 0;
}

/* ---- open ---- */

#define O(f, label, ...) PN_COL(struct pn_shift_open, f, label, __VA_ARGS__)
static PN_TYPE(open_t, "shift.open", struct pn_shift_open,
    O(till, N_("Till"), .flags = PN_REQ | PN_ARG, .max = 40),
    O(float_fen, N_("Float"), .flags = PN_ARG, .max = INT64_C(10000000),
      .hint = N_("What is in the drawer to give change from, as you counted it")),
    O(from, N_("Taken over from"), .flags = PN_OPT, .ref = "shift",
      .hint = N_("The shift before at this till, whose money stayed in the drawer")));
#undef O
typedef struct opened {
    int64_t id, from_id, counted_fen;
    const char *no, *till;
    pn_money float_fen;
} opened;
#define P(f, ...) PN_COL(opened, f, "", __VA_ARGS__)
static PN_TYPE(opened_t, "shift.opened", opened, P(id), P(from_id, .flags = PN_OPT),
    P(counted_fen), P(no), P(till), P(float_fen));
#undef P
static const pn_sql put_sql = {"shift_put", &opened_t, &pni_one_id_t,
    "insert into shift (id, no, till, operator_id, from_id, float_fen, state, opened_at,"
    " updated_at) values (:id, :no, :till, :me, :from_id, :float_fen, 'OPEN', :now, :now)"
    " on conflict do nothing returning id", false};
static const pn_sql before_sql = {"shift_before", &opened_t, &opened_t,
    "select s.counted_fen from shift s where s.id = :from_id and s.till = :till"
    " and s.state <> 'OPEN' and not exists (select from shift n where n.from_id = s.id)", false};

/* Money that goes into drawers from the safe, or (negative) out of them. */
static int drawer(pn *p, int64_t id, const char *step, int64_t fen)
{
    pni_doc d = {.rule = "SHIFT_CLOSE", .biz_kind = "SHIFT", .biz_id = id, .step = step,
                 .sale = pn_sk(id), .amount_fen = {-fen}};
    return fen ? pni_post_later(p, &d) : 0;
}

static int taken_over(pn *p, const opened *in)
{
    opened before;
    int rc = pn_one(p, &before_sql, in, &before);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ESTATE, "from", "%s",
                       pn_tr("It is another till's, still open, or was taken over already"));
    PN_TRY(rc);
    if (before.counted_fen == in->float_fen.fen)
        return 0;
    pn_fail(p, PN_EBALANCE, "float_fen", pn_tr("%lld.%02d yuan were counted there"),
            (long long)(before.counted_fen / 100), (int)(before.counted_fen % 100));
    return pn_hint(p, "%s", pn_tr("Count together; what is missing is that shift's"));
}

static int open(pn *p, const struct pn_shift_open *in, pn_shift *out)
{
    opened row = {.from_id = in->from, .till = in->till, .float_fen = in->float_fen};
    pni_one_id made;
    if (in->from)
        PN_TRY(taken_over(p, &row));
    int sk = pn_sk(pn_who(p)->id);
    PN_TRY(pn_new_id(p, sk, &row.id));
    PN_TRY(pn_new_no(p, "BC", sk, &row.no));
    int rc = pn_one(p, &put_sql, &row, &made);
    if (rc == PN_ENONE) {
        pn_fail(p, PN_EEXISTS, "till", "%s", pn_tr("You or this till have an open shift"));
        return pn_hint(p, "%s", pn_tr("Close it first: shift close"));
    }
    PN_TRY(rc);
    PN_TRY(pni_stepped(p, &flow, row.id, NULL, "open", NULL));
    PN_TRY(drawer(p, row.id, "FLOAT", in->float_fen.fen));
    PN_TRY(pni_row(p, &shift_list_op, row.id, out));
    return pn_audit(p, "shift", row.id, &pn_shift_t, NULL, out, NULL);
}

/* ---- meanwhile ---- */

static PN_TYPE(show_t, "shift.show", struct pn_shift_show,
    PN_COL(struct pn_shift_show, id, N_("Shift"), .flags = PN_KEY | PN_OPT | PN_ARG,
           .ref = "shift", .hint = N_("Default: your open one")));
#define MOVE(s)                                                                                    \
    PN_COL(s, amount_fen, N_("Amount"), .flags = PN_REQ | PN_ARG, .min = 1,                        \
           .max = INT64_C(100000000)),                                                             \
    PN_COL(s, note, N_("Note"), .flags = PN_REQ, .max = 200)
static PN_TYPE(add_t, "shift.add", struct pn_shift_add, MOVE(struct pn_shift_add));
static PN_TYPE(drop_t, "shift.drop", struct pn_shift_drop, MOVE(struct pn_shift_drop));

static int no_shift(pn *p)
{
    return pn_fail(p, PN_ESTATE, NULL, "%s", pn_tr("You have no open shift"));
}

/* One's own that is open. */
static int my_own(pn *p, int64_t *id)
{
    pn_rows asked;
    PN_TRY(pn_all(p, &ask_sql, NULL, &asked));
    *id = ((const pni_shift *)asked.row)->id;
    return *id ? 0 : no_shift(p);
}

/* One's own, or for the office anybody's. */
static int look(pn *p, int64_t id, pn_shift *out)
{
    if (!id)
        PN_TRY(my_own(p, &id));
    PN_TRY(pni_row(p, &shift_list_op, id, out));
    if (out->operator_id == pn_who(p)->id || pn_who(p)->roles & (OFFICE | PN_ROLE_ADMIN))
        return 0;
    return pn_fail(p, PN_EPERM, "id", pn_tr("Shift %s is somebody else's"), out->no);
}

static int show(pn *p, const struct pn_shift_show *in, pn_shift *out)
{
    return look(p, in->id, out);
}

static int handle(pn *p, const char *kind, int64_t fen, const char *note, pn_shift *out)
{
    int64_t id = 0;
    PN_TRY(my_own(p, &id));
    cash c = {.shift_id = id, .kind = kind, .amount_fen = {fen}, .note = note};
    PN_TRY(pn_new_id(p, pn_sk(id), &c.id));
    PN_TRY(pn_exec(p, &cash_sql, &c, NULL));
    PN_TRY(drawer(p, id, pn_printf(p, "%s-%lld", kind, (long long)c.id), fen));
    PN_TRY(pni_row(p, &shift_list_op, id, out));
    return pn_audit(p, "shift", id, &cash_t, NULL, &c, note);
}

static int add(pn *p, const struct pn_shift_add *in, pn_shift *out)
{
    return handle(p, "ADDED", in->amount_fen.fen, in->note, out);
}

/* ---- counted ---- */

static PN_TYPE(piece_t, "shift.piece", pn_shift_piece,
    PN_COL(pn_shift_piece, value_fen, N_("Value of one"), .flags = PN_REQ, .min = 1, .max = 10000),
    PN_COL(pn_shift_piece, n, N_("Pieces"), .flags = PN_REQ, .min = 0, .max = 100000));
#define S(f, label, ...) PN_COL(struct pn_shift_close, f, label, __VA_ARGS__)
static PN_TYPE(close_t, "shift.close", struct pn_shift_close,
    S(id, N_("Shift"), .flags = PN_KEY | PN_OPT, .ref = "shift",
      .hint = N_("Default: your open one")),
    S(counted_fen, N_("Counted"), .flags = PN_OPT, .max = INT64_C(1000000000),
      .hint = N_("All that is in the drawer, the float too")),
    S(pieces, N_("Pieces"), .of = &piece_t,
      .hint = N_("In its place: how many notes and coins of each value")),
    S(empty, N_("Nothing in it"), .hint = N_("Nothing is in the drawer")),
    S(note, N_("Note"), .max = 500));
#undef S
static PN_TYPE(check_t, "shift.check", struct pn_shift_check,
    PN_COL(struct pn_shift_check, id, N_("Shift"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "shift"),
    PN_COL(struct pn_shift_check, note, N_("Note"), .flags = PN_REQ, .max = 500,
           .hint = N_("What was found")));

typedef struct count {
    int64_t id;
    pn_money float_fen, sales_fen, refunds_fen, added_fen, dropped_fen, expected_fen, counted_fen;
    pn_json pieces;
} count;
#define N(f) PN_COL(count, f, "")
static PN_TYPE(count_t, "shift.count", count, N(id), N(float_fen), N(sales_fen), N(refunds_fen),
    N(added_fen), N(dropped_fen), N(expected_fen), N(counted_fen), N(pieces));
#undef N
/* Whoever sells on it is waited for. */
static const pn_sql lock_sql = {"shift_lock", &count_t, &count_t,
    "select float_fen from shift where id = :id and state = 'OPEN' for update", false};
#define SUM(kinds) "coalesce(sum(abs(amount_fen)) filter (where kind in (" kinds ")), 0)::bigint"
static const pn_sql sums_sql = {"shift_sums", &count_t, &count_t,
    "select " SUM("'SALE', 'COLLECTED'") " as sales_fen, " SUM("'REFUND'") " as refunds_fen, "
    SUM("'ADDED'") " as added_fen, " SUM("'DROPPED'") " as dropped_fen"
    " from shift_cash where shift_id = :id", false};
static const pn_sql count_sql = {"shift_count", &count_t, NULL,
    "update shift set sales_fen = :sales_fen, refunds_fen = :refunds_fen, added_fen = :added_fen,"
    " dropped_fen = :dropped_fen, expected_fen = :expected_fen, counted_fen = :counted_fen,"
    " pieces = coalesce(:pieces::jsonb, '[]') where id = :id and state = 'OPEN'", false};

/* Whoever sells on it, or takes out of it, too, is waited for before the drawer is looked into. How
 * much should be there is not said: it has not been counted. */
static const pn_sql own_lock_sql = {"shift_own_lock", NULL, &count_t,
    "select id, float_fen from shift where operator_id = :me and state = 'OPEN' for update", false};

static int drop(pn *p, const struct pn_shift_drop *in, pn_shift *out)
{
    count c = {0}, s;
    int rc = pn_one(p, &own_lock_sql, NULL, &c);
    if (rc == PN_ENONE)
        return no_shift(p);
    PN_TRY(rc);
    PN_TRY(pn_one(p, &sums_sql, &c, &s));
    int64_t there = c.float_fen.fen + s.sales_fen.fen - s.refunds_fen.fen + s.added_fen.fen -
                    s.dropped_fen.fen;
    if (in->amount_fen.fen > there) {
        pn_fail(p, PN_EBALANCE, "amount_fen", "%s", pn_tr("So much cannot be in the drawer"));
        return pn_hint(p, "%s", pn_tr("Count again what you take out. How much should be there is"
                                      " told when all is counted: shift close"));
    }
    return handle(p, "DROPPED", -in->amount_fen.fen, in->note, out);
}

static int counted(pn *p, const struct pn_shift_close *in, count *c)
{
    pn_buf b = pn_buf_new(p);
    int ways = (in->pieces.n > 0) + (in->counted_fen.fen > 0) + in->empty;
    if (ways > 1)
        return pn_fail(p, PN_EARG, in->pieces.n ? "pieces" : "empty", "%s",
                       pn_tr("Give the sum or the pieces: one of them"));
    if (!ways) {
        pn_fail(p, PN_EARG, "counted_fen", "%s", pn_tr("What was counted in the drawer?"));
        return pn_hint(p, "%s", pn_tr("Give the sum, the pieces, or say that it is empty"));
    }
    c->counted_fen = in->counted_fen;
    pn_buf_puts(&b, "[");
    pn_each(pn_shift_piece, k, &in->pieces)
    {
        c->counted_fen.fen += k->value_fen.fen * k->n;
        if (b.len > 1)
            pn_buf_puts(&b, ",");
        pn_to_json(&b, &piece_t, k);
    }
    pn_buf_puts(&b, "]");
    c->pieces.text = b.text;
    return b.bad ? pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM)) : 0;
}

/* All that was counted leaves the books of the drawer; what is missing in it is a loss. */
static int book(pn *p, const count *c)
{
    pni_doc d = {.rule = "SHIFT_SHORT", .biz_kind = "SHIFT", .biz_id = c->id, .step = "OVER_SHORT",
                 .sale = pn_sk(c->id), .amount_fen = {c->expected_fen.fen - c->counted_fen.fen}};
    if (d.amount_fen.fen)
        PN_TRY(pni_post_later(p, &d));
    return drawer(p, c->id, "COUNTED", -c->counted_fen.fen);
}

static int close(pn *p, const struct pn_shift_close *in, pn_shift *out)
{
    pn_shift before;
    count c = {0}, sums;
    int64_t most = 0;
    PN_TRY(look(p, in->id, &before));
    PN_TRY(counted(p, in, &c));
    c.id = before.id;
    int rc = pn_one(p, &lock_sql, &c, &sums);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ESTATE, "id", pn_tr("Shift %s is counted already"), before.no);
    PN_TRY(rc);
    PN_TRY(pn_one(p, &sums_sql, &c, &sums));
    PN_TRY(pni_policy(p, "shift.check_fen", &most));
    sums.id = c.id;
    sums.counted_fen = c.counted_fen;
    sums.pieces = c.pieces;
    sums.expected_fen.fen = before.float_fen.fen + sums.sales_fen.fen + sums.added_fen.fen -
                            sums.refunds_fen.fen - sums.dropped_fen.fen;
    int64_t over = sums.counted_fen.fen - sums.expected_fen.fen;
    PN_TRY(pn_exec(p, &count_sql, &sums, NULL));
    PN_TRY(pni_shift_totals(p, c.id));
    PN_TRY(pn_step(p, &flow, c.id, (pn_word){PN_SHIFT_OPEN},
                   over > most || -over > most ? "differ" : "close", in->note, NULL));
    PN_TRY(book(p, &sums));
    PN_TRY(pn_outbox(p, "shift.closed", c.id, NULL, NULL, NULL));
    PN_TRY(pni_row(p, &shift_list_op, c.id, out));
    return pn_audit(p, "shift", c.id, &pn_shift_t, &before, out, in->note);
}

/* The note of whoever counted stays beside what was found. */
static const pn_sql found_sql = {"shift_found", &check_t, NULL,
    "update shift set found = :note, checked_by = :me where id = :id", false};

static int check(pn *p, const struct pn_shift_check *in, pn_shift *out)
{
    pn_shift before;
    PN_TRY(pni_row(p, &shift_list_op, in->id, &before));
    if (before.operator_id == pn_who(p)->id)
        return pn_fail(p, PN_EDUAL, "id", "%s", pn_tr("Somebody else looks at your drawer"));
    if (before.closed_by == pn_who(p)->id)
        return pn_fail(p, PN_EDUAL, "id", "%s", pn_tr("Somebody else looks at what you counted"));
    PN_TRY(pn_step(p, &flow, in->id, before.state, "check", in->note, NULL));
    PN_TRY(pn_exec(p, &found_sql, in, NULL));
    PN_TRY(pn_outbox(p, "shift.closed", in->id, NULL, NULL, NULL));
    PN_TRY(pni_row(p, &shift_list_op, in->id, out));
    return pn_audit(p, "shift", in->id, &pn_shift_t, &before, out, in->note);
}

PN_OP(shift, show, pn_shift, .brief = N_("Show a shift"), .in = &show_t, .out = &pn_shift_t,
      .may = PN_ROLE_BOXOFFICE | OFFICE)
PN_OP(shift, open, pn_shift, .brief = N_("Open a shift with a float"),
      .help = N_("A person and a till have one at a time. With the shift before, the money that "
                 "was counted there stays in the drawer."),
      .in = &open_t, .out = &pn_shift_t, .may = PN_ROLE_BOXOFFICE, .flags = PN_WRITE | PN_ONCE,
      .example = "pn shift open window-1 300")
PN_OP(shift, add, pn_shift, .brief = N_("Add money to your drawer"), .in = &add_t,
      .out = &pn_shift_t, .may = PN_ROLE_BOXOFFICE, .flags = PN_WRITE | PN_ONCE,
      .example = "pn shift add 200 --note 'change from the safe'")
PN_OP(shift, drop, pn_shift, .brief = N_("Drop money of your drawer into the safe"),
      .in = &drop_t, .out = &pn_shift_t, .may = PN_ROLE_BOXOFFICE, .flags = PN_WRITE | PN_ONCE,
      .example = "pn shift drop 5000 --note 'bag 17'")
PN_OP(shift, close, pn_shift, .brief = N_("Count a drawer and close its shift"),
      .help = N_("Over and short are booked; a lot of it is looked at by somebody else. Money that "
                 "was collected for orders counts as paid once the shift is closed. What it took "
                 "by each method: shift mine_totals."),
      .in = &close_t, .out = &pn_shift_t, .may = PN_ROLE_BOXOFFICE | OFFICE,
      .flags = PN_WRITE | PN_ONCE | PN_DANGER, .example = "pn shift close --counted 4180")
PN_OP(shift, check, pn_shift, .brief = N_("Look at a shift that is over or short"),
      .in = &check_t, .out = &pn_shift_t, .may = OFFICE, .flags = PN_WRITE | PN_ONCE,
      .lasting = N_("What was counted is written down: count again"))

/* ---- money collected at the counter is there once the drawer is right ---- */

static const pn_sql collected_sql = {"shift_collected", &pni_one_id_t, &pni_one_id_t,
    "select c.order_id as id from shift_cash c join shift s on s.id = c.shift_id"
    " and s.state = 'CLOSED' where c.shift_id = :id and c.kind = 'COLLECTED' order by 1", false};

/* An order that finance decided already is left. */
static int closed(pn *p, int64_t id, const char *payload)
{
    pn_rows rows;
    pn_shift s;
    (void)payload;
    PN_TRY(pni_row(p, &shift_list_op, id, &s));
    PN_TRY(pn_all(p, &collected_sql, &(pni_one_id){id}, &rows));
    pn_each(pni_one_id, o, &rows)
    {
        pn_order out;
        int rc = pn_order_confirm(p, &(struct pn_order_confirm){o->id, s.no}, &out);
        if (rc && rc != PN_ESTATE)
            return rc;
    }
    return 0;
}
const pn_event pni_shift_closed_event = {"shift.closed", closed};

const pn_module pn_shift_module = {
    "shift", N_("Shifts"),
    .ops = PN_LIST(pn_op, &shift_list_op, &shift_mine_op, &shift_needed_op, &shift_moves_op,
                   &shift_show_op, &shift_open_op, &shift_add_op, &shift_drop_op, &shift_close_op,
                   &shift_check_op, &shift_totals_op, &shift_mine_totals_op,
                   &pni_shift_tell_op),
    .sql = PN_LIST(pn_sql, &move_sql, &ask_sql, &need_sql, &cash_sql, &put_sql, &before_sql,
                   &lock_sql, &own_lock_sql, &sums_sql, &count_sql, &found_sql, &collected_sql,
                   &pni_shift_totals_sql, &pni_shift_untold_sql, &pni_shift_told_sql),
    .fsm = PN_LIST(pn_fsm, &flow),
    .events = PN_LIST(pn_event, &pni_shift_closed_event),
    .jobs = PN_LIST(pn_job, &pni_shift_watch_job),
};
