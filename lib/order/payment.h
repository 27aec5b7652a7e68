/* SPDX-License-Identifier: Apache-2.0 */
/* payment.h — tenders: cash at the counter, and providers that answer by notice. */
#ifndef PN_PAYMENT_H
#define PN_PAYMENT_H

#include "base/op.h"

PN_BEGIN

#define PN_PAYMENT_STATES(W)                                                                       \
    W(PAYMENT, CREATED, N_("Not sent yet"), 'w')                                                   \
    W(PAYMENT, PENDING, N_("Waiting for the payer"), 'w')                                          \
    W(PAYMENT, SUCCESS, N_("Paid"), 'g')                                                           \
    W(PAYMENT, CLOSED, N_("Closed"), 'd')                                                          \
    W(PAYMENT, MISMATCH, N_("Wrong amount"), 'b')                                                  \
    W(PAYMENT, DUP_REFUNDING, N_("Paid twice, being returned"), 'w')                               \
    W(PAYMENT, REFUNDED, N_("Returned"), 'd')                                                      \
    W(PAYMENT, COLLECTED, N_("Collected, unconfirmed"), 'w')                                       \
    W(PAYMENT, AUTHORISED, N_("Frozen"), 'w')                                                      \
    W(PAYMENT, CAPTURED, N_("Captured"), 'g')                                                      \
    W(PAYMENT, RELEASED, N_("Let go"), 'd')                                                        \
    W(PAYMENT, CREDIT_OPEN, N_("Attended first, to be paid"), 'w')                                 \
    W(PAYMENT, DEDUCTING, N_("Being deducted"), 'w')                                               \
    W(PAYMENT, OVERDUE, N_("Overdue"), 'b')                                                        \
    W(PAYMENT, BAD_DEBT, N_("Written off"), 'b')
enum { PN_PAYMENT_UNSET, PN_PAYMENT_STATES(PN_WORD_ENUM) };
extern const pn_words pn_payment_states[];

#define PN_PAY_METHODS(W)                                                                          \
    W(PAY, CASH, N_("Cash"), 0)                                                                    \
    W(PAY, SIMULATED, N_("Simulated provider"), 0)                                                 \
    W(PAY, TRANSFER, N_("Bank transfer"), 0)                                                       \
    W(PAY, SLIP, N_("Card slip"), 0)                                                               \
    W(PAY, PREPAID, N_("Prepaid account"), 0)                                                      \
    W(PAY, CHANNEL, N_("Collected by the channel"), 0)                                             \
    W(PAY, ALIPAY, N_("Alipay"), 0)                                                                \
    W(PAY, WECHAT, N_("WeChat Pay"), 0)                                                            \
    W(PAY, CMB_NETPAY, N_("CMB one-net payment"), 0)                                               \
    W(PAY, CMB_LIFE, N_("CMB Life"), 0)                                                            \
    W(PAY, SANDPAY, N_("Sand pay"), 0)                                                             \
    W(PAY, DOULI_POINTS, N_("Douli points"), 0)                                                    \
    W(PAY, GIFT_CARD, N_("Gift card"), 0)                                                          \
    W(PAY, PROXY_PAY, N_("Paid by an agent"), 0)                                                   \
    W(PAY, MINIAPP_DIRECT, N_("Organiser's mini program"), 0)                                      \
    W(PAY, SFPL, N_("Attend first, pay later"), 0)                                                 \
    W(PAY, SIMULATED_AUTH, N_("Simulated provider, frozen first"), 0)                              \
    W(PAY, ALIPAY_DIRECT, N_("Organiser's Alipay"), 0)
enum { PN_PAY_UNSET, PN_PAY_METHODS(PN_WORD_ENUM) };
extern const pn_words pn_pay_methods[];

typedef struct pn_payment {
    int64_t id, order_id;
    const char *order_no;
    int leg_no;
    pn_word method;
    pn_money amount_fen, received_fen, tendered_fen, change_fen;
    pn_word state;
    const char *provider_no, *till;
    pn_time created_at, expires_at, paid_at;
    int instalments;       /* months; 0: at once */
    pn_money discount_fen; /* the bank's own, which it pays us all the same */
} pn_payment;
extern const pn_type pn_payment_t;

