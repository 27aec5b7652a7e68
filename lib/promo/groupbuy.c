/* SPDX-License-Identifier: Apache-2.0 */
/* groupbuy.c — defining group-buy offers. Whether one may be bought by now is asked of its window
 * and its state at every order, no job opens or ends it. */
#include "promo/groupbuy.h"

#include "base/sql_int.h"

const pn_words pn_groupbuy_states[] = {PN_GROUPBUY_STATES(PN_WORD_ROW){0}};

static const pn_edge edges[] = {
    {"LIVE", "stop", "STOPPED", 0, "groupbuy.stopped"}, {"STOPPED", "resume", "LIVE", 0, NULL},
    {0}};
static const pn_sql move_sql = {"groupbuy_move", &pn_move_t, NULL,
    "update group_activity set state = :to, updated_at = :now, version = version + 1"
    " where sk = :id# and id = :id and state = :from", false};
static const pn_fsm flow = {N_("groupbuy"), pn_groupbuy_states, edges, &move_sql};

#define GROUPS(state)                                                                              \
    "(select count(*) from group_buy b where b.sk = a.sk and b.activity_id = a.id"                 \
    " and b.state = '" state "')::int"
#define COL(f, label, ...) PN_COL(pn_groupbuy, f, label, __VA_ARGS__)
PN_TYPE(pn_groupbuy_t, "groupbuy", pn_groupbuy,
    COL(id, N_("Number"), .flags = PN_KEY | PN_SORT | PN_BRIEF, .sql = "a.id", .ref = "groupbuy"),
    COL(session_id, N_("Session"), .sql = "a.session_id", .ref = "session"),
    COL(tier_id, N_("Tier number"), .sql = "a.tier_id", .ref = "tier"),
    COL(show, N_("Show"), .flags = PN_BRIEF, .sql = "h.title"),
    COL(tier, N_("Tier"), .flags = PN_BRIEF, .sql = "t.name"),
    COL(name, N_("Name"), .flags = PN_BRIEF, .sql = "a.name"),
    COL(size, N_("Group size"), .flags = PN_BRIEF, .sql = "a.size"),
    COL(face_fen, N_("Face price"), .sql = "t.face_price_fen"),
    COL(price_fen, N_("Group price"), .flags = PN_BRIEF | PN_EACH, .sql = "a.price_fen"),
    COL(starts_at, N_("Starts"), .flags = PN_BRIEF | PN_SORT, .sql = "a.starts_at"),
    COL(ends_at, N_("Until"), .flags = PN_BRIEF, .sql = "a.ends_at"),
    COL(allow_quit, N_("Members may quit"), .sql = "a.allow_quit"),
    COL(one_address, N_("One address"), .sql = "a.one_address"),
    COL(fill_vacant, N_("Completes with vacant places"), .sql = "a.fill_vacant"),
    COL(state, N_("State"), .flags = PN_BRIEF, .words = pn_groupbuy_states, .sql = "a.state"),
    COL(open, N_("Groups open"), .flags = PN_BRIEF, .sql = GROUPS("OPEN")),
    COL(formed, N_("Groups complete"), .flags = PN_BRIEF, .sql = GROUPS("SUCCESS")),
    COL(created_at, N_("Created"), .sql = "a.created_at"));

#define FROM                                                                                       \
    "group_activity a join tier t on t.id = a.tier_id join session s on s.id = a.session_id"       \
    " join show h on h.id = s.show_id"
#define SCOPE                                                                                      \
    "(:my_organiser::bigint is null or h.organiser_id = :my_organiser)"                            \
    " and :my_merchant::bigint is null"
static const pn_list_spec list_spec = {&pn_groupbuy_t, FROM, SCOPE, "a.id", "-id", NULL};

typedef struct id_in { int64_t id; } id_in;
static PN_TYPE(by_id_t, "groupbuy.id", id_in, PN_COL(id_in, id, N_("Number")));
static const pn_sql row_sql = {"groupbuy_row", &by_id_t, &pn_groupbuy_t,
    "select a.id, a.session_id, a.tier_id, h.title as show, t.name as tier, a.name, a.size,"
    " t.face_price_fen as face_fen, a.price_fen, a.starts_at, a.ends_at, a.allow_quit,"
    " a.one_address, a.fill_vacant, a.state, " GROUPS("OPEN") " as open,"
    " " GROUPS("SUCCESS") " as formed, a.created_at from " FROM
    " where a.sk = :id# and a.id = :id and " SCOPE, false};

