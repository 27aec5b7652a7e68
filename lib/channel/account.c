/* SPDX-License-Identifier: Apache-2.0 */
/* account.c — what channels have with us: two accounts of the ledger, and the moves of a channel as
 * their documents. Whoever acts for a channel is decided here, too. */
#include <string.h>

#include "base/policy_int.h"
#include "channel/channel_int.h"
#include "ledger/ledger_int.h"

typedef struct move_in {
    int64_t id, channel_id, ref, order_id;
    const char *book, *kind, *reason;
    pn_money amount_fen, left_fen;
} move_in;
#define M(f, ...) PN_COL(move_in, f, #f, __VA_ARGS__)
static PN_TYPE(move_in_t, "channel.move_in", move_in, M(id), M(channel_id), M(ref),
    M(order_id, .flags = PN_OPT), M(book), M(kind), M(reason), M(amount_fen), M(left_fen));
#undef M
const pn_sql pni_channel_move_sql = {"channel_move", &move_in_t, NULL,
    "insert into channel_move (sk, id, channel_id, book, kind, ref, order_id, amount_fen, left_fen,"
    " reason, actor_id, at) values (:channel_id#, :id, :channel_id, :book, :kind, :ref, :order_id,"
    " :amount_fen, :left_fen, coalesce(:reason, ''), :me, :now)", false};

/* Which posting it is. */
enum { AS_IS, BACK, ADDED, TAKEN }; /* how much: as the rule says, or by the sign of the move */
static const struct { const char *book, *kind, *rule, *biz_kind; int way; } postings[] = {
    {"PREPAID", "TOPUP", "AGENT_TOPUP", "CHANNEL_MOVE", AS_IS},
    {"PREPAID", "PAYOUT", "AGENT_PAYOUT", "CHANNEL_MOVE", AS_IS},
    {"PREPAID", "ORDER", "AGENT_ORDER", "ORDER", AS_IS},
    {"PREPAID", "REFUND", "AGENT_BACK", "REFUND", AS_IS},
    {"PREPAID", "REBATE", "REBATE_AGENT", "CHANNEL_REBATE", ADDED},
    {"RECEIVABLE", "ORDER", "CHANNEL_ORDER", "ORDER", AS_IS},
    {"RECEIVABLE", "REFUND", "CHANNEL_BACK", "REFUND", AS_IS},
    {"RECEIVABLE", "SHARE", "CHANNEL_SHARE", "ORDER", AS_IS},
    {"RECEIVABLE", "SHARE_BACK", "CHANNEL_SHARE", "REFUND", BACK},
    {"RECEIVABLE", "REBATE_DUE", "REBATE_CHANNEL", "CHANNEL_REBATE", TAKEN},
    {"RECEIVABLE", "RECEIVED", "CHANNEL_PAID", "CHANNEL_MOVE", AS_IS}};

static int post(pn *p, const pni_channel_money *m, const move_in *in)
{
    size_t i = 0, n = sizeof postings / sizeof *postings;
    while (i < n && (strcmp(postings[i].book, m->book) || strcmp(postings[i].kind, m->kind)))
        i++;
    if (i == n)
        return pn_fail(p, PN_EINTERNAL, NULL, "no posting for %s %s", m->book, m->kind);
    int home = pn_sk(m->channel_id);
    int way = postings[i].way;
    int64_t fen = way == ADDED ? m->fen : way == TAKEN ? -m->fen : m->fen < 0 ? -m->fen : m->fen;
    pni_doc d = {.rule = postings[i].rule, .biz_kind = postings[i].biz_kind, .biz_id = in->ref,
                 .channel = m->channel_id, .memo = m->reason,
                 .sale = m->order_id ? pn_sk(m->order_id) : home,
                 .amount_fen = {way == BACK ? -fen : fen}};
    int rc = pni_post_now(p, &d, home);
    if (rc == PN_EBALANCE) {
        pn_fail(p, PN_EBALANCE, "channel", pn_tr("The channel's account does not cover %lld.%02d"
                " yuan"), (long long)(-m->fen / 100), (int)(-m->fen % 100));
        return pn_hint(p, "%s", pn_tr("Top it up (channel topup) or raise its credit"));
    }
    return rc;
}

/* Only the prepaid book is guarded: what a channel collected for us it owes in any case. */
static int move(pn *p, const pni_channel_money *m, int64_t *left)
{
    bool prepaid = !strcmp(m->book, "PREPAID");
    move_in in = {.channel_id = m->channel_id, .ref = m->ref, .order_id = m->order_id,
                  .book = m->book, .kind = m->kind, .reason = m->reason, .amount_fen = {m->fen}};
    pni_balance now;
    PN_TRY(pn_new_id(p, pn_sk(m->channel_id), &in.id));
    if (!in.ref)
        in.ref = in.id;
    PN_TRY(post(p, m, &in));
    PN_TRY(pni_account_balance(p, (pni_account){prepaid ? PNI_KIND_AGENT_PREPAID
                                                        : PNI_KIND_CHANNEL_RECEIVABLE,
                                                m->channel_id, NULL}, &now));
    in.left_fen = now.balance_fen;
    if (left)
        *left = now.balance_fen.fen;
    return pn_queue(p, &pni_channel_move_sql, &in, 0, NULL, NULL);
}

/* Its commission is a part of what it sold, at the rate of then; of what was refunded since, of all
 * refunds together to the fen, it has none. */
typedef struct share { int64_t channel_id, order_id, sold_fen, back_fen, share_fen, returned_fen;
    int commission_bp; } share;
#define S(f) PN_COL(share, f, #f)
static PN_TYPE(share_t, "channel.share", share, S(channel_id), S(order_id), S(sold_fen),
    S(back_fen), S(share_fen), S(returned_fen), S(commission_bp));
#undef S
#define OF(kind) "coalesce(sum(abs(m.amount_fen)) filter (where m.kind = '" kind "'), 0)::bigint"
const pn_sql pni_channel_share_sql = {"channel_share", &share_t, &share_t,
    "select (select c.commission_bp from channel c where c.id = :channel_id) as commission_bp, "
    OF("ORDER") " as sold_fen, " OF("REFUND") " as back_fen, " OF("SHARE") " as share_fen, "
    OF("SHARE_BACK") " as returned_fen from channel_move m where m.sk = :channel_id#"
    " and m.channel_id = :channel_id and m.order_id = :order_id and m.book = 'RECEIVABLE'", false};

static int share_of(pn *p, const pni_channel_money *m, bool sold)
{
    share s;
    pni_channel_money own = *m;
    PN_TRY(pn_one(p, &pni_channel_share_sql,
                  &(share){.channel_id = m->channel_id, .order_id = m->order_id}, &s));
    own.kind = sold ? "SHARE" : "SHARE_BACK";
    own.fen = sold ? -pni_bp(m->fen, s.commission_bp)
              : s.sold_fen ? (int64_t)((__int128)s.share_fen * s.back_fen / s.sold_fen) -
                                 s.returned_fen
                           : 0;
    return own.fen ? move(p, &own, NULL) : 0;
}

int pni_channel_move(pn *p, const pni_channel_money *m, int64_t *left)
{
    bool sold = !strcmp(m->kind, "ORDER");
    PN_TRY(move(p, m, left));
    if (strcmp(m->book, "RECEIVABLE") || (!sold && strcmp(m->kind, "REFUND")))
        return 0;
    return share_of(p, m, sold);
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
