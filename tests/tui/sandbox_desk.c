/* SPDX-License-Identifier: Apache-2.0 */
/* sandbox_desk.c — the sandbox's views, as long as the process lives. */
#include "config.h"
#include "sandbox_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VIEWS = 12 };

typedef struct {
    int64_t id;
    const char *noun, *name, *filter, *sort, *columns;
    int slot;
    bool mine;
} view;
static PN_TYPE(view_t, "view", view, PN_COL(view, id, N_("Id"), .flags = PN_KEY),
               PN_COL(view, noun, N_("List"), .flags = PN_BRIEF),
               PN_COL(view, name, N_("Name"), .flags = PN_BRIEF),
               PN_COL(view, filter, N_("Filter"), .flags = PN_BRIEF),
               PN_COL(view, sort, N_("Sort"), .flags = PN_BRIEF),
               PN_COL(view, columns, N_("Columns")), PN_COL(view, slot, N_("Digit")),
               PN_COL(view, mine, N_("Mine")));
struct view_save { const char *noun, *name, *filter, *sort, *columns; int slot; };
#define SAVE(f, label, ...) PN_COL(struct view_save, f, label, __VA_ARGS__)
static PN_TYPE(save_t, "view.save", struct view_save, SAVE(noun, N_("List"), .flags = PN_REQ),
               SAVE(name, N_("Name"), .flags = PN_REQ), SAVE(filter, N_("Filter")),
               SAVE(sort, N_("Sort")), SAVE(columns, N_("Columns")),
               SAVE(slot, N_("Digit"), .flags = PN_OPT));

static struct {
    char noun[40], name[80], filter[200], sort[64], columns[200];
    int slot;
} kept[VIEWS];
static int64_t views;

static int64_t rows(void)
{
    return views;
}

static void make_view(pn *p, int64_t parent, int64_t i, void *row)
{
    (void)p;
    (void)parent;
    *(view *)row = (view){i + 1, kept[i].noun, kept[i].name, kept[i].filter, kept[i].sort,
                          kept[i].columns, kept[i].slot, true};
}

static int save(pn *p, const void *in, void *out)
{
    const struct view_save *v = in;
    if (views == VIEWS)
        return pn_fail(p, PN_ETOO_BIG, NULL, "No room for another view");
    snprintf(kept[views].noun, sizeof kept->noun, "%s", v->noun);
    snprintf(kept[views].name, sizeof kept->name, "%s", v->name);
    snprintf(kept[views].filter, sizeof kept->filter, "%s", v->filter ? v->filter : "");
    snprintf(kept[views].sort, sizeof kept->sort, "%s", v->sort ? v->sort : "");
    snprintf(kept[views].columns, sizeof kept->columns, "%s", v->columns ? v->columns : "");
    kept[views].slot = v->slot;
    make_view(p, 0, views++, out);
    return 0;
}

static const pn_list_spec all = {VIEWS, make_view, NULL, rows};
OP(op_views, "view", "list", N_("List the views one has kept"), .in = &pn_list_t, .out = &view_t,
   .list = &all);
OP(op_save, "view", "save", N_("Keep a list with its filter, order and columns"), .in = &save_t,
   .out = &view_t, .run = save, .flags = PN_WRITE);
const pn_module sandbox_view = {"view", N_("Views"), PN_LIST(pn_op, &op_views, &op_save)};

/* ---- the limits of work on many rows ---- */

typedef struct { int64_t rows_max, type_rows; pn_money type_fen; int64_t undo_min; } bulk;
static PN_TYPE(bulk_t, "policy.bulk", bulk, PN_COL(bulk, rows_max, N_("Rows")),
               PN_COL(bulk, type_rows, N_("Rows")), PN_COL(bulk, type_fen, N_("Amount")),
               PN_COL(bulk, undo_min, N_("Minutes")));

static int limits(pn *p, const void *in, void *out)
{
    (void)p;
    (void)in;
    *(bulk *)out = (bulk){500, 40, {1000000}, 10};
    return 0;
}

