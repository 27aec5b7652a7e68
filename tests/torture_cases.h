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

#define HELD ORDERED, "@payment.create {\"order\":$id(orders),\"method\":\"SIMULATED\"}"
#define NOT_YET "update session set status = 'SCHEDULED'"
#define DRAFT "update show set status = 'DRAFT', poster = 'p.jpg', author_id = 1,"                 \
              " notices = '{\"refund\":\"x\"}'"
#define REVISED SEASON, "update show set author_id = 1, poster = 'p.jpg',"                         \
                        " notices = '{\"refund\":\"x\"}'",                                         \
                "@show.edit {\"id\":4,\"title\":\"雷雨（新版）\"}"
#define STAFF "@staff.create {\"login\":\"ann\",\"name\":\"Ann\",\"password\":\"correct horse 1\","\
              "\"roles\":[\"OPS\"]}"

#define PRINTER "@printer.create {\"code\":\"p\",\"name\":\"p\",\"kind\":\"FILE\","           \
                "\"target\":\"/x\"}"

static const torture_case torture_cases[] = {
    {"city.create", "{\"code\":\"bj\",\"name\":\"北京\"}", FIRST(NULL), 0},
    {"city.edit", "{\"id\":1,\"name\":\"沪\"}", FIRST(SEASON), 0},
    {"city.import", "{\"file\":\"code,name\\nbj,北京\\n,x\\nsz,深圳\\n\"}", FIRST(SEASON), 0},
    {"venue.create", "{\"code\":\"v2\",\"name\":\"小剧场\",\"city\":1}", FIRST(SEASON), 0},
    {"venue.edit", "{\"id\":2,\"capacity\":900}", FIRST(SEASON), 0},
    {"hall.create", "{\"code\":\"h2\",\"name\":\"小厅\",\"venue\":2}", FIRST(SEASON), 0},
    {"hall.edit", "{\"id\":3,\"name\":\"一厅\"}", FIRST(SEASON), 0},
    {"show.create", "{\"code\":\"s2\",\"title\":\"茶馆\",\"city\":1,\"venue\":2,"
                    "\"category\":\"DRAMA\"}", FIRST(SEASON), 0},
    {"show.edit", "{\"id\":4,\"title\":\"雷雨（新版）\"}", FIRST(SEASON), 0},
    {"show.submit", "{\"id\":4}", FIRST(SEASON, DRAFT), 0},
    {"show.approve", "{\"id\":4}", FIRST(SEASON, DRAFT, "@show.submit {\"id\":4}"), 2},
    {"show.reject", "{\"id\":4,\"reason\":\"x\"}", FIRST(SEASON, DRAFT,
                                                         "@show.submit {\"id\":4}"), 2},
    {"show.offline", "{\"id\":4,\"reason\":\"x\"}", FIRST(SEASON), 0},
    {"revision.approve", "{\"id\":$id(show_revision)}", FIRST(REVISED), 2},
    {"revision.reject", "{\"id\":$id(show_revision),\"reason\":\"x\"}", FIRST(REVISED), 2},
    {"session.create", "{\"code\":\"se2\",\"show\":4,\"hall\":3,\"start_at\":\"D+20 19:30\"}",
     FIRST(SEASON), 0},
    {"session.edit", "{\"id\":40961,\"outdoor\":\"yes\"}", FIRST(SEASON), 0},
    {"session.open_sale", "{\"id\":40961}", FIRST(SEASON, NOT_YET), 0},
    {"session.suspend", "{\"id\":40961,\"reason\":\"x\"}", FIRST(SEASON), 0},
    {"session.postpone", "{\"id\":40961,\"reason\":\"x\"}", FIRST(PAID), 0},
    {"session.reschedule", "{\"id\":40961,\"start_at\":\"D+90 19:30\",\"reason\":\"x\"}",
     FIRST(PAID), 0},
    {"session.cancel", "{\"id\":40961,\"reason\":\"x\"}", FIRST(PAID), 0},
    {"tier.create", "{\"code\":\"t9\",\"session\":40961,\"name\":\"B\",\"face_price\":\"380\","
                    "\"qty\":5}", FIRST(SEASON), 0},
    {"tier.edit", "{\"id\":61441,\"name\":\"A1\"}", FIRST(SEASON), 0},
    {"stock.set", "{\"tier\":61441,\"qty\":20,\"reason\":\"x\"}", FIRST(SEASON), 0},
    {"stock.add", "{\"tier\":61441,\"qty\":-3,\"reason\":\"x\"}", FIRST(SEASON), 0},
    {"staff.create", "{\"login\":\"ann\",\"name\":\"Ann\",\"password\":\"correct horse 1\","
                     "\"roles\":[\"OPS\"]}", FIRST(NULL), 0},
    {"staff.role", "{\"id\":$id(staff),\"roles\":[\"FINANCE\"]}", FIRST(STAFF), 0},
    {"staff.disable", "{\"id\":$id(staff),\"reason\":\"x\"}", FIRST(STAFF), 0},
    {"token.create", "{\"name\":\"cron\",\"staff\":$id(staff)}", FIRST(STAFF), 0},
    {"order.quote", "{\"tier\":61441,\"qty\":2}", FIRST(SEASON), 0},
    {"order.submit", "{\"tier\":61441,\"qty\":2,\"buyer_name\":\"李雷\",\"phone\":\"13800000000\","
                     "\"delivery\":\"ETICKET\"}", FIRST(SEASON), 0},
    {"order.show", "{\"id\":$id(orders)}", FIRST(PAID), 0},
    {"order.extend", "{\"id\":$id(orders)}", FIRST(HELD), 0},
    {"order.cancel", "{\"id\":$id(orders),\"reason\":\"test\"}", FIRST(ORDERED), 0},
    {"payment.cash", "{\"order\":$id(orders),\"tendered_fen\":\"2000\"}", FIRST(ORDERED), 0},
    {"payment.create", "{\"order\":$id(orders),\"method\":\"SIMULATED\"}", FIRST(ORDERED), 0},
    {"payment.simulate", "{\"payment\":$id(payment)}", FIRST(HELD), 0},
    {"payment.apply", "{\"payment\":$id(payment),\"method\":\"SIMULATED\",\"provider_no\":\"S1\","
                      "\"amount_fen\":\"1160\"}", FIRST(HELD), 0},
    {"refund.quote", "{\"order\":$id(orders)}", FIRST(PAID), 0},
    {"refund.apply", "{\"order\":$id(orders),\"reason\":\"BUYER\"}", FIRST(PAID), 0},
    {"ticket.freeze", "{\"id\":$id(ticket),\"reason\":\"x\"}", FIRST(PAID), 0},
    {"ticket.unfreeze", "{\"id\":$id(ticket),\"reason\":\"x\"}",
     FIRST(PAID, "@ticket.freeze {\"id\":$id(ticket),\"reason\":\"x\"}"), 0},
    {"ticket.reissue", "{\"id\":$id(ticket),\"reason\":\"x\"}", FIRST(PAID), 0},
    {"ticket.void", "{\"id\":$id(ticket),\"reason\":\"x\"}", FIRST(PAID), 0},
    {"gate.create", "{\"code\":\"A\",\"name\":\"北门\",\"hall\":3}", FIRST(SEASON), 0},
    {"gate.verify", "{\"code\":\"nothing of ours\"}", FIRST(PAID), 0},
    {"device.enrol", "{\"sn\":\"S1\",\"name\":\"one\",\"kind\":\"SCANNER\"}",
     FIRST(SEASON), 0},
    {"device.revoke", "{\"id\":$id(device),\"reason\":\"x\"}",
     FIRST("@device.enrol {\"sn\":\"S1\",\"name\":\"one\",\"kind\":\"SCANNER\"}"), 0},
    {"printer.create", "{\"code\":\"p\",\"name\":\"p\",\"kind\":\"FILE\",\"target\":\"/x\"}",
     FIRST(NULL), 0},
    {"roll.load", "{\"printer\":$id(printer),\"roll\":\"A\",\"serial_from\":1,"
                  "\"serial_to\":9}", FIRST(PRINTER), 0},
    {"roll.close", "{\"id\":$id(ticket_stock),\"next_serial\":3,\"reason\":\"x\"}",
     FIRST(PRINTER, "@roll.load {\"printer\":$id(printer),\"roll\":\"A\",\"serial_from\":1,"
                    "\"serial_to\":9}"), 0},
    {0}};

#endif
