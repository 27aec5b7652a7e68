/* SPDX-License-Identifier: Apache-2.0 */
/* chaos.c — the lives of orders, several at a time, in random turns: payers pay the right amount or
 * a wrong one, in time or late, twice; notices, of money that came and of money that went back,
 * are lost, repeated, late and out of order; people refund and change their minds; and at any
 * statement and any commit the connection may die. When it is over and everybody has looked once
 * more, no fen is missing, none is given back twice, and nothing waits for nobody. It counts what
 * it did to them: chaos that spared them something proves less than it says.
 *
 * PN_CHAOS_RUNS lives (a few for `make check`, ten thousand for `make chaos`), PN_CHAOS_SEED. */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/db_int.h"
#include "base/job.h"
#include "base/outbox_int.h"
#include "order/payment_int.h"
#include "promo/gift_card.h"
#include "shop.h"

enum { AT_ONCE = 8, STEPS = 150, EACH_DATABASE = 40, NOTICES = 64 };

static uint64_t seed = 1;
static int life_no;

/* What can happen, and how often it does: money that moves is what this is about. */
enum { SUBMIT, CARD, CREATE, PAYS, DELIVER, POLL, RETRY, EXPIRE, RELAY, REFUND, BACK, RELEASE,
       CANCEL, CASH, CLOCK, ACTS };
static const unsigned weight[ACTS] = {0, 1, 4, 4, 5, 1, 2, 1, 1, 2, 2, 1, 1, 1, 1};
enum { LATE_STEPS = 12, SPEAKING = ACTS - 2 }; /* the payer and the clock ask nobody here */

/* What was done to them. */
static struct {
    int64_t lost, late, twice, turned, back; /* notices; of money given back */
    int64_t cut[ACTS], deep;                 /* connections, by what was done; behind the 14th */
    int64_t commit[3];                       /* cut before it, behind it */
} did;
static int64_t step_no;

static unsigned draw(unsigned below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)((seed >> 33) % below);
}

/* ---- the world outside ---- */

typedef struct told { int64_t payment, fen, step; int no; } told;
static told notice[NOTICES];
static int notices, notice_no;
static int64_t order[AT_ONCE];
static char *code[4], *pin[4];

/* What the provider tells: once, twice, or never. Of money that came after we had closed the trade
 * it tells for a day until we listen; what is lost then is for the reconciliation of its bill. */
static void tell(int64_t payment, int64_t fen, bool closed)
{
    static const int times[] = {1, 1, 1, 2, 3, 0};
    int n = times[draw(closed ? 5 : 6)];
    did.lost += !n;
    did.twice += n > 1;
    for (; n > 0 && notices < NOTICES; n--)
        notice[notices++] = (told){payment, fen, step_no, ++notice_no};
}

static int64_t of_payment(const char *what, int64_t id)
{
    char sql[200];
    snprintf(sql, sizeof sql, "select coalesce((select %s from payment where id = %" PRId64 "), 0)",
             what, id);
    return test_sql_int(sql);
}

static int64_t a_payment(int64_t of, const char *which)
{
    char sql[300];
    snprintf(sql, sizeof sql, "select coalesce((select id from payment where order_id = %" PRId64
             " and %s order by id offset %u limit 1), 0)", of, which, draw(3));
    return test_sql_int(sql);
}

static void the_payer_pays(int64_t of)
{
    char sql[600];
    int64_t y = a_payment(of, "method = 'SIMULATED'");
    if (!y || of_payment("(select count(*) from simulated_trade t where t.payment_id = payment.id"
                         " and t.state = 'SUCCESS')", y))
        return;
    int64_t fen = of_payment("amount_fen", y);
    if (draw(12) == 0)
        fen -= 1;
    snprintf(sql, sizeof sql, "insert into simulated_trade (sk, payment_id, provider_no,"
             " amount_fen, paid_fen, state, at) select sk, id, 'SIM' || id, amount_fen, %" PRId64
             ", 'SUCCESS', now() from payment where id = %" PRId64 " on conflict (sk, payment_id)"
             " do update set state = 'SUCCESS', paid_fen = excluded.paid_fen", fen, y);
    test_sql(sql);
    tell(y, fen, of_payment("case state when 'CLOSED' then 1 else 0 end", y));
}

/* ---- what happens here, each of it perhaps cut off ---- */

static int heard(pn *p, const told *t)
{
    pn_payment_result out;
    struct pn_payment_notify n = {{PN_PAY_SIMULATED}, pn_printf(p, "n%d", t->no), t->payment,
                                  pn_printf(p, "SIM%" PRId64, t->payment), {t->fen}, NULL};
    int rc = pni_notice_sign(p, &n, &n.signature);
    return rc ? rc : pn_payment_notify(p, &n, &out);
}

