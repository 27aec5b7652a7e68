/* SPDX-License-Identifier: Apache-2.0 */
/* account.c — what channels have with us: a guarded balance and its moves, nothing else changes
 * either. Whoever acts for a channel is decided here, too. */
#include "channel/channel_int.h"

typedef struct move_in {
    int64_t id, channel_id, ref, order_id;
    const char *book, *kind, *reason;
    pn_money amount_fen;
} move_in;
#define M(f, ...) PN_COL(move_in, f, #f, __VA_ARGS__)
static PN_TYPE(move_in_t, "channel.move_in", move_in, M(id), M(channel_id), M(ref),
    M(order_id, .flags = PN_OPT), M(book), M(kind), M(reason), M(amount_fen));
#undef M
typedef struct moved { pn_money left_fen; } moved;
static PN_TYPE(moved_t, "channel.moved", moved, PN_COL(moved, left_fen, N_("Left")));

/* Only the prepaid book is guarded: what a channel collected for us it owes in any case. */
const pn_sql pni_channel_move_sql = {"channel_move", &move_in_t, &moved_t,
    "with a as (update channel_account a set"
    "   balance_fen = a.balance_fen + case when :book = 'PREPAID' then :amount_fen else 0 end,"
    "   receivable_fen = a.receivable_fen"
    "    + case when :book = 'PREPAID' then 0 else :amount_fen end"
    "  where a.sk = :channel_id# and a.channel_id = :channel_id and (:book <> 'PREPAID'"
    "   or :amount_fen >= 0 or a.balance_fen + a.credit_fen + :amount_fen >= 0)"
    "  returning a.balance_fen, a.receivable_fen),"
    " m as (insert into channel_move (sk, id, channel_id, book, kind, ref, order_id, amount_fen,"
    "   left_fen, reason, actor_id, at) select :channel_id#, :id, :channel_id, :book, :kind, :ref,"
    "   :order_id, :amount_fen, case when :book = 'PREPAID' then a.balance_fen"
    "   else a.receivable_fen end, coalesce(:reason, ''), :me, :now from a)"
    " select case when :book = 'PREPAID' then a.balance_fen else a.receivable_fen end as left_fen"
    " from a", false};

int pni_channel_move(pn *p, const pni_channel_money *m, int64_t *left)
{
    move_in in = {.channel_id = m->channel_id, .ref = m->ref, .order_id = m->order_id,
                  .book = m->book, .kind = m->kind, .reason = m->reason, .amount_fen = {m->fen}};
    moved out;
    PN_TRY(pn_new_id(p, pn_sk(m->channel_id), &in.id));
    if (!in.ref)
        in.ref = in.id;
    int rc = pn_one(p, &pni_channel_move_sql, &in, &out);
    if (rc == PN_ENONE) {
        pn_fail(p, PN_EBALANCE, "channel", pn_tr("The channel's account does not cover %lld.%02d"
                " yuan"), (long long)(-m->fen / 100), (int)(-m->fen % 100));
        return pn_hint(p, "%s", pn_tr("Top it up (channel topup) or raise its credit"));
    }
    PN_TRY(rc);
    if (left)
        *left = out.left_fen.fen;
    return 0;
}

/* ---- who acts for whom ---- */

typedef struct mine_row { int64_t channel_id; } mine_row;
static PN_TYPE(mine_row_t, "channel.mine", mine_row, PN_COL(mine_row, channel_id, N_("Channel")));
const pn_sql pni_channel_mine_sql = {"channel_mine", NULL, &mine_row_t,
    "select channel_id from channel_member where staff_id = :me", false};

int pni_channel_may(pn *p, int64_t mine, int64_t asked, int64_t *channel)
{
    uint32_t roles = pn_who(p)->roles;
    bool anybody = roles & (PN_ROLE_ADMIN | PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_SYSTEM);
    *channel = anybody && asked ? asked : mine;
    if (!anybody && asked && asked != mine)
        return pn_fail(p, PN_EPERM, "channel", "%s", pn_tr("You act for another channel"));
    if (*channel)
        return 0;
    pn_fail(p, PN_EARG, "channel", "%s", anybody ? pn_tr("Name the channel")
                                                 : pn_tr("Your login belongs to no channel"));
    return pn_hint(p, "%s", anybody ? pn_tr("channel list shows them")
                                    : pn_tr("Operations joins logins to channels: channel join"));
}

int pni_channel_of_actor(pn *p, int64_t asked, int64_t *channel)
{
    mine_row row = {0};
    int rc = pn_one(p, &pni_channel_mine_sql, NULL, &row);
    if (rc && rc != PN_ENONE)
        return rc;
    return pni_channel_may(p, row.channel_id, asked, channel);
}
