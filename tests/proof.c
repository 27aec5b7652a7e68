/* SPDX-License-Identifier: Apache-2.0 */
/* proof.c — see proof.h. */
#include "proof.h"

#include <stdio.h>
#include <string.h>

#include "db.h"
#include "report/check.h"

/* The ledger by itself, and the documents in it. */
static const char *const sums[] = {"ledger_accounts", "ledger_shards", "ledger_transit",
                                   "ledger_days", "ledger_balances", NULL};
static const char *const posted[] = {
    "ledger_payments", "ledger_refunds", "ledger_direct", "ledger_deposits", "settlements",
    "point_moves", "recharges", "penalties", "guarantees", "compensations", "coupons",
    "offline_debts", "withdrawals", "rebates", "suppliers", "bank_lines", "settlement_books",
    "earned",
    "shifts", "drawers", "cards_sold", "cards_owed", "discounts", "refund_fees", "earned_back",
    "deductions", "channel_accounts", "channel_books", "channel_rebates", "direct_books",
    "fee_payments",
    "fee_invoices", "payouts", "recon_books", "adjustments", "documents", NULL};

static bool among(const char *name, const char *const *list)
{
    while (*list && strcmp(*list, name))
        list++;
    return *list;
}

/* Rows that do not add up; *first names a proof that has some. */
static int64_t drift(const char **first)
{
    static char name[80];
    pn *p = test_begin(PN_ROLE_ADMIN);
    pn_check_report r = {0};
    int64_t n = 0;
    *first = NULL;
    ok(pn_check_run(p, &(struct pn_check_run){0}, &r));
    pn_each(pn_check, c, &r.checks)
    {
        if (!c->drift || !among(c->name, posted))
            continue;
        snprintf(name, sizeof name, "%s at %s", c->name, c->sample);
        *first = name;
        n += c->drift;
    }
    pn_end(p);
    return n;
}

void books_posted(void)
{
    const char *first;
    pn *p = test_begin(PN_ROLE_ADMIN);
    pn_check_report r = {0};
    ok(pn_check_run(p, &(struct pn_check_run){0}, &r));
    pn_each(pn_check, c, &r.checks)
        ck_assert_msg(!c->drift || !among(c->name, sums), "%s at %s", c->name, c->sample);
    pn_end(p);
    ck_assert_msg(drift(&first) == 0, "%s", first);
}

#define WHAT "biz_kind || ' ' || regexp_replace(step, '[0-9]+', '#', 'g')"

static void change(const char *sql, const char *what)
{
    char text[400];
    snprintf(text, sizeof text, "%s where " WHAT " = '%s'", sql, what);
    test_sql(text);
}

void books_watched(void)
{
    const char *first;
    char what[80], sql[200];
    books_posted();
    test_sql("create table watched as select * from ledger_transfer");
    for (int i = 0;; i++) {
        snprintf(sql, sizeof sql, "select " WHAT " from watched where biz_kind <> 'OPENING'"
                 " group by 1 order by 1 offset %d limit 1", i);
        snprintf(what, sizeof what, "%s", test_sql_text(sql));
        if (!*what)
            break;
        change("update ledger_transfer set amount_fen = amount_fen + 1", what);
        ck_assert_msg(drift(&first) > 0, "nobody sees that %s is another amount", what);
        change("delete from ledger_transfer", what);
        ck_assert_msg(drift(&first) > 0, "nobody misses %s", what);
        change("insert into ledger_transfer select * from watched", what);
    }
    test_sql("drop table watched");
    books_posted();
}
