/* SPDX-License-Identifier: Apache-2.0 */
/* seckill.c — activities: made, published, registered for, waited for. Taking a ticket of one is
 * an order (lib/order/rush.c). */
#include "promo/seckill.h"

#include "base/crypt_int.h"
#include "catalog/row_int.h"
#include "promo/seckill_int.h"

#define A(f, label, ...) PN_COL(pn_seckill, f, label, __VA_ARGS__)
PN_TYPE(pn_seckill_t, "seckill", pn_seckill,
    A(id, N_("Id"), .flags = PN_KEY | PN_SORT, .sql = "a.id", .ref = "seckill"),
    A(name, N_("Name"), .flags = PN_BRIEF, .sql = "a.name"),
    A(kind, N_("Kind"), .flags = PN_BRIEF, .words = pn_seckill_kinds, .sql = "a.kind"),
    A(session_id, N_("Session"), .sql = "a.session_id", .ref = "session"),
    A(tier_id, N_("Tier number"), .sql = "a.tier_id", .ref = "tier"),
    A(show, N_("Show"), .flags = PN_BRIEF, .sql = "h.title"),
    A(tier, N_("Tier"), .flags = PN_BRIEF, .sql = "t.name"),
    A(price_fen, N_("Price"), .flags = PN_BRIEF | PN_EACH, .sql = "a.price_fen"),
    A(stock, N_("Stock"), .flags = PN_BRIEF, .sql = "a.stock"),
    A(taken, N_("Taken"), .flags = PN_BRIEF, .sql = "a.taken"),
    A(offered, N_("Offered"), .sql = "a.offered"),
    A(limit_qty, N_("Limit per buyer"), .sql = "a.limit_qty"),
    A(entries, N_("Registered"), .sql = "(select count(*) from seckill_entry e where e.sk = a.sk"
                                        " and e.seckill_id = a.id)"),
    A(waiting, N_("Waiting"), .sql = "(select count(*) from seckill_wait w where w.sk = a.sk"
                                     " and w.seckill_id = a.id and w.state = 'WAITING')"),
    A(open_at, N_("Opens"), .flags = PN_BRIEF | PN_SORT, .sql = "a.open_at"),
    A(close_at, N_("Closes"), .sql = "a.close_at"),
    A(state, N_("State"), .flags = PN_BRIEF, .words = pn_seckill_states, .sql = "a.state"));
#undef A
static const pn_list_spec list_spec = {.row = &pn_seckill_t,
    .from = "seckill a join tier t on t.id = a.tier_id join session s on s.id = a.session_id"
            " join show h on h.id = s.show_id",
    .scope = "(:my_organiser::bigint is null or h.organiser_id = :my_organiser)", .key = "a.id",
    .sort = "-open_at", .search = "position(:q in a.name) > 0 or position(:q in h.title) > 0"};

PN_OP_LIST(seckill, list, list_spec, .brief = N_("List seckill and rush sales"),
           .out = &pn_seckill_t, .may = PN_ROLE_PUBLIC,
           .example = "pn seckill list --where state=RUNNING")

int pni_seckill_row(pn *p, int64_t id, pn_seckill *out)
{
    return pni_row(p, &seckill_list_op, id, out);
}

// clang-format off
#define N(f, label, ...) PN_COL(struct pn_seckill_create, f, label, __VA_ARGS__)
static PN_TYPE(create_t, "seckill.create", struct pn_seckill_create,
    N(tier, N_("Tier"), .flags = PN_REQ | PN_ARG, .ref = "tier"),
    N(kind, N_("Kind"), .flags = PN_REQ, .words = pn_seckill_kinds),
    N(name, N_("Name"), .flags = PN_REQ, .max = PNI_TITLE_MAX),
    N(price_fen, N_("Price"), .flags = PN_REQ, .min = 1, .max = 10000000),
    N(stock, N_("Stock"), .flags = PN_REQ, .min = 1, .max = 500000),
    N(limit_qty, N_("Limit per buyer"), .flags = PN_OPT, .min = 1, .max = 100,
      .hint = N_("A seckill: always 1")),
    N(open_at, N_("Opens"), .flags = PN_REQ), N(close_at, N_("Closes"), .flags = PN_REQ));
