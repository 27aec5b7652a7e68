/* SPDX-License-Identifier: Apache-2.0 */
/* bill_load.c — a bill goes into the database. It is read twice: once to see that it is whole, of
 * that day, and what it comes to; then its lines are written, some thousands in a transaction, each
 * judged against the payment or refund it names in the same statement. Memory does not grow with
 * the bill; a run that was interrupted is continued by loading the same file again. */
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/policy_int.h"
#include "base/when_int.h"
#include "catalog/row_int.h"
#include "link/bill_file_int.h"
#include "link/unpack_int.h"
#include "order/bill_int.h"
#include "order/recharge_int.h"
#include "order/order_int.h"
#include "order/provider_int.h"

enum { BATCH = 8192, LANES = 2 };

/* ---- a bill begins ---- */

struct pn_bill_begin {
    int64_t id;
    pn_word method;
    pn_date day;
    const char *digest, *source, *file;
    int64_t lines_n, pay_n, refund_n;
    pn_money pay_fen, refund_fen, fee_fen;
    int64_t payee_id;
    pn_word type;
    int sk;
};
#define B(f, label, ...) PN_COL(struct pn_bill_begin, f, label, __VA_ARGS__)
static PN_TYPE(begin_t, "bill.begin", struct pn_bill_begin,
    B(id, N_("Bill"), .flags = PN_OPT), B(method, N_("Method"), .words = pn_pay_methods),
    B(day, N_("Day")), B(digest, N_("Digest")), B(source, N_("Source")), B(file, N_("File")),
    B(lines_n, N_("Lines")), B(pay_n, N_("Payments")), B(refund_n, N_("Refunds")),
    B(pay_fen, N_("Paid")), B(refund_fen, N_("Refunded")), B(fee_fen, N_("Provider's fee")),
    B(payee_id, N_("Payee")), B(type, N_("Bill of"), .words = pn_bill_types), B(sk, N_("Shard")));
#undef B
typedef struct found { int64_t id; const char *digest; pn_word state; } found;
static PN_TYPE(found_t, "bill.found", found, PN_COL(found, id, "id"),
    PN_COL(found, digest, "digest"), PN_COL(found, state, "state", .words = pn_bill_states));
const pn_sql pni_bill_find_sql = {"bill_find", &begin_t, &found_t,
    "select id, digest, state from bill where sk = :sk and method = :method and day = :day"
    " and payee_id = :payee_id and type = :type and state <> 'DROPPED' for update", false};
const pn_sql pni_bill_begin_sql = {"bill_begin", &begin_t, NULL,
    "insert into bill (sk, id, method, payee_id, type, day, source, file, digest, state, lines_n,"
    " pay_n, pay_fen, refund_n, refund_fen, fee_fen, loaded_by, created_at, updated_at)"
    " values (:sk, :id,"
    " :method, :payee_id, :type, :day, :source, :file, :digest, 'LOADING', :lines_n, :pay_n,"
    " :pay_fen, :refund_n, :refund_fen, :fee_fen, coalesce(:me, 0), :now, :now)", false};

static int begin(pn *p, const struct pn_bill_begin *in, pn_bill *out)
{
    struct pn_bill_begin row = *in;
    found f;
    int rc = pn_one(p, &pni_bill_find_sql, in, &f);
    if (rc && rc != PN_ENONE)
        return rc;
    if (!rc && (f.state.v != PN_BILL_LOADING || strcmp(f.digest, in->digest) != 0)) {
        pn_fail(p, PN_EEXISTS, "file", pn_tr("There is a bill of that day: %lld (%s)"),
                (long long)f.id, pn_word_label(pn_bill_states, f.state));
        return strcmp(f.digest, in->digest) == 0
                   ? pn_hint(p, "%s", pn_tr("It is this very file"))
                   : pn_hint(p, pn_tr("If that one was wrong: pn bill drop %lld --reason …"),
                             (long long)f.id);
    }
    if (!rc) /* interrupted: what is there stays there */
        return pni_bill_row(p, f.id, out);
    PN_TRY(pn_new_id(p, in->sk, &row.id));
    PN_TRY(pn_exec(p, &pni_bill_begin_sql, &row, NULL));
    PN_TRY(pni_stepped(p, &pni_bill_fsm, row.id, NULL, "load", NULL));
    return pni_bill_row(p, row.id, out);
}

