/* SPDX-License-Identifier: Apache-2.0 */
/* Tiers. A tier's id carries the shard of its session. What is printed on sold tickets never
 * changes under them: the price and the bundle are fixed by the first sale. */
#include "free_int.h"
#include "may_int.h"
#include "revision_int.h"
#include "session.h"
#include "session_int.h"
#include "show_int.h"
#include "tier_int.h"
#include "base/search_int.h"

#include <inttypes.h>

const pn_words pn_special_kinds[] = {PN_SPECIAL_KINDS(PN_WORD_ROW){0}};

#define FREE "(a.qty_total - a.qty_held - a.qty_locked - a.qty_sold + " PNI_FREED("a") ")"
PN_TYPE(pn_tier_t, "tier", pn_tier,
    PN_COL(pn_tier, id, N_("Id"), .flags = PN_KEY | PN_SORT, .sql = "t.id"),
    PN_COL(pn_tier, code, N_("Code"), .flags = PN_BRIEF | PN_SORT, .sql = "t.code"),
    PN_COL(pn_tier, session_id, N_("Session number"), .flags = PN_SORT, .ref = "session",
           .sql = "t.session_id"),
    PN_COL(pn_tier, show_id, N_("Show number"), .ref = "show", .sql = "s.show_id"),
    PN_COL(pn_tier, show, N_("Show"), .sql = "h.title"),
    PN_COL(pn_tier, venue, N_("Venue"), .sql = "v.name"),
    PN_COL(pn_tier, start_at, N_("Starts"), .flags = PN_BRIEF | PN_SORT, .sql = "s.start_at"),
    PN_COL(pn_tier, session_status, N_("Session state"), .words = pn_session_states,
           .sql = "s.status"),
    PN_COL(pn_tier, name, N_("Name"), .flags = PN_BRIEF, .sql = "t.name"),
    PN_COL(pn_tier, face_price, N_("Face price"), .flags = PN_BRIEF | PN_EACH | PN_SORT,
           .sql = "t.face_price_fen"),
    PN_COL(pn_tier, sort, N_("Sort"), .flags = PN_SORT, .sql = "t.sort"),
    PN_COL(pn_tier, combo_n, N_("Bundle of"), .sql = "t.combo_n"),
    PN_COL(pn_tier, gate_group, N_("Gates"), .sql = "t.gate_group"),
    PN_COL(pn_tier, hidden, N_("Hidden"), .sql = "t.hidden"),
    PN_COL(pn_tier, special_kind, N_("Special goods"), .words = pn_special_kinds,
           .sql = "t.special_kind"),
    PN_COL(pn_tier, sale_from, N_("On sale from"), .sql = "t.sale_from"),
    PN_COL(pn_tier, sale_to, N_("On sale until"), .sql = "t.sale_to"),
    PN_COL(pn_tier, total, N_("Total"), .flags = PN_BRIEF, .sql = "coalesce(a.qty_total, 0)"),
    PN_COL(pn_tier, locked, N_("Held"), .flags = PN_BRIEF, .sql = "coalesce(a.qty_locked, 0)"),
    PN_COL(pn_tier, sold, N_("Sold"), .flags = PN_BRIEF, .sql = "coalesce(a.qty_sold, 0)"),
    PN_COL(pn_tier, available, N_("Left"), .flags = PN_BRIEF,
           .sql = "coalesce(" FREE ", 0)"),
    PN_COL(pn_tier, stock_flag, N_("Stock"), .words = pn_stock_flags,
           .sql = "(case when " FREE " > a.qty_total::bigint * " PNI_POLICY("stock.normal_bp")
                  " / 10000 then 'ENOUGH'"
                  " when " FREE " > a.qty_total::bigint * " PNI_POLICY("stock.less_bp")
                  " / 10000 then 'NORMAL' when " FREE " > 0 then 'LESS' else 'NONE' end)"),
    PN_COL(pn_tier, revision, N_("Waiting revision"), .flags = PN_OPT, .ref = "revision",
           .sql = PNI_WAITING("tier", "t.id")),
    PN_COL(pn_tier, version, N_("Version"), .sql = "t.version"),
    PN_COL(pn_tier, created_at, N_("Created"), .flags = PN_SORT, .sql = "t.created_at"),
    PN_COL(pn_tier, updated_at, N_("Updated"), .flags = PN_SORT, .sql = "t.updated_at"));

