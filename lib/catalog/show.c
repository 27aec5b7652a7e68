/* SPDX-License-Identifier: Apache-2.0 */
/* Shows. sale_stage is never stored: it follows from the sessions, their stock and the clock, so
 * it cannot be late. */
#include "show_int.h"
#include "free_int.h"
#include "import_int.h"
#include "index_int.h"
#include "may_int.h"
#include "revision_int.h"
#include "base/search_int.h"
#include "quota_int.h"

const pn_words pn_show_states[] = {PN_SHOW_STATES(PN_WORD_ROW) {0}};
const pn_words pn_show_categories[] = {PN_SHOW_CATEGORIES(PN_WORD_ROW) {0}};
const pn_words pn_sale_stages[] = {PN_SALE_STAGES(PN_WORD_ROW) {0}};
const pn_words pn_resale_policies[] = {PN_RESALE_POLICIES(PN_WORD_ROW) {0}};
const pn_words pn_realname_modes[] = {PN_REALNAME_MODES(PN_WORD_ROW) {0}};
const pn_words pn_refund_policies[] = {PN_REFUND_POLICIES(PN_WORD_ROW) {0}};

/* One number, so that pages go on by it: sold out and then ended last; the title, its beginning,
 * any text, any spelling; the stage of the sale; the next date. */
#define RANK                                                                                       \
    "(case when :q::text is null then 0 else"                                                      \
    " (case x.stage when 1 then 2 when 2 then 1 else 0 end * 100"                                  \
    " + case when split_part(h.folded, '|', 1) = :q then 0 when starts_with(h.folded, :q) then 1"  \
    "  when not exists (select from unnest(string_to_array(:q, ' ')) w"                            \
    "   where position(w in h.folded) = 0) then 2 else 3 end * 10"                                 \
    " + 6 - coalesce(x.stage, 3)) * 10000000000"                                                   \
    " + extract(epoch from coalesce(x.next_at, x.last_at, 'epoch'))::bigint end)"

static const pn_words notices[] = {
    {"children", N_("Children's entry"), 0}, {"realname", N_("Real name"), 0},
    {"entrance", N_("Entrance"), 0}, {"refund", N_("Refunds"), 0},
    {"limit", N_("Purchase limit"), 0}, {"eticket", N_("Kinds of tickets"), 0},
    {"prohibited", N_("What stays outside"), 0}, {0}};