int pn_bill_begin(pn *p, const struct pn_bill_begin *in, pn_bill *out);
PNI_OP(bill, begin, begin, pn_bill, .brief = N_("Begin to load a bill"), .in = &begin_t,
       .out = &pn_bill_t, .may = PN_ROLE_FINANCE | PN_ROLE_SYSTEM,
       .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL)

/* ---- lines ---- */

typedef struct line {
    int sk;
    int64_t bill_id, no;
    const char *ref, *back, *method, *out_no, *provider_no; /* back: ref of a refund, else none */
    const char *fund; /* of a movement: its kind */
    pn_money amount_fen, fee_fen;
    int64_t own; /* our payment by its number, 0: none of ours */
    pn_time at, from, to;
    bool fee_odd;
} line;
#define L(f) PN_COL(line, f, #f)
static PN_TYPE(line_t, "bill.put_line", line, L(sk), L(bill_id), L(no), L(ref), L(back), L(method),
    L(out_no), L(provider_no), L(fund), L(amount_fen), L(fee_fen), L(own), L(at), L(from), L(to),
    L(fee_odd));
#undef L
#define VERDICT                                                                                    \
    "case when u.back is null then case when y.id is null then 'MISSING'"                          \
    "  when y.received_fen <> u.amount then 'AMOUNT'"                                              \
    "  when y.state not in ('SUCCESS', 'CAPTURED', 'REFUNDED', 'DUP_REFUNDING', 'MISMATCH')"       \
    "   then 'STATE'"                                                                              \
    "  when u.odd then 'FEE' when y.paid_at >= u.day and y.paid_at < u.next then 'MATCH'"          \
    "  else 'NEAR' end"                                                                            \
    " else case when g.refund_id is null then 'MISSING' when g.amount_fen <> u.amount"             \
    "  then 'AMOUNT' when g.state <> 'DONE' then 'STATE' else 'MATCH' end end"
#define LINES                                                                                      \
    " from unnest(:sk, :bill_id, :no, :ref, :back, :method, :out_no, :provider_no, :amount_fen,"   \
    "  :fee_fen, :own, :at, :from, :to, :fee_odd) u(sk, bill, no, ref, back, method, out_no,"      \
    "  provider, amount, fee, own, at, day, next, odd)"
#define KIND "case when u.back is null then 'PAY' else 'REFUND' end"
/* By its number; what is not found so is looked for by the provider's when the bill is compared. */
#define JUDGED                                                                                     \
    " left join payment y on y.sk = u.sk and y.id = case when u.back is null then u.own end"       \
    "  and y.method = u.method and y.provider_no = u.ref"                                          \
    " left join refund_leg g on g.sk = u.sk and g.out_request_no = u.back"
/* The numbers of a line that matches are those of what it matches. */
#define FIELDS                                                                                     \
    "insert into bill_line (sk, ref, kind, bill_id, no, out_no, provider_no, amount_fen, fee_fen," \
    " at, target_id, verdict) select x.sk, x.ref, x.kind, x.bill, x.no,"                           \
    " case x.verdict when 'MATCH' then '' else x.out_no end, x.provider, x.amount, x.fee, x.at,"   \
    " x.target, x.verdict from (select u.sk, coalesce(u.ref, '') as ref, " KIND " as kind,"        \
    "  u.bill, u.no, coalesce(u.out_no, '') as out_no, coalesce(u.provider, '') as provider,"      \
    "  u.amount, u.fee, u.at, coalesce(y.id, g.refund_id, 0) as target, " VERDICT " as verdict"    \
    LINES JUDGED ") x"
const pn_sql pni_bill_put_sql = {"bill_put", &line_t, NULL, FIELDS, .array = true};
/* The same where something of it is there already: a line of an earlier run … */
const pn_sql pni_bill_rest_sql = {"bill_rest", &line_t, NULL, FIELDS " on conflict do nothing",
    .array = true};