static int row(pn *p, int64_t id, pn_groupbuy *out)
{
    int rc = pn_one(p, &row_sql, &(id_in){id}, out);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ENONE, "id", pn_tr("There is no group-buy %lld"), (long long)id);
    return rc;
}

/* ---- creating ---- */

typedef struct tier {
    int64_t session_id;
    const char *name;
    pn_money face_fen;
    pn_time stop_sale_at;
} tier;
static PN_TYPE(tier_t, "groupbuy.tier", tier, PN_COL(tier, session_id, N_("Session")),
    PN_COL(tier, name, N_("Tier")), PN_COL(tier, face_fen, N_("Face price")),
    PN_COL(tier, stop_sale_at, N_("End of the sale")));
static const pn_sql tier_sql = {"groupbuy_tier", &by_id_t, &tier_t,
    "select t.session_id, t.name, t.face_price_fen as face_fen, s.stop_sale_at from tier t"
    " join session s on s.id = t.session_id join show h on h.id = s.show_id"
    " where t.id = :id and " SCOPE, false};
static const pn_sql put_sql = {"groupbuy_put", &pn_groupbuy_t, NULL,
    "insert into group_activity (sk, id, session_id, tier_id, name, size, price_fen, starts_at,"
    " ends_at, allow_quit, one_address, fill_vacant, state, created_at, updated_at)"
    " values (:session_id#, :id, :session_id, :tier_id, :name, :size, :price_fen, :starts_at,"
    " :ends_at, :allow_quit, :one_address, :fill_vacant, 'LIVE', :now, :now)", false};

#define IN(f, label, ...) PN_COL(struct pn_groupbuy_create, f, label, __VA_ARGS__)
static PN_TYPE(create_in_t, "groupbuy.create", struct pn_groupbuy_create,
    IN(tier, N_("Tier"), .flags = PN_REQ | PN_ARG, .ref = "tier"),
    IN(name, N_("Name"), .max = 60), IN(size, N_("Group size"), .flags = PN_REQ, .min = 2,
       .max = 10, .hint = N_("Buyers that make a group, 2 to 10")),
    IN(price_fen, N_("Group price"), .flags = PN_REQ, .min = 1, .max = INT64_C(10000000000),
       .hint = N_("Of a ticket, below the tier's price")),
    IN(starts_at, N_("Starts"), .hint = N_("default: now")),
    IN(ends_at, N_("Until"), .hint = N_("default: the end of the sale")),
    IN(allow_quit, N_("Members may quit"), .flags = PN_OPT,
       .hint = N_("A paid member may leave while the group is open")),
    IN(one_address, N_("One address"), .flags = PN_OPT,
       .hint = N_("All parcels of a group go to its leader; members need no address")),
    IN(fill_vacant, N_("Completes with vacant places"), .flags = PN_OPT,
       .hint = N_("When its time is over a group is complete with those who paid, while tickets "
                  "for the others are left; every buyer sees it")));

static int fits(pn *p, const struct pn_groupbuy_create *in, const tier *t, const pn_groupbuy *g)
{
    if (in->price_fen.fen >= t->face_fen.fen) {
        pn_fail(p, PN_ECAP, "price_fen", pn_tr("The group price must be below %lld.%02d yuan"),
                (long long)(t->face_fen.fen / 100), (int)(t->face_fen.fen % 100));
        return pn_hint(p, pn_tr("That is what a ticket of tier “%s” costs alone"), t->name);
    }
    if (g->ends_at.us <= g->starts_at.us || g->ends_at.us <= pn_now(p).us)
        return pn_fail(p, PN_EARG, "ends_at", "%s", pn_tr("The offer would end before it begins"));
    if (g->ends_at.us > t->stop_sale_at.us)
        return pn_fail(p, PN_EARG, "ends_at", "%s",
                       pn_tr("The offer would outlast the sale of the session"));
    return 0;
}

