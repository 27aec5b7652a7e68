/* SPDX-License-Identifier: Apache-2.0 */
/* Price rules. A rule does nothing by itself: when it comes into force or goes out of it, the
 * offers it concerns are priced again. */
#include "price.h"
#include "listing_int.h"
#include "base/policy_int.h"
#include "catalog/show.h"

#include <inttypes.h>
#include <stdlib.h>

const pn_words pn_price_states[] = {PN_PRICE_STATES(PN_WORD_ROW){0}};
const pn_words pn_price_scopes[] = {PN_PRICE_SCOPES(PN_WORD_ROW){0}};
const pn_words pn_price_causes[] = {PN_PRICE_CAUSES(PN_WORD_ROW){0}};

static PN_TYPE(rule_t, "price", pn_price_rule,
    PN_COL(pn_price_rule, id, N_("Id"), .flags = PN_KEY | PN_SORT, .sql = "a.id"),
    PN_COL(pn_price_rule, scope, N_("Scope"), .flags = PN_BRIEF, .words = pn_price_scopes,
           .sql = "a.scope"),
    PN_COL(pn_price_rule, ref, N_("Object ID"), .flags = PN_OPT, .sql = "a.ref"),
    PN_COL(pn_price_rule, about, N_("About"), .flags = PN_BRIEF,
           .sql = "(case a.scope when 'CATEGORY' then a.category when 'MERCHANT' then"
                  " (select m.name from merchant m where m.id = a.ref) when 'SHOW' then"
                  " (select h.title from show h where h.id = a.ref) when 'SESSION' then"
                  " (select s.code from session s where s.id = a.ref) else '' end)"),
    PN_COL(pn_price_rule, mb_bp, N_("Part added"), .flags = PN_BRIEF, .sql = "a.mb_bp",
           .hint = N_("In 1/10000 of the asked price")),
    PN_COL(pn_price_rule, mf_fen, N_("Amount added"), .flags = PN_BRIEF | PN_EACH,
           .sql = "a.mf_fen"),
    PN_COL(pn_price_rule, priority, N_("Priority"), .sql = "a.priority"),
    PN_COL(pn_price_rule, channels, N_("Channels"), .sql = "a.channels"),
    PN_COL(pn_price_rule, from_at, N_("Starts"), .flags = PN_BRIEF | PN_SORT, .sql = "a.from_at"),
    PN_COL(pn_price_rule, until_at, N_("Until"), .flags = PN_BRIEF, .sql = "a.until_at"),
    PN_COL(pn_price_rule, state, N_("State"), .flags = PN_BRIEF, .words = pn_price_states,
           .sql = "a.state"),
    PN_COL(pn_price_rule, applied, N_("In force"), .flags = PN_BRIEF, .sql = "a.applied"),
    PN_COL(pn_price_rule, reason, N_("Reason"), .sql = "a.reason"),
    PN_COL(pn_price_rule, author_id, N_("Author"), .ref = "staff", .sql = "a.author_id"),
    PN_COL(pn_price_rule, approver_id, N_("Approved by"), .flags = PN_OPT, .ref = "staff",
           .sql = "a.approver_id"),
    PN_COL(pn_price_rule, created_at, N_("Created"), .flags = PN_SORT, .sql = "a.created_at"));
static PN_TYPE(history_t, "price.history", pn_price_history,
    PN_COL(pn_price_history, id, N_("Id"), .flags = PN_KEY | PN_SORT, .sql = "x.id"),
    PN_COL(pn_price_history, at, N_("Time"), .flags = PN_BRIEF | PN_SORT, .sql = "x.at"),
    PN_COL(pn_price_history, listing_id, N_("Listing number"), .ref = "listing",
           .sql = "x.listing_id"),
    PN_COL(pn_price_history, merchant_id, N_("Merchant number"), .ref = "merchant",
           .sql = "l.merchant_id"),
    PN_COL(pn_price_history, merchant, N_("Merchant"), .flags = PN_BRIEF, .sql = "m.name"),
    PN_COL(pn_price_history, show, N_("Show"), .flags = PN_BRIEF, .sql = "h.title"),
    PN_COL(pn_price_history, tier, N_("Tier"), .flags = PN_BRIEF, .sql = "t.name"),
    PN_COL(pn_price_history, reason, N_("Because of"), .flags = PN_BRIEF,
           .words = pn_price_causes, .sql = "x.reason"),
    PN_COL(pn_price_history, rule_id, N_("Price rule"), .flags = PN_OPT, .ref = "price",
           .sql = "x.rule_id"),
    PN_COL(pn_price_history, ask_before_fen, N_("Asked before"), .flags = PN_OPT,
           .sql = "x.ask_before_fen"),
    PN_COL(pn_price_history, ask_fen, N_("Asked price"), .flags = PN_BRIEF | PN_EACH,
           .sql = "x.ask_fen"),
    PN_COL(pn_price_history, sale_before_fen, N_("Sold before at"),
           .flags = PN_OPT | PN_BRIEF | PN_EACH,
           .sql = "x.sale_before_fen"),
    PN_COL(pn_price_history, sale_fen, N_("Sale price"), .flags = PN_BRIEF | PN_EACH,
           .sql = "x.sale_fen"),
    PN_COL(pn_price_history, settle_before_fen, N_("Settled before at"), .flags = PN_OPT,
           .sql = "x.settle_before_fen"),
    PN_COL(pn_price_history, settle_fen, N_("Settlement price"), .flags = PN_BRIEF | PN_EACH,
           .sql = "x.settle_fen"),
    PN_COL(pn_price_history, target_fen, N_("Followed"), .flags = PN_OPT, .sql = "x.target_fen"),
    PN_COL(pn_price_history, actor_id, N_("By"), .ref = "staff", .sql = "x.actor_id"));