PN_TYPE(pn_show_row_t, "show", pn_show_row,
    PN_COL(pn_show_row, id, N_("Id"), .flags = PN_KEY | PN_SORT, .sql = "h.id"),
    PN_COL(pn_show_row, code, N_("Code"), .flags = PN_BRIEF | PN_SORT, .sql = "h.code"),
    PN_COL(pn_show_row, title, N_("Title"), .flags = PN_BRIEF | PN_SORT, .sql = "h.title"),
    PN_COL(pn_show_row, subtitle, N_("Subtitle"), .sql = "h.subtitle"),
    PN_COL(pn_show_row, city_id, N_("City number"), .ref = "city", .sql = "h.city_id"),
    PN_COL(pn_show_row, venue_id, N_("Venue number"), .ref = "venue", .sql = "h.venue_id"),
    PN_COL(pn_show_row, organiser_id, N_("Organiser"), .flags = PN_OPT, .sql = "h.organiser_id"),
    PN_COL(pn_show_row, city, N_("City"), .sql = "c.name"),
    PN_COL(pn_show_row, venue, N_("Venue"), .flags = PN_BRIEF | PN_SORT, .sql = "v.name"),
    PN_COL(pn_show_row, category, N_("Category"), .flags = PN_BRIEF | PN_SORT,
           .words = pn_show_categories, .sql = "h.category"),
    PN_COL(pn_show_row, status, N_("Status"), .flags = PN_BRIEF | PN_SORT,
           .words = pn_show_states, .sql = "h.status"),
    PN_COL(pn_show_row, sale_stage, N_("Sale stage"), .flags = PN_BRIEF, .words = pn_sale_stages,
           .sql = "(case coalesce(x.stage, 0) when 6 then 'ONSALE' when 5 then 'TAIL'"
                  " when 4 then 'PRESALE' when 3 then 'COMING' when 2 then 'LACK'"
                  " when 1 then 'ENDED' else 'COMING' end)"),
    PN_COL(pn_show_row, next_at, N_("Next session"), .flags = PN_BRIEF, .sql = "x.next_at"),
    PN_COL(pn_show_row, last_at, N_("Last"), .sql = "x.last_at"),
    PN_COL(pn_show_row, sessions, N_("Sessions"), .flags = PN_BRIEF,
           .sql = "coalesce(x.sessions, 0)"),
    PN_COL(pn_show_row, price_from, N_("Price from"), .flags = PN_BRIEF | PN_EACH | PN_OPT,
           .sql = "x.price_from"),
    PN_COL(pn_show_row, artists, N_("Artists"), .sql = "h.artists"),
    PN_COL(pn_show_row, aliases, N_("Other names"), .sql = "h.aliases"),
    PN_COL(pn_show_row, poster, N_("Poster"), .sql = "h.poster"),
    PN_COL(pn_show_row, notices, N_("Notices"), .flags = PN_LONG, .words = notices,
           .sql = "h.notices"),
    PN_COL(pn_show_row, detail, N_("Description"), .flags = PN_LONG, .sql = "h.detail"),
    PN_COL(pn_show_row, permit_no, N_("Permit"), .sql = "h.permit_no"),
    PN_COL(pn_show_row, approved_capacity, N_("Approved capacity"), .sql = "h.approved_capacity"),
    PN_COL(pn_show_row, is_large, N_("Large show"), .sql = "h.is_large"),
    PN_COL(pn_show_row, resale_policy, N_("Resale"), .words = pn_resale_policies,
           .sql = "h.resale_policy"),
    PN_COL(pn_show_row, realname_mode, N_("Real name"), .words = pn_realname_modes,
           .sql = "h.realname_mode"),
    PN_COL(pn_show_row, refund_policy, N_("Refunds"), .words = pn_refund_policies,
           .sql = "h.refund_policy"),
    PN_COL(pn_show_row, purchase_limit_user, N_("Limit a person"), .sql = "h.purchase_limit_user"),
    PN_COL(pn_show_row, purchase_limit_order, N_("Limit an order"),
           .sql = "h.purchase_limit_order"),
    PN_COL(pn_show_row, author_id, N_("Author"), .ref = "staff", .sql = "h.author_id"),
    PN_COL(pn_show_row, revision, N_("Waiting revision"), .flags = PN_OPT, .ref = "revision",
           .sql = PNI_WAITING("show", "h.id")),
    PN_COL(pn_show_row, rank, N_("Search rank"), .flags = PN_SORT, .sql = RANK),
    PN_COL(pn_show_row, version, N_("Version"), .sql = "h.version"),
    PN_COL(pn_show_row, created_at, N_("Created"), .flags = PN_SORT, .sql = "h.created_at"),
    PN_COL(pn_show_row, updated_at, N_("Updated"), .flags = PN_SORT, .sql = "h.updated_at"));

