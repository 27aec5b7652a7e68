/* SPDX-License-Identifier: Apache-2.0 */
/* random.c — 10,000 transfers of which nobody knows beforehand what becomes of them: several
 * processes post batches over the same accounts, reserve, post and let go, ask again what they
 * asked before, and are killed in between. Whatever happened adds up, and asking again tells the
 * same. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/db_int.h"
#include "desk.h"

enum { WRITERS = 4, BATCHES = 50, WIDE = 50, WALLETS = 12 };

static unsigned seed;
static unsigned dice(unsigned sides)
{
    seed = seed * 1103515245u + 12345u;
    return (seed >> 16) % sides;
}

static int64_t wallet(void)
{
    return ((int64_t)dice(WALLETS) + 1) * 4096 + 1;
}

typedef struct book { pni_transfer asked[BATCHES * WIDE]; size_t n; } book;

static pni_transfer any(const book *b, int writer, int no)
{
    int64_t biz_id = (int64_t)writer * 1000000 + no;
    pni_transfer t = move(wallet(), wallet(), (int64_t)dice(300) - 3, biz_id);
    unsigned what = dice(10);
    if (what < 3) {
        t.kind = PNI_PENDING;
    } else if (what < 6 && b->n) { /* end something, perhaps of another kind or ended before */
        const pni_transfer *r = &b->asked[dice((unsigned)b->n)];
        t = *r;
        t.kind = what == 3 ? PNI_VOID : PNI_POST;
        t.pending = r->id;
        t.step = "END";
        t.biz_id = biz_id;
        t.fen = dice(2) ? 0 : r->fen / 2;
    } else if (what == 6 && b->n) { /* again, word for word */
        return b->asked[dice((unsigned)b->n)];
    }
    return t;
}

static bool settled(const pni_transfer *t)
{
    return t->status == PNI_TRANSFER_OK || t->status == PNI_TRANSFER_REPEATED;
}

/* What was accepted once is a repeat ever after, with the same id. */
static void ask_again(pn *p, book *b)
{
    pni_transfer t[WIDE];
    size_t n = b->n < WIDE ? b->n : WIDE;
    for (size_t i = 0; i < n; i++)
        t[i] = b->asked[b->n - n + i];
    ok(desk_post(p, t, n));
    for (size_t i = 0; i < n; i++) {
        ck_assert_msg(t[i].status == PNI_TRANSFER_REPEATED, "%s",
                      pni_transfer_text(t[i].status));
        ck_assert_int_eq(t[i].id, b->asked[b->n - n + i].id);
    }
}

static void write_all(int writer)
{
    static book b;
    int no = 0;
    seed = (unsigned)writer * 7919u + 17u;
    test_db_open();
    for (int k = 0; k < BATCHES; k++) {
        pni_transfer t[WIDE];
        pn *p = desk();
        for (int i = 0; i < WIDE; i++)
            t[i] = any(&b, writer, ++no);
        if (dice(8) == 0) /* the connection dies in the middle; the engine tries again, or not */
            pni_send_fail_in = 1 + (int)dice(6);
        int rc = desk_post(p, t, WIDE);
        pni_send_fail_in = 0;
        for (int i = 0; !rc && i < WIDE; i++)
            if (t[i].status == PNI_TRANSFER_OK)
                b.asked[b.n++] = t[i];
        if (!rc && b.n && dice(5) == 0)
            ask_again(p, &b);
        pn_end(p);
    }
    for (size_t i = 0; i < b.n; i++)
        ck_assert(settled(&b.asked[i]));
}

START_TEST(ten_thousand_transfers_add_up)
{
    pid_t child[WRITERS];
    for (int i = 1; i <= WALLETS; i++)
        give(i * INT64_C(4096) + 1, 5000);
    fflush(stdout);
    test_db_close(); /* a connection is not shared with a child */
    for (int i = 0; i < WRITERS; i++) {
        child[i] = fork();
        if (child[i] == 0) {
            write_all(i + 1);
            _exit(0);
        }
    }
    usleep(400000);
    kill(child[0], SIGKILL); /* whatever it was about to do */
    for (int i = 0; i < WRITERS; i++) {
        int status;
        ck_assert_int_eq(waitpid(child[i], &status, 0), child[i]);
        ck_assert_msg(i == 0 || status == 0, "writer %d ended with %x", i, (unsigned)status);
    }
    test_db_open();
    ledger_balances();
    ck_assert_int_eq(test_sql_int("select sum(credit_fen - debit_fen)::bigint from ledger_account"
                                  " where kind = 'AVAILABLE'"), WALLETS * 5000);
    ck_assert_int_gt(test_sql_int("select count(*) from ledger_transfer where kind = 'POST'"), 100);
    ck_assert_int_gt(test_sql_int("select count(*) from ledger_transfer where kind = 'VOID'"), 30);
    ck_assert_int_gt(test_sql_int("select count(*) from ledger_transfer"), 2000);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("random");
    TCase *c = tcase_create("random");
    tcase_set_timeout(c, 120);
    tcase_add_checked_fixture(c, test_db_setup, test_db_teardown);
    tcase_add_test(c, ten_thousand_transfers_add_up);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