/* … or the same movement twice in the bill. */
const pn_sql pni_bill_again_sql = {"bill_again", &line_t, NULL,
    "insert into bill_line (sk, ref, kind, bill_id, again, no, out_no, provider_no, amount_fen,"
    " fee_fen, at, verdict) select u.sk, l.ref, l.kind, u.bill, u.no, u.no,"
    " coalesce(u.out_no, ''), coalesce(u.provider, ''), u.amount, u.fee, u.at, 'DUPLICATE'" LINES
    " join bill_line l on l.sk = u.sk and l.ref = coalesce(u.ref, '') and l.kind = " KIND
    "  and l.bill_id = u.bill and l.again = 0 and l.no <> u.no on conflict do nothing",
    .array = true};

/* A movement is judged when the bill is compared: against the day's trades. Two of one number and
 * kind are the same one, unless nobody knows what they are. */
#define MOVED                                                                                      \
    " from unnest(:sk, :bill_id, :no, :ref, :out_no, :provider_no, :amount_fen, :at, :fund)"       \
    "  u(sk, bill, no, ref, out_no, provider, amount, at, kind)"
const pn_sql pni_fund_put_sql = {"bill_fund_put", &line_t, NULL,
    "insert into bill_line (sk, ref, kind, bill_id, no, out_no, provider_no, amount_fen, fee_fen,"
    " at, verdict) select u.sk, case u.kind when 'OTHER' then u.no::text else u.ref end, u.kind,"
    " u.bill, u.no, coalesce(u.out_no, ''), coalesce(u.provider, ''), u.amount, 0, u.at, 'MISSING'"
    MOVED " on conflict do nothing", .array = true};
const pn_sql pni_fund_again_sql = {"bill_fund_again", &line_t, NULL,
    "insert into bill_line (sk, ref, kind, bill_id, again, no, out_no, provider_no, amount_fen,"
    " fee_fen, at, verdict) select u.sk, l.ref, l.kind, u.bill, u.no, u.no,"
    " coalesce(u.out_no, ''), coalesce(u.provider, ''), u.amount, 0, u.at, 'DUPLICATE'" MOVED
    " join bill_line l on l.sk = u.sk and l.ref = u.ref and l.kind = u.kind"
    "  and l.bill_id = u.bill and l.again = 0 and l.no <> u.no on conflict do nothing",
    .array = true};

/* The lines do not travel in columns: they are many, and no business of the audit trail. */
struct pn_bill_put { int64_t id; const line *lines; size_t n; bool rest, fund; };
static PN_TYPE(put_t, "bill.put", struct pn_bill_put,
    PN_COL(struct pn_bill_put, id, N_("Bill"), .flags = PN_KEY));

static int put(pn *p, const struct pn_bill_put *in, void *out)
{
    (void)out;
    if (in->fund) {
        PN_TRY(pn_exec_many(p, &pni_fund_put_sql, in->lines, in->n, NULL));
        return pn_exec_many(p, &pni_fund_again_sql, in->lines, in->n, NULL);
    }
    if (!in->rest)
        return pn_exec_many(p, &pni_bill_put_sql, in->lines, in->n, NULL);
    PN_TRY(pn_exec_many(p, &pni_bill_rest_sql, in->lines, in->n, NULL));
    return pn_exec_many(p, &pni_bill_again_sql, in->lines, in->n, NULL);
}

int pn_bill_put(pn *p, const struct pn_bill_put *in, void *out);
PNI_OP(bill, put, put, void, .brief = N_("Write lines of a bill"), .in = &put_t,
       .may = PN_ROLE_FINANCE | PN_ROLE_SYSTEM,
       .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL | PN_HOT)

/* ---- and it is read ---- */

struct pn_bill_read { int64_t id; };
static PN_TYPE(read_t, "bill.read", struct pn_bill_read,
    PN_COL(struct pn_bill_read, id, N_("Bill"), .flags = PN_KEY | PN_REQ));
const pn_sql pni_bill_read_sql = {"bill_read", &read_t, NULL,
    "update bill set state = 'LOADED', updated_at = :now, version = version + 1"
    " where sk = :id# and id = :id and state = 'LOADING'", false};

