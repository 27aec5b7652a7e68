/* SPDX-License-Identifier: Apache-2.0 */
/* board_wait.c — what waits for somebody is counted by the lists themselves: everybody sees what he
 * may read, and the number is that of the list which opens. */
#include "board_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One line each: the word, what people call it and how bad it is, "noun verb" of the list, its
 * filter, the column with the time since when a row waits, and for whom it is. */
enum { HOUSE = 1, MERCHANT = 2, ORGANISER = 4, ALL = HOUSE | MERCHANT,
       MONEY = 8 }; /* MONEY: what they come to says something */
// clang-format off
#define WAITS(W)                                                                                   \
    W(REFUND_ASKED, N_("Refunds to decide"), 'w', "refund list",                                   \
      "state=APPLIED,REVIEWING", "created_at", ALL | MONEY)                                        \
    W(REFUND_HAND, N_("Refunds to pay by hand"), 'b', "refund list", "state=MANUAL",               \
      "created_at", ALL | MONEY)                                                                   \
    W(SHOW, N_("Shows to publish"), 'w', "show list", "status=REVIEWING", "updated_at", HOUSE)     \
    W(REVISION, N_("Changes to approve"), 'w', "revision list", "state=DRAFT", "created_at", ALL)  \
    W(MERCHANT, N_("Merchants to admit"), 'w', "merchant list", "status=APPLIED", "created_at",    \
      HOUSE)                                                                                       \
    W(QUALIFICATION, N_("Licences to verify"), 'w', "qualification list", "state=PENDING",         \
      "created_at", HOUSE)                                                                         \
    W(LICENCE, N_("Licences to renew"), 'b', "qualification list", "ends=true",     \
      "renew_since", ALL)                                                                          \
    W(OFFER, N_("Offers to review"), 'w', "listing list", "waits=true state=PENDING_REVIEW",       \
      "created_at", HOUSE)                                                                         \
    W(DEPOSIT, N_("Offers without their deposit"), 'w', "listing list",                            \
      "waits=true state=PENDING_DEPOSIT", "created_at", MERCHANT)                                  \
    W(FROZEN, N_("Frozen offers"), 'b', "listing list", "waits=true state=FROZEN", "updated_at",   \
      MERCHANT)                                                                                    \
    W(PRICE, N_("Price rules to approve"), 'w', "price list", "state=WAITING", "created_at", ALL)  \
    W(SETTLEMENT, N_("Settlements to approve"), 'w', "settlement queue", "",                       \
      "created_at", ALL | MONEY)                                                                   \
    W(CONFIRM, N_("Settlements to confirm"), 'w', "settlement list", "state=CALCULATED",           \
      "created_at", MERCHANT | ORGANISER | MONEY)                                                  \
    W(DISPUTE, N_("Disputed settlement lines"), 'w', "settle_line list", "state=DISPUTED",         \
      "ready_at", HOUSE | MONEY)                                                                   \
    W(WITHDRAWAL, N_("Withdrawals to approve"), 'w', "withdrawal queue", "",                       \
      "created_at", ALL | MONEY)                                                                   \
    W(DIFFERENCE, N_("Differences with bills"), 'b', "recon_diff list", "state=OPEN", "found_at",  \
      ALL | MONEY)                                                                                 \
    W(BOOKING, N_("Bookings of differences to approve"), 'w', "recon_diff list",                   \
      "state=PROPOSED", "found_at", ALL | MONEY)                                                   \
    W(CORRECTION, N_("Corrections to approve"), 'w', "adjustment list", "state=PROPOSED",          \
      "created_at", ALL | MONEY)                                                                   \
    W(TRANSFER, N_("Transfers of channels to approve"), 'w', "channel_transfer list",              \
      "state=PROPOSED", "created_at", ALL | MONEY)                                                 \
    W(GUARANTEE, N_("Guarantees to give back"), 'w', "guarantee list", "state=WAITING",            \
      "created_at", HOUSE)                                                                         \
    W(FEE, N_("Organisers' fees overdue"), 'b', "fee_invoice list", "state=OVERDUE", "created_at", \
      HOUSE | MONEY)                                                                               \
    W(FEE_OWED, N_("Fees you owe"), 'w', "fee_invoice list", "state=ISSUED,OVERDUE",              \
      "created_at", ORGANISER | MONEY)                                                             \
    W(COMPENSATION, N_("Compensations to approve"), 'w', "compensation list", "state=PROPOSED",    \
      "created_at", ALL | MONEY)                                                                   \
    W(COMPENSATE, N_("Compensations to pay"), 'w', "compensation list", "state=APPROVED",          \
      "created_at", ALL | MONEY)                                                                   \
    W(POINTS, N_("Points to approve"), 'w', "point_adjustment list", "state=PROPOSED",             \
      "created_at", ALL)                                                                           \
    W(PENALTY, N_("Penalties to decide"), 'w', "penalty list", "state=PROPOSED,APPEALED",          \
      "created_at", HOUSE)                                                                         \
    W(IMPOSED, N_("Penalties you may appeal against"), 'b', "penalty list",                        \
      "state=IMPOSED appeal_by>now", "created_at", MERCHANT | MONEY)                               \
    W(DEBT, N_("Collected and owed"), 'w', "offline_debt list", "state=OPEN",                      \
      "since_at", ALL | MONEY)                                                                     \
    W(SHIFT, N_("Shifts to look at"), 'b', "shift list", "state=CHECK", "opened_at", ALL)          \
    W(PRINT, N_("Print jobs in trouble"), 'b', "print list", "trouble=true created_at>7d",         \
      "created_at", ALL)                                                                           \
    W(ALARM, N_("Alarms nobody deals with"), 'b', "alarm list", "state=OPEN", "at", ALL)           \
    W(JOB, N_("Jobs failed"), 'b', "job list", "state=FAILED started_at>1d", "started_at", ALL)    \
    W(EVENT, N_("Events that fail"), 'b', "outbox list", "tries>2", "at", ALL)
