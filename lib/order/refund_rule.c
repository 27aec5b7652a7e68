/* SPDX-License-Identifier: Apache-2.0 */
/* refund_rule.c — the rules of refunds that buyers wish: set from a time on, never changed. The
 * text of a window is read here, when a rule is set and when a refund is priced. */
#include "order/refund_rule.h"

#include <stdlib.h>
#include <string.h>

#include "catalog/row_int.h"
#include "order/refund_int.h"

const pn_words pn_refund_rules[] = {PN_REFUND_RULES(PN_WORD_ROW){0}};
const pn_words pn_refund_rule_states[] = {PN_REFUND_RULE_STATES(PN_WORD_ROW){0}};
const pn_words pn_refund_bases[] = {PN_REFUND_BASES(PN_WORD_ROW){0}};

enum { WINDOWS = 8 };
#define HOUR INT64_C(3600000000)

/* ---- a window and its text ---- */

/* The word at *at, which moves behind it; n is 0 at the end. */
static const char *word(const char **at, size_t *n)
{
    const char *begin = *at;
    *n = strcspn(begin, " ;");
    *at = begin + *n + (begin[*n] == ' ');
    return begin;
}

static bool is(const char *text, size_t n, const char *what)
{
    return strlen(what) == n && !memcmp(text, what, n);
}

static bool number(const char **at, long least, long most, int64_t *out)
{
    size_t n;
    char *end = NULL;
    const char *text = word(at, &n);
    *out = strtol(text, &end, 10);
    bool negative = *text == '-';
    return n > 0 && n <= 5u + negative && end == text + n &&
           (negative || (*text >= '0' && *text <= '9')) && *out >= least && *out <= most;
}

static bool bound(const char **at, int64_t none, int64_t *out)
{
    if (at[0][0] == '-' && at[0][1] == ' ') {
        *at += 2;
        *out = none;
        return true;
    }
    return number(at, -99999, 99999, out);
}

/* One window; *at moves behind its ";". */
static bool window(const char **at, pni_refund_window *out)
{
    static const char *const anchors[] = {"SALE_OPEN", "PAID", "START", "ACCEPTED"};
    size_t n, i = 0;
    int64_t bp = 0;
    const char *text = word(at, &n);
    while (i < 4 && !is(text, n, anchors[i]))
        i++;
    if (i == 4 || !bound(at, INT64_MIN, &out->from_h) || !bound(at, INT64_MAX, &out->until_h) ||
        !number(at, 0, 10000, &bp))
        return false;
    out->anchor = (int)i;
    out->fee_bp = (int)bp;
    text = word(at, &n);
    out->of_face = is(text, n, "FACE");
    *at = text + n + (text[n] == ';');
    return text[n] != ' ' && (out->of_face || is(text, n, "PAID")) && out->from_h < out->until_h &&
           (out->anchor != PNI_ANCHOR_ACCEPTED ||
            (out->from_h == INT64_MIN && out->until_h == INT64_MAX));
}

/* ---- which is open ---- */

static bool open_now(const pn *p, const pni_basis *b, const pni_refund_window *w)
{
    const int64_t anchors[] = {[PNI_ANCHOR_OPEN] = b->open_at.us, [PNI_ANCHOR_PAID] = b->paid_at.us,
                               [PNI_ANCHOR_START] = b->start_at.us};
    if (w->anchor == PNI_ANCHOR_ACCEPTED)
        return b->status.v == PN_ORDER_PAID || b->status.v == PN_ORDER_DISPATCHED;
    int64_t since = pn_now(p).us - anchors[w->anchor];
    return (w->from_h == INT64_MIN || since >= w->from_h * HOUR) &&
           (w->until_h == INT64_MAX || since <= w->until_h * HOUR);
}

bool pni_refund_window_now(const pn *p, const pni_basis *b, const char *windows,
                           pni_refund_window *out)
{
    if (pn_now(p).us >= b->start_at.us)
        return false;
    for (const char *at = windows; *at && window(&at, out);)
        if (open_now(p, b, out))
            return true;
    return false;
}

/* "until 30 days before the start" */
const char *pni_refund_window_label(pn *p, const pni_refund_window *w)
{
    long long until = w->until_h;
    if (w->anchor == PNI_ANCHOR_ACCEPTED)
        return pn_tr("until a seller has accepted");
    if (w->until_h == INT64_MAX || (w->anchor == PNI_ANCHOR_START && until >= 0))
        return pn_tr("until the start");
    if (w->anchor == PNI_ANCHOR_START && until % 24 == 0)
        return pn_printf(p, pn_tr("until %lld days before the start"), -until / 24);
    if (w->anchor == PNI_ANCHOR_START)
        return pn_printf(p, pn_tr("until %lld hours before the start"), -until);
    return w->anchor == PNI_ANCHOR_OPEN
               ? pn_printf(p, pn_tr("first %lld hours of the sale"), until)
               : pn_printf(p, pn_tr("within %lld hours of the payment"), until);
}

/* ---- reading ---- */