struct pn_payment_cash { int64_t order; pn_money tendered_fen; const char *till; };
/** `scene`: how the payer meets the provider (QR BAR WAP APP JS PC), for methods that have several;
 *  `payer`: his openid, or the code that was scanned from his telephone. */
struct pn_payment_create {
    int64_t order;
    pn_word method, scene;
    const char *payer, *client_ip, *return_url;
    int instalments; /* months in which a card pays; 0: at once */
    pn_word device; /* where he is; unset: by how he meets the provider */
};
/** A part of an order by another tender: a gift card (its code and pin, or one of the buyer's
 *  account), or a partner's points (the telephone of the account and the code sent to it).
 *  amount_fen absent: as much as it can. */
struct pn_payment_tender {
    int64_t order;
    pn_word method;
    pn_money amount_fen;
    int64_t card;
    const char *code, *pin, *phone;
};
struct pn_payment_release { int64_t id; };
/** A bank card at the counter's terminal: the money is there with the slip. */
struct pn_payment_slip { int64_t order; const char *slip, *till; };
struct pn_payment_display { int64_t order; };
/** What the customer's screen shows. */
#define PN_DISPLAYS(W)                                                                             \
    W(DISPLAY, CART, N_("To be paid"), 'w')                                                        \
    W(DISPLAY, PAYING, N_("Being paid"), 'w')                                                      \
    W(DISPLAY, FAILED, N_("Not paid"), 'b')                                                        \
    W(DISPLAY, PAID, N_("Thank you"), 'g')                                                         \
    W(DISPLAY, OVER, N_("Over"), 'd')
enum { PN_DISPLAY_UNSET, PN_DISPLAYS(PN_WORD_ENUM) };
extern const pn_words pn_displays[];
typedef struct pn_payment_screen {
    int64_t order_id;
    const char *no, *show, *venue, *seats;
    pn_time start_at, until; /* until: the code to scan, else the hold */
    pn_word screen;
    int qty;
    pn_money payable_fen, held_fen, due_fen, tendered_fen, change_fen;
    pn_word method;
    const char *qr;
} pn_payment_screen;
/** An agent pays for somebody's order out of its account. Staff names it, an agent is itself. */
struct pn_payment_proxy { int64_t order, channel; };
struct pn_payment_link { int64_t order; };
typedef struct pn_payment_token { int64_t order_id; const char *token; pn_time expires_at; }
    pn_payment_token;
struct pn_payment_link_show { const char *token; };
/** What somebody who was asked to pay gets to see: nothing of the buyer. */
typedef struct pn_payment_asked {
    const char *show;
    pn_time start_at, expires_at;
    int qty;
    pn_money due_fen;
    bool open; /* it can be paid by whoever asks */
} pn_payment_asked;
/** `who`: the payer's own mark (his session, his openid). The first who pays is the only one,
 *  until his payment is closed. */
struct pn_payment_link_pay {
    const char *token, *who;
    pn_word method, scene;
    const char *payer, *client_ip, *return_url;
    pn_word device;
};
struct pn_payment_link_open { const char *token, *who; };
/** `method`: who deducts it, Alipay when unset; WeChat needs the payer's openid. */
struct pn_payment_later { int64_t order; pn_word method; const char *payer; };
struct pn_payment_repaid { int64_t id; const char *reference; };
struct pn_payment_write_off { int64_t id; const char *reason; };
struct pn_payment_open { int64_t id; };
struct pn_payment_remind { int64_t id; };
/** `code`: of the payer's telephone; it says whose it is. */
struct pn_payment_bar { int64_t order; const char *code; };
struct pn_payment_cancel { int64_t id; };
/** What the payer's side needs: one of qr, url, front. */
typedef struct pn_payment_front {
    int64_t id;
    pn_word state, scene;
    pn_money amount_fen;
    int64_t points; /* of a partner, where those pay it */
    const char *qr, *url, *front, *error;
    pn_time expires_at;
    int instalments;
    pn_money discount_fen;
} pn_payment_front;
/** A notice as it came: `headers` is a JSON object. The answer is for the provider. */
struct pn_payment_hear { const char *connector, *query; pn_json headers; const char *body; };
typedef struct pn_payment_heard {
    int status;
    const char *type, *body, *result;
} pn_payment_heard;
struct pn_payment_show { int64_t id; };
/** What is offered: for an order, or for what is said; unset: any. `all`: whatever there is. */
struct pn_payment_methods {
    int64_t order;
    pn_word device, delivery;
    const char *channel;
    pn_money amount_fen;
    bool all;
};
/** `name`: as it is sold; `flags` as the specification calls them. */
typedef struct pn_payment_method {
    pn_word method, scene;
    const char *name, *connector, *flags;
} pn_payment_method;
typedef struct pn_payment_methods_all { pn_rows methods; } pn_payment_methods_all;
/** What a provider tells. `signature`: hex HMAC-SHA256 over
 *  "method|notice_id|payment|provider_no|amount in fen" with the provider's key. */