#undef N
#define ID(s) PN_COL(s, id, N_("Activity"), .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "seckill")
static PN_TYPE(show_t, "seckill.show", struct pn_seckill_show, ID(struct pn_seckill_show));
static PN_TYPE(publish_t, "seckill.publish", struct pn_seckill_publish,
    ID(struct pn_seckill_publish));
static PN_TYPE(end_t, "seckill.end", struct pn_seckill_end, ID(struct pn_seckill_end),
    PN_COL(struct pn_seckill_end, reason, N_("Reason"), .flags = PN_REQ, .max = 200));
static PN_TYPE(register_t, "seckill.register", struct pn_seckill_register,
    ID(struct pn_seckill_register));
static PN_TYPE(wait_t, "seckill.wait", struct pn_seckill_wait, ID(struct pn_seckill_wait));
static PN_TYPE(entry_t, "seckill.entry", pn_seckill_entry,
    PN_COL(pn_seckill_entry, id, N_("Activity"), .flags = PN_KEY, .ref = "seckill"),
    PN_COL(pn_seckill_entry, token, N_("Token"), .flags = PN_BRIEF),
    PN_COL(pn_seckill_entry, open_at, N_("Opens"), .flags = PN_BRIEF));
static const pn_words wait_states[] = {{"WAITING", N_("Waiting"), 'w'},
    {"OFFERED", N_("Offered"), 'g'}, {"TAKEN", N_("Taken"), 'd'}, {"PASSED", N_("Passed"), 'd'},
    {0}};
static PN_TYPE(place_t, "seckill.place", pn_seckill_place,
    PN_COL(pn_seckill_place, id, N_("Activity"), .flags = PN_KEY, .ref = "seckill"),
    PN_COL(pn_seckill_place, before, N_("In front"), .flags = PN_BRIEF),
    PN_COL(pn_seckill_place, state, N_("State"), .flags = PN_BRIEF, .words = wait_states),
    PN_COL(pn_seckill_place, offered_until, N_("Offered until"), .flags = PN_BRIEF));
// clang-format on

/* ---- made and published ---- */

typedef struct tier {
    int64_t session_id, organiser;
    int combo_n;
    pn_money face_fen;
    pn_time stop_at;
} tier;
static PN_TYPE(tier_t, "seckill.tier", tier, PN_COL(tier, session_id, "session"),
    PN_COL(tier, organiser, "organiser"), PN_COL(tier, combo_n, "combo"),
    PN_COL(tier, face_fen, "face"), PN_COL(tier, stop_at, "stop"));
static const pn_sql tier_sql = {"seckill_tier", &pni_one_id_t, &tier_t,
    "select t.session_id, coalesce(h.organiser_id, 0) as organiser, t.combo_n,"
    " t.face_price_fen as face_fen, s.stop_sale_at as stop_at from tier t"
    " join session s on s.id = t.session_id join show h on h.id = s.show_id where t.id = :id",
    false};

typedef struct put {
    int64_t id, tier, session;
    pn_word kind;
    const char *name;
    pn_money price_fen;
    int stock, limit_qty;
    pn_time open_at, close_at;
} put;
#define P(f, ...) PN_COL(put, f, #f, __VA_ARGS__)
static PN_TYPE(put_t, "seckill.put", put, P(id), P(tier), P(session),
    P(kind, .words = pn_seckill_kinds), P(name), P(price_fen), P(stock), P(limit_qty), P(open_at),
    P(close_at));
#undef P
static const pn_sql insert_sql = {"seckill_insert", &put_t, NULL,
    "insert into seckill (sk, id, session_id, tier_id, kind, name, price_fen, stock, limit_qty,"
    " open_at, close_at, state, created_at, updated_at) values (:tier#, :id, :session, :tier,"
    " :kind, :name, :price_fen, :stock, :limit_qty, :open_at, :close_at, 'DRAFT', :now, :now)",
    false};