// clang-format off
#define SHOW_COLS(s, req)                                                                          \
    PN_COL(s, code, N_("Code"), .flags = (req) | PN_ARG, .max = PNI_CODE_MAX,                      \
           .hint = N_("Short name for imports and commands")),                                     \
    PN_COL(s, title, N_("Title"), .flags = (req), .max = PNI_TITLE_MAX),                           \
    PN_COL(s, city, N_("City"), .flags = (req) | PN_OPT, .ref = "city"),                           \
    PN_COL(s, venue, N_("Venue"), .flags = (req) | PN_OPT, .ref = "venue"),                        \
    PN_COL(s, category, N_("Category"), .flags = (req), .words = pn_show_categories),              \
    PN_COL(s, subtitle, N_("Subtitle"), .max = PNI_TITLE_MAX),                                     \
    PN_COL(s, artists, N_("Artists")),                                                             \
    PN_COL(s, aliases, N_("Other names"), .hint = N_("Other spellings to be found by")),           \
    PN_COL(s, poster, N_("Poster"), .max = 500),                                                   \
    PN_COL(s, notices, N_("Notices"), .flags = PN_LONG,                                            \
           .hint = N_("Object of texts: children, realname, entrance, refund, limit …")),          \
    PN_COL(s, detail, N_("Description"), .flags = PN_LONG, .max = 100000),                         \
    PN_COL(s, permit_no, N_("Permit"), .max = 100),                                                \
    PN_COL(s, approved_capacity, N_("Approved capacity"), .flags = PN_OPT, .min = 0,               \
           .max = 500000),                                                                         \
    PN_COL(s, is_large, N_("Large show"), .words = pni_yes_no),                                    \
    PN_COL(s, resale_policy, N_("Resale"), .words = pn_resale_policies),                           \
    PN_COL(s, realname_mode, N_("Real name"), .words = pn_realname_modes),                         \
    PN_COL(s, refund_policy, N_("Refunds"), .words = pn_refund_policies),                          \
    PN_COL(s, purchase_limit_user, N_("Limit a person"), .flags = PN_OPT, .min = 0, .max = 100,    \
           .hint = N_("Tickets a person may hold of one session; 0 = no limit")),                  \
    PN_COL(s, purchase_limit_order, N_("Limit an order"), .flags = PN_OPT, .min = 0, .max = 100),  \
    PN_COL(s, organiser, N_("Organiser"), .flags = PN_OPT)
// clang-format on

static PN_TYPE(create_t, "show.create", struct pn_show_create,
    SHOW_COLS(struct pn_show_create, PN_REQ));
PN_TYPE(pni_show_edit_t, "show.edit", struct pn_show_edit,
    PN_COL(struct pn_show_edit, id, N_("Show"), .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "show"),
    PN_COL(struct pn_show_edit, version, N_("Version"), .flags = PN_OPT),
    SHOW_COLS(struct pn_show_edit, 0));
static PN_TYPE(show_t, "show.show", struct pn_show_show,
    PN_COL(struct pn_show_show, id, N_("Show"), .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "show"));
// clang-format off
#define STEP_COLS(req)                                                                             \
    PN_COL(struct pn_show_submit, id, N_("Show"), .flags = PN_KEY | PN_REQ | PN_ARG,               \
           .ref = "show"),                                                                         \
    PN_COL(struct pn_show_submit, reason, N_("Reason"), .flags = (req), .max = 500)
// clang-format on
static PN_TYPE(step_t, "show.step", struct pn_show_submit, STEP_COLS(0));
static PN_TYPE(refuse_t, "show.refuse", struct pn_show_submit, STEP_COLS(PN_REQ));

/* What submit and approve look at. */
typedef struct check {
    int64_t id, author_id, organiser;
    pn_word status;
    bool tiers, poster, notices, permit, large, named, quiet;
} check;
static PN_TYPE(check_t, "show.check", check,
    PN_COL(check, id, N_("Show")), PN_COL(check, author_id, N_("Author")),
    PN_COL(check, organiser, N_("Organiser"), .flags = PN_OPT),
    PN_COL(check, status, N_("Status"), .words = pn_show_states), PN_COL(check, tiers, N_("Tiers")),
    PN_COL(check, poster, N_("Poster")), PN_COL(check, notices, N_("Notices")),
    PN_COL(check, permit, N_("Permit")), PN_COL(check, large, N_("Large show")),
    PN_COL(check, named, N_("Real name")), PN_COL(check, quiet, N_("Ended")));

#define NOW                                                                                        \
    "select id, version, code, title, city_id as city, venue_id as venue, category, subtitle,"     \
    " artists, aliases, poster, notices, detail, permit_no, approved_capacity,"                    \
    " case when is_large then 'yes' else 'no' end as is_large, resale_policy, realname_mode,"      \
    " refund_policy, purchase_limit_user, purchase_limit_order, organiser_id as organiser from show"
static const pn_sql now_sql = {"show_now", &pni_one_id_t, &pni_show_edit_t,
    NOW " where id = :id for update"};
static const pn_sql by_code = {"show_by_code", &pni_by_code_t, &pni_show_edit_t,
    NOW " where code = :code"};
