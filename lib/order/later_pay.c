/* SPDX-License-Identifier: Apache-2.0 */
/* later_pay.c — the provider's side of paying later: the payer agrees with the order, and what is
 * not needed is let go. Alipay freezes the price, WeChat keeps the payer's promise, with CMB he has
 * an agreement already. Deducting is later_due.c. */
#include <stdlib.h>
#include <string.h>

#include "base/policy_int.h"
#include "ledger/ledger_int.h"
#include "order/agreement_int.h"
#include "order/later_int.h"
#include "order/provider_int.h"
#include "order/tender_int.h"

static int none(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

/* The freeze's two numbers at the provider. */
static int numbered(pn *p, const pni_source *s, pni_pairs *in)
{
    const char *no = pni_source_number(p, s->id);
    const char *request = no ? pn_printf(p, "%sF", no) : NULL;
    return request && pni_input(p, in, "out_order_no", no) &&
                   pni_input(p, in, "out_request_no", request)
               ? 0 : none(p);
}

bool pni_later_agreed(const pni_source *s)
{
    return s->via.v && pni_method_of(s->via.v)->can & PNI_IS_AGREED;
}

/* The agreement holds still: nothing is frozen, all of it is promised. */
static int promised(pn *p, const pni_source *s, pni_trade *out)
{
    pni_agreed a;
    *out = (pni_trade){{PNI_TRADE_CLOSED}, NULL, {0}};
    PN_TRY(pni_agreed_of(p, s->user_id, s->via.v, &a));
    if (!a.id || a.state.v != PN_AGREEMENT_SIGNED || !a.no_password)
        return 0;
    *out = (pni_trade){{PNI_TRADE_SUCCESS}, pni_agreed_mark(p, a.id, s->id), s->amount_fen};
    return out->provider_no ? 0 : none(p);
}

static int send(pn *p, int64_t payment_id, int64_t amount_fen)
{
    pni_source s;
    pni_answer a;
    pni_pairs in = {0};
    PN_TRY(pni_source_load(p, payment_id, &s));
    if (pni_later_agreed(&s))
        return 0; /* he has agreed */
    PN_TRY(numbered(p, &s, &in));
    int64_t minutes = (s.expires_at.us - pn_now(p).us) / 60000000; /* not after the hold */
    const char *timeout = pn_printf(p, "%lldm", (long long)(minutes > 1 ? minutes : 1));
    const char *notify = pni_later_collects(&s) ? pni_source_notify(p, &s) : NULL;
    if (!notify && pni_later_collects(&s))
        return pni_source_homeless(p);
    if (!timeout || !pni_input(p, &in, "subject", s.order_no) ||
        !pni_input(p, &in, "timeout", timeout) || !pni_input(p, &in, "notify_url", notify) ||
        !pni_input(p, &in, "openid", s.payer) ||
        !pni_input_number(p, &in, "ends_us", s.ends_at.us) ||
        !pni_input_number(p, &in, "amount_fen", amount_fen))
        return none(p);
    PN_TRY(pni_source_call(p, &s, "freeze", &in, &a));
    if (a.outcome != PN_LINK_OK)
        return pni_source_refused(p, PN_EPROVIDER, &a);
    return pni_front_give(p, payment_id, pni_answer_get(&a, "front"));
}

static int query(pn *p, int64_t payment_id, pni_trade *out)
{
    static const pni_frozen_words say = {"auth_no", "SUCCESS", "CLOSED"};
    pni_source s;
    pni_pairs in = {0};
    PN_TRY(pni_source_load(p, payment_id, &s));
    if (pni_later_agreed(&s))
        return promised(p, &s, out);
    PN_TRY(numbered(p, &s, &in));
    return pni_source_frozen(p, &s, &in, &say, out);
}

/* So much of what is frozen goes back to the payer. */
static int unfreeze(pn *p, const pni_source *s, int64_t fen)
{
    pni_answer a;
    pni_pairs in = {0};
    const char *no = pni_source_number(p, s->id);
    const char *request = no ? pn_printf(p, "%sU", no) : NULL;
    if (!request || !pni_input(p, &in, "auth_no", s->provider_no) ||
        !pni_input(p, &in, "out_order_no", no) || !pni_input(p, &in, "out_request_no", request) ||
        !pni_input_number(p, &in, "amount_fen", fen) || !pni_input(p, &in, "reason", "released"))
        return none(p);
    PN_TRY(pni_source_call(p, s, "unfreeze", &in, &a));
    return a.outcome == PN_LINK_OK || a.outcome == PN_LINK_NOT_FOUND
               ? 0 : pni_source_refused(p, PN_EPROVIDER, &a);
}

/* A promise is taken back even while the payer has not agreed; he cannot any more, then. A second
 * time it is refused: is it back already? */
static int take_back(pn *p, const pni_source *s)
{
    pni_trade t = {0};
    int rc = unfreeze(p, s, s->amount_fen.fen);
    if (rc != PN_EPROVIDER)
        return rc;
    PN_TRY(query(p, s->id, &t));
    return t.state.v == PNI_TRADE_CLOSED
               ? 0 : pn_fail(p, PN_EPROVIDER, NULL, "%s",
                             pn_tr("The provider keeps the payer's promise"));
}

int pni_later_let_go(pn *p, int64_t payment_id)
{
    pni_source s;
    PN_TRY(pni_source_load(p, payment_id, &s));
    if (pni_later_collects(&s))
        return take_back(p, &s);
    if (pni_later_agreed(&s))
        return 0; /* the agreement stays, for the next one */
    /* nothing frozen (the payer never agreed): nothing to let go */
    return s.provider_no ? unfreeze(p, &s, s.amount_fen.fen) : 0;
}

static int capture(pn *p, int64_t payment_id)
{
    (void)p;
    (void)payment_id;
    return 0; /* it is owed from then on, and deducted by its own job */
}

/* What was not deducted yet is less to be deducted; else it goes back as it came. */
static int refund(pn *p, int64_t payment_id, const char *out_request_no, int64_t amount_fen,
                  const char **provider_no)
{
    pn_payment y;
    PN_TRY(pni_payment_row(p, payment_id, &y));
    if (y.state.v == PN_PAYMENT_SUCCESS)
        return pni_linked.refund(p, payment_id, out_request_no, amount_fen, provider_no);
    PN_TRY(pni_later_less(p, payment_id));
    *provider_no = out_request_no;
    return 0;
}

/* What was not deducted yet is nobody's to pay back but ours. */
static int back(pn *p, int64_t payment_id, const char *out_request_no, int64_t amount_fen,
                pni_back *out)
{
    pn_payment y;
    PN_TRY(pni_payment_row(p, payment_id, &y));
    if (y.state.v == PN_PAYMENT_SUCCESS)
        return pni_linked.refund_query(p, payment_id, out_request_no, amount_fen, out);
    *out = (pni_back){.answer = PNI_BACK_NO};
    return 0;
}

const pni_provider pni_later = {PN_PAY_SFPL, send, query, pni_later_let_go, refund, capture,
                                .refund_query = back};
