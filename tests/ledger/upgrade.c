/* SPDX-License-Identifier: Apache-2.0 */
/* upgrade.c — a database from before the ledger: what channels had and what merchants had frozen is
 * in it afterwards, to the fen, and its accounts are the sums of their transfers. One from before
 * identities and stored answers were shorter: who bought is counted on, who asked is answered. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db.h"

enum { FILE_MAX_BYTES = 1 << 20, LEDGER = 70, SHORTER = 150 };

/* Everything happens in a schema of its own. */
static void sql(const char *text)
{
    static char all[FILE_MAX_BYTES + 100];
    snprintf(all, sizeof all, "set search_path = old; %s", text);
    test_sql(all);
}

static int64_t sum(const char *kind)
{
    char text[300];
    snprintf(text, sizeof text, "select coalesce(sum(case side when 'DEBIT' then debit_fen -"
             " credit_fen else credit_fen - debit_fen end), 0)::bigint from old.ledger_account"
             " where kind = '%s'", kind);
    return test_sql_int(text);
}

static int by_number(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_migration(const struct dirent *d)
{
    return strstr(d->d_name, ".sql") != NULL;
}

/* The migrations from one number to another. */
static void migrate(int from, int to)
{
    static char text[FILE_MAX_BYTES];
    struct dirent **files;
    char dir[500], path[800];
    snprintf(dir, sizeof dir, "%s/schema", getenv("PN_DATADIR"));
    int n = scandir(dir, &files, is_migration, by_number);
    ck_assert_int_gt(n, 0);
    for (int i = 0; i < n; i++) {
        int no = (int)strtol(files[i]->d_name, NULL, 10);
        snprintf(path, sizeof path, "%s/%s", dir, files[i]->d_name);
        free(files[i]);
        if (no < from || no > to)
            continue;
        FILE *f = fopen(path, "re");
        ck_assert_msg(f != NULL, "%s", path);
        text[fread(text, 1, sizeof text - 1, f)] = 0;
        fclose(f);
        sql(text);
    }
    free(files);
}

START_TEST(what_there_was_is_carried_over)
{
    test_sql("create schema old");
    migrate(0, LEDGER - 1);
    /* two channels of one shard, one overdrawn; another that has nothing */
    sql("insert into channel (id, code, name, kind, created_at, updated_at) select i * 4096 + s,"
        " 'c' || i, 'C', 'AGENT', now(), now() from (values (1, 7), (2, 7), (3, 9)) v(i, s);"
        "insert into channel_account (sk, channel_id, balance_fen, credit_fen, receivable_fen)"
        " values (7, 4103, 1000, 0, 300), (7, 8199, -200, 500, -40), (9, 12297, 0, 0, 0)");
    sql("insert into id_lease values (0, 'gid', 5001)");
    sql("insert into listing (sk, id, code, merchant_id, session_id, tier_id, kind, ask_fen,"
        " sale_fen, settle_fen, deposit_quota_fen, created_at, updated_at) values (1, 4097, 'a',"
        " 40967, 8193, 8193, 'PRESALE', 1, 1, 1, 700, now(), now());"
        "insert into listing_deposit (sk, id, listing_id, delta_fen, reason, actor_id, at) values"
        " (1, 8193, 4097, 900, 'x', 1, now()), (1, 12289, 4097, -200, 'x', 1, now())");
    migrate(LEDGER, 9999);
    ck_assert_int_eq(sum("AGENT_PREPAID"), 800);
    ck_assert_int_eq(sum("CHANNEL_RECEIVABLE"), 260);
    ck_assert_int_eq(sum("FROZEN"), 700);
    ck_assert_int_eq(sum("OPENING"), 260 - 800 - 700);
    ck_assert_int_eq(test_sql_int("select overdraft_fen from old.ledger_account"
                                  " where kind = 'AGENT_PREPAID' and owner = 8199"), 500);
    ck_assert_int_eq(test_sql_int("select count(*) from old.ledger_account a"
        " where (a.debit_fen, a.credit_fen) is distinct from (coalesce((select sum(amount_fen)"
        "  from old.ledger_transfer where debit_id = a.id), 0), coalesce((select sum(amount_fen)"
        "  from old.ledger_transfer where credit_id = a.id), 0))"), 0);
    /* ids were taken from where everybody takes them */
    ck_assert_int_eq(test_sql_int("select count(*) from (select id >> 12 as n from"
        " old.ledger_account union all select id >> 12 from old.ledger_transfer) x"
        " where n < 5001 or n >= (select next from old.id_lease where name = 'gid')"), 0);
    ck_assert_int_eq(test_sql_int("select count(*) - count(distinct n) from (select id >> 12 as n"
        " from old.ledger_account union all select id >> 12 from old.ledger_transfer) x"), 0);
}
END_TEST

START_TEST(a_database_that_was_empty_has_an_empty_ledger)
{
    test_sql("create schema old");
    migrate(0, 9999);
    ck_assert_int_eq(test_sql_int("select count(*) from old.ledger_account"), 0);
    ck_assert_int_eq(test_sql_int("select count(*) from old.id_lease"), 0);
}
END_TEST

#define LONG(byte) "decode(repeat('" byte "', 32), 'hex')"
#define SHORT(byte) "decode(repeat('" byte "', 16), 'hex')"

START_TEST(who_bought_is_counted_on)
{
    test_sql("create schema old");
    migrate(0, SHORTER - 1);
    sql("insert into orders (sk, id, no, session_id, show_id, buyer, status, qty, delivery,"
        " goods_fen, payable_fen, hold_expires_at, limit_keys, created_at, updated_at) values (1,"
        " 4097, 'PN1', 8193, 4, " LONG("a1") ", 'PAID', 1, 'CODE', 1, 1, now(), array["
        LONG("a1") "," LONG("b2") "], now(), now());"
        "insert into buyer_count (sk, session_id, buyer, qty, expired_at) values"
        " (1, 8193, " LONG("a1") ", 1, '{}'), (1, 8193, " LONG("b2") ", 1, array[now()]);"
        "insert into seckill_guest (sk, seckill_id, key, qty, cap) values (1, 12289, "
        LONG("a1") ", 1, 2), (1, 12289, " LONG("d4") ", 1, 2);"
        "insert into order_reserve (sk, order_id, source, source_id, tier_id, qty, device) values"
        " (1, 4097, 'SECKILL', 12289, 8193, 1, " LONG("d4") ");"
        "insert into idempotency (sk, actor, key, op, input_hash, audit_ref, audit_id, at,"
        " expires_at) values (9, 'O31', 'k', 'mark.set', " LONG("c3") ", 4097, 8193, now(),"
        " now())");
    migrate(SHORTER, 9999);
    ck_assert_int_eq(test_sql_int("select count(*) from old.orders where limit_keys = array["
                                  SHORT("a1") "," SHORT("b2") "] and buyer = " LONG("a1")), 1);
    ck_assert_int_eq(test_sql_int("select count(*) from old.buyer_count b join old.orders o on"
                                  " b.buyer = any (o.limit_keys) where b.qty = 1"), 2);
    ck_assert_int_eq(test_sql_int("select count(*) from old.buyer_count where expired_at is null"
                                  " and buyer = " SHORT("a1")), 1);
    ck_assert_int_eq(test_sql_int("select count(*) from old.seckill_guest where key in ("
                                  SHORT("a1") "," LONG("d4") ")"), 2);
    ck_assert_int_eq(test_sql_int("select count(*) from old.idempotency where actor = 'O31' and"
                                  " audit_ref = 4097 and audit_id = 8193 and input_hash ="
                                  " substr(sha256(" LONG("c3") " || 'mark.set'), 1, 16)"), 1);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("upgrade");
    TCase *c = tcase_create("upgrade");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, test_db_setup, test_db_teardown);
    tcase_add_test(c, what_there_was_is_carried_over);
    tcase_add_test(c, a_database_that_was_empty_has_an_empty_ledger);
    tcase_add_test(c, who_bought_is_counted_on);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