struct pn_payment_notify {
    pn_word method;
    const char *notice_id;
    int64_t payment;
    const char *provider_no;
    pn_money amount_fen;
    const char *signature;
};
/** What became of a notice: APPLIED, LATE_APPLIED, LATE_REPLACED, LATE_REFUND, DUPLICATE, MISMATCH,
 *  REPEAT. */
typedef struct pn_payment_result {
    int64_t payment_id, order_id;
    const char *result;
} pn_payment_result;
struct pn_payment_simulate { int64_t payment; pn_money amount_fen; };

/** Pay an order in cash at the counter; the change is in the answer. */
int pn_payment_cash(pn *p, const struct pn_payment_cash *in, pn_payment *out);
/** Ask a provider to collect; the answer comes by notice. */
int pn_payment_create(pn *p, const struct pn_payment_create *in, pn_payment *out);
/** Freeze a part of an unpaid order; the payment that completes the order takes it. */
int pn_payment_tender(pn *p, const struct pn_payment_tender *in, pn_payment *out);
/** Let a frozen part of an unpaid order go again. */
int pn_payment_release(pn *p, const struct pn_payment_release *in, pn_payment *out);
/** Get what the payer needs; asks the provider for it at once. */
int pn_payment_open(pn *p, const struct pn_payment_open *in, pn_payment_front *out);
/** Have the provider send its notice once more. PN_EARG: this one does not. */
int pn_payment_remind(pn *p, const struct pn_payment_remind *in, pn_payment_front *out);
/** Ask the provider whose code it is to collect; payment.open sends it. */
int pn_payment_bar(pn *p, const struct pn_payment_bar *in, pn_payment *out);
/** Stop waiting for a payment. PN_EBUSY: its answer is under way; who has paid has paid. */
int pn_payment_cancel(pn *p, const struct pn_payment_cancel *in, pn_payment_front *out);
/** Take a notice of a provider that a connector carries. */
int pn_payment_hear(pn *p, const struct pn_payment_hear *in, pn_payment_heard *out);
int pn_payment_notify(pn *p, const struct pn_payment_notify *in, pn_payment_result *out);
int pn_payment_methods(pn *p, const struct pn_payment_methods *in, pn_payment_methods_all *out);
int pn_payment_show(pn *p, const struct pn_payment_show *in, pn_payment *out);
/** The price is frozen now and deducted a day after the show; needs credit. */
int pn_payment_later(pn *p, const struct pn_payment_later *in, pn_payment *out);
int pn_payment_repaid(pn *p, const struct pn_payment_repaid *in, pn_payment *out);
/** Two people, long after the show. */
int pn_payment_write_off(pn *p, const struct pn_payment_write_off *in, pn_payment *out);
int pn_payment_slip(pn *p, const struct pn_payment_slip *in, pn_payment *out);
int pn_payment_display(pn *p, const struct pn_payment_display *in, pn_payment_screen *out);
int pn_payment_proxy(pn *p, const struct pn_payment_proxy *in, pn_payment *out);
/** A link by which somebody else pays; an older one of the order is void. */
int pn_payment_link(pn *p, const struct pn_payment_link *in, pn_payment_token *out);
int pn_payment_link_show(pn *p, const struct pn_payment_link_show *in, pn_payment_asked *out);
int pn_payment_link_pay(pn *p, const struct pn_payment_link_pay *in, pn_payment *out);
int pn_payment_link_open(pn *p, const struct pn_payment_link_open *in, pn_payment_front *out);
int pn_payment_list(pn *p, const pn_list *in, pn_page *out);
/** The payer of the simulated provider pays now; its notices arrive as its switches say. */
int pn_payment_simulate(pn *p, const struct pn_payment_simulate *in, pn_payment *out);

PN_END
#endif