OP(op_limits, "policy", "limits", N_("Show what bounds work on many rows at once"),
   .out = &bulk_t, .run = limits);
const pn_module sandbox_policy = {"policy", N_("Business rules"), PN_LIST(pn_op, &op_limits)};

/* ---- wallets: a list that leads into another list of the same noun ---- */

typedef struct { int64_t merchant_id; const char *merchant; pn_money available_fen; } wallet;
static PN_TYPE(wallet_t, "wallet", wallet,
    PN_COL(wallet, merchant_id, N_("Merchant no."), .flags = PN_KEY, .ref = "wallet"),
    PN_COL(wallet, merchant, N_("Merchant"), .flags = PN_BRIEF),
    PN_COL(wallet, available_fen, N_("Available"), .flags = PN_BRIEF));
typedef struct { int64_t id, merchant_id; pn_money in_fen; } wallet_move;
static PN_TYPE(wallet_move_t, "wallet.move", wallet_move,
    PN_COL(wallet_move, id, N_("Id"), .flags = PN_KEY | PN_BRIEF),
    PN_COL(wallet_move, merchant_id, N_("Merchant"), .ref = "wallet"),
    PN_COL(wallet_move, in_fen, N_("In"), .flags = PN_BRIEF));
static void make_wallet(pn *p, int64_t parent, int64_t i, void *row)
{
    (void)parent;
    *(wallet *)row = (wallet){i + 1, pn_printf(p, "票务 %d", (int)i + 1), {(i + 1) * 10000}};
}
static void make_move(pn *p, int64_t parent, int64_t i, void *row)
{
    (void)p;
    *(wallet_move *)row = (wallet_move){parent * 100 + i, parent, {(i + 1) * 500}};
}
static const pn_list_spec wallets = {3, make_wallet, NULL}, moves = {7, make_move, "merchant_id"};
OP(op_wallets, "wallet", "list", N_("List the wallets of merchants"), .in = &pn_list_t,
   .out = &wallet_t, .list = &wallets);
OP(op_moves, "wallet", "moves", N_("List what moved in wallets, newest first"), .in = &pn_list_t,
   .out = &wallet_move_t, .list = &moves);
const pn_module sandbox_wallet = {"wallet", N_("Wallets"), PN_LIST(pn_op, &op_wallets, &op_moves)};

/* ---- claims ---- */

static const pn_words claim_states[] = {
    {"DRAFT", N_("Draft"), 0}, {"ON_SALE", N_("On sale"), 0}, {"ENDED", N_("Ended"), 0}, {0}};

/* Of another noun: one for each order, of an amount of its own. */
struct claim_in { int64_t order; pn_word kind; const char *reason; };
static PN_TYPE(claim_in_t, "claim.apply", struct claim_in,
    PN_COL(struct claim_in, order, N_("Order"), .flags = PN_REQ | PN_ARG, .ref = "order"),
    PN_COL(struct claim_in, kind, N_("Kind"), .flags = PN_REQ, .words = claim_states),
    PN_COL(struct claim_in, reason, N_("Reason"), .max = 100));
typedef struct { int64_t id; pn_money amount; pn_word state; } claim;
static PN_TYPE(claim_t, "claim", claim, PN_COL(claim, id, N_("Id"), .flags = PN_KEY),
    PN_COL(claim, amount, N_("Amount"), .flags = PN_BRIEF),
    PN_COL(claim, state, N_("State"), .words = claim_states));

static int claim_apply(pn *p, const void *in, void *out)
{
    const struct claim_in *c = in;
    (void)p;
    *(claim *)out = (claim){c->order, {500}, c->kind};
    return 0;
}
OP(op_claim, "claim", "apply", N_("Claim for an order"), .in = &claim_in_t, .out = &claim_t,
   .run = claim_apply, .flags = PN_WRITE | PN_DANGER);
const pn_module sandbox_claim = {"claim", N_("Claims"), PN_LIST(pn_op, &op_claim)};
