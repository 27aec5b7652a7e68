/* SPDX-License-Identifier: Apache-2.0 */
/* seckill.h — few tickets at an activity's price from one moment on: seckill and rush sales. */
#ifndef PN_SECKILL_H
#define PN_SECKILL_H

#include "base/op.h"

PN_BEGIN

#define PN_SECKILL_KINDS(W)                                                                        \
    W(SECKILL, SECKILL, N_("Seckill"), 0)                                                          \
    W(SECKILL, RUSH, N_("Rush sale"), 0)
enum { PN_SECKILL_KIND_UNSET, PN_SECKILL_KINDS(PN_WORD_ENUM) };
extern const pn_words pn_seckill_kinds[];

#define PN_SECKILL_STATES(W)                                                                       \
    W(SECKILL, DRAFT, N_("Draft"), 'w')                                                            \
    W(SECKILL, WARMUP, N_("Published"), 'w')                                                       \
    W(SECKILL, RUNNING, N_("Running"), 'g')                                                        \
    W(SECKILL, SOLD_OUT, N_("Sold out"), 'b')                                                      \
    W(SECKILL, ENDED, N_("Over"), 'd')
enum { PN_SECKILL_UNSET, PN_SECKILL_STATES(PN_WORD_ENUM) };
extern const pn_words pn_seckill_states[];

typedef struct pn_seckill {
    int64_t id, tier_id, session_id;
    const char *name, *show, *tier;
    pn_word kind;
    pn_money price_fen;
    int stock, taken, offered, limit_qty;
    int64_t entries, waiting;
    pn_time open_at, close_at;
    pn_word state;
} pn_seckill;
extern const pn_type pn_seckill_t;

struct pn_seckill_create {
    int64_t tier;
    pn_word kind;
    const char *name;
    pn_money price_fen;
    int stock, limit_qty;
    pn_time open_at, close_at;
};
struct pn_seckill_show { int64_t id; };
/** Withhold its tickets from the tier. PN_ESTOCK when they are not free. */
struct pn_seckill_publish { int64_t id; };
/** What was not taken is sold as before. */
struct pn_seckill_end { int64_t id; const char *reason; };
/** Before it opens: the token without which a seckill takes no request. */
struct pn_seckill_register { int64_t id; };
typedef struct pn_seckill_entry {
    int64_t id;
    const char *token;
    pn_time open_at;
} pn_seckill_entry;
/** Once all is taken: whatever comes back is offered in the order of asking. */
struct pn_seckill_wait { int64_t id; };
typedef struct pn_seckill_place {
    int64_t id;
    int64_t before; /* so many wait in front */
    pn_word state;
    pn_time offered_until;
} pn_seckill_place;

PN_MUST int pn_seckill_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_seckill_show(pn *p, const struct pn_seckill_show *in, pn_seckill *out);
PN_MUST int pn_seckill_create(pn *p, const struct pn_seckill_create *in, pn_seckill *out);
PN_MUST int pn_seckill_publish(pn *p, const struct pn_seckill_publish *in, pn_seckill *out);
PN_MUST int pn_seckill_end(pn *p, const struct pn_seckill_end *in, pn_seckill *out);
PN_MUST int pn_seckill_register(pn *p, const struct pn_seckill_register *in, pn_seckill_entry *out);
PN_MUST int pn_seckill_wait(pn *p, const struct pn_seckill_wait *in, pn_seckill_place *out);

PN_END
#endif
