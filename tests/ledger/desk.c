/* SPDX-License-Identifier: Apache-2.0 */
/* desk.c — see desk.h. */
#include "desk.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/outbox_int.h"

typedef struct pn_desk_post { int64_t t, n, doc; int home; } pn_desk_post;
static const pn_type in_t = {"desk.post", sizeof(pn_desk_post), (const pn_col[]){
    PN_COL(pn_desk_post, n, "n"), {0}}};

/* The transfers are the caller's own memory: a retried transaction decides them anew. */
static int run(pn *p, const void *ask, void *out)
{
    const pn_desk_post *in = ask;
    (void)out;
    const pni_doc *d = (const pni_doc *)(intptr_t)in->doc;
    if (!d)
        return pni_transfer_all(p, (pni_transfer *)(intptr_t)in->t, (size_t)in->n);
    return in->home ? pni_post_now(p, d, in->home - 1) : pni_post_later(p, d);
}

static const pn_op post_op = {.noun = "desk", .verb = "post", .brief = "Post", .in = &in_t,
                              .may = PN_ROLE_SYSTEM, .flags = PN_WRITE, .run = run};

int desk_post(pn *p, pni_transfer *t, size_t n)
{
    return pn_call(p, &post_op, &(pn_desk_post){.t = (int64_t)(intptr_t)t, .n = (int64_t)n}, NULL);
}

int desk_doc(pn *p, const pni_doc *d, int home)
{
    return pn_call(p, &post_op, &(pn_desk_post){.doc = (int64_t)(intptr_t)d, .home = home}, NULL);
}

pni_transfer move(int64_t from, int64_t to, int64_t fen, int64_t biz_id)
{
    return (pni_transfer){.sk = 1, .debit = {PNI_KIND_AVAILABLE, from, NULL},
                          .credit = {PNI_KIND_AVAILABLE, to, NULL}, .fen = fen,
                          .biz_kind = "TEST", .biz_id = biz_id, .step = "MOVE", .rule = "TEST"};
}

pn *desk(void)
{
    return test_begin(PN_ROLE_SYSTEM);
}

void desk_relay(void)
{
    for (int64_t done = 1; done;) {
        pn *p = desk();
        ok(pni_outbox_relay(p, &done));
        pn_end(p);
    }
}

int64_t has(int64_t owner)
{
    char sql[200];
    snprintf(sql, sizeof sql, "select coalesce(sum(credit_fen - debit_fen), 0)::bigint"
             " from ledger_account where kind = 'AVAILABLE' and owner = %" PRId64, owner);
    return test_sql_int(sql);
}

void give(int64_t owner, int64_t fen)
{
    static int64_t no = INT64_C(1) << 40;
    pn *p = desk();
    pni_transfer t = move(0, owner, fen, ++no);
    t.debit = (pni_account){.kind = PNI_KIND_BANK};
    ok(desk_post(p, &t, 1));
    ck_assert_int_eq(t.status, PNI_TRANSFER_OK);
    pn_end(p);
}

void ledger_balances(void)
{
    static const struct { const char *what, *wrong; } proofs[] = {
        {"all accounts", "(select sum(debit_fen) - sum(credit_fen) as n from ledger_account) x"
                         " where n <> 0"},
        {"an account", "ledger_account a where a.debit_fen <> coalesce((select sum(amount_fen)"
            " from ledger_transfer t where t.debit_id = a.id and t.kind in ('PLAIN', 'POST')), 0)"
            " or a.credit_fen <> coalesce((select sum(amount_fen) from ledger_transfer t"
            " where t.credit_id = a.id and t.kind in ('PLAIN', 'POST')), 0)"},
        {"a reservation", "ledger_account a where a.debit_held_fen <> coalesce((select"
            " sum(amount_fen) from ledger_transfer t where t.debit_id = a.id"
            " and t.kind = 'PENDING' and not exists (select from ledger_transfer e"
            "  where e.pending_id = t.id)), 0)"},
        {"a limit", "ledger_account where guard = 'CREDIT'"
            " and debit_fen + debit_held_fen > credit_fen + overdraft_fen"},
    };
    for (size_t i = 0; i < sizeof proofs / sizeof *proofs; i++) {
        char sql[700];
        snprintf(sql, sizeof sql, "select count(*) from %s", proofs[i].wrong);
        ck_assert_msg(test_sql_int(sql) == 0, "%s does not add up", proofs[i].what);
    }
}
