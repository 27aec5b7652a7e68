/* SPDX-License-Identifier: Apache-2.0 */
/* Revisions of shows, sessions and tiers. The payload is the edit exactly as it was asked for; it
 * is applied to the version it was made against or not at all, so that two people never mix their
 * changes unseen. */
#include "may_int.h"
#include "revision_int.h"
#include "session_int.h"
#include "show_int.h"
#include "tier_int.h"

#include <inttypes.h>
#include <string.h>

const pn_words pn_revision_states[] = {PN_REVISION_STATES(PN_WORD_ROW) {0}};

static const pn_words nouns[] = {
    {"show", N_("Show"), 0}, {"session", N_("Session"), 0}, {"tier", N_("Tier"), 0}, {0}};
/* Whom a change meets: who holds a ticket already, who is about to, and who offers some. */
#define OF_IT(what, from)                                                                          \
    "(select coalesce(" what ", 0)::bigint from session z join " from " k"                         \
    " on k.sk = (z.id & 4095)::int and k.session_id = z.id where z.show_id = r.show_id"            \
    " and (r.noun <> 'session' or z.id = r.ref) and (r.noun <> 'tier' or k.tier_id = r.ref))"
#define SOLD OF_IT("sum(k.qty_sold)", "stock")
#define LOCKED OF_IT("sum(k.qty_locked)", "stock")
#define OFFERS OF_IT("count(*) filter (where k.state = 'LIVE')", "listing")
/* … and who sells it elsewhere: as a product of his own, or by contract. */
#define TIER_OF_IT                                                                                 \
    " join session z on z.id = x.session_id and z.show_id = r.show_id"                             \
    " where (r.noun <> 'session' or z.id = r.ref) and (r.noun <> 'tier' or x.id = r.ref)"
#define CHANNELS                                                                                   \
    "(select count(*) from channel w where w.state = 'ACTIVE' and (exists (select from sku_map m"  \
    " join tier x on x.id = m.tier_id" TIER_OF_IT                                                  \
    " and m.sk = (w.id & 4095)::int and m.channel_id = w.id) or exists (select from agency g"      \
    " join agency_quota q on q.agency_id = g.id"                                                   \
    " join tier x on x.id = q.tier_id and q.sk = (x.id & 4095)::int" TIER_OF_IT                    \
    " and g.channel_id = w.id and g.state = 'ACTIVE' and g.valid_to > :now)))"
static PN_TYPE(revision_t, "revision", pn_revision,
    PN_COL(pn_revision, id, N_("Id"), .flags = PN_KEY | PN_BRIEF | PN_SORT, .sql = "r.id"),
    PN_COL(pn_revision, show_id, N_("Show number"), .ref = "show", .sql = "r.show_id"),
    PN_COL(pn_revision, show, N_("Show"), .flags = PN_BRIEF, .sql = "h.title"),
    PN_COL(pn_revision, noun, N_("Of"), .flags = PN_BRIEF | PN_SORT, .words = nouns,
           .sql = "r.noun"),
    PN_COL(pn_revision, ref, N_("Its number"), .sql = "r.ref"),
    PN_COL(pn_revision, code, N_("Code"), .flags = PN_BRIEF,
           .sql = "case r.noun when 'show' then h.code when 'session' then s.code else t.code"
                  " end"),
    PN_COL(pn_revision, diff, N_("Changes"), .flags = PN_BRIEF, .sql = "r.diff"),
    PN_COL(pn_revision, sold, N_("Tickets sold of it"), .flags = PN_BRIEF | PN_NOFILTER,
           .sql = SOLD),
    PN_COL(pn_revision, locked, N_("Tickets of it in unpaid orders"), .flags = PN_NOFILTER,
           .sql = LOCKED),
    PN_COL(pn_revision, offers, N_("Offers of it on sale"), .flags = PN_NOFILTER, .sql = OFFERS),
    PN_COL(pn_revision, channels, N_("Channels that sell it"), .flags = PN_NOFILTER,
           .sql = CHANNELS),
    PN_COL(pn_revision, base_version, N_("Of version"), .sql = "r.base_version"),
    PN_COL(pn_revision, state, N_("Status"), .flags = PN_BRIEF | PN_SORT,
           .words = pn_revision_states, .sql = "r.state"),
    PN_COL(pn_revision, payload, N_("Asked for"), .flags = PN_LONG, .sql = "r.payload"),
    PN_COL(pn_revision, author_id, N_("Author number"), .sql = "r.author_id"),
    PN_COL(pn_revision, author, N_("Author"), .flags = PN_BRIEF, .sql = "a.name"),
    PN_COL(pn_revision, reviewer_id, N_("Reviewer number"), .flags = PN_OPT,
           .sql = "r.reviewer_id"),
    PN_COL(pn_revision, reviewer, N_("Reviewer"), .sql = "w.name"),
    PN_COL(pn_revision, reason, N_("Reason"), .sql = "r.reason"),
    PN_COL(pn_revision, created_at, N_("Created"), .flags = PN_BRIEF | PN_SORT,
           .sql = "r.created_at"),
    PN_COL(pn_revision, updated_at, N_("Updated"), .flags = PN_SORT, .sql = "r.updated_at"));