// clang-format off
#define TIER_COLS(s, req, opt)                                                                     \
    PN_COL(s, code, N_("Code"), .flags = (req) | PN_ARG, .max = PNI_CODE_MAX,                      \
           .hint = N_("Short name for imports and commands")),                                     \
    PN_COL(s, session, N_("Session"), .flags = (req) | PN_OPT, .ref = "session"),                  \
    PN_COL(s, name, N_("Name"), .flags = (req), .max = PNI_TITLE_MAX),                             \
    PN_COL(s, face_price, N_("Face price"), .flags = (opt), .min = 0, .max = 10000000,             \
           .hint = N_("Yuan, as printed on the ticket")),                                          \
    PN_COL(s, sort, N_("Sort"), .flags = PN_OPT),                                                  \
    PN_COL(s, combo_n, N_("Bundle of"), .flags = PN_OPT, .min = 1, .max = 20,                      \
           .hint = N_("Seats sold together for the price; 1 = single tickets")),                   \
    PN_COL(s, gate_group, N_("Gates"), .max = 40),                                                 \
    PN_COL(s, hidden, N_("Hidden"), .words = pni_yes_no),                                          \
    PN_COL(s, special_kind, N_("Special goods"), .words = pn_special_kinds,                        \
           .hint = N_("What buyers must confirm; ORDINARY: nothing")),                            \
    PN_COL(s, sale_from, N_("On sale from")),                                                      \
    PN_COL(s, sale_to, N_("On sale until"))
// clang-format on

static PN_TYPE(create_t, "tier.create", struct pn_tier_create,
    TIER_COLS(struct pn_tier_create, PN_REQ, 0),
    PN_COL(struct pn_tier_create, qty, N_("First stock"), .flags = PN_OPT, .min = 0,
           .max = 500000));
PN_TYPE(pni_tier_edit_t, "tier.edit", struct pn_tier_edit,
    PN_COL(struct pn_tier_edit, id, N_("Tier"), .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "tier"),
    PN_COL(struct pn_tier_edit, version, N_("Version"), .flags = PN_OPT),
    TIER_COLS(struct pn_tier_edit, 0, PN_OPT));
static PN_TYPE(show_t, "tier.show", struct pn_tier_show,
    PN_COL(struct pn_tier_show, id, N_("Tier"), .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "tier"));
