/* SPDX-License-Identifier: Apache-2.0 */
/* torture_cases.h — one line an operation: what it is called with, and what must be there before.
 * A line of `before` is SQL, or "@noun.verb {json}" to call an operation; $id(table) is the newest
 * id of that table. */
#ifndef PN_TORTURE_CASES_H
#define PN_TORTURE_CASES_H

#include <stdint.h>

typedef struct torture_case {
    const char *op, *input;
    const char *const *before; /* ended by NULL */
    int64_t actor;             /* of the call itself; 0 = 1 */
} torture_case;

#define FIRST(...) ((const char *const[]){__VA_ARGS__, NULL})

/* A show on sale: session 40961 and tier 61441 share bucket 1. */
#define SEASON                                                                                     \
    "insert into city (id, code, name, created_at, updated_at)"                                    \
    " values (1, 'sh', '上海', now(), now())",                                                     \
    "insert into venue (id, code, city_id, name, created_at, updated_at)"                          \
    " values (2, 'dgm', 1, '大剧院', now(), now())",                                               \
    "insert into hall (id, code, venue_id, name, created_at, updated_at)"                          \
    " values (3, 'dgm-1', 2, '大厅', now(), now())",                                               \
    "insert into show (id, code, city_id, venue_id, category, title, status, refund_policy,"       \
    "  created_at, updated_at)"                                                                    \
    " values (4, 'show', 1, 2, 'DRAMA', '雷雨', 'PUBLISHED', 'FREE', now(), now())",               \
    "insert into session (id, code, show_id, hall_id, start_at, doors_at, stop_sale_at, tail_from,"\
    "  status, delivery_types, created_at, updated_at)"                                            \
    " select 40961, 'se', 4, 3, t, t - interval '1 hour', t, t - interval '2 days', 'ON_SALE',"    \
    "  '{ETICKET,ONSITE}', now(), now() from (select now() + interval '60 days' as t) x",          \
    "insert into tier (id, code, session_id, name, face_price_fen, created_at, updated_at)"        \
    " values (61441, 't1', 40961, 'A', 58000, now(), now())",                                      \
    "insert into stock (sk, tier_id, session_id, qty_total) values (1, 61441, 40961, 10)",         \
    "insert into stock_move (sk, id, tier_id, delta, reason, actor_id, at)"                        \
    " values (1, 1, 61441, 10, 'open', 1, now())"
#define ORDERED SEASON, "@order.submit {\"tier\":61441,\"qty\":2,\"buyer_name\":\"李雷\","         \
                        "\"phone\":\"13800000000\",\"delivery\":\"ETICKET\"}"
#define PAID ORDERED, "@payment.cash {\"order\":$id(orders),\"tendered_fen\":\"2000\"}"

/* Somebody called li, and a login of a fixed number for the calls of one's own. */
#define LI "@staff.create {\"login\":\"li\",\"name\":\"李雷\",\"password\":\"correct horse\"," \
           "\"roles\":[\"OPS\"]}"
#define ME                                                                                         \
    "insert into staff (id, login, name, password, created_at, updated_at)"                        \
    " values (4097, 'me', 'Me', '', now(), now())",                                                \
    "insert into staff_login (sk, staff_id) values (1, 4097)"

static const torture_case torture_cases[] = {
    {"staff.init", "{\"login\":\"root\",\"password\":\"correct horse\"}", FIRST(NULL), 0},
    {"staff.create", "{\"login\":\"han\",\"name\":\"韩梅\",\"password\":\"correct horse\","
                     "\"roles\":[\"GATE\"]}", FIRST(LI), 0},
    {"staff.show", "{\"id\":$id(staff)}", FIRST(LI), 0},
    {"staff.disable", "{\"id\":$id(staff),\"reason\":\"left\"}", FIRST(LI), 0},
    {"staff.enable", "{\"id\":$id(staff)}",
     FIRST(LI, "update staff set state = 'DISABLED'"), 0},
    {"staff.unlock", "{\"id\":$id(staff)}",
     FIRST(LI, "update staff_login set failures = 3"), 0},
    {"staff.passwd", "{\"id\":$id(staff),\"new_password\":\"battery staple\"}",
     FIRST(LI), 0},
    {"staff.role", "{\"id\":$id(staff),\"roles\":[\"FINANCE\"]}", FIRST(LI), 0},
    {"staff.grant", "{\"id\":$id(staff),\"grants\":\"order.refund\"}", FIRST(LI), 0},
    {"auth.login", "{\"login\":\"li\",\"password\":\"correct horse\"}", FIRST(LI), 0},
    {"auth.logout", "{\"everywhere\":true}", FIRST(ME), 4097},
    {"auth.whoami", "{}", FIRST(ME), 4097},
    {"token.create", "{\"name\":\"gate\",\"staff\":$id(staff)}", FIRST(LI), 0},
    {"token.revoke", "{\"id\":$id(token)}",
     FIRST(LI, "@token.create {\"name\":\"gate\",\"staff\":$id(staff)}"), 0},
    {"totp.enrol", "{}", FIRST(ME), 4097},
    {"totp.disable", "{\"staff\":$id(staff)}", FIRST(LI), 0},
    {"order.quote", "{\"tier\":61441,\"qty\":2}", FIRST(SEASON), 0},
    {"order.submit", "{\"tier\":61441,\"qty\":2,\"buyer_name\":\"李雷\",\"phone\":\"13800000000\","
                     "\"delivery\":\"ETICKET\"}", FIRST(SEASON), 0},
    {"order.show", "{\"id\":$id(orders)}", FIRST(PAID), 0},
    {"order.cancel", "{\"id\":$id(orders),\"reason\":\"test\"}", FIRST(ORDERED), 0},
    {"payment.cash", "{\"order\":$id(orders),\"tendered_fen\":\"2000\"}", FIRST(ORDERED), 0},
    {"payment.create", "{\"order\":$id(orders),\"method\":\"SIMULATED\"}", FIRST(ORDERED), 0},
    {"refund.quote", "{\"order\":$id(orders)}", FIRST(PAID), 0},
    {"refund.apply", "{\"order\":$id(orders),\"reason\":\"BUYER\"}", FIRST(PAID), 0},
    {0}};

#endif