// clang-format off
#define STEP_COLS(req)                                                                             \
    PN_COL(struct pn_revision_approve, id, N_("Revision"), .flags = PN_KEY | PN_REQ | PN_ARG,      \
           .ref = "revision"),                                                                     \
    PN_COL(struct pn_revision_approve, reason, N_("Reason"), .flags = (req), .max = 500)
// clang-format on
static PN_TYPE(approve_t, "revision.approve", struct pn_revision_approve, STEP_COLS(0));
static PN_TYPE(reject_t, "revision.reject", struct pn_revision_approve, STEP_COLS(PN_REQ));
static PN_TYPE(show_t, "revision.show", struct pn_revision_show,
    PN_COL(struct pn_revision_show, id, N_("Revision"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "revision"));

static PN_TYPE(impact_in_t, "revision.impact", struct pn_revision_impact,
    PN_COL(struct pn_revision_impact, noun, N_("Of"), .flags = PN_REQ | PN_ARG, .words = nouns),
    PN_COL(struct pn_revision_impact, ref, N_("Its number"), .flags = PN_REQ | PN_ARG));
static PN_TYPE(impact_t, "impact", pn_impact,
    PN_COL(pn_impact, sold, N_("Tickets sold of it"), .flags = PN_BRIEF),
    PN_COL(pn_impact, locked, N_("Tickets of it in unpaid orders"), .flags = PN_BRIEF),
    PN_COL(pn_impact, offers, N_("Offers of it on sale"), .flags = PN_BRIEF),
    PN_COL(pn_impact, channels, N_("Channels that sell it"), .flags = PN_BRIEF));

typedef struct draft {
    int64_t id, show_id, ref, author_id, organiser;
    const char *noun;
    int base_version;
    pn_word state;
    pn_json payload, diff;
} draft;
static PN_TYPE(draft_t, "revision.draft", draft,
    PN_COL(draft, id, N_("Id")), PN_COL(draft, show_id, N_("Show")),
    PN_COL(draft, noun, N_("Of")), PN_COL(draft, ref, N_("Its number")),
    PN_COL(draft, author_id, N_("Author")), PN_COL(draft, organiser, N_("Organiser"),
    .flags = PN_OPT), PN_COL(draft, base_version, N_("Of version")),
    PN_COL(draft, state, N_("Status"), .words = pn_revision_states),
    PN_COL(draft, payload, N_("Asked for")), PN_COL(draft, diff, N_("Changes")));

static const pn_sql insert = {"revision_insert", &draft_t, NULL,
    "insert into show_revision (id, show_id, noun, ref, base_version, state, payload, diff,"
    " author_id, created_at, updated_at)"
    " values (:id, :show_id, :noun, :ref, :base_version, 'DRAFT', :payload, :diff, :me, :now,"
    " :now)"};
static const pn_sql again = {"revision_again", &draft_t, &pni_one_id_t,
    "select coalesce(max(id), 0) as id from show_revision where ref = :ref and noun = :noun"
    " and state = 'DRAFT' and base_version = :base_version and payload = :payload"};
static const pn_sql get = {"revision_get", &pni_one_id_t, &draft_t,
    "select r.id, r.show_id, r.noun, r.ref, r.author_id, h.organiser_id as organiser,"
    " r.base_version, r.state, r.payload, r.diff from show_revision r join show h"
    " on h.id = r.show_id where r.id = :id for update of r"};
static const pn_sql move = {"revision_move", &pn_move_t, NULL,
    "update show_revision set state = :to, reviewer_id = :me, reason = :reason, updated_at = :now"
    " where id = :id and state = :from"};

/* Of a change that nobody has asked for yet: `r` is the revision it would be. */
static const pn_sql impact_sql = {"revision_impact", &impact_in_t, &impact_t,
    "select " SOLD " as sold, " LOCKED " as locked, " OFFERS " as offers, " CHANNELS " as channels"
    " from (select :noun::text as noun, :ref::bigint as ref, h.id as show_id from show h"
    "  where h.id = case :noun when 'show' then :ref"
    "   when 'session' then (select s.show_id from session s where s.id = :ref)"
    "   else (select s.show_id from tier t join session s on s.id = t.session_id"
    "    where t.id = :ref) end"
    "  and (:my_organiser::bigint is null or h.organiser_id = :my_organiser)) r"};

static const pn_edge edges[] = {
    {"DRAFT", "approve", "APPROVED", 0, NULL},
    {"DRAFT", "reject", "REJECTED", 0, NULL},
    {0},
};
static const pn_fsm revision_fsm = {N_("revision"), pn_revision_states, edges, &move};

static const pn_list_spec revision_list = {.row = &revision_t, .key = "r.id", .sort = "-created_at",
    .from = "show_revision r join show h on h.id = r.show_id"
            " left join session s on r.noun = 'session' and s.id = r.ref"
            " left join tier t on r.noun = 'tier' and t.id = r.ref"
            " left join staff a on a.id = r.author_id left join staff w on w.id = r.reviewer_id",
    .scope = "(:my_organiser::bigint is null or h.organiser_id = :my_organiser)"};

PN_OP_LIST(revision, list, revision_list,
    .brief = N_("List proposed changes of shows, sessions and tiers"), .out = &revision_t,
    .may = AUTHORS, .example = "pn revision list --where state=DRAFT")

/* What can be revised, and what is told when it was. */
static const struct { const pni_noun *noun; const char *event; } about[] = {
    {&pni_show_noun, "show.changed"},
    {&pni_session_noun, "session.changed"},
    {&pni_tier_noun, "tier.changed"},
};

int pni_revision_open(pn *p, const pni_noun *noun, int64_t show, const void *now,
                      const void *change)
{
    const pni_head *stands = now;
    draft d = {.show_id = show, .noun = noun->noun, .ref = stands->id,
               .base_version = stands->version};
    pni_head *asked = pn_alloc(p, noun->edit_t->size);
    pni_one_id waits = {0};
    pn_buf b = pn_buf_new(p);
    if (!asked)
        return pni_mem(p);
    PN_TRY(pni_fresh(p, change, now));
    memcpy(asked, change, noun->edit_t->size);
    *asked = (pni_head){.id = stands->id};
    pn_to_json(&b, noun->edit_t, asked);
    if (b.bad)
        return pni_mem(p);
    d.payload.text = b.text;
    PN_TRY(pni_diff(p, noun->edit_t, change, now, &d.diff.text));
    if (!strcmp(d.diff.text, "{}"))
        return pn_fail(p, PN_EARG, NULL, pn_tr("The edit changes nothing"));
    PN_TRY(pn_one(p, &again, &d, &waits));
    if (waits.id)
        return 0;
    PN_TRY(pn_new_id(p, pn_sk(show), &d.id));
    PN_TRY(pn_exec(p, &insert, &d, NULL));
    return pn_audit(p, "revision", d.id, &draft_t, NULL, &d, NULL);
}

static int look(pn *p, int64_t id, draft *d)
{
    int rc = pn_one(p, &get, &(pni_one_id){id}, d);
    if (rc == PN_ENONE)
        return pn_fail(p, rc, "id", pn_tr("There is no %s %" PRId64),
                       pni_noun_word("revision"), id);
    PN_TRY(rc);
    PN_TRY(pni_show_mine(p, d->organiser));
    if (d->state.v == PN_REVISION_DRAFT && d->author_id == pn_who(p)->id)
        return pn_fail(p, PN_EDUAL, NULL, pn_tr("The author cannot judge the revision"));
    return 0;
}

typedef struct changed { int64_t id, revision; pn_json diff; } changed;
static PN_TYPE(changed_t, "revision.changed", changed, PN_COL(changed, id, N_("Id")),
    PN_COL(changed, revision, N_("Revision")), PN_COL(changed, diff, N_("Changes")));

static int change(pn *p, const pni_noun *noun, const draft *d)
{
    pni_head *asked = pn_alloc(p, noun->edit_t->size);
    if (!asked)
        return pni_mem(p);
    PN_TRY(pn_from_json(p, noun->edit_t, d->payload.text, strlen(d->payload.text), asked));
    *asked = (pni_head){d->ref, d->base_version};
    int rc = noun->change ? noun->change(p, asked) : pni_noun_update(p, noun, NULL, asked);
    if (rc == PN_ECONFLICT)
        return pn_hint(p, pn_tr("The revision was made for version %d: reject it and edit again"),
                       d->base_version);
    return rc;
}

static int apply(pn *p, const draft *d)
{
    changed event = {d->ref, d->id, d->diff};
    size_t i = 0;
    while (i < sizeof about / sizeof about[0] && strcmp(about[i].noun->noun, d->noun))
        i++;
    if (i == sizeof about / sizeof about[0])
        return pn_fail(p, PN_EINTERNAL, "noun", "revision of a %s", d->noun);
    PN_TRY(change(p, about[i].noun, d));
    return pn_outbox(p, about[i].event, d->ref, &changed_t, &event, NULL);
}

static int show(pn *p, const struct pn_revision_show *in, pn_revision *out)
{
    return pni_row(p, &revision_list_op, in->id, out);
}

static int impact(pn *p, const struct pn_revision_impact *in, pn_impact *out)
{
    int rc = pn_one(p, &impact_sql, in, out);
    return rc != PN_ENONE ? rc
                          : pn_fail(p, rc, "ref", pn_tr("There is no %s %" PRId64),
                                    pn_word_label(nouns, in->noun), in->ref);
}

static int approve(pn *p, const struct pn_revision_approve *in, pn_revision *out)
{
    draft d = {0};
    PN_TRY(look(p, in->id, &d));
    PN_TRY(pn_step(p, &revision_fsm, in->id, d.state, "approve", in->reason, NULL));
    PN_TRY(apply(p, &d));
    return pni_row(p, &revision_list_op, in->id, out);
}

static int reject(pn *p, const struct pn_revision_approve *in, pn_revision *out)
{
    draft d = {0};
    PN_TRY(look(p, in->id, &d));
    PN_TRY(pn_step(p, &revision_fsm, in->id, d.state, "reject", in->reason, NULL));
    return pni_row(p, &revision_list_op, in->id, out);
}

PN_OP(revision, show, pn_revision, .brief = N_("Show one proposed change"), .in = &show_t,
    .out = &revision_t, .may = AUTHORS, .example = "pn revision show 12345")
PN_OP(revision, impact, pn_impact, .brief = N_("Tell whom a change would meet"),
    .in = &impact_in_t, .out = &impact_t, .may = AUTHORS,
    .help = N_("Before it is asked for: who holds tickets, who is about to, who sells some."),
    .example = "pn revision impact tier 12345")
PN_OP(revision, approve, pn_revision, .brief = N_("Apply a colleague's change to a live show"),
    .in = &approve_t, .out = &revision_t, .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE,
    .example = "pn revision approve 12345",
    .lasting = N_("It was decided and is in force: end or suspend it instead"))
PN_OP(revision, reject, pn_revision, .brief = N_("Refuse a proposed change"), .in = &reject_t,
    .out = &revision_t, .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE,
    .example = "pn revision reject 12345 --reason 'wrong date'",
    .lasting = N_("It was decided: whoever asked may ask anew"))

const pn_module pn_revision_module = {
    .noun = "revision",
    .title = N_("Revisions of shows"),
    .ops = PN_LIST(pn_op, &revision_list_op, &revision_show_op, &revision_impact_op,
                   &revision_approve_op, &revision_reject_op),
    .sql = PN_LIST(pn_sql, &impact_sql, &insert, &again, &get, &move),
    .fsm = PN_LIST(pn_fsm, &revision_fsm),
};