static const pn_sql insert = {"show_insert", &pni_show_edit_t, &pni_one_id_t,
    "insert into show (id, code, title, city_id, venue_id, category, subtitle, artists, aliases,"
    " poster, notices, detail, permit_no, approved_capacity, is_large, resale_policy,"
    " realname_mode, refund_policy, purchase_limit_user, purchase_limit_order, organiser_id,"
    " author_id, created_at, updated_at)"
    " values (:id, :code, :title, :city, :venue, :category, coalesce(:subtitle, ''),"
    " coalesce(:artists, '{}'), coalesce(:aliases, '{}'), coalesce(:poster, ''), :notices,"
    " coalesce(:detail, ''), coalesce(:permit_no, ''), coalesce(:approved_capacity, 0),"
    " coalesce(:is_large = 'yes', false), coalesce(:resale_policy, 'OPEN'),"
    " coalesce(:realname_mode, 'NONE'), coalesce(:refund_policy, 'LARGE_2023'),"
    " coalesce(:purchase_limit_user, 0), coalesce(:purchase_limit_order, 6),"
    " coalesce(:my_organiser, :organiser), :me, :now, :now)"
    " on conflict (code) do nothing returning id"};
static const pn_sql update = {"show_update", &pni_show_edit_t, NULL,
    "update show set code = coalesce(:code, code), title = coalesce(:title, title),"
    " city_id = coalesce(:city, city_id), venue_id = coalesce(:venue, venue_id),"
    " category = coalesce(:category, category), subtitle = coalesce(:subtitle, subtitle),"
    " artists = coalesce(:artists, artists), aliases = coalesce(:aliases, aliases),"
    " poster = coalesce(:poster, poster), notices = coalesce(:notices, notices),"
    " detail = coalesce(:detail, detail), permit_no = coalesce(:permit_no, permit_no),"
    " approved_capacity = coalesce(:approved_capacity, approved_capacity),"
    " is_large = coalesce(:is_large = 'yes', is_large),"
    " resale_policy = coalesce(:resale_policy, resale_policy),"
    " realname_mode = coalesce(:realname_mode, realname_mode),"
    " refund_policy = coalesce(:refund_policy, refund_policy),"
    " purchase_limit_user = coalesce(:purchase_limit_user, purchase_limit_user),"
    " purchase_limit_order = coalesce(:purchase_limit_order, purchase_limit_order),"
    " organiser_id = coalesce(:my_organiser, :organiser, organiser_id),"
    " version = version + 1, updated_at = :now where id = :id"};
static const pn_sql set_author = {"show_set_author", &pni_one_id_t, NULL,
    "update show set author_id = :me where id = :id"};
static const pn_sql check_sql = {"show_check", &pni_one_id_t, &check_t,
    "select id, author_id, organiser_id as organiser, status, poster <> '' as poster,"
    " notices is not null and notices <> '{}' as notices, permit_no <> '' as permit,"
    " is_large as large, realname_mode in ('STRICT', 'TICKET') as named,"
    " exists (select from session s join tier t on t.session_id = s.id"
    "  where s.show_id = show.id and not t.hidden) as tiers,"
    " not exists (select from session s where s.show_id = show.id"
    "  and (s.status not in ('ENDED', 'CANCELLED', 'ARCHIVED')"
    "   or s.start_at > :now::timestamptz - interval '30 days')) as quiet"
    " from show where id = :id for update"};
static const pn_sql open_orders = {"show_open_orders", &pni_one_id_t, &pni_one_id_t,
    "select count(*) as id from orders o join session s on s.id = o.session_id"
    " where s.show_id = :id and o.status not in ('COMPLETED', 'REFUNDED', 'CLOSED')"};
static const pn_sql move = {"show_move", &pn_move_t, NULL,
    "update show set status = :to, updated_at = :now where id = :id and status = :from"};

