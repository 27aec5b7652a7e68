/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of seating start from. */
#include "hall_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void make_hall(pn *p, const char *csv)
{
    pn_seat_plan_imported plan;
    make_place(p);
    make_show(p, "s", "雷雨", 1, 2, 3);
    ok(pn_seat_plan_import(p, &(struct pn_seat_plan_import){.hall = id_of("hall", "h"),
                                                            .file = csv}, &plan));
}

int64_t the_session(void)
{
    return id_of("session", "s-1");
}

int64_t tier_a(void)
{
    return id_of("tier", "s-1-a");
}

int64_t tier_b(void)
{
    return id_of("tier", "s-1-b");
}

int64_t draft(pn *p, const char *a, const char *b)
{
    pn_zone_plan out;
    pn_zone_ask zones[] = {{"前", tier_a(), "red", "N", a}, {"后", tier_b(), "blue", "S", b}};
    ok(pn_zone_plan_draft(p, &(struct pn_zone_plan_draft){.session = the_session(),
                          .zones = {zones, b ? 2 : 1}}, &out));
    return out.id;
}

int64_t go_live(pn *p, const char *a, const char *b)
{
    pn_zone_plan out;
    int64_t id = draft(p, a, b);
    ok(pn_zone_plan_live(p, &(struct pn_zone_plan_live){.id = id, .reason = "test"}, &out));
    ck_assert_int_eq(out.state.v, PN_ZONE_PLAN_LIVE);
    return id;
}

#define BITS(mask) "length(replace((" mask ")::bit(64)::text, '0', ''))"
void adds_up(void)
{
    ck_assert_int_eq(test_sql_int(
        "select count(*) from stock k left join (select lot_id, sum(" BITS("mask") ") as total,"
        " sum(" BITS("held") ") as held, sum(" BITS("busy") ") as busy, sum(" BITS("sold") ") as"
        " sold from seat_block group by lot_id) b on b.lot_id = k.lot_id where k.seat_stamp <> 0"
        " and (k.qty_total, k.qty_held, k.qty_locked, k.qty_sold) is distinct from"
        " (coalesce(b.total, 0), coalesce(b.held, 0), coalesce(b.busy, 0), coalesce(b.sold, 0))"),
        0);
    ck_assert_int_eq(test_sql_int(
        "select count(*) from stock k join (select lot_id, sum(delta) as n from stock_move"
        " group by lot_id) m on m.lot_id = k.lot_id where m.n <> k.qty_total"), 0);
    ck_assert_int_eq(test_sql_int(
        "select count(*) from seat_block b left join (select q.block_id, bit_or(q.seats) as seats,"
        " sum(q.qty) as n from seat_hold_part q join seat_hold h on h.sk = q.sk and"
        " h.id = q.hold_id and h.state = 'ACTIVE' group by q.block_id) q on q.block_id = b.id"
        " where b.held <> coalesce(q.seats, 0) or coalesce(q.n, 0) <> " BITS("b.held")), 0);
    ck_assert_int_eq(test_sql_int(
        "select count(*) from seat_hold h left join (select hold_id, sum(qty) as n"
        " from seat_hold_part group by hold_id) q on q.hold_id = h.id where h.state = 'ACTIVE'"
        " and h.qty <> coalesce(q.n, 0)"), 0);
}

void take(int64_t tier, const char *section, const char *row, int64_t seats, const char *column)
{
    char sql[600];
    snprintf(sql, sizeof sql, "with b as (update seat_block set %s = %s | %" PRId64
             " where lot_id = %" PRId64 " and section = '%s' and row_name = '%s' returning lot_id)"
             " update stock k set qty_%s = qty_%s + %d, seat_stamp = seat_stamp + 1 from b"
             " where k.lot_id = b.lot_id", column, column, seats, tier, section, row,
             strcmp(column, "busy") ? "sold" : "locked", strcmp(column, "busy") ? "sold" : "locked",
             __builtin_popcountll((uint64_t)seats));
    test_sql(sql);
}
