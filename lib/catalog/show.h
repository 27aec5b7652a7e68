/* SPDX-License-Identifier: Apache-2.0 */
/* show.h — a production sold in one city and venue; its sessions are what is sold.
 *
 * A show is drafted, submitted, approved by a second person and then live. What is live does not
 * change by an edit: the edit waits as a revision until a second person approves that too. */
#ifndef PN_SHOW_H
#define PN_SHOW_H

#include "import.h"

PN_BEGIN

// clang-format off
#define PN_SHOW_STATES(W)                                                                          \
    W(SHOW, DRAFT, N_("Draft"), 'w') W(SHOW, REVIEWING, N_("In review"), 'w')                      \
    W(SHOW, PUBLISHED, N_("Published"), 'g') W(SHOW, OFFLINE, N_("Offline"), 'b')                  \
    W(SHOW, ARCHIVED, N_("Archived"), 'd')
#define PN_SHOW_CATEGORIES(W)                                                                      \
    W(CATEGORY, CONCERT, N_("Concert"), 0) W(CATEGORY, DRAMA, N_("Drama"), 0)                      \
    W(CATEGORY, OPERA, N_("Opera"), 0) W(CATEGORY, MUSIC, N_("Classical music"), 0)                \
    W(CATEGORY, DANCE, N_("Dance"), 0) W(CATEGORY, CHILD, N_("Children"), 0)                       \
    W(CATEGORY, SPORT, N_("Sport"), 0) W(CATEGORY, EXPO, N_("Exhibition"), 0)                      \
    W(CATEGORY, COMEDY, N_("Comedy"), 0) W(CATEGORY, PARK, N_("Park and tourism"), 0)
#define PN_SALE_STAGES(W)                                                                          \
    W(STAGE, COMING, N_("On sale soon"), 'w') W(STAGE, PRESALE, N_("Presale"), 'g')                \
    W(STAGE, ONSALE, N_("On sale"), 'g') W(STAGE, TAIL, N_("Last tickets"), 'g')                   \
    W(STAGE, LACK, N_("No tickets now"), 'b') W(STAGE, ENDED, N_("Ended"), 'd')
#define PN_RESALE_POLICIES(W)                                                                      \
    W(RESALE, OPEN, N_("Open"), 0) W(RESALE, FACE_CAP, N_("At most face price"), 0)                \
    W(RESALE, FORBIDDEN, N_("Forbidden"), 0)
#define PN_REALNAME_MODES(W)                                                                       \
    W(REALNAME, NONE, N_("No real name"), 0) W(REALNAME, ORDER, N_("One name an order"), 0)        \
    W(REALNAME, TICKET, N_("One name a ticket"), 0) W(REALNAME, STRICT, N_("Strict"), 0)
#define PN_REFUND_POLICIES(W)                                                                      \
    W(REFUNDS, LARGE_2023, N_("Large shows (2023 rules)"), 0) W(REFUNDS, RESALE, N_("Resale"), 0)  \
    W(REFUNDS, CLOSED, N_("No refunds"), 0) W(REFUNDS, FREE, N_("Free refunds"), 0)
enum { PN_SHOW_UNSET, PN_SHOW_STATES(PN_WORD_ENUM) };
enum { PN_CATEGORY_UNSET, PN_SHOW_CATEGORIES(PN_WORD_ENUM) };
enum { PN_STAGE_UNSET, PN_SALE_STAGES(PN_WORD_ENUM) };
enum { PN_RESALE_UNSET, PN_RESALE_POLICIES(PN_WORD_ENUM) };
enum { PN_REALNAME_UNSET, PN_REALNAME_MODES(PN_WORD_ENUM) };
enum { PN_REFUNDS_UNSET, PN_REFUND_POLICIES(PN_WORD_ENUM) };
// clang-format on
extern const pn_words pn_show_states[], pn_show_categories[], pn_sale_stages[],
    pn_resale_policies[], pn_realname_modes[], pn_refund_policies[];

typedef struct pn_show_row {
    int64_t id;
    const char *code, *title, *subtitle;
    int64_t city_id, venue_id, organiser_id;
    const char *city, *venue;
    pn_word category, status, sale_stage, resale_policy, realname_mode, refund_policy;
    pn_texts artists, aliases;
    const char *poster;
    pn_json notices;
    const char *detail, *permit_no;
    int approved_capacity;
    bool is_large;
    int purchase_limit_user, purchase_limit_order, version;
    int64_t sessions;
    pn_time next_at, last_at;
    pn_money price_from;
    int64_t author_id, revision; /* the revision that waits, 0 = none */
    int64_t rank;                /* of a search: the best is the least; else 0 */
    pn_time created_at, updated_at;
} pn_show_row;
extern const pn_type pn_show_row_t;

#define PN_SHOW_FIELDS                                                                             \
    const char *code, *title;                                                                      \
    int64_t city, venue;                                                                           \
    pn_word category;                                                                              \
    const char *subtitle;                                                                          \
    pn_texts artists, aliases;                                                                     \
    const char *poster;                                                                            \
    pn_json notices;                                                                               \
    const char *detail, *permit_no;                                                                \
    int approved_capacity;                                                                         \
    pn_word is_large, resale_policy, realname_mode, refund_policy;                                 \
    int purchase_limit_user, purchase_limit_order;                                                 \
    int64_t organiser;
struct pn_show_create { PN_SHOW_FIELDS };
/** A draft changes at once; a published show gets a revision and `out->revision` names it. */
struct pn_show_edit { int64_t id; int version; PN_SHOW_FIELDS };
struct pn_show_show { int64_t id; };
struct pn_show_submit { int64_t id; const char *reason; };
struct pn_show_approve { int64_t id; const char *reason; };
struct pn_show_reject { int64_t id; const char *reason; };
struct pn_show_offline { int64_t id; const char *reason; };
struct pn_show_republish { int64_t id; const char *reason; };
struct pn_show_archive { int64_t id; const char *reason; };

PN_MUST int pn_show_create(pn *p, const struct pn_show_create *in, pn_show_row *out);
PN_MUST int pn_show_edit(pn *p, const struct pn_show_edit *in, pn_show_row *out);
PN_MUST int pn_show_show(pn *p, const struct pn_show_show *in, pn_show_row *out);
PN_MUST int pn_show_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_show_import(pn *p, const struct pn_import *in, pn_import_result *out);
/** Needs a session with a tier, a poster, notices, and for a large show its permit number. */
PN_MUST int pn_show_submit(pn *p, const struct pn_show_submit *in, pn_show_row *out);
/** By another person than the author (PN_EDUAL); a large show must ask for names. */
PN_MUST int pn_show_approve(pn *p, const struct pn_show_approve *in, pn_show_row *out);
PN_MUST int pn_show_reject(pn *p, const struct pn_show_reject *in, pn_show_row *out);
PN_MUST int pn_show_offline(pn *p, const struct pn_show_offline *in, pn_show_row *out);
PN_MUST int pn_show_republish(pn *p, const struct pn_show_republish *in, pn_show_row *out);
PN_MUST int pn_show_archive(pn *p, const struct pn_show_archive *in, pn_show_row *out);

extern const pn_module pn_show_module;

PN_END
#endif