static const pn_edge edges[] = {
    {"DRAFT", "submit", "REVIEWING", 0, NULL},
    {"REVIEWING", "reject", "DRAFT", PN_ROLE_OPS, "show.rejected"},
    {"REVIEWING", "approve", "PUBLISHED", PN_ROLE_OPS, "show.published"},
    {"PUBLISHED", "take_offline", "OFFLINE", PN_ROLE_OPS, "show.offline"},
    {"OFFLINE", "republish", "PUBLISHED", PN_ROLE_OPS, "show.published"},
    {"PUBLISHED", "archive", "ARCHIVED", PN_ROLE_OPS | PN_ROLE_SYSTEM, NULL},
    {"OFFLINE", "archive", "ARCHIVED", PN_ROLE_OPS | PN_ROLE_SYSTEM, NULL},
    {0},
};
static const pn_fsm show_fsm = {N_("show"), pn_show_states, edges, &move};

static const pn_list_spec show_list = {.row = &pn_show_row_t, .key = "h.id", .sort = "id",
    .search_sort = "rank",
    .from = "show h join city c on c.id = h.city_id join venue v on v.id = h.venue_id"
            " left join lateral (select count(*) as sessions, max(s.start_at) as last_at,"
            " min(s.start_at) filter (where s.over_at > :now) as next_at,"
            " min(k.price_from) as price_from, max(case when s.over_at <= :now"
            "  or s.status in ('ENDED', 'CANCELLED', 'ARCHIVED') then 1"
            " when s.status in ('SCHEDULED', 'POSTPONED') then 3"
            " when s.stop_sale_at <= :now or k.free is null"
            "  or (k.free <= 0 and not " PNI_ANY_FREED("s") ") then 2"
            " when s.status = 'ON_SALE' then 6 when s.status = 'TAIL' then 5"
            " when s.status = 'PRESALE' then 4 else 2 end) as stage"
            " from (select id, start_at, status, stop_sale_at,"
            "  coalesce(end_at, start_at + interval '3 hours') as over_at"
            "  from session where show_id = h.id) s"
            " left join lateral (select min(t.face_price_fen) as price_from,"
            "  sum(a.qty_total - a.qty_held - a.qty_locked - a.qty_sold) as free from tier t"
            "  left join stock a on a.sk = (t.id & 4095)::int and a.lot_id = t.id"
            "  where t.session_id = s.id and not t.hidden) k on true) x on true",
    .scope = "(:my_organiser::bigint is null or h.organiser_id = :my_organiser)" PNI_TOLD_SELLERS,
    .search = PNI_SEARCH("h")};

PN_OP_LIST(show, list, show_list, .brief = N_("List and search shows"), .out = &pn_show_row_t,
    .may = READERS, .example = "pn show list -q zjl --where 'status=PUBLISHED'")

int pni_show_mine(pn *p, int64_t organiser)
{
    int64_t mine = pn_who(p)->organiser;
    if (mine && mine != organiser)
        return pn_fail(p, PN_EPERM, NULL, pn_tr("The show belongs to another organiser"));
    return 0;
}

static int show(pn *p, const struct pn_show_show *in, pn_show_row *out)
{
    return pni_row(p, &show_list_op, in->id, out);
}

static int settle(pn *p, const void *after)
{
    int64_t id = ((const struct pn_show_edit *)after)->id;
    PN_TRY(pni_quota_of_show(p, id));
    return pni_index_show(p, id);
}

static int create(pn *p, const struct pn_show_create *in, pn_show_row *out)
{
    return pni_noun_create(p, &pni_show_noun, in, out);
}

static int look(pn *p, int64_t id, check *c)
{
    int rc = pn_one(p, &check_sql, &(pni_one_id){id}, c);
    if (rc == PN_ENONE)
        return pn_fail(p, rc, "id", pn_tr("There is no %s %lld"), pni_noun_word("show"),
                       (long long)id);
    PN_TRY(rc);
    return pni_show_mine(p, c->organiser);
}

