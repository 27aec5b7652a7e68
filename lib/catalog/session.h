/* SPDX-License-Identifier: Apache-2.0 */
/* session.h — one dated performance of a show: what is sold, moved, called off and admitted to.
 *
 * The clock moves a session along (job session_tick), but nothing waits for that job: whether it
 * may be sold or is over is always asked of the times themselves. */
#ifndef PN_SESSION_H
#define PN_SESSION_H

#include "import.h"

PN_BEGIN

/** How tickets reach whoever bought them. */
#define PN_DELIVERIES(W)                                                                           \
    W(DELIVERY, EXPRESS, N_("Express"), 0)                                                         \
    W(DELIVERY, ETICKET, N_("E-ticket"), 0)                                                        \
    W(DELIVERY, ONSITE, N_("Pick up on site"), 0)                                                  \
    W(DELIVERY, CODE, N_("Pick-up code"), 0)
enum { PN_DELIVERY_UNSET, PN_DELIVERIES(PN_WORD_ENUM) };
extern const pn_words pn_deliveries[];

// clang-format off
#define PN_SESSION_STATES(W)                                                                       \
    W(SESSION, SCHEDULED, N_("Scheduled"), 'w') W(SESSION, PRESALE, N_("Presale"), 'g')            \
    W(SESSION, ON_SALE, N_("On sale"), 'g') W(SESSION, TAIL, N_("Last tickets"), 'g')              \
    W(SESSION, SUSPENDED, N_("Suspended"), 'b') W(SESSION, CLOSED, N_("Sale closed"), 'w')         \
    W(SESSION, RUNNING, N_("Doors open"), 'g') W(SESSION, INTERRUPTED, N_("Interrupted"), 'b')     \
    W(SESSION, ENDED, N_("Ended"), 'd') W(SESSION, POSTPONED, N_("Postponed"), 'b')                \
    W(SESSION, CANCELLED, N_("Cancelled"), 'b') W(SESSION, ARCHIVED, N_("Archived"), 'd')
#define PN_STOCK_FLAGS(W)                                                                          \
    W(FLAG, NONE, N_("None"), 'b') W(FLAG, LESS, N_("Few"), 'w') W(FLAG, NORMAL, N_("Some"), 'g')  \
    W(FLAG, ENOUGH, N_("Plenty"), 'g')
enum { PN_SESSION_UNSET, PN_SESSION_STATES(PN_WORD_ENUM) };
enum { PN_FLAG_UNSET, PN_STOCK_FLAGS(PN_WORD_ENUM) };
// clang-format on
extern const pn_words pn_session_states[], pn_stock_flags[];

typedef struct pn_session {
    int64_t id;
    const char *code;
    int64_t show_id, hall_id;
    const char *show, *city, *venue, *hall;
    pn_time start_at, end_at, doors_at, sale_at, stop_sale_at, tail_from;
    pn_word status, stock_flag;
    bool expired;
    int64_t total, locked, sold;
    int approved_capacity;
    pn_texts ticket_modes, delivery_types;
    bool outdoor, reentry_allowed;
    const char *change_reason;
    int64_t revision;  /* a change that waits for a second person */
    bool cancel_asked; /* one person asked to cancel, a second one has not agreed yet */
    int version;
    pn_time created_at, updated_at;
} pn_session;
extern const pn_type pn_session_t;

#define PN_SESSION_FIELDS                                                                          \
    const char *code;                                                                              \
    int64_t show, hall;                                                                            \
    pn_time start_at, end_at, doors_at, sale_at, stop_sale_at, tail_from;                          \
    int approved_capacity;                                                                         \
    pn_texts ticket_modes, delivery_types;                                                         \
    pn_word outdoor, reentry_allowed;
struct pn_session_create { PN_SESSION_FIELDS };
/** Times change only while nothing is sold or held (PN_ESTATE); afterwards reschedule. Under a
 *  published show the change waits as a revision. */
struct pn_session_edit { int64_t id; int version; PN_SESSION_FIELDS };
struct pn_session_show { int64_t id; };
struct pn_session_open_presale { int64_t id; const char *reason; };
struct pn_session_open_sale { int64_t id; const char *reason; };
struct pn_session_suspend { int64_t id; const char *reason; };
struct pn_session_resume { int64_t id; const char *reason; };
struct pn_session_stop_sale { int64_t id; const char *reason; };
struct pn_session_doors_open { int64_t id; const char *reason; };
struct pn_session_end { int64_t id; const char *reason; };
struct pn_session_postpone { int64_t id; const char *reason; };
struct pn_session_cancel { int64_t id; const char *reason; };
struct pn_session_agree_cancel { int64_t id; const char *reason; };
struct pn_session_weather_interrupt { int64_t id; const char *reason; };
struct pn_session_archive { int64_t id; const char *reason; };
struct pn_session_reschedule { int64_t id; pn_time start_at, end_at; const char *reason; };
struct pn_session_abandon { int64_t id; int played_pct; const char *reason; };
typedef struct pn_session_ticked { int64_t done; } pn_session_ticked;
struct pn_session_tick { int64_t limit; };

PN_MUST int pn_session_create(pn *p, const struct pn_session_create *in, pn_session *out);
PN_MUST int pn_session_edit(pn *p, const struct pn_session_edit *in, pn_session *out);
PN_MUST int pn_session_show(pn *p, const struct pn_session_show *in, pn_session *out);
PN_MUST int pn_session_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_session_import(pn *p, const struct pn_import *in, pn_import_result *out);
PN_MUST int pn_session_open_presale(pn *p, const struct pn_session_open_presale *in,
                                    pn_session *out);
PN_MUST int pn_session_open_sale(pn *p, const struct pn_session_open_sale *in, pn_session *out);
PN_MUST int pn_session_suspend(pn *p, const struct pn_session_suspend *in, pn_session *out);
/** From SUSPENDED back to what it was while sale time is left; from INTERRUPTED on the same day. */
PN_MUST int pn_session_resume(pn *p, const struct pn_session_resume *in, pn_session *out);
PN_MUST int pn_session_stop_sale(pn *p, const struct pn_session_stop_sale *in, pn_session *out);
PN_MUST int pn_session_doors_open(pn *p, const struct pn_session_doors_open *in, pn_session *out);
PN_MUST int pn_session_end(pn *p, const struct pn_session_end *in, pn_session *out);
PN_MUST int pn_session_postpone(pn *p, const struct pn_session_postpone *in, pn_session *out);
/** All times move with the start; event session.rescheduled. PN_ECONFLICT: the hall is taken. */
PN_MUST int pn_session_reschedule(pn *p, const struct pn_session_reschedule *in, pn_session *out);
/** Ask to cancel; another person agrees (PN_EDUAL otherwise), event session.cancelled. */
PN_MUST int pn_session_cancel(pn *p, const struct pn_session_cancel *in, pn_session *out);
PN_MUST int pn_session_agree_cancel(pn *p, const struct pn_session_agree_cancel *in,
                                    pn_session *out);
PN_MUST int pn_session_weather_interrupt(pn *p, const struct pn_session_weather_interrupt *in,
                                         pn_session *out);
/** Give up an interrupted session: what was played decides the refund (policy rain.*). */
PN_MUST int pn_session_abandon(pn *p, const struct pn_session_abandon *in, pn_session *out);
PN_MUST int pn_session_archive(pn *p, const struct pn_session_archive *in, pn_session *out);
/** What the clock asks for, of at most `limit` sessions (default 1000). */
PN_MUST int pn_session_tick(pn *p, const struct pn_session_tick *in, pn_session_ticked *out);

extern const pn_module pn_session_module;

PN_END
#endif
