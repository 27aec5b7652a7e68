/* SPDX-License-Identifier: Apache-2.0 */
/* link_int.h — connectors: other people's HTTP interfaces, each described by a file.
 *
 * data/link/NAME.yaml says how a vendor's requests are made and signed, what its answers mean and
 * how its notices are checked; piaoniu-link(7) describes the file. A call returns 0 when there is
 * an answer, whatever it says; another code means that the fault is on this side. No call may be
 * made while a transaction is open. */
#ifndef PNI_LINK_H
#define PNI_LINK_H

#include "base/unit.h"

#pragma GCC visibility push(hidden)

/** Bytes with a NUL behind them. `s` NULL: there is none. */
typedef struct pni_span { const char *s; size_t n; } pni_span;
typedef struct pni_pair { const char *name; pni_span value; } pni_pair;
typedef struct pni_pairs { pni_pair *v; size_t n, cap; } pni_pairs;

pni_span pni_span_of(const char *text); /* NULL: none */
/** Add or, with `over`, replace. False: out of memory. */
PN_MUST bool pni_pairs_put(pn *p, pni_pairs *list, const char *name, pni_span value, bool over);
/** NULL when the name is not there. */
const pni_pair *pni_pairs_find(const pni_pairs *list, const char *name);

/** What an answer means: one closed set for all vendors. UNKNOWN: it may have happened, ask. */
#define PNI_OUTCOMES(W)                                                                            \
    W(LINK, OK, N_("Done"), 'g') W(LINK, PENDING, N_("Under way"), 'w')                            \
    W(LINK, UNKNOWN, N_("Result unknown"), 'w')                                                    \
    W(LINK, RETRYABLE, N_("Nothing done, try again"), 'w')                                         \
    W(LINK, RATE_LIMITED, N_("Too many calls"), 'w') W(LINK, SOLD_OUT, N_("Sold out"), 'b')        \
    W(LINK, PRICE_CHANGED, N_("Price changed"), 'b') W(LINK, DUPLICATE, N_("Done before"), 'd')    \
    W(LINK, NOT_FOUND, N_("Not found"), 'b') W(LINK, DECLINED, N_("Declined"), 'b')                \
    W(LINK, AUTH, N_("Signature or rights refused"), 'b')                                          \
    W(LINK, BAD_REQUEST, N_("Request refused"), 'b')
enum { PN_LINK_UNSET, PNI_OUTCOMES(PN_WORD_ENUM) };
extern const pn_words pni_outcomes[];

typedef struct pni_link pni_link;

/** An answer. `map` holds the names that the file's map gives. */
typedef struct pni_answer {
    int outcome, status;        /* PN_LINK_…; HTTP status, 0 = none */
    const char *code, *message; /* the vendor's own words, "" when there are none */
    pni_pairs map;
    pni_pairs *rows;            /* of a list, all its pages */
    size_t rows_n, rows_cap;
    bool asked;                 /* the answer is that of the on_unknown query */
    const char *exchange;       /* what went over the wire, redacted, for people */
} pni_answer;
/** A mapped value; NULL when it is not there. */
const char *pni_answer_get(const pni_answer *a, const char *name);
/** What came of it and the vendor's own words, as the failure of whoever asked; `code` of them. */
PN_MUST int pni_answer_fail(pn *p, int code, const char *field, const pni_answer *a);

/** A request that came in, or an answer to one. */
typedef struct pni_inbound {
    const char *method, *path, *query;
    pni_pairs header;
    pni_span body;
} pni_inbound;
typedef struct pni_ack { int status; const char *type, *body; } pni_ack;

/** What a notice turned out to be: genuine, a probe of our checking, or not to be believed. */
enum { PNI_NOTICE_GOOD = 1, PNI_NOTICE_PROBE, PNI_NOTICE_BAD };
typedef struct pni_heard {
    int verdict;
    const char *kind;   /* of the case that matched; "" when none does */
    const char *dedupe; /* the same for every repetition of one notice */
    const char *payee;  /* whose money it is, by the vendor's number; NULL: ours */
    pni_pairs map;
    int outcome;        /* of the call that the notice asks for, PN_LINK_…; 0: it asks for none */
} pni_heard;

/** The connector of that name: link.dir first, then the shipped ones. PN_ENONE, or PN_ECONF with
 *  file:line:col. Give it back with pni_link_close(). */
PN_MUST int pni_link_open(pn *p, const char *name, pni_link **out);
void pni_link_close(pn *p, pni_link *l);
const char *pni_link_name(const pni_link *l);
bool pni_link_has(const pni_link *l, const char *call);
/** Make a call. `in` are its inputs (`${in.name}`). */
PN_MUST int pni_link_call(pn *p, pni_link *l, const char *call, const pni_pairs *in,
                          pni_answer *out);
/** The pages of a list one after the other, each in a unit of its own: what it needed is free when
 *  the next one comes. `each` judges what was answered; a failure of it ends the list. */
enum { PNI_PAGE_KEY = 200 };
typedef struct pni_pages {
    const char *call;
    const pni_pairs *in;
    int (*each)(pn *own, const pni_answer *a, void *self);
    void *self;
} pni_pages;
PN_MUST int pni_link_pages(pn *p, pni_link *l, const pni_pages *ask);
/** Names and values from a JSON object of texts. */
PN_MUST int pni_pairs_json(pn *p, const char *json, pni_pairs *out);
/** A text as people may see it. */
PN_MUST int pni_link_shown(pn *p, const pni_link *l, const char *text, const char **out);
/** Check a notice. The vendor is told afterwards, by pni_link_ack(), once it is safe with us. */
PN_MUST int pni_link_hear(pn *p, pni_link *l, const char *callback, const pni_inbound *msg,
                          pni_heard *out);
/** The callback that a request is for, by its path and method; NULL: it is for none. */
const char *pni_link_match(const pni_link *l, const pni_inbound *msg);
PN_MUST int pni_link_ack(pn *p, pni_link *l, const char *callback, const char *which,
                         pni_ack *out); /* "ok" "fail" "probe" */

/** Is it our currency that a provider names? Whoever names none has no other. */
bool pni_is_yuan(const char *currency);

#pragma GCC visibility pop
#endif
