/* SPDX-License-Identifier: Apache-2.0 */
/* session-list.c — five thousand sessions on sale with their live stock, page after page as a
 * client reads them, beside one bare statement that tells the same flags of all of them (T28). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "main_int.h"
#include "median_int.h"
#include "order/onsale.h"
#include "shop.h"

enum { ROUNDS = 5, MORE = 4999 };

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void season(void)
{
    make_shop(.stock = 1000);
    test_sql("insert into session select (jsonb_populate_record(s, jsonb_build_object('id',"
             " (200000 + i) * 4096 + i % 4096, 'code', 'even' || i, 'start_at', s.start_at"
             " + i * interval '1 minute'))).* from session s, generate_series(1, 4999) i");
    test_sql("insert into tier select (jsonb_populate_record(t, jsonb_build_object('id', (300000"
             " + 3 * i + k) * 4096 + i % 4096, 'code', 't' || 3 * i + k, 'name', 'A' || k,"
             " 'session_id', (200000 + i) * 4096 + i % 4096))).* from tier t,"
             " generate_series(1, 4999) i, generate_series(0, 2) k");
    test_sql("insert into stock (sk, lot_id, tier_id, session_id, qty_total, qty_sold) select"
             " id & 4095, id, id, session_id, 100, (id >> 12) % 101 from tier where id <> 61441");
    test_sql("vacuum analyze");
}

static double ours(void)
{
    double began = now_ms();
    char cursor[400] = "";
    int seen = 0;
    do {
        pn *p = ops();
        pn_page page;
        ok(pn_onsale_list(p, &(pn_list){.limit = 1000, .after = cursor[0] ? cursor : NULL},
                          &page));
        seen += (int)page.rows.n;
        snprintf(cursor, sizeof cursor, "%s", page.next ? page.next : "");
        pn_end(p);
    } while (cursor[0]);
    ck_assert_int_eq(seen, MORE + 1);
    return now_ms() - began;
}

static double bare(void)
{
    double began = now_ms();
    int64_t told = test_sql_int(
        "select count(*) from (select s.id, s.start_at, h.title, v.name, c.name, k.price, case"
        " when k.free > k.total * 0.4 then 'ENOUGH' when k.free > k.total * 0.1 then 'NORMAL'"
        " when k.free > 0 then 'LESS' else 'NONE' end as flag from session s join show h"
        " on h.id = s.show_id join hall x on x.id = s.hall_id join venue v on v.id = x.venue_id"
        " join city c on c.id = v.city_id join (select a.session_id, sum(a.qty_total) as total,"
        " sum(a.qty_total - a.qty_held - a.qty_locked - a.qty_sold) as free,"
        " min(t.face_price_fen) as price from stock a join tier t on t.id = a.tier_id"
        " group by 1) k on k.session_id = s.id where h.status = 'PUBLISHED'"
        " order by s.start_at, s.id offset 0) x where flag is not null");
    ck_assert_int_eq((int)told, MORE + 1);
    return now_ms() - began;
}

static int missed = 2;

START_TEST(session_list)
{
    double mine[ROUNDS], base[ROUNDS], ratio[ROUNDS];
    test_db_setup();
    season();
    ours();
    bare();
    for (int i = 0; i < ROUNDS; i++) {
        mine[i] = ours();
        base[i] = bare();
        ratio[i] = mine[i] / base[i];
    }
    test_db_teardown();
    double r = pn_median(ratio, ROUNDS);
    printf("{\"id\":\"T28\",\"what\":\"5,000 sessions with live stock flags, in pages of 1,000\","
           "\"value\":%.1f,\"unit\":\"ms\",\"baseline\":%.1f,\"baseline_what\":\"one bare statement"
           " that tells the same\",\"ratio\":%.2f,\"gate\":2,\"aim\":1.2,\"rounds\":%d}\n",
           pn_median(mine, ROUNDS), pn_median(base, ROUNDS), r, ROUNDS);
    fflush(stdout);
    missed = r > 2;
}
END_TEST

int main(void)
{
    Suite *s = suite_create("session-list");
    TCase *c = tcase_create("session-list");
    tcase_add_test(c, session_list);
    tcase_set_timeout(c, 300);
    suite_add_tcase(s, c);
    return pn_bench_run(s) ? missed : 2;
}