static int create(pn *p, const struct pn_groupbuy_create *in, pn_groupbuy *out)
{
    tier t;
    int rc = pn_one(p, &tier_sql, &(id_in){in->tier}, &t);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ENONE, "tier", pn_tr("There is no tier %lld"), (long long)in->tier);
    PN_TRY(rc);
    pn_groupbuy g = {.session_id = t.session_id, .tier_id = in->tier,
                     .name = in->name ? in->name : t.name, .size = in->size,
                     .price_fen = in->price_fen,
                     .starts_at = in->starts_at.us ? in->starts_at : pn_now(p),
                     .ends_at = in->ends_at.us ? in->ends_at : t.stop_sale_at,
                     .allow_quit = in->allow_quit, .one_address = in->one_address,
                     .fill_vacant = in->fill_vacant};
    PN_TRY(fits(p, in, &t, &g));
    PN_TRY(pn_new_id(p, pn_sk(t.session_id), &g.id));
    PN_TRY(pn_exec(p, &put_sql, &g, NULL));
    PN_TRY(pni_state_log(p, flow.noun, g.id, NULL, "LIVE", "create", NULL));
    PN_TRY(row(p, g.id, out));
    return pn_audit(p, "groupbuy", g.id, &pn_groupbuy_t, NULL, out, NULL);
}

/* ---- the rest ---- */

static PN_TYPE(show_in_t, "groupbuy.show", struct pn_groupbuy_show,
    PN_COL(struct pn_groupbuy_show, id, N_("Group-buy"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "groupbuy"));
static PN_TYPE(stop_in_t, "groupbuy.stop", struct pn_groupbuy_stop,
    PN_COL(struct pn_groupbuy_stop, id, N_("Group-buy"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "groupbuy"),
    PN_COL(struct pn_groupbuy_stop, reason, N_("Reason"), .flags = PN_REQ, .max = 200));
static PN_TYPE(resume_in_t, "groupbuy.resume", struct pn_groupbuy_resume,
    PN_COL(struct pn_groupbuy_resume, id, N_("Group-buy"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "groupbuy"));

static int show(pn *p, const struct pn_groupbuy_show *in, pn_groupbuy *out)
{
    return row(p, in->id, out);
}

static int turn(pn *p, int64_t id, const char *event, const char *reason, pn_groupbuy *out)
{
    pn_groupbuy before;
    PN_TRY(row(p, id, &before));
    PN_TRY(pn_step(p, &flow, id, before.state, event, reason, NULL));
    PN_TRY(row(p, id, out));
    return pn_audit(p, "groupbuy", id, &pn_groupbuy_t, &before, out, reason);
}

static int stop(pn *p, const struct pn_groupbuy_stop *in, pn_groupbuy *out)
{
    return turn(p, in->id, "stop", in->reason, out);
}

static int resume(pn *p, const struct pn_groupbuy_resume *in, pn_groupbuy *out)
{
    return turn(p, in->id, "resume", NULL, out);
}

enum { KEEPERS = PN_ROLE_OPS | PN_ROLE_ORGANISER };

PN_OP_LIST(groupbuy, list, list_spec, .brief = N_("List group-buy offers"),
           .out = &pn_groupbuy_t, .may = PN_ROLE_PUBLIC)
PN_OP(groupbuy, show, pn_groupbuy, .brief = N_("Show a group-buy offer"), .in = &show_in_t,
      .out = &pn_groupbuy_t, .may = PN_ROLE_PUBLIC)
PN_OP(groupbuy, create, pn_groupbuy, .brief = N_("Offer a tier to groups at a lower price"),
      .help = N_("Buyers order with \"group submit\"; a group that is complete in time gets its "
                 "tickets, any other its money back."),
      .in = &create_in_t, .out = &pn_groupbuy_t, .may = KEEPERS, .flags = PN_WRITE | PN_ONCE,
      .example = "pn groupbuy create hamlet-01-a --size 3 --price 260")
PN_OP(groupbuy, stop, pn_groupbuy, .brief = N_("Stop a group-buy offer"),
      .help = N_("Groups that are not complete fail and are refunded."), .in = &stop_in_t,
      .out = &pn_groupbuy_t, .may = KEEPERS, .flags = PN_WRITE | PN_ONCE | PN_DANGER,
      .undo = "resume")
PN_OP(groupbuy, resume, pn_groupbuy, .brief = N_("Take up a stopped group-buy offer again"),
      .in = &resume_in_t, .out = &pn_groupbuy_t, .may = KEEPERS, .flags = PN_WRITE | PN_ONCE,
      .undo = "stop")

const pn_module pn_groupbuy_module = {
    "groupbuy", N_("Group-buy offers"),
    .ops = PN_LIST(pn_op, &groupbuy_list_op, &groupbuy_show_op, &groupbuy_create_op,
                   &groupbuy_stop_op, &groupbuy_resume_op),
    .sql = PN_LIST(pn_sql, &row_sql, &tier_sql, &put_sql, &move_sql),
    .fsm = PN_LIST(pn_fsm, &flow),
};