static PN_TYPE(remove_t, "tier.remove", struct pn_tier_remove,
    PN_COL(struct pn_tier_remove, id, N_("Tier"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "tier"),
    PN_COL(struct pn_tier_remove, reason, N_("Reason"), .max = 500));
static PN_TYPE(removed_t, "tier.removed", pn_tier_removed,
    PN_COL(pn_tier_removed, id, N_("Tier"), .flags = PN_BRIEF),
    PN_COL(pn_tier_removed, hidden, N_("Hidden"), .flags = PN_BRIEF));
static PN_TYPE(stock_t, "tier.stock", pni_tier_stock,
    PN_COL(pni_tier_stock, id, N_("Tier")), PN_COL(pni_tier_stock, session_id, N_("Session")),
    PN_COL(pni_tier_stock, organiser, N_("Organiser"), .flags = PN_OPT),
    PN_COL(pni_tier_stock, capacity, N_("Capacity")), PN_COL(pni_tier_stock, used, N_("Total")),
    PN_COL(pni_tier_stock, combo_n, N_("Bundle of")), PN_COL(pni_tier_stock, total, N_("Total")),
    PN_COL(pni_tier_stock, taken, N_("Sold")), PN_COL(pni_tier_stock, show_id, N_("Show")),
    PN_COL(pni_tier_stock, live, N_("Published")),
    PN_COL(pni_tier_stock, seated, N_("Numbered seats")));
typedef struct moved { int64_t id, tier_id, session_id; int delta; const char *reason; } moved;
static PN_TYPE(moved_t, "tier.moved", moved,
    PN_COL(moved, id, N_("Id")), PN_COL(moved, tier_id, N_("Tier")),
    PN_COL(moved, session_id, N_("Session")), PN_COL(moved, delta, N_("Change")),
    PN_COL(moved, reason, N_("Reason")));

#define NOW                                                                                        \
    "select id, version, code, session_id as session, name, face_price_fen as face_price, sort,"   \
    " combo_n, gate_group, case when hidden then 'yes' else 'no' end as hidden,"                   \
    " special_kind, sale_from, sale_to from tier"
static const pn_sql now_sql = {"tier_now", &pni_one_id_t, &pni_tier_edit_t,
    NOW " where id = :id for update"};
static const pn_sql by_code = {"tier_by_code", &pni_by_code_t, &pni_tier_edit_t,
    NOW " where code = :code"};
static const pn_sql insert = {"tier_insert", &pni_tier_edit_t, &pni_one_id_t,
    "insert into tier (id, code, session_id, name, face_price_fen, sort, combo_n, gate_group,"
    " hidden, special_kind, sale_from, sale_to, created_at, updated_at)"
    " values (:id, :code, :session, :name, coalesce(:face_price, 0), coalesce(:sort, 0),"
    " coalesce(:combo_n, 1), coalesce(:gate_group, ''), coalesce(:hidden = 'yes', false),"
    " nullif(:special_kind, 'ORDINARY'), :sale_from, :sale_to, :now, :now)"
    " on conflict (code) do nothing returning id"};
static const pn_sql update = {"tier_update", &pni_tier_edit_t, NULL,
    "update tier set code = coalesce(:code, code), name = coalesce(:name, name),"
    " face_price_fen = coalesce(:face_price, face_price_fen), sort = coalesce(:sort, sort),"
    " combo_n = coalesce(:combo_n, combo_n), gate_group = coalesce(:gate_group, gate_group),"
    " hidden = coalesce(:hidden = 'yes', hidden),"
    " special_kind = nullif(coalesce(:special_kind, special_kind), 'ORDINARY'),"
    " sale_from = coalesce(:sale_from, sale_from),"
    " sale_to = coalesce(:sale_to, sale_to), version = version + 1, updated_at = :now"
    " where id = :id"};
static const pn_sql drop_moves = {"tier_drop_moves", &pni_one_id_t, NULL,
    "delete from stock_move where sk = :id# and lot_id = :id"};
static const pn_sql drop_stock = {"tier_drop_stock", &pni_one_id_t, NULL,
    "delete from stock where sk = :id# and lot_id = :id"};
static const pn_sql drop = {"tier_drop", &pni_one_id_t, NULL, "delete from tier where id = :id"};
static const pn_sql ever_sold = {"tier_ever_sold", &pni_one_id_t, &pni_one_id_t,
    "select count(*) as id from (select from order_item where sk = :id# and tier_id = :id"
    " limit 1) x"};
/* Offers of others keep a tier: it can be hidden, not deleted. */
static const pn_sql ever_offered = {"tier_ever_offered", &pni_one_id_t, &pni_one_id_t,
    "select count(*) as id from (select from stock where sk = :id# and tier_id = :id"
    " and lot_id <> :id limit 1) x"};
static const pn_sql hide = {"tier_hide", &pni_one_id_t, NULL,
    "update tier set hidden = true, version = version + 1, updated_at = :now where id = :id"};
static const pn_sql new_stock = {"tier_new_stock", &moved_t, NULL,
    "insert into stock (sk, lot_id, tier_id, session_id, qty_total)"
    " values (:tier_id#, :tier_id, :tier_id, :session_id, 0)"};
/* The session's row is the lock that keeps two people from filling the same capacity. */
const pn_sql pni_tier_stock_lock = {"tier_stock_lock", &pni_one_id_t, &pni_one_id_t,
    "select s.id from tier t join session s on s.id = t.session_id where t.id = :id"
    " for no key update of s"};
const pn_sql pni_tier_stock_get = {"tier_stock_get", &pni_one_id_t, &stock_t,
    "select t.id, t.session_id, s.show_id, h.organiser_id as organiser, " PNI_LIVE("h") " as live,"
    " t.combo_n,"
    " coalesce(nullif(s.approved_capacity, 0), nullif(h.approved_capacity, 0), x.capacity)::bigint"
    "  as capacity,"
    " (select coalesce(sum(a.qty_total), 0) from tier b join stock a on a.sk = :id#"
    "  and a.lot_id = b.id where b.session_id = t.session_id)::bigint as used,"
    " coalesce(k.qty_total, 0) as total,"
    " coalesce(k.qty_held + k.qty_locked + k.qty_sold, 0) as taken,"
    " coalesce(k.seat_stamp, 0) <> 0 as seated"
    " from tier t join session s on s.id = t.session_id join show h on h.id = s.show_id"
    " join hall x on x.id = s.hall_id left join stock k on k.sk = :id# and k.lot_id = t.id"
    " where t.id = :id"};
const pn_sql pni_tier_stock_add = {"tier_stock_add", &moved_t, NULL,
    "update stock set qty_total = qty_total + :delta where sk = :tier_id# and lot_id = :tier_id"
    " and qty_total + :delta >= qty_held + qty_locked + qty_sold"};
const pn_sql pni_tier_stock_log = {"tier_stock_log", &moved_t, NULL,
    "insert into stock_move (sk, id, lot_id, delta, reason, actor_id, at)"
    " values (:tier_id#, :id, :tier_id, :delta, :reason, :me, :now)"};

static const pn_list_spec tier_list = {.row = &pn_tier_t, .key = "t.id",
    .sort = "start_at,session_id,sort,id",
    .from = "tier t join session s on s.id = t.session_id join show h on h.id = s.show_id"
            " join hall x on x.id = s.hall_id join venue v on v.id = x.venue_id"
            " left join stock a on a.sk = (t.id & 4095)::int and a.lot_id = t.id",
    .scope = "(:my_organiser::bigint is null or h.organiser_id = :my_organiser)" PNI_TOLD_SELLERS,
    .search = PNI_SEARCH("h")};

PN_OP_LIST(tier, list, tier_list, .brief = N_("List tiers with their stock"), .out = &pn_tier_t,
    .may = READERS, .example = "pn tier list --where 'session_id=hamlet-01'")

int pni_tier_stock_look(pn *p, int64_t tier, pni_tier_stock *out)
{
    int64_t mine = pn_who(p)->organiser;
    pni_one_id in = {tier}, session;
    int rc = pn_one(p, &pni_tier_stock_lock, &in, &session);
    if (!rc)
        rc = pn_one(p, &pni_tier_stock_get, &in, out);
    if (rc == PN_ENONE)
        return pn_fail(p, rc, "tier", pn_tr("There is no %s %" PRId64),
                       pni_noun_word("tier"), tier);
    PN_TRY(rc);
    if (mine && mine != out->organiser)
        return pn_fail(p, PN_EPERM, NULL, pn_tr("The show belongs to another organiser"));
    return 0;
}

/* The stock of numbered seats is their sum. */
static int unseated(pn *p, const pni_tier_stock *s)
{
    if (!s->seated)
        return 0;
    (void)pn_fail(p, PN_ESTATE, NULL, pn_tr("This tier is sold by seat"));
    return pn_hint(p, pn_tr("Its stock follows the zone plan of the session"));
}

int pni_tier_stock_move(pn *p, const pni_tier_stock *s, int delta, const char *reason)
{
    moved m = {.tier_id = s->id, .session_id = s->session_id, .delta = delta, .reason = reason};
    int64_t seats = s->used + delta, n;
    if (!delta)
        return 0;
    PN_TRY(unseated(p, s));
    if (delta > 0 && s->capacity && seats > s->capacity)
        return pn_fail(p, PN_ECAP, "qty",
                       pn_tr("%" PRId64 " seats in all, %" PRId64 " are approved for the session"),
                       seats, s->capacity);
    PN_TRY(pn_new_id(p, pn_sk(s->id), &m.id));
    PN_TRY(pn_exec(p, &pni_tier_stock_add, &m, &n));
    if (!n)
        return pn_fail(p, PN_ESTOCK, "qty", pn_tr("%d are sold or held already"), s->taken);
    return pn_exec(p, &pni_tier_stock_log, &m, NULL);
}

static int show(pn *p, const struct pn_tier_show *in, pn_tier *out)
{
    return pni_row(p, &tier_list_op, in->id, out);
}

static int create(pn *p, const struct pn_tier_create *in, pn_tier *out)
{
    struct pn_tier_edit row = {0};
    pni_tier_stock s = {0};
    pni_copy(&pni_tier_edit_t, &row, &create_t, in, false);
    PN_TRY(pni_noun_insert(p, &pni_tier_noun, pn_sk(in->session), &row, out));
    PN_TRY(pn_exec(p, &new_stock, &(moved){.tier_id = row.id, .session_id = in->session}, NULL));
    PN_TRY(pni_tier_stock_look(p, row.id, &s));
    PN_TRY(pni_tier_stock_move(p, &s, in->qty, "first stock"));
    return pni_row(p, &tier_list_op, row.id, out);
}

static int kind_of(const struct pn_tier_edit *t)
{
    return t->special_kind.v == PN_SPECIAL_ORDINARY ? PN_SPECIAL_UNSET : t->special_kind.v;
}

/* Lock the session and the tier, and ask every rule. */
static int may_change(pn *p, const struct pn_tier_edit *in, struct pn_tier_edit *now, bool *live,
                      int64_t *show_id)
{
    pni_tier_stock s = {0};
    pni_one_id sold = {0};
    PN_TRY(pni_tier_stock_look(p, in->id, &s));
    PN_TRY(pni_now(p, &pni_tier_noun, in->id, now));
    PN_TRY(pni_fresh(p, in, now));
    *live = s.live;
    *show_id = s.show_id;
    if (in->session && in->session != now->session)
        return pn_fail(p, PN_EARG, "session", pn_tr("A tier stays with its session"));
    bool price = in->face_price.fen && in->face_price.fen != now->face_price.fen;
    bool combo = in->combo_n && in->combo_n != now->combo_n;
    bool special = in->special_kind.v && kind_of(in) != kind_of(now);
    if (price || combo || special) {
        PN_TRY(pn_one(p, &ever_sold, &(pni_one_id){in->id}, &sold));
        if (s.taken || sold.id) {
            if (price || combo)
                (void)pn_fail(p, PN_ESTATE, price ? "face_price" : "combo_n",
                              pn_tr("Tickets of this tier are sold or held, their price stays"));
            else
                (void)pn_fail(p, PN_ESTATE, "special_kind", "%s",
                              pn_tr("Tickets of this tier are sold or held as they are"));
            return pn_hint(p, pn_tr("Hide this tier and add another one"));
        }
    }
    return 0;
}

static int change(pn *p, const void *asked)
{
    struct pn_tier_edit now;
    int64_t show_id;
    bool live;
    PN_TRY(may_change(p, asked, &now, &live, &show_id));
    return pni_noun_update(p, &pni_tier_noun, &now, asked);
}

static int edit(pn *p, const struct pn_tier_edit *in, pn_tier *out)
{
    struct pn_tier_edit now;
    int64_t show_id;
    bool live;
    PN_TRY(may_change(p, in, &now, &live, &show_id));
    if (live)
        PN_TRY(pni_revision_open(p, &pni_tier_noun, show_id, &now, in));
    else
        PN_TRY(pni_noun_update(p, &pni_tier_noun, &now, in));
    return pni_row(p, &tier_list_op, in->id, out);
}

static int remove_(pn *p, const struct pn_tier_remove *in, pn_tier_removed *out)
{
    struct pn_tier_edit now, after;
    pni_tier_stock s = {0};
    pni_one_id id = {in->id}, sold = {0}, offered = {0};
    PN_TRY(pni_tier_stock_look(p, in->id, &s));
    PN_TRY(pni_now(p, &pni_tier_noun, in->id, &now));
    PN_TRY(pn_one(p, &ever_sold, &id, &sold));
    PN_TRY(unseated(p, &s));
    PN_TRY(pn_one(p, &ever_offered, &id, &offered));
    PN_TRY(unseated(p, &s));
    *out = (pn_tier_removed){in->id, s.taken || sold.id || offered.id};
    if (out->hidden) {
        PN_TRY(pn_exec(p, &hide, &id, NULL));
        PN_TRY(pn_one(p, &now_sql, &id, &after));
        return pn_audit(p, "tier", in->id, &pni_tier_edit_t, &now, &after, in->reason);
    }
    PN_TRY(pn_exec(p, &drop_moves, &id, NULL));
    PN_TRY(pn_exec(p, &drop_stock, &id, NULL));
    PN_TRY(pn_exec(p, &drop, &id, NULL));
    return pn_audit(p, "tier", in->id, &pni_tier_edit_t, &now, NULL, in->reason);
}

static int import(pn *p, const struct pn_import *in, pn_import_result *out)
{
    return pni_tier_import(p, in, out);
}

PN_OP(tier, create, pn_tier, .brief = N_("Add a tier to a session"), .in = &create_t,
    .out = &pn_tier_t, .may = AUTHORS, .flags = PN_WRITE | PN_ONCE,
    .example = "pn tier create hamlet-01-a --session hamlet-01 --name 池座"
               " --face-price 580 --qty 300")
PN_OP(tier, edit, pn_tier,
    .brief = N_("Change a tier, or propose a change when its show is live"),
    .in = &pni_tier_edit_t, .out = &pn_tier_t, .may = AUTHORS, .flags = PN_WRITE | PN_ONCE,
    .help = N_("Under a published show it stays as it is until a second person approves the"
               " revision."),
    .example = "pn tier edit hamlet-01-a --hidden yes")
PN_OP(tier, show, pn_tier, .brief = N_("Show one tier"), .in = &show_t, .out = &pn_tier_t,
    .may = READERS, .example = "pn tier show hamlet-01-a")
PNI_IMPORT_OP(tier, .brief = N_("Import tiers and their stock from CSV or YAML"), .may = AUTHORS,
    .example = "pn tier import tier.csv --report FAILED")
static int tier_remove_run(pn *p, const void *in, void *out)
{
    return remove_(p, in, out);
}
static const pn_op tier_remove_op = {.noun = "tier", .verb = "remove", .run = tier_remove_run,
    .brief = N_("Delete a tier that was never sold, hide one that was"), .in = &remove_t,
    .out = &removed_t, .may = AUTHORS, .flags = PN_WRITE | PN_ONCE | PN_DANGER,
    .example = "pn tier remove hamlet-01-a",
    .lasting = N_("What has ended does not come back: set up a new one")};
int pn_tier_remove(pn *p, const struct pn_tier_remove *in, pn_tier_removed *out)
{
    return pn_call(p, &tier_remove_op, in, out);
}

const pni_noun pni_tier_noun = {"tier", &create_t, &pni_tier_edit_t, &now_sql, &by_code, &insert,
                                &update, &tier_list_op, &tier_create_op, &tier_edit_op, NULL,
                                change};

static int resolve(pn *p, const char *text, int64_t *id)
{
    return pni_resolve(p, &by_code, "tier", text, id);
}

const pn_module pn_tier_module = {
    .noun = "tier",
    .title = N_("Tiers"),
    .ops = PN_LIST(pn_op, &tier_list_op, &tier_show_op, &tier_create_op, &tier_edit_op,
                   &tier_remove_op, &tier_import_op),
    .sql = PN_LIST(pn_sql, &now_sql, &by_code, &insert, &update, &drop_moves, &drop_stock, &drop,
                   &ever_sold, &ever_offered,
                   &hide, &new_stock, &pni_tier_stock_lock, &pni_tier_stock_get,
                   &pni_tier_stock_add, &pni_tier_stock_log, &pni_tier_import_known,
                   &pni_tier_import_lock, &pni_tier_import_sessions, &pni_tier_import_names,
                   &pni_tier_import_insert, &pni_tier_import_stock, &pni_tier_import_move),
    .resolve = resolve,
};