static int edit(pn *p, const struct pn_show_edit *in, pn_show_row *out)
{
    struct pn_show_edit now;
    check c = {0};
    PN_TRY(look(p, in->id, &c));
    PN_TRY(pni_now(p, &pni_show_noun, in->id, &now));
    if (c.status.v == PN_SHOW_PUBLISHED || c.status.v == PN_SHOW_OFFLINE) {
        PN_TRY(pni_revision_open(p, &pni_show_noun, in->id, &now, in));
    } else if (c.status.v == PN_SHOW_DRAFT) {
        PN_TRY(pni_noun_update(p, &pni_show_noun, &now, in));
        PN_TRY(pn_exec(p, &set_author, &(pni_one_id){in->id}, NULL));
    } else {
        return pn_fail(p, PN_ESTATE, "id", pn_tr("The show is %s and cannot be changed"),
                       pn_word_label(pn_show_states, c.status));
    }
    return pni_row(p, &show_list_op, in->id, out);
}

static int import(pn *p, const struct pn_import *in, pn_import_result *out)
{
    return pni_import(p, &pni_show_noun, in, out);
}

/* ---- publishing ---- */

static int may_go_live(pn *p, const check *c)
{
    if (!c->tiers)
        return pn_fail(p, PN_ESTATE, "id", pn_tr("The show has no session with a tier"));
    if (!c->poster)
        return pn_fail(p, PN_EARG, "poster", pn_tr("The show has no poster"));
    if (!c->notices)
        return pn_fail(p, PN_EARG, "notices", pn_tr("The show has no notices for buyers"));
    if (c->large && !c->permit)
        return pn_fail(p, PN_EARG, "permit_no", pn_tr("A large show needs its permit number"));
    return 0;
}

static int second_person(pn *p, const check *c)
{
    if (c->author_id == pn_who(p)->id)
        return pn_fail(p, PN_EDUAL, NULL, pn_tr("The author cannot approve; ask a colleague"));
    if (c->large && !c->named)
        return pn_fail(p, PN_EREALNAME, "realname_mode",
                       pn_tr("A large show must ask for a name on every ticket"));
    return 0;
}

static int go(pn *p, const struct pn_show_submit *in, const check *c, const char *event,
              pn_show_row *out)
{
    PN_TRY(pn_step(p, &show_fsm, in->id, c->status, event, in->reason, NULL));
    return pni_row(p, &show_list_op, in->id, out);
}

static int submit(pn *p, const struct pn_show_submit *in, pn_show_row *out)
{
    check c = {0};
    PN_TRY(look(p, in->id, &c));
    if (c.status.v == PN_SHOW_DRAFT)
        PN_TRY(may_go_live(p, &c));
    PN_TRY(pn_exec(p, &set_author, &(pni_one_id){in->id}, NULL));
    return go(p, in, &c, "submit", out);
}

static int approve(pn *p, const struct pn_show_submit *in, pn_show_row *out)
{
    check c = {0};
    PN_TRY(look(p, in->id, &c));
    if (c.status.v == PN_SHOW_REVIEWING) {
        PN_TRY(second_person(p, &c));
        PN_TRY(may_go_live(p, &c));
    }
    return go(p, in, &c, "approve", out);
}

static int reject(pn *p, const struct pn_show_submit *in, pn_show_row *out)
{
    check c = {0};
    PN_TRY(look(p, in->id, &c));
    if (c.status.v == PN_SHOW_REVIEWING && c.author_id == pn_who(p)->id)
        return pn_fail(p, PN_EDUAL, NULL, pn_tr("The author cannot judge the show"));
    return go(p, in, &c, "reject", out);
}

static int offline(pn *p, const struct pn_show_submit *in, pn_show_row *out)
{
    check c = {0};
    PN_TRY(look(p, in->id, &c));
    return go(p, in, &c, "take_offline", out);
}

static int republish(pn *p, const struct pn_show_submit *in, pn_show_row *out)
{
    check c = {0};
    PN_TRY(look(p, in->id, &c));
    if (c.status.v == PN_SHOW_OFFLINE) {
        PN_TRY(second_person(p, &c));
        PN_TRY(may_go_live(p, &c));
    }
    return go(p, in, &c, "republish", out);
}

static int archive(pn *p, const struct pn_show_submit *in, pn_show_row *out)
{
    check c = {0};
    pni_one_id orders = {0};
    PN_TRY(look(p, in->id, &c));
    PN_TRY(pn_one(p, &open_orders, &(pni_one_id){in->id}, &orders));
    if (!c.quiet || orders.id)
        return pn_fail(p, PN_ESTATE, "id",
                       pn_tr("Sessions or orders of the last 30 days are still open"));
    return go(p, in, &c, "archive", out);
}