static int finish(pn *p, const struct pn_bill_read *in, pn_bill *out)
{
    int64_t moved = 0;
    PN_TRY(pn_exec(p, &pni_bill_read_sql, in, &moved));
    if (moved)
        PN_TRY(pni_stepped(p, &pni_bill_fsm, in->id, "LOADING", "read", NULL));
    return pni_bill_row(p, in->id, out);
}

int pn_bill_read(pn *p, const struct pn_bill_read *in, pn_bill *out);
PNI_OP(bill, read, finish, pn_bill, .brief = N_("Record that a bill was read to its end"),
       .in = &read_t, .out = &pn_bill_t, .may = PN_ROLE_FINANCE | PN_ROLE_SYSTEM,
       .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL)

/* ---- the fee that was agreed upon ---- */

typedef struct fees { int64_t alipay, wechat, cmb_netpay, cmb_life, sandpay; } fees;
#define F(f) PN_COL(fees, f, #f)
static PN_TYPE(fees_t, "bill.fees", fees, F(alipay), F(wechat), F(cmb_netpay), F(cmb_life),
    F(sandpay));
#undef F
const pn_sql pni_bill_fees_sql = {"bill_fees", NULL, &fees_t,
    "select " PNI_POLICY_OF("recon.fee_alipay_bp") " as alipay, "
    PNI_POLICY_OF("recon.fee_wechat_bp") " as wechat, "
    PNI_POLICY_OF("recon.fee_cmb_netpay_bp") " as cmb_netpay, "
    PNI_POLICY_OF("recon.fee_cmb_life_bp") " as cmb_life, "
    PNI_POLICY_OF("recon.fee_sandpay_bp") " as sandpay"
    PNI_POLICIES("'recon.fee_alipay_bp', 'recon.fee_wechat_bp', 'recon.fee_cmb_netpay_bp',"
                 " 'recon.fee_cmb_life_bp', 'recon.fee_sandpay_bp'"), false};

static int64_t fee_bp(const fees *f, int method)
{
    switch (method) {
    case PN_PAY_ALIPAY: return f->alipay;
    case PN_PAY_WECHAT: return f->wechat;
    case PN_PAY_CMB_NETPAY: return f->cmb_netpay;
    case PN_PAY_CMB_LIFE: return f->cmb_life;
    case PN_PAY_SANDPAY: return f->sandpay;
    default: return -1;
    }
}

/* ---- reading ---- */

/* Lines on their way, their texts in `text`. While one lane's are written, the next is filled. */
typedef struct lane {
    struct reader *reader;
    line *lines;
    size_t n, used;
    char *text;
    pn *own; /* the unit that writes, NULL: nobody does */
    pthread_t thread;
    int rc;
} lane;
enum { TEXT = BATCH * 128 };

typedef struct reader {
    pn *p;
    const struct pn_bill_load *in;
    const char *connector;
    bool fund;
    pni_link *link;
    pni_bill_file *file;
    int64_t bp; /* of the fee; negative: not checked */
    pn_time from;
    int64_t bill_id;
    lane lanes[LANES], *at; /* at: the one that is being filled */
} reader;

static void reader_end(reader *r)
{
    pni_bill_close(r->file);
    pni_link_close(r->p, r->link);
    for (size_t i = 0; i < LANES; i++) {
        free(r->lanes[i].lines);
        free(r->lanes[i].text);
    }
}

/* What a unit of its own said is said again here. */
static int said(pn *p, pn *own, int rc)
{
    const pn_err *e = own ? pn_error(own) : NULL;
    if (!rc)
        return 0;
    if (!e || !e->message)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    pn_fail(p, (pn_code)rc, e->field, "%s", e->message);
    return e->hint ? pn_hint(p, "%s", e->hint) : rc;
}

static bool of_day(const reader *r, const pni_bill_entry *row)
{
    return !row->at_us || pni_local_day((pn_time){row->at_us}) == r->in->day.days;
}