#define STATE                                                                                      \
    "(case when r.effective_from > :now::timestamptz then 'COMING' when r.effective_from ="        \
    " (select max(q.effective_from) from refund_rule q where q.policy = r.policy"                  \
    "  and q.effective_from <= :now::timestamptz) then 'CURRENT' else 'PAST' end)"
#define R(f, label, ...) PN_COL(pn_refund_rule, f, label, __VA_ARGS__)
#define BASICS                                                                                     \
    R(id, N_("Number"), .flags = PN_KEY | PN_SORT, .sql = "r.id", .ref = "refund_rule"),           \
    R(policy, N_("Rule"), .flags = PN_BRIEF | PN_SORT, .words = pn_refund_rules,                   \
      .sql = "r.policy"),                                                                          \
    R(state, N_("State"), .flags = PN_BRIEF, .words = pn_refund_rule_states, .sql = STATE),        \
    R(effective_from, N_("In force from"), .flags = PN_BRIEF,                                      \
      .sql = "nullif(r.effective_from, '-infinity'::timestamptz)")
#define LIMITS                                                                                     \
    R(whole_order, N_("Never part of an order"), .flags = PN_BRIEF, .sql = "r.whole_order"),       \
    R(refunds_max, N_("Refunds of a buyer"), .flags = PN_BRIEF, .sql = "r.refunds_max",            \
      .hint = N_("In one session; 0: any number")),                                                \
    R(after_ship, N_("After shipping, too"), .flags = PN_BRIEF, .sql = "r.after_ship"),            \
    R(note, N_("Note"), .sql = "nullif(r.note, '')")
static PN_TYPE(rule_t, "refund_rule", pn_refund_rule, BASICS,
    R(windows, N_("Windows"), .max = 400, .sql = "r.windows"), LIMITS);
#define T(f, label, ...) PN_COL(pn_refund_term, f, label, __VA_ARGS__)
static PN_TYPE(term_t, "refund_rule.term", pn_refund_term,
    T(until, N_("Up to when"), .flags = PN_BRIEF),
    T(fee_bp, N_("Fee kept"), .flags = PN_BRIEF | PN_EACH),
    T(base, N_("Counted from"), .flags = PN_BRIEF, .words = pn_refund_bases),
    T(window, N_("Window")));
#undef T
/* One rule says its windows one by one. */
static PN_TYPE(shown_t, "refund_rule.shown", pn_refund_rule, BASICS, LIMITS,
    R(terms, N_("Windows"), .of = &term_t));
static const pn_list_spec list_spec = {.row = &rule_t, .from = "refund_rule r", .key = "r.id",
    .sort = "policy,id"};
