/* SPDX-License-Identifier: Apache-2.0 */
/* provider_int.h — payments that a connector carries. */
#ifndef PNI_PROVIDER_H
#define PNI_PROVIDER_H

#include "link/link_int.h"
#include "order/payment_int.h"

#pragma GCC visibility push(hidden)

/** What a method can do, in the order of the specification's flags. */
enum {
    PNI_CAN_QR = 1 << 0,  /* the payer scans a code that is shown */
    PNI_CAN_BAR = 1 << 1, /* the cashier scans the payer's code */
    PNI_CAN_WAP = 1 << 2, PNI_CAN_APP = 1 << 3, PNI_CAN_JS = 1 << 4, PNI_CAN_PC = 1 << 5,
    PNI_CAN_QUERY = 1 << 6, PNI_CAN_CLOSE = 1 << 7, PNI_CAN_REVERSE = 1 << 8,
    PNI_CAN_REFUND = 1 << 9, PNI_CAN_REFUND_PART = 1 << 10, PNI_CAN_NOTIFY = 1 << 11,
    PNI_CAN_OFFLINE = 1 << 12, PNI_CAN_CREDIT = 1 << 13,
    PNI_CAN_MIX = 1 << 14,     /* a part of an order, beside another tender */
    PNI_CAN_AUTH = 1 << 15,    /* frozen first, then taken or let go */
    PNI_CAN_DEDUCT = 1 << 16,  /* deducted later, without the payer */
    PNI_CAN_SUB = 1 << 17,     /* to the merchant of somebody else */
    PNI_CAN_BILL = 1 << 18,    /* has a bill of each day, of its own */
    PNI_CAN_BILL_QUERY = 1 << 19, /* a day of it is asked for line by line, or counted */
    /* what it is, whatever it can */
    PNI_IS_FROZEN = 1 << 20,   /* frozen before it is taken, always */
    PNI_IS_THEIRS = 1 << 21,   /* the money is somebody else's from the beginning */
    PNI_IS_CARRIED = 1 << 22,  /* by another method's provider, in whose bills it is */
    PNI_IS_AGREED = 1 << 23,   /* a buyer can agree with it once, for all later payments */
    PNI_HAS_INSTALMENTS = 1 << 24, /* a card can pay month by month */
    PNI_HAS_FUND = 1 << 25,    /* the movements of its account are in a bill of their own */
};

#define PNI_SCENES(W)                                                                              \
    W(SCENE, QR, N_("The payer scans a code"), 0)                                                  \
    W(SCENE, BAR, N_("The payer's code is scanned"), 0)                                            \
    W(SCENE, WAP, N_("Mobile page"), 0)                                                            \
    W(SCENE, APP, N_("App"), 0)                                                                    \
    W(SCENE, JS, N_("Mini program"), 0)                                                            \
    W(SCENE, PC, N_("Web page"), 0)
enum { PN_SCENE_UNSET, PNI_SCENES(PN_WORD_ENUM) }; /* bit of a scene: 1 << (scene - 1) */
extern const pn_words pni_scenes[];

typedef struct pni_method {
    int method;            /* PN_PAY_… */
    const char *name;      /* of the ten that are sold; NULL: another */
    const char *connector; /* NULL: none */
    uint32_t can;
    const char *other;     /* more connectors that may carry it; NULL: none */
} pni_method;
const pni_method *pni_method_of(int method);                       /* NULL: unknown */
const pni_method *pni_method_by_connector(const char *connector); /* NULL: none */
/** Are there bills of this method itself? */
bool pni_method_has_bill(const pni_method *m);

/** What is known of a payment when its provider is called. */
typedef struct pni_source {
    int64_t id;
    const char *no; /* its number at the provider; NULL: that of a payment */
    pn_word method, state, scene;
    pn_money amount_fen, received_fen;
    const char *payer, *code, *client_ip, *return_url, *provider_no, *order_no, *show;
    /* of whoever collects for himself, by WeChat Pay or by Alipay; NULL: we do */
    const char *sub_mchid, *sub_appid, *seller_id, *payee_token, *op_app_id;
    bool own_app;                      /* the payer's number is that of an app of ours */
    pn_word via;                       /* who deducts what is paid later; unset: the method */
    pn_time ends_at;                   /* of that: when it was attended */
    pn_time created_at, expires_at;
    int64_t user_id; /* whose order it is; 0: no account's */
    int instalments, polls, tries; /* tries: of deducting what is paid later */
} pni_source;
PN_MUST int pni_source_load(pn *p, int64_t payment_id, pni_source *out);
/** Make a call of its connector, and keep what was said without secrets. */
PN_MUST int pni_source_call(pn *p, const pni_source *s, const char *name, const pni_pairs *in,
                            pni_answer *out);