/* What is neither a payment nor a refund nor a fee is no part of the sums: it is a case. */
static void count(const pni_bill_entry *row, struct pn_bill_begin *sum)
{
    if (row->fund && (*row->fund == 'F' || *row->fund == 'O')) {
        sum->fee_fen.fen += *row->fund == 'F' ? row->amount_fen : 0;
        return;
    }
    *(row->refund ? &sum->refund_n : &sum->pay_n) += 1;
    (row->refund ? &sum->refund_fen : &sum->pay_fen)->fen += row->amount_fen;
    sum->fee_fen.fen += row->fee_fen;
}

/* First reading: everything that could refuse it. */
static int look(reader *r, struct pn_bill_begin *sum)
{
    pni_bill_entry row;
    int64_t others = 0;
    bool more = true;
    PN_TRY(pni_bill_open(r->p, r->link, r->fund, r->in->file, &r->file));
    for (;;) {
        PN_TRY(pni_bill_next(r->p, r->file, &row, &more));
        if (!more)
            break;
        sum->lines_n++;
        others += !of_day(r, &row);
        count(&row, sum);
        if (sum->lines_n % BATCH == 0)
            pn_progress(r->p, pni_bill_done(r->file) / 4, 10000);
    }
    pni_bill_close(r->file);
    r->file = NULL;
    if (others * 2 > sum->lines_n) {
        pn_fail(r->p, PN_EARG, "day", pn_tr("%lld of the %lld lines are of another day"),
                (long long)others, (long long)sum->lines_n);
        return pn_hint(r->p, "%s", pn_tr("Check --day, or whether this is the right file"));
    }
    return 0;
}

/* The number of one of our payments, 0 when it is none. */
static int64_t payment_of(const char *no)
{
    char *end;
    if (*no != 'P' || no[1] < '0' || no[1] > '9')
        return 0;
    int64_t id = strtoll(no + 1, &end, 10);
    return *end ? 0 : id;
}

static int shard_of(pn *p, const pni_bill_entry *row)
{
    const char *dash = row->refund ? strrchr(row->request_no, '-') : NULL;
    int64_t id = payment_of(row->out_no);
    int sk;
    char no[40];
    if (!id)
        id = pni_recharge_of(row->out_no);
    size_t n = dash ? (size_t)(dash - row->request_no) : 0;
    if (n && n < sizeof no && !strncmp(row->request_no, "TK", 2)) {
        memcpy(no, row->request_no, n);
        no[n] = 0;
        if (!pn_no_bucket(p, "TK", no, &sk))
            return sk;
    }
    if (id)
        return pn_sk(id);
    return pni_code_sk(row->refund || !*row->provider_no ? row->out_no : row->provider_no);
}

static const char *kept(lane *l, const char *text)
{
    size_t n = strlen(text) + 1;
    char *copy = l->text + l->used;
    memcpy(copy, text, n);
    l->used += n;
    return copy;
}

static void add(reader *r, const pni_bill_entry *in)
{
    pni_bill_entry own = *in, *row = &own;
    if (row->fund && strncmp(row->request_no, "TK", 2) == 0)
        row->refund = true; /* a fee of a refund is found by its number, too */
    lane *l = r->at;
    int64_t fee = r->bp < 0 ? 0 : pni_bp(row->amount_fen, r->bp);
    int64_t off = row->fee_fen > fee ? row->fee_fen - fee : fee - row->fee_fen;
    const char *ref = kept(l, row->refund ? row->request_no : row->provider_no);
    l->lines[l->n++] = (line){.sk = shard_of(r->p, row), .bill_id = r->bill_id, .no = row->line,
        .ref = ref, .back = row->refund ? ref : NULL,
        .method = pn_word_name(pn_pay_methods, r->in->method), .out_no = kept(l, row->out_no),
        .provider_no = row->refund ? kept(l, row->provider_no) : NULL,
        .amount_fen = {row->amount_fen}, .fee_fen = {row->fee_fen}, .at = {row->at_us},
        .fund = row->fund, .own = payment_of(row->out_no),
        .from = r->from, .to = {r->from.us + PNI_DAY_US},
        .fee_odd = r->bp >= 0 && !row->refund && off > 1};
}