/* Any of them, not the oldest; it may stay to come again. A refusal comes again by all means. */
static int deliver(pn *p)
{
    if (!notices)
        return 0;
    int i = (int)draw((unsigned)notices);
    for (int k = 0; k < notices; k++)
        if (notice[k].no < notice[i].no) {
            did.turned++;
            break;
        }
    did.late += step_no - notice[i].step > LATE_STEPS;
    int rc = heard(p, &notice[i]);
    if (!rc && draw(4))
        notice[i] = notice[--notices];
    return rc;
}

/* The provider tells of money that it gave back: early, when our own call was cut off before its
 * answer was written down, late, and again. */
static int heard_back(pn *p, int64_t of)
{
    char sql[500], text[120], no[64] = "";
    int64_t id = 0;
    int leg = 0;
    pn_refund r;
    snprintf(sql, sizeof sql, "select coalesce((select l.refund_id || ' ' || l.no || ' '"
             " || s.provider_no from refund_leg l join refund f on f.id = l.refund_id"
             " join simulated_refund s on s.out_request_no = l.out_request_no"
             " where f.order_id = %" PRId64 " order by l.refund_id, l.no offset %u limit 1), '')",
             of, draw(2));
    snprintf(text, sizeof text, "%s", test_sql_text(sql));
    if (sscanf(text, "%" SCNd64 " %d %63s", &id, &leg, no) != 3)
        return 0;
    did.back++;
    return pni_refund_leg_done(p, id, leg, no, &r);
}

static int submit(pn *p, int i)
{
    pn_order o;
    char phone[16];
    snprintf(phone, sizeof phone, "139%08d", ++life_no);
    struct pn_order_submit in = {.tier = TIER, .qty = 1 + (int)draw(3), .phone = phone};
    int rc = pn_order_submit(p, &in, &o);
    order[i] = rc ? 0 : o.id;
    return rc;
}

static int by_card(pn *p, int64_t of)
{
    unsigned card = draw(4);
    pn_payment y;
    return pn_payment_tender(p, &(struct pn_payment_tender){.order = of,
        .method = {PN_PAY_GIFT_CARD}, .amount_fen = {draw(2) ? 0 : 1 + draw(30000)},
        .code = code[card], .pin = pin[card]}, &y);
}

static int refund(pn *p, int64_t of)
{
    static const char *seats[] = {"1", "2", "3"};
    pn_refund r;
    struct pn_refund_apply in = {.order = of};
    if (draw(2))
        in.seats = (pn_texts){&seats[draw(3)], 1};
    return pn_refund_apply(p, &in, &r);
}

static int let_go(pn *p, int64_t of)
{
    pn_payment y;
    int64_t id = a_payment(of, "state = 'AUTHORISED'");
    return id ? pn_payment_release(p, &(struct pn_payment_release){id}, &y) : 0;
}

static int run(pn *p, const char *job_name)
{
    pn_job_result r;
    pn_act_as(p, &(pn_actor){.kind = 'S', .login = "s", .roles = PN_ROLE_SYSTEM, .via = "test"});
    return pn_job_run(p, &(struct pn_job_run){.name = job_name, .force = true}, &r);
}

static int doing; /* of the acts */

static int one_of_them(void)
{
    unsigned all = 0, k = 0;
    for (int i = 0; i < ACTS; i++)
        all += weight[i];
    for (unsigned at = draw(all); at >= weight[k]; k++)
        at -= weight[k];
    return (int)k;
}

static int act(pn *p, int i)
{
    pn_payment y;
    pn_order o;
    int64_t of = order[i], done;
    doing = of ? one_of_them() : SUBMIT;
    switch (doing) {
    case SUBMIT: return submit(p, i);
    case CARD: return by_card(p, of);
    case CREATE:
        return pn_payment_create(p, &(struct pn_payment_create){of, {PN_PAY_SIMULATED}}, &y);
    case PAYS: the_payer_pays(of); return 0;
    case DELIVER: return deliver(p);
    case POLL: return run(p, "pay_poll");
    case RETRY: return run(p, "refund_retry");
    case EXPIRE: return run(p, "hold_expire");
    case RELAY: return pni_outbox_relay(p, &done);
    case REFUND: return refund(p, of);
    case BACK: return heard_back(p, of);
    case RELEASE: return let_go(p, of);
    case CANCEL:
        return draw(4) ? 0 : pn_order_cancel(p, &(struct pn_order_cancel){of, NULL}, &o);
    case CASH:
        return draw(4) ? 0 : pn_payment_cash(p, &(struct pn_payment_cash){.order = of}, &y);
    default: shop_clock((int64_t)draw(240) * MINUTE / 60); return 0;
    }
}

