/* SPDX-License-Identifier: Apache-2.0 */
/* Stock by quantity. The rules live with the tiers, which get their first stock when they are
 * made; this noun is what people change it by. */
#include "stock.h"
#include "base/search_int.h"
#include "catalog/free_int.h"
#include "catalog/tier_int.h"

static PN_TYPE(stock_t, "stock", pn_stock,
    PN_COL(pn_stock, tier_id, N_("Tier number"), .flags = PN_KEY | PN_SORT, .ref = "tier",
           .sql = "t.id"),
    PN_COL(pn_stock, tier_code, N_("Tier code"), .flags = PN_BRIEF | PN_SORT, .sql = "t.code"),
    PN_COL(pn_stock, session_id, N_("Session number"), .ref = "session", .sql = "t.session_id"),
    PN_COL(pn_stock, show, N_("Show"), .flags = PN_BRIEF, .sql = "h.title"),
    PN_COL(pn_stock, start_at, N_("Starts"), .flags = PN_BRIEF | PN_SORT, .sql = "s.start_at"),
    PN_COL(pn_stock, tier, N_("Tier"), .flags = PN_BRIEF, .sql = "t.name"),
    PN_COL(pn_stock, total, N_("Total"), .flags = PN_BRIEF, .sql = "coalesce(a.qty_total, 0)"),
    PN_COL(pn_stock, locked, N_("Held"), .flags = PN_BRIEF, .sql = "coalesce(a.qty_locked, 0)"),
    PN_COL(pn_stock, sold, N_("Sold"), .flags = PN_BRIEF, .sql = "coalesce(a.qty_sold, 0)"),
    PN_COL(pn_stock, available, N_("Left"), .flags = PN_BRIEF,
           .sql = "coalesce(a.qty_total - a.qty_held - a.qty_locked - a.qty_sold + "
                  PNI_FREED("a") ", 0)"));
static PN_TYPE(move_t, "stock.move", pn_stock_move,
    PN_COL(pn_stock_move, id, N_("Id"), .flags = PN_KEY | PN_SORT, .sql = "m.id"),
    PN_COL(pn_stock_move, at, N_("Time"), .flags = PN_BRIEF | PN_SORT, .sql = "m.at"),
    PN_COL(pn_stock_move, tier_id, N_("Tier number"), .ref = "tier", .sql = "m.lot_id"),
    PN_COL(pn_stock_move, tier_code, N_("Tier code"), .flags = PN_BRIEF, .sql = "t.code"),
    PN_COL(pn_stock_move, delta, N_("Change by"), .flags = PN_BRIEF, .sql = "m.delta"),
    PN_COL(pn_stock_move, reason, N_("Reason"), .flags = PN_BRIEF, .sql = "m.reason"),
    PN_COL(pn_stock_move, by, N_("By"), .flags = PN_BRIEF, .sql = "w.name"));

static PN_TYPE(show_t, "stock.show", struct pn_stock_show,
    PN_COL(struct pn_stock_show, tier, N_("Tier"), .flags = PN_KEY | PN_REQ | PN_ARG,
        .ref = "tier"));
static PN_TYPE(set_t, "stock.set", struct pn_stock_set,
    PN_COL(struct pn_stock_set, tier, N_("Tier"), .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "tier"),
    PN_COL(struct pn_stock_set, qty, N_("Total"), .flags = PN_ARG, .min = 0, .max = 500000),
    PN_COL(struct pn_stock_set, reason, N_("Reason"), .flags = PN_REQ, .max = 200));
static PN_TYPE(add_t, "stock.add", struct pn_stock_add,
    PN_COL(struct pn_stock_add, tier, N_("Tier"), .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "tier"),
    PN_COL(struct pn_stock_add, qty, N_("Change by"), .flags = PN_REQ | PN_OPT | PN_ARG,
           .min = -500000, .max = 500000),
    PN_COL(struct pn_stock_add, reason, N_("Reason"), .flags = PN_REQ, .max = 200));

static const pn_list_spec stock_list = {.row = &stock_t, .key = "t.id",
    .sort = "start_at,tier_code",
    .from = "tier t join session s on s.id = t.session_id join show h on h.id = s.show_id"
            " left join stock a on a.sk = (t.id & 4095)::int and a.lot_id = t.id",
    .scope = "(:my_organiser::bigint is null or h.organiser_id = :my_organiser)",
    .search = PNI_SEARCH("h")};