/* Lines that are there already are rare: first as if there were none. */
static void *write_lane(void *arg)
{
    lane *l = arg;
    struct pn_bill_put batch = {l->reader->bill_id, l->lines, l->n, false, l->reader->fund};
    l->rc = pn_bill_put(l->own, &batch, NULL);
    if (l->rc == PN_EEXISTS) {
        batch.rest = true;
        l->rc = pn_bill_put(l->own, &batch, NULL);
    }
    return NULL;
}

/* Wait until its lines are written, and empty it. */
static int lane_end(lane *l)
{
    reader *r = l->reader;
    int rc = 0;
    if (l->own) {
        pthread_join(l->thread, NULL);
        rc = said(r->p, l->own, l->rc);
        pn_end(l->own);
        l->own = NULL;
    }
    l->n = l->used = 0;
    return rc;
}

/* Let it be written while the next one is filled. */
static int lane_begin(lane *l)
{
    reader *r = l->reader;
    if (!l->n)
        return 0;
    l->own = pn_begin_like(r->p);
    if (!l->own)
        return pn_fail(r->p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    pn_key(l->own, NULL);
    if (pthread_create(&l->thread, NULL, write_lane, l)) {
        pn_end(l->own);
        l->own = NULL;
        return pn_fail(r->p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    }
    r->at = l + 1 < r->lanes + LANES ? l + 1 : r->lanes;
    pn_progress(r->p, 2500 + pni_bill_done(r->file) * 2 / 3, 10000);
    return lane_end(r->at);
}

static int all_written(reader *r)
{
    int rc = 0;
    for (size_t i = 0; i < LANES; i++) {
        int one = lane_end(&r->lanes[i]);
        rc = rc ? rc : one;
    }
    return rc;
}

/* Second reading: line by line into the database. */
static int store_lines(reader *r)
{
    pni_bill_entry row;
    bool more = true;
    PN_TRY(pni_bill_open(r->p, r->link, r->fund, r->in->file, &r->file));
    for (;;) {
        PN_TRY(pni_bill_next(r->p, r->file, &row, &more));
        if (!more)
            return lane_begin(r->at);
        if (strlen(row.out_no) + strlen(row.provider_no) + strlen(row.request_no) + 8 >
            TEXT - r->at->used)
            PN_TRY(lane_begin(r->at));
        add(r, &row);
        if (r->at->n == BATCH)
            PN_TRY(lane_begin(r->at));
    }
}

static int store(reader *r)
{
    int rc = store_lines(r);
    pn_err e = *pn_error(r->p);
    int written = all_written(r);
    if (rc && written) /* the first trouble is the one to tell */
        return pn_fail(r->p, (pn_code)rc, e.field, "%s", e.message ? e.message : "");
    return rc ? rc : written;
}

static int ready(reader *r)
{
    PN_AUTO_UNIT own = pn_begin_like(r->p);
    fees f = {0};
    r->at = r->lanes;
    for (size_t i = 0; i < LANES; i++) {
        lane *l = &r->lanes[i];
        *l = (lane){.reader = r, .lines = calloc(BATCH, sizeof *l->lines), .text = malloc(TEXT)};
        if (!own || !l->lines || !l->text)
            return pn_fail(r->p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    }
    PN_TRY(said(r->p, own, pn_one(own, &pni_bill_fees_sql, NULL, &f)));
    r->bp = r->fund ? -1 : fee_bp(&f, r->in->method.v);
    return pni_link_open(r->p, r->connector, &r->link);
}

/* One step in a unit of its own, because each commits by itself. */
static int in_unit(pn *p, const pn_op *op, const void *in, pn_bill *out)
{
    PN_AUTO_UNIT own = pn_begin_like(p);
    pn_bill b = {0};
    pn_key(own, NULL);
    int rc = own ? pn_call(own, op, in, &b) : PN_EMEM;
    PN_TRY(said(p, own, rc));
    *out = b; /* its texts belong to the unit that ends here */
    out->source = out->file = out->payout_ref = out->reason = NULL;
    return 0;
}

static int take(reader *r, const char *source, const char *name, pn_bill *out)
{
    pn *p = r->p;
    const struct pn_bill_load *in = r->in;
    const char *day = in->payee ? pn_printf(p, "%s %d %" PRId64, r->connector, in->day.days,
                                            in->payee)
                                : pn_printf(p, "%s %d", r->connector, in->day.days);
    struct pn_bill_begin sum = {.method = in->method, .day = in->day, .source = source,
                                .file = name, .payee_id = in->payee, .type = in->type,
                                .sk = day ? pni_code_sk(day) : 0};
    PN_TRY(ready(r));
    PN_TRY(pni_file_digest(p, in->file, &sum.digest));
    if (in->day.days >= pni_local_day(pn_now(p)))
        return pn_fail(p, PN_EARG, "day", "%s", pn_tr("This day is not over"));
    PN_TRY(look(r, &sum));
    *out = (pn_bill){.method = in->method, .day = in->day, .lines_n = sum.lines_n,
                     .pay_n = sum.pay_n, .refund_n = sum.refund_n, .pay_fen = sum.pay_fen,
                     .refund_fen = sum.refund_fen, .fee_fen = sum.fee_fen, .source = source,
                     .file = name, .payee_id = in->payee, .type = in->type};
    if (pn_rehearsing(p))
        return 0;
    PN_TRY(in_unit(p, &pni_bill_begin_op, &sum, out));
    r->bill_id = out->id;
    PN_TRY(store(r));
    PN_TRY(in_unit(p, &pni_bill_read_op, &(struct pn_bill_read){out->id}, out));
    PN_TRY(in_unit(p, &pni_bill_compare_op, &(struct pn_bill_compare){out->id}, out));
    out->source = source;
    out->file = name;
    pn_progress(p, 10000, 10000);
    return 0;
}

int pni_bill_take(pn *p, const struct pn_bill_load *ask, const char *source, const char *name,
                  pn_bill *out)
{
    struct pn_bill_load own = *ask, *in = &own;
    own.type.v = own.type.v ? own.type.v : PN_BILL_TRADE;
    reader r = {.p = p, .in = in, .fund = own.type.v == PN_BILL_FUND,
                .from = {in->day.days * PNI_DAY_US - PNI_ZONE_US}};
    PN_TRY(pni_bill_connector(p, in->method, &r.connector));
    PN_TRY(pni_bill_told(p, in));
    int rc = take(&r, source, name, out);
    reader_end(&r);
    return rc;
}

static PN_TYPE(load_t, "bill.load", struct pn_bill_load,
    PN_COL(struct pn_bill_load, file, N_("File"), .flags = PN_REQ | PN_ARG, .max = 1000,
           .hint = N_("As the provider gave it: plain, gzip or zip")),
    PN_COL(struct pn_bill_load, method, N_("Method"), .flags = PN_REQ, .words = pn_pay_methods),
    PN_COL(struct pn_bill_load, day, N_("Day"), .flags = PN_REQ,
           .hint = N_("The business day it is of")),
    PN_COL(struct pn_bill_load, payee, N_("Payee"), .flags = PN_OPT, .ref = "direct_payee",
           .hint = N_("The organiser that collected itself")),
    PN_COL(struct pn_bill_load, type, N_("Bill of"), .words = pn_bill_types,
           .hint = N_("Trades, or all that moved on the account; default: trades")));

static int load(pn *p, const struct pn_bill_load *in, pn_bill *out)
{
    const char *slash = strrchr(in->file, '/');
    return pni_bill_take(p, in, "FILE", slash ? slash + 1 : in->file, out);
}

PNI_OP(bill, load, load, pn_bill, .brief = N_("Load a provider's bill from a file"),
       .help = N_("The file is read where the command runs, however large it is. It must be whole; "
                  "then every line is held against our payments and refunds, and what differs "
                  "becomes a case. Nothing is corrected by itself. The same file again goes on "
                  "where it was interrupted."),
       .in = &load_t, .out = &pn_bill_t, .may = PN_ROLE_FINANCE, .flags = PN_LOCAL,
       .example = "pn bill load 20261126.csv.gz --method WECHAT --day 2026-11-26")
