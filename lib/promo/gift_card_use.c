/* SPDX-License-Identifier: Apache-2.0 */
/* gift_card_use.c — who may spend a card, and what is set aside of it, used, let go and returned.
 * Code and pin follow from a key: knowing the database is not enough to spend a card. */
#include <string.h>

#include "base/crypt_int.h"
#include "base/policy_int.h"
#include "base/ssl_int.h"
#include "base/unit_int.h"
#include "base/when_int.h"
#include "promo/gift_card_int.h"

/* ---- its numbers ---- */

static uint64_t number_of(pn_bytes hash, uint64_t below)
{
    const unsigned char *b = hash.data;
    uint64_t v = 0;
    for (int i = 0; i < 8; i++)
        v = v << 8 | b[i];
    return v % below;
}

/* Of all but the last digit. */
static int luhn(const char *digits, size_t n)
{
    int sum = 0;
    for (size_t i = 0; i < n; i++) {
        int d = digits[n - 1 - i] - '0';
        if (i % 2 == 0)
            d = d * 2 > 9 ? d * 2 - 9 : d * 2;
        sum += d;
    }
    return (10 - sum % 10) % 10;
}

static int none(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

int pni_card_code(pn *p, int64_t batch_id, int no, const char **code)
{
    pn_bytes hash;
    const char *which = pn_printf(p, "%lld/%d", (long long)batch_id, no);
    if (!which)
        return none(p);
    PN_TRY(pni_keyed_hash(p, "gift_card.code", which, &hash));
    char *text = pn_printf(p, "%015llu0",
                           (unsigned long long)number_of(hash, UINT64_C(1000000000000000)));
    if (!text)
        return none(p);
    text[PNI_CARD_DIGITS - 1] = (char)('0' + luhn(text, PNI_CARD_DIGITS - 1));
    *code = text;
    return 0;
}

int pni_card_pin(pn *p, const char *code, const char **pin)
{
    pn_bytes hash;
    PN_TRY(pni_keyed_hash(p, "gift_card.pin", code, &hash));
    *pin = pn_printf(p, "%08llu", (unsigned long long)number_of(hash, 100000000));
    return *pin ? 0 : none(p);
}

int pni_card_hash(pn *p, const char *code, pn_bytes *hash, int *sk)
{
    PN_TRY(pni_keyed_hash(p, "gift_card.number", code, hash));
    const unsigned char *b = hash->data;
    *sk = (b[0] << 8 | b[1]) & 4095;
    return 0;
}

/* ---- who may spend it ---- */

#define CARD(f, ...) PN_COL(pni_card, f, #f, __VA_ARGS__)
static PN_TYPE(card_t, "gift_card.inner", pni_card, CARD(id), CARD(batch_id),
    CARD(user_id, .flags = PN_OPT), CARD(face_fen), CARD(balance_fen), CARD(held_fen),
    CARD(state, .words = pn_card_states), CARD(category), CARD(tries), CARD(tries_on),
    CARD(expires_at));
#undef CARD
typedef struct by_code { int64_t sk; pn_bytes hash; } by_code;
static PN_TYPE(by_code_t, "gift_card.by_code", by_code, PN_COL(by_code, sk, "sk"),
    PN_COL(by_code, hash, "hash"));
typedef struct by_id { int64_t id; } by_id;
static PN_TYPE(by_id_t, "gift_card.by_id", by_id, PN_COL(by_id, id, "id"));
#define FACTS                                                                                      \
    "select c.id, c.batch_id, c.user_id, c.face_fen, c.balance_fen, c.held_fen, c.state,"          \
    " b.category, c.tries, c.tries_on, c.expires_at from gift_card c"                              \
    " join gift_card_batch b on b.id = c.batch_id"
const pn_sql pni_card_find_sql = {"gift_card_find", &by_code_t, &card_t,
    FACTS " where c.sk = :sk and c.code_hash = :hash", false};
const pn_sql pni_card_by_id_sql = {"gift_card_by_id", &by_id_t, &card_t,
    FACTS " where c.sk = :id# and c.id = :id", false};
typedef struct wrong_in { int64_t id; pn_date today; } wrong_in;
static PN_TYPE(wrong_t, "gift_card.wrong", wrong_in, PN_COL(wrong_in, id, "id"),
    PN_COL(wrong_in, today, "today"));
const pn_sql pni_card_wrong_sql = {"gift_card_wrong", &wrong_t, NULL,
    "update gift_card set tries = case when tries_on = :today then tries + 1 else 1 end,"
    " tries_on = :today where sk = :id# and id = :id", false};

static bool same(const char *a, const char *b)
{
    return strlen(a) == strlen(b) && !CRYPTO_memcmp(a, b, strlen(a));
}

/* The same words whether there is no such card or another pin. */
static int wrong(pn *p)
{
    pn_fail(p, PN_EAUTH, "pin", "%s", pn_tr("Code or pin is wrong"));
    return pn_hint(p, "%s", pn_tr("Give both as they stand on the card"));
}

static int by_pin(pn *p, const char *code, const char *pin, pni_card *out)
{
    pn_date today = {(int32_t)pni_local_day(pn_now(p))};
    by_code in;
    int sk = 0;
    int64_t most;
    const char *good;
    PN_TRY(pni_card_hash(p, code, &in.hash, &sk));
    in.sk = sk;
    int rc = pn_one(p, &pni_card_find_sql, &in, out);
    if (rc == PN_ENONE)
        return wrong(p);
    PN_TRY(rc);
    PN_TRY(pni_policy(p, "gift_card.tries_day", &most));
    if (out->tries_on.days == today.days && out->tries >= most)
        return pn_fail(p, PN_ELOCKED, "pin", "%s", pn_tr("Too many wrong pins today"));
    PN_TRY(pni_card_pin(p, code, &good));
    if (same(good, pin))
        return 0;
    pni_keep(p);
    PN_TRY(pn_exec(p, &pni_card_wrong_sql, &(wrong_in){out->id, today}, NULL));
    return wrong(p);
}

int pni_card_open(pn *p, int64_t id, const char *code, const char *pin, pni_card *out)
{
    int64_t me = pn_who(p)->kind == 'U' ? pn_who(p)->id : 0;
    if (id) {
        int rc = pn_one(p, &pni_card_by_id_sql, &(by_id){id}, out);
        if (rc == PN_ENONE || (!rc && (!me || out->user_id != me)))
            return pn_fail(p, PN_ENONE, "card", pn_tr("There is no gift card %lld"),
                           (long long)id);
        PN_TRY(rc);
    } else if (!code || !pin) {
        return pn_fail(p, PN_EARG, "code", "%s", pn_tr("Give code and pin of the card"));
    } else {
        PN_TRY(by_pin(p, code, pin, out));
    }
    if (out->state.v != PN_CARD_ACTIVE && out->state.v != PN_CARD_BOUND)
        return pn_fail(p, PN_ESTATE, "code", pn_tr("The card cannot be used (%s)"),
                       pn_word_label(pn_card_states, out->state));
    if (out->expires_at.us <= pn_now(p).us)
        return pn_fail(p, PN_EEXPIRED, "code", "%s", pn_tr("The card has expired"));
    if (out->user_id && me && out->user_id != me)
        return pn_fail(p, PN_ESTATE, "code", "%s", pn_tr("The card is in somebody's account"));
    return 0;
}

/* ---- set aside, used, let go, returned ---- */

typedef struct use_in { int64_t id, payment_id, fen, txn; const char *ref; } use_in;
static PN_TYPE(use_t, "gift_card.use", use_in, PN_COL(use_in, id, "id"),
    PN_COL(use_in, payment_id, "payment"), PN_COL(use_in, fen, "fen"), PN_COL(use_in, txn, "txn"),
    PN_COL(use_in, ref, "ref"));
const pn_sql pni_card_hold_sql = {"gift_card_hold", &use_t, NULL,
    "with c as (update gift_card set held_fen = held_fen + :fen, updated_at = :now,"
    "   version = version + 1 where sk = :id# and id = :id and state in ('ACTIVE', 'BOUND')"
    "   and expires_at > :now and balance_fen - held_fen >= :fen returning id)"
    " insert into gift_card_hold (sk, card_id, payment_id, fen, state, at)"
    " select :id#, c.id, :payment_id, :fen, 'HELD', :now from c", false};
/* The last fen of it ends it; a frozen one stays frozen. */
const pn_sql pni_card_use_sql = {"gift_card_use", &use_t, NULL,
    "with h as (update gift_card_hold set state = 'USED' where sk = :id# and card_id = :id"
    "   and payment_id = :payment_id and state = 'HELD' returning fen),"
    " t as (insert into gift_card_txn (sk, id, card_id, kind, ref, fen, at)"
    "  select :id#, :txn, :id, 'USE', :ref, h.fen, :now from h)"
    " update gift_card c set balance_fen = c.balance_fen - h.fen, held_fen = c.held_fen - h.fen,"
    "  state = case when c.balance_fen = h.fen and c.state in ('ACTIVE', 'BOUND')"
    "   then 'DEPLETED' else c.state end, updated_at = :now, version = c.version + 1"
    " from h where c.sk = :id# and c.id = :id", false};
const pn_sql pni_card_free_sql = {"gift_card_free", &use_t, NULL,
    "with h as (update gift_card_hold set state = 'FREED' where sk = :id# and card_id = :id"
    "   and payment_id = :payment_id and state = 'HELD' returning fen)"
    " update gift_card c set held_fen = c.held_fen - h.fen, updated_at = :now,"
    "  version = c.version + 1 from h where c.sk = :id# and c.id = :id", false};
const pn_sql pni_card_return_sql = {"gift_card_return", &use_t, NULL,
    "with t as (insert into gift_card_txn (sk, id, card_id, kind, ref, fen, at)"
    "  values (:id#, :txn, :id, 'RETURN', :ref, :fen, :now) on conflict do nothing returning fen)"
    " update gift_card c set balance_fen = c.balance_fen + t.fen,"
    "  state = case when c.state <> 'DEPLETED' then c.state when c.user_id is null then 'ACTIVE'"
    "   else 'BOUND' end, updated_at = :now, version = c.version + 1"
    " from t where c.sk = :id# and c.id = :id", false};

int pni_card_hold(pn *p, int64_t id, int64_t payment_id, int64_t fen)
{
    int64_t done = 0;
    PN_TRY(pn_exec(p, &pni_card_hold_sql, &(use_in){id, payment_id, fen, 0, NULL}, &done));
    return done ? 0 : pn_fail(p, PN_EBALANCE, "amount_fen", "%s",
                              pn_tr("The card has not so much"));
}

struct pn_gift_card_settle { int64_t id, payment; const char *what, *ref; pn_money fen; };
static PN_TYPE(settle_t, "gift_card.settle", struct pn_gift_card_settle,
    PN_COL(struct pn_gift_card_settle, id, N_("Card"), .flags = PN_KEY | PN_REQ,
           .ref = "gift_card"),
    PN_COL(struct pn_gift_card_settle, payment, N_("Payment"), .flags = PN_REQ),
    PN_COL(struct pn_gift_card_settle, what, N_("What"), .flags = PN_REQ),
    PN_COL(struct pn_gift_card_settle, ref, N_("Reference")),
    PN_COL(struct pn_gift_card_settle, fen, N_("Amount"), .flags = PN_OPT));

/* Used before it is returned, whichever the job comes to first. */
static int settle(pn *p, const struct pn_gift_card_settle *in, pn_gift_card *out)
{
    use_in u = {in->id, in->payment, in->fen.fen, 0,
                pn_printf(p, "%lld", (long long)in->payment)};
    if (!u.ref)
        return none(p);
    PN_TRY(pn_new_id(p, pn_sk(in->id), &u.txn));
    if (!strcmp(in->what, "free"))
        PN_TRY(pn_exec(p, &pni_card_free_sql, &u, NULL));
    else
        PN_TRY(pn_exec(p, &pni_card_use_sql, &u, NULL));
    if (!strcmp(in->what, "return")) {
        u.ref = in->ref;
        PN_TRY(pn_new_id(p, pn_sk(in->id), &u.txn));
        PN_TRY(pn_exec(p, &pni_card_return_sql, &u, NULL));
    }
    return pni_card_row(p, in->id, out);
}

static int settle_run(pn *p, const void *in, void *out)
{
    return settle(p, in, out);
}
const pn_op pni_gift_card_settle_op = {.noun = "gift_card", .verb = "settle", .run = settle_run,
    .brief = N_("Use, let go or give back what is set aside of a gift card"), .in = &settle_t,
    .out = &pn_gift_card_t, .may = PN_ROLE_SYSTEM, .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL};

static int settled(pn *p, int64_t id, int64_t payment_id, const char *what, const char *ref,
                   int64_t fen)
{
    pn_gift_card out;
    return pn_call(p, &pni_gift_card_settle_op,
                   &(struct pn_gift_card_settle){id, payment_id, what, ref, {fen}}, &out);
}

int pni_card_use(pn *p, int64_t id, int64_t payment_id)
{
    return settled(p, id, payment_id, "use", NULL, 0);
}

int pni_card_free(pn *p, int64_t id, int64_t payment_id)
{
    return settled(p, id, payment_id, "free", NULL, 0);
}

int pni_card_return(pn *p, int64_t id, int64_t payment_id, const char *ref, int64_t fen)
{
    return settled(p, id, payment_id, "return", ref, fen);
}