static PN_TYPE(show_t, "refund_rule.show", struct pn_refund_rule_show,
    PN_COL(struct pn_refund_rule_show, id, N_("Rule"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "refund_rule"));

enum { READERS = PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_BOXOFFICE | PN_ROLE_ORGANISER };
PN_OP_LIST(refund_rule, list, list_spec, .brief = N_("List the rules of refunds"), .out = &rule_t,
           .help = N_("Those in force, those that were and those to come: an order keeps the one "
                      "it was placed\nunder."),
           .may = READERS, .example = "pn refund_rule list --where state=CURRENT")

/* The row, its windows in words. */
static int row(pn *p, int64_t id, pn_refund_rule *out)
{
    pni_refund_window w;
    PN_TRY(pni_row(p, &refund_rule_list_op, id, out));
    pn_refund_term *t = pn_alloc(p, WINDOWS * sizeof *t);
    if (!t)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    out->terms = (pn_rows){t, 0};
    if (!*out->windows) { /* nothing is given back, which is also a term */
        *t = (pn_refund_term){pn_tr("never: it is closed"), 10000, {PN_BASE_PAID}, ""};
        out->terms.n = 1;
    }
    for (const char *at = out->windows, *from = at; *at && window(&at, &w); from = at) {
        *t = (pn_refund_term){.fee_bp = w.fee_bp};
        t->until = pni_refund_window_label(p, &w);
        t->base.v = w.of_face ? PN_BASE_FACE : PN_BASE_PAID;
        t->window = pn_printf(p, "%.*s", (int)strcspn(from, ";"), from);
        if (!t->until || !t->window)
            return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
        t++;
        if (++out->terms.n == WINDOWS)
            break;
    }
    return 0;
}

static int show(pn *p, const struct pn_refund_rule_show *in, pn_refund_rule *out)
{
    return row(p, in->id, out);
}

/* ---- setting ---- */

typedef struct put {
    int64_t id;
    pn_word policy;
    const char *windows, *note;
    bool whole_order, after_ship;
    int refunds_max;
    pn_time effective_from;
} put;
#define P(f, ...) PN_COL(put, f, #f, __VA_ARGS__)
static PN_TYPE(put_t, "refund_rule.put", put, P(id), P(policy, .words = pn_refund_rules),
    P(windows, .max = 400), P(note), P(whole_order), P(after_ship), P(refunds_max),
    P(effective_from));
#undef P
static const pn_sql put_sql = {"refund_rule_put", &put_t, NULL,
    "insert into refund_rule (id, policy, effective_from, windows, whole_order, refunds_max,"
    " after_ship, note, actor_id) values (:id, :policy, :effective_from, coalesce(:windows, ''),"
    " :whole_order, :refunds_max, :after_ship, :note, :me)"
    " on conflict (policy, effective_from) do nothing", false};

static PN_TYPE(set_t, "refund_rule.set", struct pn_refund_rule_set,
    PN_COL(struct pn_refund_rule_set, policy, N_("Rule"), .flags = PN_REQ | PN_ARG,
           .words = pn_refund_rules),
    PN_COL(struct pn_refund_rule_set, windows, N_("Windows"), .max = 60,
           .hint = N_("ANCHOR FROM UNTIL FEE BASE, in order; none: closed")),
    PN_COL(struct pn_refund_rule_set, whole_order, N_("Never part of an order")),
    PN_COL(struct pn_refund_rule_set, refunds_max, N_("Refunds of a buyer"), .flags = PN_OPT,
           .hint = N_("In one session; 0: any number")),
    PN_COL(struct pn_refund_rule_set, after_ship, N_("After shipping, too")),
    PN_COL(struct pn_refund_rule_set, effective_from, N_("In force from"),
           .hint = N_("default: now")),
    PN_COL(struct pn_refund_rule_set, reason, N_("Reason"), .flags = PN_REQ, .max = 200));

/* Checked, and in one text. */
static int joined(pn *p, const pn_texts *in, const char **out)
{
    pni_refund_window w;
    *out = "";
    if (in->n > WINDOWS)
        return pn_fail(p, PN_ETOO_BIG, "windows", pn_tr("A rule has %d windows at most"), WINDOWS);
    for (size_t i = 0; i < in->n; i++) {
        const char *at = in->v[i];
        if (strchr(at, ';') || !window(&at, &w) || *at) {
            pn_fail(p, PN_EARG, "windows", pn_tr("“%s” is no window"), in->v[i]);
            return pn_hint(p, "%s", pn_tr("ANCHOR FROM UNTIL FEE BASE: SALE_OPEN, PAID, START or "
                                          "ACCEPTED, hours after it (negative: before; -: no "
                                          "bound), the fee in 1/10000, PAID or FACE; as in "
                                          "“START - -720 2000 FACE”"));
        }
        if (!(*out = pn_printf(p, "%s%s%s", *out, i ? ";" : "", in->v[i])))
            return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    }
    return 0;
}

static int set(pn *p, const struct pn_refund_rule_set *in, pn_refund_rule *out)
{
    put new = {.policy = in->policy, .whole_order = in->whole_order, .note = in->reason,
               .after_ship = in->after_ship, .refunds_max = in->refunds_max,
               .effective_from = in->effective_from.us ? in->effective_from : pn_now(p)};
    int64_t made = 0;
    if (new.effective_from.us < pn_now(p).us)
        return pn_fail(p, PN_EARG, "effective_from", "%s",
                       pn_tr("A rule changes now or later, never in the past"));
    if (in->refunds_max < 0)
        return pn_fail(p, PN_EARG, "refunds_max", "%s", pn_tr("A number of refunds, or 0"));
    PN_TRY(joined(p, &in->windows, &new.windows));
    PN_TRY(pn_new_id(p, 0, &new.id));
    PN_TRY(pn_exec(p, &put_sql, &new, &made));
    if (!made)
        return pn_fail(p, PN_EEXISTS, "effective_from",
                       pn_tr("%s has a value for that time already"),
                       pn_word_label(pn_refund_rules, in->policy));
    PN_TRY(pni_row(p, &refund_rule_list_op, new.id, out));
    PN_TRY(pn_audit(p, "refund_rule", new.id, &rule_t, NULL, out, in->reason));
    return row(p, new.id, out);
}

PN_OP(refund_rule, show, pn_refund_rule, .brief = N_("Show a rule of refunds"), .in = &show_t,
      .out = &shown_t, .may = READERS, .example = "pn refund_rule show 1")
PN_OP(refund_rule, set, pn_refund_rule, .brief = N_("Set a rule of refunds"),
      .help = N_("The whole rule, from now or from a later time. The first window that is open "
                 "decides: ANCHOR\nFROM UNTIL FEE BASE, in hours after SALE_OPEN, PAID or START "
                 "(negative: before, -: no bound),\nor while no seller has ACCEPTED; the fee in "
                 "1/10000 of what was PAID or of the FACE price.\nMATCHED is the rule of last "
                 "tickets, of grabs that found theirs, and of what is not refundable."),
      .in = &set_t, .out = &shown_t, .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE | PN_DANGER,
      .lasting = N_("Orders placed meanwhile keep it: set it anew for those to come"),
      .example = "pn refund_rule set RESALE --windows 'START - -168 2000 FACE' --reason 'summer'")

const pn_module pn_refund_rule_module = {
    "refund_rule", N_("Rules of refunds"),
    .ops = PN_LIST(pn_op, &refund_rule_list_op, &refund_rule_show_op, &refund_rule_set_op),
    .sql = PN_LIST(pn_sql, &put_sql),
};