static PN_TYPE(adjust_t, "price.adjust", struct pn_price_adjust,
    PN_COL(struct pn_price_adjust, mb_bp, N_("Part added"), .min = -5000, .max = 10000,
           .hint = N_("In 1/10000 of the asked price")),
    PN_COL(struct pn_price_adjust, mf_fen, N_("Amount added"), .min = -10000000,
           .max = 10000000),
    PN_COL(struct pn_price_adjust, listing, N_("Listing"), .flags = PN_OPT, .ref = "listing"),
    PN_COL(struct pn_price_adjust, session, N_("Session"), .flags = PN_OPT, .ref = "session"),
    PN_COL(struct pn_price_adjust, show, N_("Show"), .flags = PN_OPT, .ref = "show"),
    PN_COL(struct pn_price_adjust, merchant, N_("Merchant"), .flags = PN_OPT, .ref = "merchant"),
    PN_COL(struct pn_price_adjust, category, N_("Category"), .words = pn_show_categories),
    PN_COL(struct pn_price_adjust, priority, N_("Priority"), .min = -1000, .max = 1000,
           .hint = N_("Among rules of the same scope the higher one wins")),
    PN_COL(struct pn_price_adjust, channels, N_("Channels"),
           .hint = N_("OWN is the own shop; absent: every channel")),
    PN_COL(struct pn_price_adjust, from_at, N_("Starts"), .hint = N_("default: now")),
    PN_COL(struct pn_price_adjust, until_at, N_("Until")),
    PN_COL(struct pn_price_adjust, reason, N_("Reason"), .flags = PN_REQ, .max = 200));