static const pn_list_spec move_list = {.row = &move_t, .key = "m.id", .sort = "-at",
    .from = "stock_move m join tier t on t.id = m.lot_id join session s on s.id = t.session_id"
            " join show h on h.id = s.show_id left join staff w on w.id = m.actor_id",
    .scope = "(:my_organiser::bigint is null or h.organiser_id = :my_organiser)"};

#define READERS                                                                                    \
    (PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_BOXOFFICE | PN_ROLE_ORGANISER | PN_ROLE_SYSTEM)
#define KEEPERS (PN_ROLE_OPS | PN_ROLE_ORGANISER)

PN_OP_LIST(stock, list, stock_list, .brief = N_("List the stock of tiers"), .out = &stock_t,
    .may = READERS, .example = "pn stock list --where 'available<10'")
PN_OP_LIST(stock, moves, move_list, .brief = N_("List changes of stock, newest first"),
    .out = &move_t, .may = READERS, .example = "pn stock moves --where 'at=today'")

static int show(pn *p, const struct pn_stock_show *in, pn_stock *out)
{
    pn_page page = {0};
    char *where = pn_printf(p, "tier_id=%lld", (long long)in->tier);
    if (!where)
        return pni_mem(p);
    PN_TRY(pn_call(p, &stock_list_op, &(pn_list){.where = where, .limit = 1}, &page));
    if (!page.rows.n)
        return pn_fail(p, PN_ENONE, "tier", pn_tr("There is no %s %lld"), pni_noun_word("tier"),
                       (long long)in->tier);
    *out = *(const pn_stock *)page.rows.row;
    return 0;
}

static int move(pn *p, int64_t tier, const pni_tier_stock *s, int delta, const char *reason,
                pn_stock *out)
{
    pn_stock before;
    PN_TRY(show(p, &(struct pn_stock_show){tier}, &before));
    PN_TRY(pni_tier_stock_move(p, s, delta, reason));
    if (delta > 0)
        PN_TRY(pn_outbox(p, PNI_STOCK_FREED, s->session_id, NULL, NULL, NULL));
    PN_TRY(show(p, &(struct pn_stock_show){tier}, out));
    return pn_audit(p, "stock", tier, &stock_t, &before, out, reason);
}

static int set(pn *p, const struct pn_stock_set *in, pn_stock *out)
{
    pni_tier_stock s = {0};
    PN_TRY(pni_tier_stock_look(p, in->tier, &s));
    return move(p, in->tier, &s, in->qty - s.total, in->reason, out);
}

static int add(pn *p, const struct pn_stock_add *in, pn_stock *out)
{
    pni_tier_stock s = {0};
    PN_TRY(pni_tier_stock_look(p, in->tier, &s));
    if (in->qty < 0 && s.total + (int64_t)in->qty < s.taken)
        return pn_fail(p, PN_ESTOCK, "qty", pn_tr("%d are sold or held already"), s.taken);
    return move(p, in->tier, &s, in->qty, in->reason, out);
}

PN_OP(stock, show, pn_stock, .brief = N_("Show the stock of one tier"), .in = &show_t,
    .out = &stock_t, .may = READERS, .example = "pn stock show hamlet-01-a")
PN_OP(stock, set, pn_stock, .brief = N_("Set the total stock of a tier"), .in = &set_t,
    .out = &stock_t, .may = KEEPERS, .flags = PN_WRITE | PN_ONCE,
    .example = "pn stock set hamlet-01-a 320 --reason 'new count'")
PN_OP(stock, add, pn_stock, .brief = N_("Add to the stock of a tier, or take from it"),
    .in = &add_t, .out = &stock_t, .may = KEEPERS, .flags = PN_WRITE | PN_ONCE,
    .example = "pn stock add hamlet-01-a 20 --reason 'house seats released'")

const pn_module pn_stock_module = {
    .noun = "stock",
    .title = N_("Stock"),
    .ops = PN_LIST(pn_op, &stock_list_op, &stock_moves_op, &stock_show_op, &stock_set_op,
                   &stock_add_op),
};