PN_OP(show, create, pn_show_row, .brief = N_("Draft a show"), .in = &create_t,
    .out = &pn_show_row_t, .may = AUTHORS, .flags = PN_WRITE | PN_ONCE,
    .example = "pn show create hamlet --title 话剧《哈姆雷特》 --city shanghai --venue majestic"
               " --category DRAMA")
PN_OP(show, edit, pn_show_row, .brief = N_("Change a draft, or propose a change of a live show"),
    .in = &pni_show_edit_t, .out = &pn_show_row_t, .may = AUTHORS, .flags = PN_WRITE | PN_ONCE,
    .help = N_("A published show stays as it is until a second person approves the revision."),
    .example = "pn show edit hamlet --subtitle 全新译本")
PN_OP(show, show, pn_show_row, .brief = N_("Show one show"), .in = &show_t,
    .out = &pn_show_row_t, .may = READERS, .example = "pn show show hamlet")
PN_OP(show, submit, pn_show_row, .brief = N_("Hand a draft in for approval"), .in = &step_t,
    .out = &pn_show_row_t, .may = AUTHORS, .flags = PN_WRITE | PN_ONCE,
    .example = "pn show submit hamlet",
    .lasting = N_("It waits for a decision now: reject it there"))
PN_OP(show, approve, pn_show_row, .brief = N_("Publish a show that a colleague handed in"),
    .in = &step_t, .out = &pn_show_row_t, .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE,
    .example = "pn show approve hamlet",
    .lasting = N_("It was decided and is in force: end or suspend it instead"))
PN_OP(show, reject, pn_show_row, .brief = N_("Give a show back to its author"), .in = &refuse_t,
    .out = &pn_show_row_t, .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE,
    .example = "pn show reject hamlet --reason 'poster is blurred'",
    .lasting = N_("It was decided: whoever asked may ask anew"))
PN_OP(show, offline, pn_show_row, .brief = N_("Take a show offline: nothing more is sold"),
    .in = &refuse_t, .out = &pn_show_row_t, .may = PN_ROLE_OPS,
    .flags = PN_WRITE | PN_ONCE | PN_DANGER, .example = "pn show offline hamlet --reason dispute",
    .undo = "republish")
PN_OP(show, republish, pn_show_row, .brief = N_("Bring an offline show back"), .in = &step_t,
    .out = &pn_show_row_t, .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE,
    .example = "pn show republish hamlet",
    .undo = "offline")
PN_OP(show, archive, pn_show_row, .brief = N_("Put a finished show away"), .in = &step_t,
    .out = &pn_show_row_t, .may = PN_ROLE_OPS | PN_ROLE_SYSTEM, .flags = PN_WRITE | PN_ONCE,
    .example = "pn show archive hamlet",
    .lasting = N_("What has ended does not come back: set up a new one"))
PNI_IMPORT_OP(show, .brief = N_("Import shows from CSV or YAML"), .may = AUTHORS,
    .example = "pn show import show.csv")

const pni_noun pni_show_noun = {"show", &create_t, &pni_show_edit_t, &now_sql, &by_code, &insert,
                                &update, &show_list_op, &show_create_op, &show_edit_op, settle,
                                NULL};

static int resolve(pn *p, const char *text, int64_t *id)
{
    return pni_resolve(p, &by_code, "show", text, id);
}

const pn_module pn_show_module = {
    .noun = "show",
    .title = N_("Shows"),
    .ops = PN_LIST(pn_op, &show_list_op, &show_show_op, &show_create_op, &show_edit_op,
                   &show_submit_op, &show_approve_op, &show_reject_op, &show_offline_op,
                   &show_republish_op, &show_archive_op, &show_import_op),
    .sql = PN_LIST(pn_sql, &now_sql, &by_code, &insert, &update, &set_author, &check_sql,
                   &open_orders, &move),
    .fsm = PN_LIST(pn_fsm, &show_fsm),
    .resolve = resolve,
};
