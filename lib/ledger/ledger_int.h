/* SPDX-License-Identifier: Apache-2.0 */
/* ledger_int.h — how the other contexts move money: by rule, with a document, once.
 *
 * A document (pni_doc) is posted by the lines of its rule, each in the shard of the account it
 * touches. pni_post_later() is for the sale: one event with the commit, and the relay posts many
 * together, because the platform's accounts are hot. pni_post_now() is for those whose balance
 * decides (a wallet, an agent's account): the shard of that account is posted in the running
 * transaction, the others follow by event. Money on its way between shards is in TRANSIT. */
#ifndef PNI_LEDGER_H
#define PNI_LEDGER_H

#include "base/sql_int.h"

#pragma GCC visibility push(hidden)

/* ---- accounts ---- */

enum {
    PNI_KIND_UNSET,
#define KIND(name, class_, guard, whose, text) PNI_KIND_##name,
#include "kind.def"
#undef KIND
    PNI_KINDS
};
extern const pn_words pni_kinds[], pni_classes[];
/** A step as people read it. */
#define PNI_STEP(step) "split_part(" step ", '-', 1)"
/** What people call the documents behind entries, and the postings of rule.def. */
extern const pn_words pni_documents[], pni_postings[], pni_posting_steps[], pni_transfers[];
enum { PNI_ASSET, PNI_LIABILITY, PNI_INCOME, PNI_EXPENSE, PNI_TRANSIT, PNI_MEMO };
enum { PNI_PLATFORM, PNI_MERCHANT, PNI_CHANNEL, PNI_SUPPLIER, PNI_ORGANISER };
typedef struct pni_kind { int class_, whose; const char *guard; } pni_kind;
/** PNI_KIND_… */
const pni_kind *pni_kind_of(int kind);
/** Where its balance ordinarily is: "DEBIT" or "CREDIT". */
const char *pni_side_of(int kind);

/** Which account: made when it is first used. `part` may be NULL. */
typedef struct pni_account { int kind; int64_t owner; const char *part; } pni_account;

/** What an account has, as its owner reads it: positive is the ordinary. */
typedef struct pni_balance { int64_t id; pn_money balance_fen, held_fen, free_fen; } pni_balance;
/** Of an account that belongs to somebody; zero when it was never used. */
PN_MUST int pni_account_balance(pn *p, pni_account a, pni_balance *out);
/** Of all accounts of an owner, by kind; nobody else moves them in this transaction. */
PN_MUST int pni_owner_balances(pn *p, int64_t owner, pni_balance out[PNI_KINDS]);
/** How far it may be overdrawn. PN_EBALANCE: it is, further than that. */
PN_MUST int pni_account_overdraft(pn *p, pni_account a, int64_t fen);

/* ---- transfers ---- */

/* In this order: of several things wrong the first is told. */
#define PNI_TRANSFER_STATUSES(S)                                                                   \
    S(OK, N_("Done"))                                                                              \
    S(AMOUNT, N_("The amount is not positive"))                                                    \
    S(SAME_ACCOUNT, N_("Debit and credit are the same account"))                                   \
    S(REPEATED, N_("Done before"))                                                                 \
    S(DIFFERENT, N_("Done before, with another content"))                                          \
    S(DAY_CLOSED, N_("The books of that day are closed"))                                          \
    S(DEBIT_CLOSED, N_("The debited account is closed"))                                           \
    S(CREDIT_CLOSED, N_("The credited account is closed"))                                         \
    S(HELD_MISSING, N_("There is no such reservation"))                                            \
    S(HELD_ACCOUNTS, N_("The reservation is of other accounts"))                                   \
    S(HELD_POSTED, N_("The reservation was posted"))                                               \
    S(HELD_VOIDED, N_("The reservation was let go"))                                               \
    S(HELD_LESS, N_("More than is reserved"))                                                      \
    S(DEBIT_LIMIT, N_("The debited account has not so much"))                                      \
    S(CREDIT_LIMIT, N_("The credited account takes not so much"))                                  \
    S(LINKED, N_("Another line of the same event was refused"))
enum {
#define PNI_STATUS(name, text) PNI_TRANSFER_##name,
    PNI_TRANSFER_STATUSES(PNI_STATUS)
#undef PNI_STATUS
};
enum { PNI_PLAIN, PNI_PENDING, PNI_POST, PNI_VOID };

typedef struct pni_transfer {
    int sk;                    /* the shard of both accounts */
    pni_account debit, credit;
    int64_t fen;               /* of POST: at most what is pending, 0: all; VOID: ignored */
    int kind;
    int64_t pending;           /* id of the reservation that POST and VOID end */
    const char *biz_kind, *step, *rule, *memo;
    int64_t biz_id;
    int copy;                  /* of the same event, handed over more than once: told apart */
    pn_time at;                /* when it happened; absent: now */
    int day;                   /* refused when closed; 0: the day of `at`, or the next open one */
    /* told */
    int status;
    int64_t id;                /* of REPEATED: the first one's */
} pni_transfer;

/** Decide all, in order, and write what is accepted: a fixed number of statements a shard, however
 *  many. Neighbours of one event (biz_kind, biz_id, step, copy) in one shard stand or fall
 *  together; of two copies the second is a repeat.
 *  Not 0 only when nothing could be decided. The writes go out with the next statement. */
PN_MUST int pni_transfer_all(pn *p, pni_transfer *t, size_t n);
/** The same, and the first refusal is this call's. Repeats are none. */
PN_MUST int pni_transfer_must(pn *p, pni_transfer *t, size_t n);
/** A status as a refusal with words. */
int pni_transfer_refuse(pn *p, const pni_transfer *t);
const char *pni_transfer_text(int status);

/* ---- documents ---- */

/** What happened, whole: its lines can be derived from it in any shard at any time. */
typedef struct pni_doc {
    const char *rule;                 /* name in rule.def */
    const char *biz_kind, *step;      /* step NULL: the rule's name */
    int64_t biz_id;
    int64_t merchant, channel, supplier, organiser;
    const char *method, *memo;        /* method: part of CLEARING */
    int sale;                         /* shard of the platform's side */
    int shard;                        /* for the relay: post this one … */
    bool onward;                      /* … and send it on to the others */
    pn_time at;                       /* absent: now */
    pn_money amount_fen, subsidy_fen, channel_fen, settle_fen, commission_fen, markup_fen,
        delivery_fen, fee_fen, keep_fen, penalty_fen, points_fen;
    pn_money pending_fen, frozen_fen, available_fen, guarantee_fen, debt_fen; /* pockets */
} pni_doc;
PN_MUST int pni_post_later(pn *p, const pni_doc *d);
/** `home`: the shard that is posted now. */
PN_MUST int pni_post_now(pn *p, const pni_doc *d, int home);
/** The lines of a document, all shards; *n of them, in the order of shards it goes through. */
PN_MUST int pni_doc_lines(pn *p, const pni_doc *d, pni_transfer **out, size_t *n);

#define PNI_LEDGER_POST "ledger.post"
extern const pn_event *const pni_ledger_events[];

extern const pn_sql pni_balance_read, pni_balance_lock, pni_overdraft_set;

#pragma GCC visibility pop
#endif