/* Refused it may be, for any reason but one of our own making. */
static void step(void)
{
    pn *p = as(PN_ROLE_OPS | PN_ROLE_BOXOFFICE | PN_ROLE_SYSTEM, OPS);
    unsigned fault = draw(10);
    int64_t at = fault < 2 ? 1 + draw(draw(3) ? 14 : 90) : 0; /* jobs have many statements */
    int commit = fault == 2 ? 1 + (int)draw(2) : 0;
    pni_send_fail_soft = fault < 2 && draw(2);
    pni_send_fail_in = at;
    pni_commit_cut = commit;
    step_no++;
    int rc = act(p, (int)draw(AT_ONCE));
    bool fell = at && !pni_send_fail_in;
    did.cut[doing] += fell;
    did.deep += fell && at > 14;
    did.commit[commit] += commit && !pni_commit_cut;
    pni_send_fail_in = 0;
    pni_commit_cut = 0;
    ck_assert_msg(rc != PN_EINTERNAL && rc != PN_EMEM, "%s (%s)", pn_error(p)->message,
                  pn_error(p)->where);
    pn_end(p);
}

/* ---- when it is over ---- */

static void all_is_quiet(void)
{
    static const char *const jobs[] = {"hold_expire", "pay_poll", "refund_retry"};
    for (int i = 0; i < 12; i++) {
        shop_clock(i < 6 ? 11 * MINUTE : 13 * HOUR);
        while (notices) { /* what is on its way arrives at last */
            pn *p = worker();
            ok(heard(p, &notice[--notices]));
            pn_end(p);
        }
        for (int k = 0; k < 3; k++)
            job(jobs[k]);
        relay();
    }
}

static void none(const char *what, const char *from)
{
    ck_assert_msg(!count_of(from), "%s (seed kept in PN_CHAOS_SEED)", what);
}

static void it_adds_up(void)
{
    books_proven();
    none("an order has money frozen", "orders where held_fen <> 0");
    none("a payment waits for nobody", "payment where state in ('CREATED', 'PENDING',"
         " 'AUTHORISED', 'DUP_REFUNDING', 'MISMATCH')");
    none("a look is due for ever", "payment_due");
    none("a refund is under way", "refund where state in ('APPLIED', 'APPROVED', 'PROCESSING')");
    none("a card has money set aside", "gift_card where held_fen <> 0");
    none("an order hangs", "orders where status in ('PENDING_PAY')");
    /* what the provider has of ours is what is kept for an order, to the fen */
    none("money is kept for nothing, or given back twice",
         "simulated_trade t join payment y on y.id = t.payment_id where t.state = 'SUCCESS'"
         " and t.paid_fen - coalesce((select sum(amount_fen) from simulated_refund r"
         "  where r.payment_id = t.payment_id), 0) <> case when y.state = 'SUCCESS'"
         "   then y.amount_fen - coalesce((select sum(g.amount_fen) from refund_leg g"
         "    where g.payment_id = y.id), 0) else 0 end");
    none("the ledger does not sum to zero", "(select sum(debit_fen - credit_fen) as n"
         " from ledger_account) x where x.n <> 0");
    none("something is between two shards", "(select sum(debit_fen - credit_fen) as n"
         " from ledger_account where kind = 'TRANSIT') x where x.n <> 0");
}

static void nothing_was_spared(long lives)
{
    int64_t cuts = 0, acts = 0;
    for (int i = 0; i < ACTS; i++) {
        cuts += did.cut[i];
        acts += did.cut[i] > 0;
    }
    printf("# notices: %" PRId64 " lost, %" PRId64 " late, %" PRId64 " repeated, %" PRId64
           " out of order, %" PRId64 " of money given back\n", did.lost, did.late, did.twice,
           did.turned, did.back);
    printf("# connections cut: %" PRId64 " in %" PRId64 " of %d acts, %" PRId64 " of them deep in"
           " one; commits: %" PRId64 " before, %" PRId64 " behind\n", cuts, acts,
           SPEAKING, did.deep, did.commit[1], did.commit[2]);
    ck_assert_int_gt(did.late, 0);
    ck_assert_int_gt(did.twice, 0);
    ck_assert_int_gt(did.turned, 0);
    ck_assert_int_gt(cuts, 0);
    ck_assert_int_gt(did.commit[1] * did.commit[2], 0);
    if (lives < 1000)
        return; /* a few lives do not meet everything */
    ck_assert_int_gt(did.lost, 0);
    ck_assert_int_gt(did.back, 0);
    ck_assert_int_gt(did.deep, 0);
    ck_assert_int_eq(acts, SPEAKING);
}