static int may_create(pn *p, const struct pn_seckill_create *in, const tier *t)
{
    int64_t mine = pn_who(p)->organiser;
    if (mine && mine != t->organiser)
        return pn_fail(p, PN_ENONE, "tier", pn_tr("There is no tier %lld"), (long long)in->tier);
    if (in->close_at.us <= in->open_at.us)
        return pn_fail(p, PN_EARG, "close_at", "%s", pn_tr("It would end before it begins"));
    if (in->close_at.us > t->stop_at.us)
        return pn_fail(p, PN_EARG, "close_at", "%s",
                       pn_tr("It would last longer than the session is sold"));
    if (t->combo_n != 1)
        return pn_fail(p, PN_EARG, "tier", "%s", pn_tr("Bundles are not sold in activities"));
    if (in->price_fen.fen > t->face_fen.fen) {
        pn_fail(p, PN_ECAP, "price_fen", "%s", pn_tr("Above the face price"));
        return pn_hint(p, "%s", pn_tr("Set at most the face price"));
    }
    if (in->kind.v == PN_SECKILL_SECKILL && in->limit_qty > 1) {
        pn_fail(p, PN_EARG, "limit_qty", "%s", pn_tr("A seckill gives one ticket to a person"));
        return pn_hint(p, "%s", pn_tr("A rush sale may give more (--kind RUSH)"));
    }
    return 0;
}

static int create(pn *p, const struct pn_seckill_create *in, pn_seckill *out)
{
    tier t;
    put row = {.tier = in->tier, .kind = in->kind, .name = in->name, .price_fen = in->price_fen,
               .stock = in->stock, .limit_qty = in->limit_qty ? in->limit_qty : 1,
               .open_at = in->open_at, .close_at = in->close_at};
    int rc = pn_one(p, &tier_sql, &(pni_one_id){in->tier}, &t);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ENONE, "tier", pn_tr("There is no tier %lld"), (long long)in->tier);
    PN_TRY(rc);
    PN_TRY(may_create(p, in, &t));
    row.session = t.session_id;
    PN_TRY(pn_new_id(p, pn_sk(in->tier), &row.id));
    PN_TRY(pn_exec(p, &insert_sql, &row, NULL));
    PN_TRY(pni_stepped(p, &pni_seckill_fsm, row.id, NULL, "create", NULL));
    PN_TRY(pni_seckill_row(p, row.id, out));
    return pn_audit(p, "seckill", row.id, &pn_seckill_t, NULL, out, NULL);
}

static int show(pn *p, const struct pn_seckill_show *in, pn_seckill *out)
{
    return pni_seckill_row(p, in->id, out);
}

typedef struct held { int64_t id, tier_id; int qty; } held;
static PN_TYPE(held_t, "seckill.held", held, PN_COL(held, id, "id"),
    PN_COL(held, tier_id, "tier"), PN_COL(held, qty, "qty"));
static const pn_sql hold_sql = {"seckill_hold", &held_t, NULL,
    "update stock set qty_held = qty_held + :qty where sk = :tier_id# and lot_id = :tier_id",
    false};

static int publish(pn *p, const struct pn_seckill_publish *in, pn_seckill *out)
{
    pn_seckill before;
    pni_seckill a;
    int free, by_seat;
    PN_TRY(pni_seckill_row(p, in->id, &before));
    PN_TRY(pni_seckill_lock(p, in->id, &a, &free, &by_seat));
    if (a.close_at.us <= pn_now(p).us) {
        pn_fail(p, PN_EEXPIRED, "id", "%s", pn_tr("The activity is over"));
        return pn_hint(p, "%s", pn_tr("Make a new one: seckill create"));
    }
    if (by_seat) {
        pn_fail(p, PN_ESTATE, "id", "%s",
                pn_tr("Activities are for tickets sold by quantity"));
        return pn_hint(p, "%s", pn_tr("Name a tier without numbered seats"));
    }
    if (a.state.v == PN_SECKILL_DRAFT && free < a.stock) {
        pn_fail(p, PN_ESTOCK, "id", pn_tr("Only %d tickets are free"), free);
        return pn_hint(p, "%s", pn_tr("Add stock to the tier, or make a smaller activity"));
    }
    PN_TRY(pn_step(p, &pni_seckill_fsm, a.id, a.state, "publish", NULL, NULL));
    PN_TRY(pn_exec(p, &hold_sql, &(held){a.id, a.tier_id, a.stock}, NULL));
    PN_TRY(pni_seckill_row(p, in->id, out));
    return pn_audit(p, "seckill", in->id, &pn_seckill_t, &before, out, NULL);
}

