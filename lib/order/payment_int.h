/* SPDX-License-Identifier: Apache-2.0 */
/* payment_int.h — what the files of payments and refunds share. */
#ifndef PNI_PAYMENT_H
#define PNI_PAYMENT_H

#include "order/order_int.h"
#include "order/payment.h"
#include "order/refund.h"

#pragma GCC visibility push(hidden)

/* ---- providers: every call is made while no transaction is open ---- */

typedef struct pni_trade {
    pn_word state; /* pni_trade_states */
    const char *provider_no;
    pn_money paid_fen;
} pni_trade;
enum { PNI_TRADE_UNSET, PNI_TRADE_NOTPAY, PNI_TRADE_SUCCESS, PNI_TRADE_CLOSED };
extern const pn_words pni_trade_states[];

enum { PNI_BACK_UNSET, PNI_BACK_NO, PNI_BACK_UNSURE, PNI_BACK_PAID };
typedef struct pni_back {
    int answer;
    const char *provider_no; /* of what was paid back */
} pni_back;

typedef struct pni_provider {
    int method; /* PN_PAY_… */
    int (*send)(pn *p, int64_t payment_id, int64_t amount_fen);
    int (*query)(pn *p, int64_t payment_id, pni_trade *out);
    int (*close)(pn *p, int64_t payment_id);
    /** The same out_request_no pays back once, however often it is asked. */
    int (*refund)(pn *p, int64_t payment_id, const char *out_request_no, int64_t amount_fen,
                  const char **provider_no);
    /** Of money that is frozen first: take it. Then `send` freezes, `query` says SUCCESS when it is
     *  frozen, and `close` lets go. */
    int (*capture)(pn *p, int64_t payment_id);
    /** The same of holders that take less than is frozen, once, and let the rest go with it.
     *  PN_EPROVIDER: refused for good; any other failure: not known, the same is asked again. */
    int (*capture_part)(pn *p, int64_t payment_id, pn_money fen);
    /** Did it pay this request back? It only tells. NULL: there is nobody to ask. */
    int (*refund_query)(pn *p, int64_t payment_id, const char *out_request_no, int64_t amount_fen,
                        pni_back *out);
} pni_provider;
extern const pni_provider pni_simulated, pni_simulated_auth;
/** Is it the simulated provider's? */
bool pni_simulates(int method);
/** Its payments count as money here (payment.simulated), or a failure with words. */
PN_MUST int pni_simulated_may(pn *p);
const pni_provider *pni_provider_of(int method); /* NULL: no provider (cash) */

/** Hex signature of a notice with the method's key. */
PN_MUST int pni_notice_sign(pn *p, const struct pn_payment_notify *in, const char **signature);

extern const pn_fsm pni_payment_fsm, pni_refund_fsm;
extern const pn_op pni_payment_notify_op, pni_payment_sent_op, pni_payment_apply_op,
    pni_payment_closed_op, pni_payment_simulate_op, pni_refund_leg_ok_op, pni_refund_leg_fail_op;
extern const pn_job pni_pay_poll_job, pni_refund_retry_job, pni_simulated_job;
extern const pn_event pni_session_cancelled_event, pni_session_rescheduled_event,
    pni_order_void_event;

/** One payment with what its order says; the basis of every decision about a notice. */
typedef struct pni_pay {
    int64_t id, order_id, session_id;
    pn_word method, state, order_status;
    pn_money amount_fen, payable_fen, order_paid_fen, held_fen;
    const char *provider_no, *seen; /* seen: result of the notice with this id, NULL = new */
    int64_t trade_order;            /* of another payment that this trade paid, 0 = none */
} pni_pay;

/** Apply what a provider told (by notice or when asked): exactly once, whatever it told before. */
PN_MUST int pni_payment_apply(pn *p, const struct pn_payment_notify *told, const char *raw,
                              pn_payment_result *out);

/** The same as an operation of its own, for what a provider answered when asked. */
PN_MUST int pni_payment_told(pn *p, int64_t payment_id, pn_word method, const char *provider_no,
                             pn_money paid, pn_payment_result *out);

/** A notice that its connector has proved. */
typedef struct pni_noticed {
    int64_t payment_id;
    pn_word method;
    const char *provider_no;
    pn_money paid;
    const char *notice_id, *raw;
} pni_noticed;
PN_MUST int pni_payment_noticed(pn *p, const pni_noticed *in, pn_payment_result *out);
/** The provider will not collect it: whatever its state, it is closed unless it is decided. */
PN_MUST int pni_payment_end(pn *p, int64_t payment_id);
PN_MUST int pni_refund_leg_done(pn *p, int64_t refund_id, int no, const char *provider_no,
                                pn_refund *out);
PN_MUST int pni_refund_leg_failed(pn *p, int64_t refund_id, int no, const char *error,
                                  pn_refund *out);

/** Money that must go back at once, no approval: of one payment, or, without one, of the order's
 *  payments, the last first. `reason` is the refund's. */
typedef struct pni_giveback {
    int64_t order_id, payment_id;
    int reason; /* PN_REASON_… */
    int64_t amount_fen;
    const char *from_status; /* the order's state before */
} pni_giveback;
PN_MUST int pni_refund_giveback(pn *p, const pni_giveback *g);
PN_MUST int pni_payment_row(pn *p, int64_t id, pn_payment *out);

/** Money that is there at once: an order is paid with it, frozen tenders included. */
typedef struct pni_taking {
    int64_t order_id, id;  /* id 0: a new one */
    int method;
    pn_money tendered_fen; /* 0: exactly what is due */
    const char *till, *ref;
    int64_t payee_id;      /* whose money it is, 0: ours */
} pni_taking;
/** Whoever calls books it. */
PN_MUST int pni_payment_take(pn *p, const pni_taking *t, pn_payment *out);
/** Ask a provider to collect for an order, whoever it belongs to. */
PN_MUST int pni_payment_make(pn *p, const struct pn_payment_create *ask, pn_payment *out);

/** The shard of a slip's number. */
int pni_slip_sk(const char *slip);
/** A slip's number stands for one payment. PN_EEXISTS: it stands for another. */
PN_MUST int pni_slip_claim(pn *p, int method, const char *slip, int64_t payment_id);
extern const pn_op pni_payment_slip_op, pni_payment_display_op, pni_payment_proxy_op,
    pni_payment_link_op, pni_payment_link_show_op, pni_payment_link_pay_op,
    pni_payment_link_open_op;
extern const pn_sql pni_display_sql, pni_display_pay_sql, pni_link_put_sql, pni_link_get_sql,
    pni_link_claim_sql;

/* Statements, for the modules' lists. */
extern const pn_sql pni_pay_find_sql, pni_notice_write_sql, pni_settle_notice_sql,
    pni_settle_late_sql, pni_settle_instead_sql, pni_settle_grab_sql, pni_late_refund_sql,
    pni_pay_dup_sql, pni_pay_extra_sql,
    pni_pay_mismatch_sql, pni_pay_due_sql, pni_pay_sent_sql, pni_pay_closed_sql,
    pni_pay_again_sql, pni_sim_send_sql, pni_sim_query_sql, pni_sim_close_sql, pni_sim_pay_sql,
    pni_sim_refund_sql, pni_sim_refunded_sql, pni_sim_void_sql, pni_sim_take_sql,
    pni_sim_due_sql, pni_sim_told_sql,
    pni_payment_move_sql, pni_refund_move_sql;

#pragma GCC visibility pop
#endif
