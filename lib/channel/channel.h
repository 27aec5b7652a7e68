/* SPDX-License-Identifier: Apache-2.0 */
/* channel.h — whoever sells for us elsewhere: shops, agents, partners; and their accounts. */
#ifndef PN_CHANNEL_NOUN_H
#define PN_CHANNEL_NOUN_H

#include "base/op.h"

PN_BEGIN

#define PN_OUTLET_KINDS(W)                                                                         \
    W(OUTLET, SALES, N_("Sales channel"), 0)                                                       \
    W(OUTLET, AGENT, N_("Distributor"), 0)                                                         \
    W(OUTLET, TRAFFIC, N_("Traffic source"), 0)                                                    \
    W(OUTLET, PARTNER, N_("Partner"), 0)
enum { PN_OUTLET_UNSET, PN_OUTLET_KINDS(PN_WORD_ENUM) };
extern const pn_words pn_outlet_kinds[];

#define PN_OUTLET_STATES(W)                                                                        \
    W(OUTLET, ACTIVE, N_("Active"), 'g')                                                           \
    W(OUTLET, STOPPED, N_("Stopped"), 'd')
enum { PN_OUTLET_STATE_UNSET, PN_OUTLET_STATES(PN_WORD_ENUM) };
extern const pn_words pn_outlet_states[];

/** What a partner's points may pay. */
#define PN_POINTS_USES(W)                                                                          \
    W(POINTS, MIXED, N_("A part, too"), 0)                                                         \
    W(POINTS, ALONE, N_("Whole orders only"), 0)
enum { PN_POINTS_UNSET, PN_POINTS_USES(PN_WORD_ENUM) };
extern const pn_words pn_points_uses[];

/** A channel with its account. `balance` is what it paid ahead; `receivable` what it collected. */
typedef struct pn_channel {
    int64_t id;
    const char *code, *name, *phone;
    pn_word kind, state;
    pn_money balance_fen, credit_fen, receivable_fen;
    int commission_bp;
    int64_t points_yuan;
    int points_fee_bp;
    pn_word points_use;
    pn_time created_at;
} pn_channel;
extern const pn_type pn_channel_t;

/** Two accounts, and what moves them. */
#define PN_CHANNEL_BOOKS(W)                                                                        \
    W(CHANNEL_BOOK, PREPAID, N_("Prepaid"), 0)                                                     \
    W(CHANNEL_BOOK, RECEIVABLE, N_("Receivable"), 0)
enum { PN_CHANNEL_BOOK_UNSET, PN_CHANNEL_BOOKS(PN_WORD_ENUM) };
#define PN_CHANNEL_MOVES(W)                                                                        \
    W(CHANNEL_MOVE, TOPUP, N_("Paid ahead"), 'g')                                                  \
    W(CHANNEL_MOVE, PAYOUT, N_("Paid out to it"), 'w')                                             \
    W(CHANNEL_MOVE, ORDER, N_("Order"), 0)                                                         \
    W(CHANNEL_MOVE, REFUND, N_("Refund"), 'b')                                                     \
    W(CHANNEL_MOVE, SHARE, N_("Its commission"), 0)                                                \
    W(CHANNEL_MOVE, SHARE_BACK, N_("Commission taken back"), 'b')                                  \
    W(CHANNEL_MOVE, RECEIVED, N_("Paid by it"), 'g')                                               \
    W(CHANNEL_MOVE, REBATE, N_("Rebate"), 'g')                                                     \
    W(CHANNEL_MOVE, REBATE_DUE, N_("Rebate, against what it owes"), 'g')
enum { PN_CHANNEL_MOVE_UNSET, PN_CHANNEL_MOVES(PN_WORD_ENUM) };
extern const pn_words pn_channel_books[], pn_channel_moves_words[];

typedef struct pn_channel_moves_row {
    int64_t id, channel_id;
    const char *channel;
    pn_word book, kind;
    int64_t order_id, channel_rebate_id;
    pn_money amount_fen, left_fen;
    const char *reason;
    pn_time at;
} pn_channel_moves_row;

/** A day of a channel's book: what it had, what came and went. Money that leaves is negative. */
typedef struct pn_channel_statement {
    const char *id, *channel;
    pn_word book;
    int64_t channel_id;
    pn_date day;
    pn_money opening_fen, topup_fen, payout_fen, order_fen, refund_fen, share_fen, received_fen,
        rebate_fen, closing_fen;
    int64_t order_n, refund_n;
    pn_time made_at;
} pn_channel_statement;

struct pn_channel_create {
    const char *code, *name, *phone;
    pn_word kind;
    pn_money credit_fen;
};
struct pn_channel_edit {
    int64_t id;
    const char *name, *phone;
    pn_word state;
    pn_money credit_fen;
    bool no_credit;
    int64_t points_yuan;
    int points_fee_bp;
    bool no_points_fee;
    pn_word points_use;
    int commission_bp;
    bool no_commission;
};
struct pn_channel_show { int64_t id; };
/** This login acts for the channel, and sees nothing of the others. */
struct pn_channel_join { int64_t id, staff; };
/** Money paid ahead; negative: paid back. */
/** reference: the line of the bank's statement. */
struct pn_channel_topup { int64_t id; pn_money amount_fen; const char *reference, *reason; };
/** It paid of what it collected for us. PN_EBALANCE: more than it owes. */
struct pn_channel_receive { int64_t id; pn_money amount_fen; const char *reference; };

PN_MUST int pn_channel_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_channel_moves(pn *p, const pn_list *in, pn_page *out);
/** One a day and book, of days that are over. */
PN_MUST int pn_channel_statements(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_channel_show(pn *p, const struct pn_channel_show *in, pn_channel *out);
PN_MUST int pn_channel_create(pn *p, const struct pn_channel_create *in, pn_channel *out);
PN_MUST int pn_channel_edit(pn *p, const struct pn_channel_edit *in, pn_channel *out);
PN_MUST int pn_channel_join(pn *p, const struct pn_channel_join *in, pn_channel *out);
PN_MUST int pn_channel_topup(pn *p, const struct pn_channel_topup *in, pn_channel *out);
PN_MUST int pn_channel_receive(pn *p, const struct pn_channel_receive *in, pn_channel *out);

PN_END
#endif