static int end(pn *p, const struct pn_seckill_end *in, pn_seckill *out)
{
    pn_seckill before;
    pni_seckill a;
    PN_TRY(pni_seckill_row(p, in->id, &before));
    PN_TRY(pni_seckill_lock(p, in->id, &a, NULL, NULL));
    PN_TRY(pni_seckill_close(p, &a, in->reason));
    PN_TRY(pni_seckill_row(p, in->id, out));
    return pn_audit(p, "seckill", in->id, &pn_seckill_t, &before, out, in->reason);
}

/* ---- buyers ---- */

int pni_seckill_person(pn *p)
{
    if (pn_who(p)->kind == 'U' && pn_who(p)->id)
        return 0;
    pn_fail(p, PN_EPERM, NULL, "%s", pn_tr("Only buyers take part in an activity"));
    return pn_hint(p, "%s", pn_tr("Staff, merchants and channels are excluded"));
}

int pni_seckill_token(pn *p, int64_t id, const char **token)
{
    pn_bytes hash;
    char *text = pn_printf(p, "%lld %lld", (long long)id, (long long)pn_who(p)->id);
    if (!text)
        return pni_mem(p);
    PN_TRY(pni_keyed_hash(p, "seckill.token", text, &hash));
    *token = pni_base32(p, hash.data, 15);
    return *token ? 0 : pni_mem(p);
}

typedef struct person { int64_t id, wait_id, user_id; } person;
static PN_TYPE(person_t, "seckill.person", person, PN_COL(person, id, "id"),
    PN_COL(person, wait_id, "wait"), PN_COL(person, user_id, "user"));
static const pn_sql enter_sql = {"seckill_enter", &person_t, NULL,
    "insert into seckill_entry (sk, seckill_id, user_id, at) values (:id#, :id, :user_id, :now)"
    " on conflict do nothing", false};
static const pn_sql queue_sql = {"seckill_queue", &person_t, NULL,
    "insert into seckill_wait (sk, id, seckill_id, user_id, state, at)"
    " values (:id#, :wait_id, :id, :user_id, 'WAITING', :now)"
    " on conflict (sk, seckill_id, user_id) do update set state = 'WAITING', at = excluded.at,"
    "  offered_until = null where seckill_wait.state in ('PASSED', 'TAKEN')", false};
static const pn_sql place_sql = {"seckill_place", &person_t, &place_t,
    "select w.seckill_id as id, w.state, w.offered_until, (select count(*) from seckill_wait x"
    "  where x.sk = :id# and x.seckill_id = :id and x.state = 'WAITING'"
    "   and (x.at, x.id) < (w.at, w.id)) as before"
    " from seckill_wait w where w.sk = :id# and w.seckill_id = :id and w.user_id = :user_id",
    false};

static int enter(pn *p, const struct pn_seckill_register *in, pn_seckill_entry *out)
{
    pn_seckill a;
    PN_TRY(pni_seckill_person(p));
    PN_TRY(pni_seckill_row(p, in->id, &a));
    if (a.state.v == PN_SECKILL_DRAFT)
        return pn_fail(p, PN_ENONE, "id", pn_tr("There is no activity %lld"), (long long)in->id);
    if (pni_seckill_when(pn_now(p), a.state, a.open_at, a.close_at) != PNI_SECKILL_EARLY) {
        pn_fail(p, PN_EEXPIRED, "id", "%s",
                pn_tr("Registration ends when the activity opens"));
        return pn_hint(p, "%s", pn_tr("A rush sale needs no registration"));
    }
    PN_TRY(pn_exec(p, &enter_sql, &(person){.id = in->id, .user_id = pn_who(p)->id}, NULL));
    *out = (pn_seckill_entry){.id = in->id, .open_at = a.open_at};
    return pni_seckill_token(p, in->id, &out->token);
}