// clang-format on
#define WORD(word, label, tone, ...) {#word, label, tone},
const pn_words pn_board_waits_of[] = {WAITS(WORD){0}};

static const struct kind { const char *list, *filter, *since; int whose; } kinds[] = {
#define KIND(word, label, tone, list, filter, since, whose) {list, filter, since, whose},
    WAITS(KIND)};
enum { KINDS = sizeof kinds / sizeof *kinds };

static PN_TYPE(wait_t, "board.wait", pn_board_wait,
    PN_COL(pn_board_wait, what, N_("What waits"), .flags = PN_BRIEF, .words = pn_board_waits_of),
    PN_COL(pn_board_wait, rows, N_("Rows"), .flags = PN_BRIEF),
    PN_COL(pn_board_wait, fen, N_("Amount"), .flags = PN_BRIEF | PN_OPT),
    PN_COL(pn_board_wait, since, N_("Since"), .flags = PN_BRIEF),
    PN_COL(pn_board_wait, list, N_("List")), PN_COL(pn_board_wait, filter, N_("Filter")));
const pn_type pni_board_waiting_t = {"board.waiting", sizeof(pn_board_waiting),
    (const pn_col[]){PN_COL(pn_board_waiting, waits, N_("What waits"), .of = &wait_t), {0}}};

static const pn_op *list_of(pn *p, const struct kind *k)
{
    char noun[40];
    const char *blank = strchr(k->list, ' ');
    snprintf(noun, sizeof noun, "%.*s", (int)(blank - k->list), k->list);
    const pn_op *op = pn_op_find(noun, blank + 1);
    int whose = pn_who(p)->merchant ? MERCHANT : pn_who(p)->organiser ? ORGANISER : HOUSE;
    return op && pn_may(p, op) && k->whose & whose ? op : NULL;
}

static int count(pn *p, size_t i, pn_board_wait *w)
{
    const struct kind *k = &kinds[i];
    const pn_op *op = list_of(p, k);
    pn_page page = {0};
    *w = (pn_board_wait){.what = {(int16_t)(i + 1)}, .list = k->list, .filter = k->filter};
    if (!op)
        return 0;
    PN_TRY(pn_call(p, op, &(pn_list){.where = k->filter, .count = "", .since = k->since,
                                     .constant = true}, &page));
    const pn_count *n = page.rows.row;
    if (!page.rows.n || !n->rows)
        return 0;
    w->rows = n->rows;
    if (k->whose & MONEY)
        w->fen = n->money;
    w->since = n->since;
    return 0;
}

static int by_time(const void *a, const void *b)
{
    const pn_board_wait *x = a, *y = b;
    return x->since.us != y->since.us ? (x->since.us < y->since.us ? -1 : 1)
                                      : x->what.v - y->what.v;
}

int pni_board_waits(pn *p, pn_board_waiting *out)
{
    pn_board_wait *w = pn_alloc(p, KINDS * sizeof *w);
    size_t n = 0;
    if (!w)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    for (size_t i = 0; i < KINDS; i++) {
        PN_TRY(count(p, i, &w[n]));
        n += w[n].rows > 0;
    }
    qsort(w, n, sizeof *w, by_time);
    out->waits = (pn_rows){w, n};
    return 0;
}
