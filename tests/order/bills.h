/* SPDX-License-Identifier: Apache-2.0 */
/* bills.h — a day of payments, in our books and as their provider lists them. */
#ifndef PN_TESTS_BILLS_H
#define PN_TESTS_BILLS_H

#include "order/bill_int.h"
#include "shop.h"

enum { BILL_DAY = 20783 }; /* 2026-11-26 */

/** A fresh database and folder; the clock stands at 10:00 of the day after. */
void bills_setup(void);
void bills_teardown(void);
/** Payments first … last of WeChat Pay, `fen` each, at noon of the day, in the ledger too. */
void paid_by_wechat(int first, int last, int64_t fen);
/** A refund of the n-th payment, paid back at one o'clock. */
void paid_back(int n, int64_t fen);
int64_t payment_of(int n);

/** A bill as WeChat writes it: heading, what is added, totals. */
void bill_begin(void);
void bill_pays(int first, int last, int64_t fen);
void bill_refund(int n, int64_t fen);
void bill_line(const char *fmt, ...) PN_PRINTF(1, 2);
/** Put its end on; -1: the number of its lines, else that. */
void bill_end(int lines);
extern char bill_text[];
/** Write it, packed ("", "gzip", "zip"); the path is valid until the next one. */
const char *bill_file(const char *name, const char *how, const char *text, size_t len);
/** The text as a file of that day. */
const char *bill_done(void);

pn *finance(void);
pn *finance2(void);
pn_bill bill_load(const char *path);
pn_bill bill_now(int64_t id);
/** The only case of that kind. */
pn_recon_diff case_of(int64_t bill, const char *kind);

#endif