static int wait(pn *p, const struct pn_seckill_wait *in, pn_seckill_place *out)
{
    pni_seckill a;
    person me = {.id = in->id, .user_id = pn_who(p)->id};
    PN_TRY(pni_seckill_person(p));
    PN_TRY(pni_seckill_lock(p, in->id, &a, NULL, NULL));
    int when = pni_seckill_when(pn_now(p), a.state, a.open_at, a.close_at);
    if (when == PNI_SECKILL_OVER) {
        pn_fail(p, PN_EEXPIRED, "id", "%s", pn_tr("The activity is over"));
        return pn_hint(p, "%s", pn_tr("Order at the ordinary price: order submit"));
    }
    if (when == PNI_SECKILL_EARLY) {
        pn_fail(p, PN_ESTATE, "id", "%s", pn_tr("The activity has not opened"));
        return pn_hint(p, "%s", pn_tr("Whoever finds nothing left can wait, once it is open"));
    }
    PN_TRY(pn_new_id(p, pn_sk(in->id), &me.wait_id));
    PN_TRY(pn_exec(p, &queue_sql, &me, NULL));
    return pn_one(p, &place_sql, &me, out);
}

enum { MAKERS = PN_ROLE_OPS | PN_ROLE_ORGANISER };

PN_OP(seckill, show, pn_seckill, .brief = N_("Show a seckill or rush sale"), .in = &show_t,
      .out = &pn_seckill_t, .may = PN_ROLE_PUBLIC, .example = "pn seckill show 65537")
PN_OP(seckill, create, pn_seckill, .brief = N_("Make a seckill or rush sale"), .in = &create_t,
      .out = &pn_seckill_t, .may = MAKERS, .flags = PN_WRITE | PN_ONCE,
      .example = "pn seckill create 61441 --kind SECKILL --name 开票 --price-fen 99 --stock 100"
                 " --open-at '2026-12-01 10:00' --close-at '2026-12-01 11:00'")
PN_OP(seckill, publish, pn_seckill, .brief = N_("Publish an activity and withhold its tickets"),
      .in = &publish_t, .out = &pn_seckill_t, .may = MAKERS, .flags = PN_WRITE | PN_ONCE,
      .example = "pn seckill publish 65537",
      .lasting = N_("Buyers see it: end it instead"))
PN_OP(seckill, end, pn_seckill, .brief = N_("End an activity; what is left is sold as before"),
      .in = &end_t, .out = &pn_seckill_t, .may = MAKERS,
      .flags = PN_WRITE | PN_ONCE | PN_DANGER, .example = "pn seckill end 65537 --reason moved",
      .lasting = N_("What has ended does not come back: set up a new one"))
static int seckill_register_run(pn *p, const void *in, void *out)
{
    return enter(p, in, out);
}
static const pn_op seckill_register_op = {
    .noun = "seckill", .verb = "register", .brief = N_("Register for an activity before it opens"),
    .help = N_("Gives the token without which a seckill takes no request."), .in = &register_t,
    .out = &entry_t, .may = PN_ROLE_BUYER, .flags = PN_WRITE | PN_ONCE,
    .run = seckill_register_run, .example = "pn seckill register 65537",
    .lasting = N_("A place in the line cannot be given back")};
int pn_seckill_register(pn *p, const struct pn_seckill_register *in, pn_seckill_entry *out)
{
    return pn_call(p, &seckill_register_op, in, out);
}
PN_OP(seckill, wait, pn_seckill_place, .brief = N_("Wait for tickets that come back"),
      .help = N_("They are offered in the order of asking, for five minutes each."), .in = &wait_t,
      .out = &place_t, .may = PN_ROLE_BUYER, .flags = PN_WRITE | PN_ONCE,
      .example = "pn seckill wait 65537",
      .lasting = N_("A place in the line cannot be given back"))

const pn_module pn_seckill_module = {
    "seckill", N_("Seckill and rush sales"),
    .ops = PN_LIST(pn_op, &seckill_list_op, &seckill_show_op, &seckill_create_op,
                   &seckill_publish_op, &seckill_end_op, &seckill_register_op, &seckill_wait_op,
                   &pni_seckill_step_op),
    .sql = PN_LIST(pn_sql, &tier_sql, &insert_sql, &hold_sql, &enter_sql, &queue_sql, &place_sql,
                   &pni_seckill_move_sql, &pni_seckill_lot_sql, &pni_seckill_lock_sql,
                   &pni_seckill_held_sql, &pni_seckill_drop_sql, &pni_seckill_lapse_sql,
                   &pni_seckill_offer_sql, &pni_seckill_due_sql,
                   &pni_seckill_count_sql, &pni_seckill_uncount_sql),
    .fsm = PN_LIST(pn_fsm, &pni_seckill_fsm),
    .jobs = PN_LIST(pn_job, &pni_seckill_step_job),
};
