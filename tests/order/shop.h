/* SPDX-License-Identifier: Apache-2.0 */
/* shop.h — a show on sale for the tests of orders: rows, clocks, people, orders in one line. */
#ifndef PN_TESTS_SHOP_H
#define PN_TESTS_SHOP_H

#include "base/sql_int.h"
#include "db.h"
#include "proof.h"
#include "order/order.h"
#include "order/payment.h"
#include "order/refund.h"

enum { ANN = 11, BOB = 12, CLERK = 21, OPS = 31, OPS2 = 32, FIN = 33 };
#define YUAN(n) ((int64_t)(n) * 100)
#define MINUTE INT64_C(60000000)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/** What an order that is sent says beside. */
#define SENT                                                                                       \
    .delivery = {PN_DELIVERY_EXPRESS}, .receiver = "韩梅", .region = "上海市 黄浦区",              \
    .street = "南京东路100号"
/** What differs from an ordinary show; zero means the ordinary. */
typedef struct shop {
    int stock;              /* 10 */
    int64_t face_fen;       /* 580 yuan */
    int combo_n;            /* 1 */
    const char *realname;   /* NONE */
    const char *policy;     /* FREE */
    const char *status;     /* ON_SALE */
    int limit_order, limit_user; /* 6, 0 */
    int days;               /* start in so many days: 60 */
    int sale_days;          /* sale opened so many days ago: 1 */
} shop;

/** Makes city … tier and stock; returns the first tier's id (61441). */
int64_t make_shop_(shop s);
#define make_shop(...) make_shop_((shop){__VA_ARGS__})
enum { SESSION = 40961, TIER = 61441, TIER2 = 65537 };
/** A second tier of the same session. */
int64_t make_tier(int stock, int64_t face_fen);

/** A merchant's tickets of the first tier (or of `tier`); zero means the ordinary. */
typedef struct lot {
    int qty, min_buy, max_buy, multiple;
    int64_t tier, sale_fen; /* 560 yuan */
    const char *split, *state, *special, *delivery;
    bool no_single_left, no_grab, contiguous;
    int64_t deposit_unit_fen, deposit_quota_fen;
} lot;
/** Offers them; returns the listing. The n-th of a test has the number n (lot_id / 4096 - 1000). */
int64_t lot_of_(lot l);
#define lot_of(...) lot_of_((lot){__VA_ARGS__})
/** A shop whose organiser sells nothing himself. */
void market(void);
/** What an order takes of which lot: "1x3+2x2", the organiser's own being 0. */
const char *items(int64_t order);

/** Points of an account, out of nowhere. */
void points_for(int64_t buyer, int64_t points);

pn *as(uint32_t roles, int64_t id); /* a unit of that person at the shop's clock */
pn *clerk(void);
pn *ops(void);
pn *worker(void); /* the system */
extern int64_t shop_now;          /* µs; as() sets it in units */
void shop_clock(int64_t us);      /* move the clock on */
void shop_hour(int utc);          /* back to when it was so many hours, whenever a test runs */
int64_t unit_now(pn *p);

/** Order n tickets for a phone; fails the test when refused. */
pn_order order_n(int n, const char *phone);
/** The same, paid in cash. */
pn_order paid_n(int n, const char *phone);
/** Run a job now. */
void job(const char *name);
/** Open the context again with this configuration file. */
void shop_conf(const char *yaml);
/** Hand events to their handlers until none is left. */
void relay(void);
/** Stock of the first tier as "total/locked/sold". */
const char *stock_now(void);
const char *order_state(int64_t id);
int64_t count_of(const char *from_where);
/** What all accounts of a kind have, on the side where it ordinarily is. */
int64_t books_sum(const char *kind);
/** Until so many statements wait for locks, or one. */
void so_many_wait(int n);
void somebody_waits(void);
/** Until somebody waits for what this one has. */
void somebody_waits_for(struct pg_conn *who);
/** Wait until a statement waits for a lock, then commit what somebody did. */
void somebody_commits_at_last(struct pg_conn *who);
/** Books that must always balance; fails the test naming the first that does not. */
void books_balance(void);
/** The same, and every proof of "check run", once all events are handled. */
void books_proven(void);

#endif
