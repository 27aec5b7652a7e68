/* SPDX-License-Identifier: Apache-2.0 */
/* model_int.h — what the files of the model test share.
 *
 * Actors, threads of several processes, do random things to one small market for which they were
 * seeded; a board in shared memory keeps the clock, what the others may act upon, and every answer
 * that was given. When all have come to rest the books must balance, every invariant must hold and
 * the orders that exist must be those that somebody was told of, no more and no fewer. */
#ifndef PN_TESTS_MODEL_H
#define PN_TESTS_MODEL_H

#include <libpq-fe.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "goods/listing.h"
#include "order/order.h"
#include "order/payment.h"
#include "order/refund.h"

#define MINUTE INT64_C(60000000)
#define HOUR (60 * MINUTE)

/* ---- chance ---- */

/** A stream of numbers that a seed determines (splitmix64). */
typedef struct dice { uint64_t state; } dice;
uint64_t roll(dice *d);
/** 0 … n-1. */
int pick(dice *d, int n);
uint64_t mix(uint64_t a, uint64_t b);

/* ---- the market ---- */

enum {
    SESSIONS_MAX = 12, TIERS_MAX = 40, LISTINGS_MAX = 40, MERCHANTS = 3, PEOPLE = 160,
    GROUPBUYS = 2, HALL_ROWS = 5, ROW_SEATS = 10,
};

/** How a session differs from an ordinary one. */
typedef struct market_session {
    int64_t id;
    int show, limit_order;
    const char *realname;
    bool resold, open, frozen; /* resold: merchants offer too; frozen: suspended by the master */
    bool plenty;               /* far from sold out, unless somebody sets its stock */
    bool numbered;             /* its first two tiers are seats: A/1/1 …, B/5/10 */
    int64_t tier[4], listing[8];
    int tiers, listings;
} market_session;
typedef struct market {
    market_session session[SESSIONS_MAX];
    int sessions;
    int64_t merchant[MERCHANTS], groupbuy[GROUPBUYS];
} market;
extern market shop;

/** Makes shows, sessions, tiers, stock, merchants and their offers in an empty database. */
void market_make(int64_t now);
/** Part of it: the hall's seats and their cut, group-buy offers, a distributor (market_kind.c). */
void market_kinds(pn_ctx *ctx, int64_t now);

/* ---- the board ---- */

enum { ACTORS_MAX = 64, RING = 2048, ASKED_MAX = 1 << 20, WORDS_MAX = 800 };
enum { ASKED_NOTHING, ASKED_SENT, ASKED_TOLD, ASKED_REFUSED };

/** One order that was asked for: the seed gives actor, input and key again. */
typedef struct asked {
    uint64_t seed;
    int64_t order;
    int64_t at; /* the clock, because keys count for a while only */
    _Atomic int state;
    bool keyed;
} asked;

typedef struct ring { _Atomic uint64_t n; _Atomic int64_t id[RING]; } ring;

typedef struct board {
    _Atomic int64_t now;
    _Atomic int64_t calls, answers, refusals; /* calls that began, that came back, with a code */
    _Atomic int64_t done, target;             /* operations of this slice */
    _Atomic int failed;
    char words[WORDS_MAX];                    /* of the first failure */
    ring orders, parts, payments, refunds; /* parts: orders whose tickets go back singly */
    ring grabs, groups, activities, dists, holds;
    _Atomic int64_t asks;
    _Atomic int64_t kills, crashes;
    _Atomic int64_t did[64], granted[64];                  /* by kind of operation */
    asked ask[ASKED_MAX];
} board;
extern board *the;

/** How a run goes. */
typedef struct plan {
    uint64_t seed;
    int64_t ops;
    int slices, processes, threads;
    bool fire;
} plan;
extern plan run;

/** Note a failure; the first one keeps its words. */
void blame(const char *fmt, ...) PN_PRINTF(1, 2);

/* ---- acting ---- */

/** A thread of a process: acts until the slice has its operations. */
typedef struct actor { int no, life; dice d; pn_ctx *ctx; } actor;
void act_slice(actor *a, uint64_t seed);
/** Ask again for what was answered or cut off; the answer must be the first one. */
void ask_again(pn_ctx *ctx, asked *a, bool was_cut_off);
const char *act_name(int i); /* NULL after the last */

/* ---- proving ---- */

extern char model_dsn[1024];
pn_ctx *model_ctx(int pool);
void sql_run(const char *sql);
int64_t sql_int(const char *sql);
/** All invariants, the books, and answers against rows. */
void prove(void);
void prove_begin(void);

/* ---- fire ---- */

/** Kill processes, backends and the server until the slice is done. */
void fire_slice(pid_t child[], int n, pid_t (*again)(int i, int life));

#endif