static void open_the_shop(void)
{
    pn_gift_card_batch b;
    pn_gift_card_codes all;
    test_db_setup();
    make_shop(.stock = 60);
    pn *p = ops();
    struct pn_gift_card_batch_create in = {"x", {YUAN(2000)}, {0}, 4, 0, NULL};
    ok(pn_gift_card_batch_create(p, &in, &b));
    pn_end(p);
    p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_gift_card_batch_activate(p, &(struct pn_gift_card_batch_activate){b.id, "b"}, &b));
    ok(pn_gift_card_batch_codes(p, &(struct pn_gift_card_batch_codes){b.id}, &all));
    for (int i = 0; i < 4; i++) {
        free(code[i]);
        free(pin[i]);
        code[i] = strdup(((pn_gift_card_code *)all.codes.row)[i].code);
        pin[i] = strdup(((pn_gift_card_code *)all.codes.row)[i].pin);
    }
    pn_end(p);
    notices = 0;
    memset(order, 0, sizeof order);
}

START_TEST(lives_of_orders_in_random_turns)
{
    const char *runs = getenv("PN_CHAOS_RUNS"), *from = getenv("PN_CHAOS_SEED");
    long n = runs ? strtol(runs, NULL, 10) : 80;
    seed = from ? strtoull(from, NULL, 10) : 1;
    seed = seed ? seed : 1;
    for (long lives = 0; lives < n; lives += EACH_DATABASE) {
        uint64_t began = seed;
        open_the_shop();
        for (int k = 0; k < EACH_DATABASE / AT_ONCE; k++) {
            for (int i = 0; i < STEPS; i++)
                step();
            memset(order, 0, sizeof order); /* others' turn; what is open goes on by itself */
        }
        all_is_quiet();
        printf("# %ld lives, seed %" PRIu64 "\n", lives + EACH_DATABASE, began);
        fflush(stdout); /* whoever waits for ten thousand sees them go by */
        it_adds_up();
        test_db_teardown();
    }
    nothing_was_spared(n);
}
END_TEST

/* ---- one payment, two hundred notices ---- */

enum { CROWD = 200 };
static int64_t the_payment;

static void *one_notice(void *arg)
{
    const told t = {the_payment, YUAN(580), 0, (int)(intptr_t)arg};
    for (int i = 0; i < 100; i++) { /* busy is told to come again: providers do */
        pn *p = as(PN_ROLE_PUBLIC, 0);
        int rc = heard(p, &t);
        pn_end(p);
        if (!rc)
            return NULL;
    }
    return (void *)"never taken";
}

START_TEST(two_hundred_notices_at_once_are_one_effect)
{
    pthread_t crowd[CROWD];
    pn_payment y;
    test_db_setup();
    make_shop();
    pn_order o = order_n(1, "13800000001");
    pn *p = ops();
    ok(pn_payment_create(p, &(struct pn_payment_create){o.id, {PN_PAY_SIMULATED}}, &y));
    pn_end(p);
    the_payment = y.id;
    for (intptr_t i = 0; i < CROWD; i++) /* half of them repeat another's words */
        ck_assert_int_eq(pthread_create(&crowd[i], NULL, one_notice, (void *)(i / 2)), 0);
    for (int i = 0; i < CROWD; i++) {
        void *why = NULL;
        pthread_join(crowd[i], &why);
        ck_assert_msg(!why, "%s", (const char *)why);
    }
    ck_assert_int_eq(count_of("payment_notice where result = 'APPLIED'"), 1);
    ck_assert_int_eq(count_of("payment"), 1);
    ck_assert_int_eq(count_of("state_log where noun = 'payment' and event = 'success'"), 1);
    ck_assert_int_eq(count_of("ticket"), 1);
    relay();
    ck_assert_int_eq(count_of("ledger_transfer where biz_kind = 'PAYMENT'"), 1);
    ck_assert_int_eq(count_of("notice where kind like '0_-paid%'"), 1);
    books_proven();
    test_db_teardown();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("order");
    TCase *t = tcase_create("chaos");
    const char *runs = getenv("PN_CHAOS_RUNS");
    tcase_set_timeout(t, runs ? 36000 : 300);
    tcase_add_test(t, lives_of_orders_in_random_turns);
    tcase_add_test(t, two_hundred_notices_at_once_are_one_effect);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