/** Where its provider sends notices; NULL when nobody said where we are. */
const char *pni_source_notify(pn *p, const pni_source *s);
/** It is needed and not there. */
int pni_source_homeless(pn *p);
/** The failure of a unit within this one as its own, with what to do next. `own` NULL: there was
 *  no memory for it. */
int pni_fail_of(pn *p, const pn *own, int rc, const char *field);
/** Its number at the provider; NULL: no memory. */
const char *pni_source_number(pn *p, int64_t payment_id);
/** Add an input; one that is empty is left out. */
bool pni_input(pn *p, pni_pairs *in, const char *name, const char *value);
bool pni_input_number(pn *p, pni_pairs *in, const char *name, int64_t value);
/** What the payer had to give was used; `refused`: for nothing, the payment is over. NULL: it was
 *  good. */
PN_MUST int pni_front_done(pn *p, int64_t payment_id, const pni_answer *refused);
/** What the bank took off of its own: the payer paid so much less, we are paid all of it. */
PN_MUST int pni_front_off(pn *p, int64_t payment_id, pn_money discount);
/** The text that the payer's app is given. */
PN_MUST int pni_front_give(pn *p, int64_t payment_id, const char *front);
/** What was paid, from a provider's words: in another currency than ours 0, which is never what is
 *  asked for. */
pn_money pni_paid_fen(const char *fen, const char *currency);
/** Does the answer's `state` say this? */
bool pni_answer_is(const pni_answer *a, const char *word);
/** What a connector must know of whoever collects for himself. */
bool pni_input_payee(pn *p, pni_pairs *in, const pni_source *s);
/** The vendor's words as ours. */
int pni_source_refused(pn *p, int code, const pni_answer *a);
/** How a holder calls what he froze: its number, the state while he holds it, and after. */
typedef struct pni_frozen_words { const char *no, *held, *gone; } pni_frozen_words;
/** Ask by `freeze_query` what became of it: held is SUCCESS, let go CLOSED. */
PN_MUST int pni_source_frozen(pn *p, const pni_source *s, const pni_pairs *in,
                              const pni_frozen_words *say, pni_trade *out);

/** Ask its provider to collect it, in its scene. */
PN_MUST int pni_source_send(pn *p, const pni_source *s, pni_answer *out);
/** What became of it. */
PN_MUST int pni_source_query(pn *p, const pni_source *s, pni_trade *out);
/** Have it send its notice once more. PN_EARG: it has no such call. */
PN_MUST int pni_source_remind(pn *p, const pni_source *s, pni_answer *out);
/** Nobody shall pay it any more; that somebody just did is no failure. */
PN_MUST int pni_source_close(pn *p, const pni_source *s);
/** Pay back so much of it. The same request number does so once; PN_EBUSY: under way. */
PN_MUST int pni_source_refund(pn *p, const pni_source *s, const char *out_request_no,
                              int64_t amount_fen, const char **provider_no);

/** Did it pay this request back? */
PN_MUST int pni_source_back(pn *p, const pni_source *s, const char *out_request_no,
                            int64_t amount_fen, pni_back *out);

/** The calls of every method that has a connector. */
extern const pni_provider pni_linked;
/** The way the payer meets the provider, of those the method has; unset: a code to scan. */
PN_MUST int pni_scene_of(pn *p, const struct pn_payment_create *ask, int *scene);
/** Keep how the payer meets the provider; checks that the method can. `method`: of the payment,
 *  which is another than was asked for where somebody else collects. */
PN_MUST int pni_front_put(pn *p, int64_t payment_id, const struct pn_payment_create *ask,
                          pn_word method);
/** What the payer's side needs; asks the provider for it at once if that was not done yet. */
PN_MUST int pni_front_open(pn *p, int64_t payment_id, pn_payment_front *out);
extern const pn_type pni_front_shown_t;
/** Nobody waits for it any more: closed or reversed there, unless it was paid. */
PN_MUST int pni_front_stop(pn *p, int64_t payment_id, pn_payment_front *out);
/** Send what is due of one payment now, instead of with the next job. */
PN_MUST int pni_payment_push(pn *p, int64_t payment_id);
/** The same for one that is not waited for any longer. PN_EBUSY: somebody is asking just now. */
PN_MUST int pni_payment_stop(pn *p, int64_t payment_id);

extern const pn_op pni_payment_methods_op, pni_payment_open_op, pni_payment_hear_op,
    pni_payment_remind_op,
    pni_payment_exchanges_op, pni_payment_bar_op, pni_payment_cancel_op;
extern const pn_sql pni_freeze_points_sql, pni_front_put_sql, pni_front_row_sql, pni_front_said_sql,
    pni_front_off_sql,
    pni_exchange_put_sql, pni_hear_leg_sql, pni_pay_source_sql, pni_pay_one_sql,
    pni_pay_any_sql, pni_pay_take_sql;

#pragma GCC visibility pop
#endif