static PN_TYPE(step_t, "price.approve", struct pn_price_approve,
    PN_COL(struct pn_price_approve, id, N_("Price rule"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "price"),
    PN_COL(struct pn_price_approve, reason, N_("Reason"), .max = 200));

static PN_TYPE(turn_t, "price.turn", struct pn_price_turn,
    PN_COL(struct pn_price_turn, limit, N_("Limit"), .flags = PN_OPT, .min = 1, .max = 10000));
static PN_TYPE(turned_t, "price.turned", pn_price_turned,
    PN_COL(pn_price_turned, done, N_("Rules"), .flags = PN_BRIEF));

typedef struct rule {
    int64_t id, ref, author_id;
    const char *scope, *category, *channels, *reason;
    int mb_bp, priority;
    pn_money mf_fen;
    pn_time from_at, until_at;
    pn_word state;
    bool applied;
} rule;
static PN_TYPE(row_t, "price.row", rule, PN_COL(rule, id, ""), PN_COL(rule, ref, ""),
    PN_COL(rule, author_id, ""), PN_COL(rule, scope, ""), PN_COL(rule, category, ""),
    PN_COL(rule, channels, ""), PN_COL(rule, reason, ""), PN_COL(rule, mb_bp, ""),
    PN_COL(rule, priority, ""), PN_COL(rule, mf_fen, ""), PN_COL(rule, from_at, ""),
    PN_COL(rule, until_at, ""), PN_COL(rule, state, "", .words = pn_price_states),
    PN_COL(rule, applied, ""));

static const pn_sql insert = {"price_insert", &row_t, NULL,
    "insert into price_adjust (id, scope, ref, category, mb_bp, mf_fen, priority, channels,"
    "  from_at, until_at, state, reason, author_id, created_at, updated_at)"
    " values (:id, :scope, :ref, coalesce(:category, ''), :mb_bp, :mf_fen, :priority,"
    "  coalesce(string_to_array(:channels, '|'), '{}'), :from_at, :until_at, 'WAITING', :reason,"
    "  :me, :now, :now)"};
static const pn_sql get = {"price_get", &pni_one_id_t, &row_t,
    "select id, scope, ref, category, mb_bp, author_id, state, applied from price_adjust"
    " where id = :id for update"};
static const pn_sql move = {"price_move", &pn_move_t, NULL,
    "update price_adjust set state = :to, reason = coalesce(:reason, reason),"
    " approver_id = case when :event = 'approve' then :me else approver_id end,"
    " version = version + 1, updated_at = :now where id = :id and state = :from"};
/* Rules whose window has opened or closed since the offers were priced with or without them. */
static const pn_sql turned = {"price_turned", &turn_t, &row_t,
    "select id, scope, ref, category, not applied as applied from price_adjust where applied <>"
    " (state = 'ACTIVE' and from_at <= :now and (until_at is null or until_at > :now))"
    " order by id limit coalesce(:limit::bigint, 1000) for update"};
static const pn_sql apply = {"price_apply", &row_t, NULL,
    "update price_adjust set applied = :applied where id = :id"};

static const pn_edge edges[] = {
    {"WAITING", "adopt", "ACTIVE", 0, NULL},
    {"WAITING", "approve", "ACTIVE", PN_ROLE_OPS, NULL},
    {"WAITING", "reject", "REJECTED", PN_ROLE_OPS, NULL},
    {"ACTIVE", "end", "ENDED", PN_ROLE_OPS, NULL},
    {0},
};
static const pn_fsm flow = {N_("price rule"), pn_price_states, edges, &move};

static const pn_list_spec rules = {.row = &rule_t, .from = "price_adjust a", .key = "a.id",
                                   .sort = "-from_at"};
static const pn_list_spec history = {.row = &history_t, .key = "x.id", .sort = "-at",
    .from = "price_history x join listing l on l.sk = x.sk and l.id = x.listing_id"
            " join merchant m on m.id = l.merchant_id join tier t on t.id = l.tier_id"
            " join session s on s.id = t.session_id join show h on h.id = s.show_id",
    .scope = "(:my_merchant::bigint is null or l.merchant_id = :my_merchant)"};

PN_OP_LIST(price, list, rules, .brief = N_("List the rules that move prices"), .out = &rule_t,
    .may = PN_ROLE_OPS | PN_ROLE_FINANCE, .example = "pn price list --where 'state=ACTIVE'")
static const pn_op price_history_op = {.noun = "price", .verb = "history", .in = &pn_list_t,
    .list = &history, .brief = N_("List changes of the prices of offers, newest first"),
    .out = &history_t, .may = PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_MERCHANT,
    .example = "pn price history --where 'at=today'"};
int pn_price_history_list(pn *p, const pn_list *in, pn_page *out)
{
    return pn_call(p, &price_history_op, in, out);
}

/* The offers follow session by session; here it is only asked for. */
static int turn_all(pn *p, int64_t limit, int64_t *done)
{
    pn_rows rows;
    PN_TRY(pn_all(p, &turned, &(struct pn_price_turn){limit}, &rows));
    pn_each(rule, r, &rows)
    {
        PN_TRY(pn_exec(p, &apply, r, NULL));
        PN_TRY(pni_refresh_ask(p, r->scope, r->ref, r->category));
        ++*done;
    }
    return 0;
}

static int scope_of(pn *p, const struct pn_price_adjust *in, rule *r)
{
    const struct { const char *scope; int64_t id; } given[] = {{"LISTING", in->listing},
        {"SESSION", in->session}, {"SHOW", in->show}, {"MERCHANT", in->merchant}};
    int n = in->category.v != 0;
    r->scope = n ? "CATEGORY" : "GLOBAL";
    r->category = n ? pn_word_name(pn_show_categories, in->category) : "";
    for (size_t i = 0; i < 4; i++)
        if (given[i].id) {
            n++;
            r->scope = given[i].scope;
            r->ref = given[i].id;
        }
    if (n > 1)
        return pn_fail(p, PN_EARG, "listing", "%s",
                       pn_tr("A rule is about one thing, or about everything"));
    return 0;
}

static int adjust(pn *p, const struct pn_price_adjust *in, pn_price_rule *out)
{
    rule r = {.mb_bp = in->mb_bp, .mf_fen = in->mf_fen, .priority = in->priority,
              .until_at = in->until_at, .reason = in->reason,
              .from_at = in->from_at.us ? in->from_at : pn_now(p)};
    int64_t alone, done = 0;
    PN_TRY(scope_of(p, in, &r));
    if (r.until_at.us && r.until_at.us <= r.from_at.us)
        return pn_fail(p, PN_EARG, "until_at", "%s", pn_tr("It would end before it begins"));
    for (size_t i = 0; i < in->channels.n; i++)
        r.channels = pn_printf(p, "%s%s%s", i ? r.channels : "", i ? "|" : "", in->channels.v[i]);
    PN_TRY(pni_policy(p, "price.approve_bp", &alone));
    PN_TRY(pn_new_id(p, r.ref ? pn_sk(r.ref) : 0, &r.id));
    PN_TRY(pn_exec(p, &insert, &r, NULL));
    PN_TRY(pni_stepped(p, &flow, r.id, NULL, "adjust", in->reason));
    if (labs((long)in->mb_bp) <= alone)
        PN_TRY(pn_step(p, &flow, r.id, (pn_word){PN_PRICE_WAITING}, "adopt", NULL, NULL));
    PN_TRY(turn_all(p, 0, &done));
    PN_TRY(pni_row(p, &price_list_op, r.id, out));
    return pn_audit(p, "price", r.id, &rule_t, NULL, out, in->reason);
}

static int step(pn *p, const struct pn_price_approve *in, const char *event, pn_price_rule *out)
{
    rule r = {0};
    int64_t done = 0;
    int rc = pn_one(p, &get, &(pni_one_id){in->id}, &r);
    if (rc == PN_ENONE)
        return pn_fail(p, rc, "id", pn_tr("There is no %s %lld"), "price", (long long)in->id);
    PN_TRY(rc);
    if (*event == 'a' && r.state.v == PN_PRICE_WAITING && r.author_id == pn_who(p)->id)
        return pn_fail(p, PN_EDUAL, "id", "%s",
                       pn_tr("The author cannot approve; ask a colleague"));
    PN_TRY(pn_step(p, &flow, in->id, r.state, event, in->reason, NULL));
    PN_TRY(turn_all(p, 0, &done));
    return pni_row(p, &price_list_op, in->id, out);
}

static int approve(pn *p, const struct pn_price_approve *in, pn_price_rule *out)
{
    return step(p, in, "approve", out);
}

static int reject(pn *p, const struct pn_price_approve *in, pn_price_rule *out)
{
    return step(p, in, "reject", out);
}

static int end(pn *p, const struct pn_price_approve *in, pn_price_rule *out)
{
    return step(p, in, "end", out);
}

#define DOES .out = &rule_t, .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE

PN_OP(price, adjust, pn_price_rule, .brief = N_("Make a rule that moves prices"), DOES,
    .help = N_("Of a listing, a session, a show, a merchant, a category, or of everything; the"
               " most\nspecific one wins. A steep one waits for a second person."),
    .in = &adjust_t, .example = "pn price adjust --merchant xiaolong --mb-bp 300 --reason spring")
PN_OP(price, approve, pn_price_rule, .brief = N_("Approve a price rule of a colleague"), DOES,
    .in = &step_t, .example = "pn price approve 12",
    .lasting = N_("It was decided and is in force: end or suspend it instead"))
PN_OP(price, reject, pn_price_rule, .brief = N_("Reject a price rule"), DOES, .in = &step_t,
    .example = "pn price reject 12",
    .lasting = N_("It was decided: whoever asked may ask anew"))
PN_OP(price, end, pn_price_rule, .brief = N_("End a price rule"), DOES, .in = &step_t,
    .example = "pn price end 12",
    .lasting = N_("What has ended does not come back: set up a new one"))

static int turn(pn *p, const struct pn_price_turn *in, pn_price_turned *out)
{
    out->done = 0;
    return turn_all(p, in->limit, &out->done);
}
PN_OP(price, turn, pn_price_turned, .brief = N_("Let price rules begin and end"),
    .in = &turn_t, .out = &turned_t, .may = PN_ROLE_OPS | PN_ROLE_SYSTEM,
    .flags = PN_WRITE | PN_HIDDEN, .example = "pn price turn")

static int tick_job(pn *p, int64_t *done)
{
    pn_price_turned out = {0};
    PN_TRY(pn_price_turn(p, &(struct pn_price_turn){0}, &out));
    *done = out.done;
    return 0;
}
static const pn_job tick = {"price_tick", N_("Price offers anew when rules begin and end"), 60,
                            tick_job};

const pn_module pn_price_module = {
    .noun = "price",
    .title = N_("Price rules"),
    .ops = PN_LIST(pn_op, &price_list_op, &price_adjust_op, &price_approve_op, &price_reject_op,
                   &price_end_op, &price_turn_op, &price_history_op),
    .sql = PN_LIST(pn_sql, &insert, &get, &move, &turned, &apply),
    .fsm = PN_LIST(pn_fsm, &flow),
    .jobs = PN_LIST(pn_job, &tick),
};
