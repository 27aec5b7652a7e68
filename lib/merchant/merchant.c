/* SPDX-License-Identifier: Apache-2.0 */
/* Merchants: the account from the application to its end. What the offers of a merchant depend on
 * is told to them by an event, because they lie in the shards of their sessions. */
#include "merchant_int.h"
#include "base/crypt_int.h"
#include "base/policy_int.h"
#include "catalog/row_int.h"
#include "ledger/ledger_int.h"
#include "merchant/guarantee_int.h"

#include <inttypes.h>
#include <string.h>

const pn_words pn_merchant_states[] = {PN_MERCHANT_STATES(PN_WORD_ROW){0}};
const pn_words pn_merchant_kinds[] = {PN_MERCHANT_KINDS(PN_WORD_ROW){0}};
const pn_words pn_merchant_levels[] = {PN_MERCHANT_LEVELS(PN_WORD_ROW){0}};
const pn_words pn_contract_modes[] = {PN_CONTRACT_MODES(PN_WORD_ROW){0}};
const pn_words pn_merchant_held[] = {PN_MERCHANT_HELD(PN_WORD_ROW){0}};

/* The licence that ends first, of the kinds it needs. */
#define LICENCE_UNTIL                                                                              \
    "(select min(k.valid_to) from (select q.kind, max(q.valid_to) as valid_to"                     \
    "  from qualification q where q.sk = (m.id & 4095)::int and q.merchant_id = m.id"              \
    "  and q.state = 'VERIFIED' and (q.kind = 'BUSINESS_LICENCE'"                                  \
    "   or (q.kind = 'PERFORMANCE_PERMIT' and m.kind in ('PRO', 'AGENCY'))) group by q.kind) k)"

PN_TYPE(pn_merchant_t, "merchant", pn_merchant,
    PN_COL(pn_merchant, id, N_("Id"), .flags = PN_KEY | PN_SORT, .sql = "m.id"),
    PN_COL(pn_merchant, code, N_("Code"), .flags = PN_BRIEF | PN_SORT, .sql = "m.code"),
    PN_COL(pn_merchant, name, N_("Name"), .flags = PN_BRIEF | PN_SORT, .sql = "m.name"),
    PN_COL(pn_merchant, kind, N_("Kind"), .flags = PN_BRIEF, .words = pn_merchant_kinds,
           .sql = "m.kind"),
    PN_COL(pn_merchant, status, N_("Status"), .flags = PN_BRIEF | PN_SORT,
           .words = pn_merchant_states, .sql = "m.status"),
    PN_COL(pn_merchant, level, N_("Level"), .flags = PN_BRIEF | PN_SORT,
           .words = pn_merchant_levels, .sql = "m.level"),
    PN_COL(pn_merchant, score, N_("Conduct score"), .flags = PN_BRIEF,
           .sql = "coalesce(g.score, 0)"),
    PN_COL(pn_merchant, contract_mode, N_("Contract"), .words = pn_contract_modes,
           .sql = "m.contract_mode"),
    PN_COL(pn_merchant, commission_bp, N_("Commission"), .sql = "m.commission_bp",
           .hint = N_("In 1/10000 of the asked price, before what the level changes")),
    PN_COL(pn_merchant, commission_min_fen, N_("Least commission"),
           .sql = "m.commission_min_fen"),
    PN_COL(pn_merchant, held_for, N_("Held for"), .words = pn_merchant_held,
           .sql = "m.held_for"),
    PN_COL(pn_merchant, reason, N_("Reason"), .sql = "m.reason"),
    PN_COL(pn_merchant, contact, N_("Contact"), .sql = "m.contact"),
    PN_COL(pn_merchant, phone_tail, N_("Telephone ends in"), .sql = "m.phone_tail"),
    PN_COL(pn_merchant, licence_until, N_("Licensed until"), .flags = PN_BRIEF,
           .sql = LICENCE_UNTIL),
    PN_COL(pn_merchant, rise_level, N_("Rises to"), .words = pn_merchant_levels,
           .sql = "g.rise_level"),
    PN_COL(pn_merchant, rise_since, N_("Better since"), .sql = "g.rise_since"),
    PN_COL(pn_merchant, author_id, N_("Author"), .ref = "staff", .sql = "m.author_id"),
    PN_COL(pn_merchant, version, N_("Version"), .sql = "m.version"),
    PN_COL(pn_merchant, created_at, N_("Created"), .flags = PN_SORT, .sql = "m.created_at"),
    PN_COL(pn_merchant, updated_at, N_("Changed"), .flags = PN_SORT, .sql = "m.updated_at"));

#define WHO(s)                                                                                     \
    PN_COL(s, id, N_("Merchant"), .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "merchant")
#define PERSON(s, req)                                                                             \
    PN_COL(s, name, N_("Name"), .flags = (req), .max = PNI_TITLE_MAX),                             \
    PN_COL(s, contact, N_("Contact"), .max = 60),                                                  \
    PN_COL(s, phone, N_("Telephone"), .flags = PN_PII, .max = 20,                                  \
           .hint = N_("Digits, with area code; + for another country"))
static PN_TYPE(show_t, "merchant.show", struct pn_merchant_show, WHO(struct pn_merchant_show));
static PN_TYPE(apply_t, "merchant.apply", struct pn_merchant_apply,
    PN_COL(struct pn_merchant_apply, code, N_("Code"), .flags = PN_REQ | PN_ARG,
           .max = PNI_CODE_MAX, .hint = N_("Short name for imports and commands")),
    PN_COL(struct pn_merchant_apply, kind, N_("Kind"), .flags = PN_REQ,
           .words = pn_merchant_kinds),
    PERSON(struct pn_merchant_apply, PN_REQ));
static PN_TYPE(edit_t, "merchant.edit", struct pn_merchant_edit, WHO(struct pn_merchant_edit),
    PN_COL(struct pn_merchant_edit, version, N_("Version"), .flags = PN_OPT),
    PERSON(struct pn_merchant_edit, 0));
static PN_TYPE(contract_t, "merchant.contract", struct pn_merchant_contract,
    WHO(struct pn_merchant_contract),
    PN_COL(struct pn_merchant_contract, contract_mode, N_("Contract"), .flags = PN_REQ,
           .words = pn_contract_modes),
    PN_COL(struct pn_merchant_contract, commission_bp, N_("Commission"), .min = 0, .max = 5000,
           .hint = N_("In 1/10000 of the asked price, before what the level changes")),
    PN_COL(struct pn_merchant_contract, commission_min_fen, N_("Least commission"), .min = 0,
           .max = 10000000),
    PN_COL(struct pn_merchant_contract, reason, N_("Reason"), .flags = PN_REQ, .max = 500));
static PN_TYPE(step_t, "merchant.approve", struct pn_merchant_approve,
    WHO(struct pn_merchant_approve),
    PN_COL(struct pn_merchant_approve, reason, N_("Reason"), .max = 500));
static PN_TYPE(why_t, "merchant.reject", struct pn_merchant_reject,
    WHO(struct pn_merchant_reject),
    PN_COL(struct pn_merchant_reject, reason, N_("Reason"), .flags = PN_REQ, .max = 500));
static PN_TYPE(score_t, "merchant.score", struct pn_merchant_score,
    WHO(struct pn_merchant_score),
    PN_COL(struct pn_merchant_score, delta, N_("Change by"), .flags = PN_REQ | PN_OPT | PN_ARG,
           .min = -200, .max = 200),
    PN_COL(struct pn_merchant_score, reason, N_("Reason"), .flags = PN_REQ, .max = 500));
static PN_TYPE(reveal_t, "merchant.reveal", struct pn_merchant_reveal,
    WHO(struct pn_merchant_reveal),
    PN_COL(struct pn_merchant_reveal, reason, N_("Reason"), .flags = PN_REQ, .max = 200,
           .hint = N_("Why somebody has to know; goes into the audit trail")));
static PN_TYPE(person_t, "merchant.person", pn_merchant_person,
    PN_COL(pn_merchant_person, id, N_("Merchant"), .ref = "merchant"),
    PN_COL(pn_merchant_person, contact, N_("Contact"), .flags = PN_BRIEF),
    PN_COL(pn_merchant_person, phone, N_("Telephone"), .flags = PN_BRIEF));

/* ---- statements ---- */

const pn_type pni_merchant_t = {"merchant.account", sizeof(pni_merchant), (const pn_col[]){
    PN_COL(pni_merchant, id, ""),
    PN_COL(pni_merchant, kind, "", .words = pn_merchant_kinds),
    PN_COL(pni_merchant, status, "", .words = pn_merchant_states),
    PN_COL(pni_merchant, level, "", .words = pn_merchant_levels),
    PN_COL(pni_merchant, held_for, "", .words = pn_merchant_held),
    PN_COL(pni_merchant, contract_mode, "", .words = pn_contract_modes),
    PN_COL(pni_merchant, commission_bp, ""),
    PN_COL(pni_merchant, version, ""),
    PN_COL(pni_merchant, commission_min_fen, ""),
    PN_COL(pni_merchant, author_id, ""), PN_COL(pni_merchant, name, ""),
    PN_COL(pni_merchant, contact, ""), PN_COL(pni_merchant, reason, ""),
    {0}}};
const pn_sql pni_merchant_get = {"merchant_get", &pni_one_id_t, &pni_merchant_t,
    "select id, kind, status, level, held_for, contract_mode, commission_bp, version,"
    " commission_min_fen, author_id, name, contact, reason from merchant"
    " where id = :id and (:my_merchant::bigint is null or id = :my_merchant) for update"};
const pn_sql pni_merchant_move = {"merchant_move", &pn_move_t, NULL,
    "update merchant set status = :to, held_for = case when :to in ('RESTRICTED', 'SUSPENDED')"
    "  then coalesce(held_for, 'OPS') end, reason = :reason, version = version + 1,"
    " updated_at = :now where id = :id and status = :from"};

typedef struct hold { int64_t id; pn_word held_for; } hold;
static PN_TYPE(hold_t, "merchant.hold", hold, PN_COL(hold, id, ""),
    PN_COL(hold, held_for, "", .words = pn_merchant_held));
const pn_sql pni_merchant_hold = {"merchant_hold", &hold_t, NULL,
    "update merchant set held_for = :held_for where id = :id and held_for is not null"};

typedef struct draft {
    int64_t id, event_id;
    const char *code, *name, *contact, *phone_tail, *reason, *cause;
    pn_word kind, contract_mode;
    int commission_bp, delta, score;
    pn_money commission_min_fen;
    pn_bytes phone;
} draft;
static PN_TYPE(draft_t, "merchant.draft", draft, PN_COL(draft, id, ""),
    PN_COL(draft, event_id, ""), PN_COL(draft, code, ""), PN_COL(draft, name, ""),
    PN_COL(draft, contact, ""), PN_COL(draft, phone_tail, ""), PN_COL(draft, reason, ""),
    PN_COL(draft, cause, ""), PN_COL(draft, kind, "", .words = pn_merchant_kinds),
    PN_COL(draft, contract_mode, "", .words = pn_contract_modes),
    PN_COL(draft, commission_bp, ""), PN_COL(draft, delta, ""), PN_COL(draft, score, ""),
    PN_COL(draft, commission_min_fen, ""), PN_COL(draft, phone, ""));
static const pn_sql insert = {"merchant_insert", &draft_t, &pni_one_id_t,
    "insert into merchant (id, code, kind, name, contact, phone, phone_tail, commission_bp,"
    "  author_id, created_at, updated_at)"
    " values (:id, :code, :kind, :name, coalesce(:contact, ''), :phone,"
    "  coalesce(:phone_tail, ''), :commission_bp, :me, :now, :now)"
    " on conflict (code) do nothing returning id"};
static const pn_sql new_stand = {"merchant_new_stand", &pni_one_id_t, NULL,
    "insert into merchant_stand (sk, merchant_id) values (:id#, :id)"};
static const pn_sql update = {"merchant_update", &draft_t, NULL,
    "update merchant set name = coalesce(:name, name), contact = coalesce(:contact, contact),"
    " phone = coalesce(:phone, phone), phone_tail = coalesce(:phone_tail, phone_tail),"
    " version = version + 1, updated_at = :now where id = :id"};
static const pn_sql agree = {"merchant_agree", &draft_t, NULL,
    "update merchant set contract_mode = :contract_mode, commission_bp = :commission_bp,"
    " commission_min_fen = :commission_min_fen, version = version + 1, updated_at = :now"
    " where id = :id"};
static const pn_sql points = {"merchant_points", &draft_t, &draft_t,
    "update merchant_stand set score = least(200, greatest(0, score + :delta))"
    " where sk = :id# and merchant_id = :id returning score"};
static const pn_sql note = {"merchant_note", &draft_t, NULL,
    "insert into merchant_event (sk, id, merchant_id, delta, score, cause, reason, actor_id, at)"
    " values (:id#, :event_id, :id, :delta, :score, :cause, :reason, :me, :now)"};
static const pn_sql sealed = {"merchant_sealed", &pni_one_id_t, &draft_t,
    "select id, contact, phone from merchant where id = :id"};
/* What keeps an account open: sales of the last days, and offers that are not over. */
static const pn_sql offers = {"merchant_offers", &pni_one_id_t, &pni_one_id_t,
    "select count(*) as id from listing where merchant_id = :id"
    " and state not in ('DRAFT', 'EXPIRED', 'WITHDRAWN')"};
static const pn_sql quiet = {"merchant_quiet", &pni_one_id_t, &pni_one_id_t,
    "select s.id from stock k join session s on s.id = k.session_id where k.merchant_id = :id"
    " and k.qty_locked + k.qty_sold > 0 and coalesce(s.end_at, s.start_at + interval '3 hours')"
    "  > :now::timestamptz - interval '1 day' * " PNI_POLICY("merchant.close_days") " limit 1"};

static const pn_sql by_code = {"merchant_by_code", &pni_by_code_t, &pni_one_id_t,
    "select id from merchant where code = :code"};

static const pn_edge edges[] = {
    {"APPLIED", "approve", "ACTIVE", PN_ROLE_OPS, NULL},
    {"APPLIED", "reject", "REJECTED", PN_ROLE_OPS, NULL},
    {"ACTIVE", "restrict", "RESTRICTED", PN_ROLE_OPS | PN_ROLE_SYSTEM, NULL},
    {"RESTRICTED", "lift", "ACTIVE", PN_ROLE_OPS | PN_ROLE_SYSTEM, NULL},
    {"ACTIVE", "suspend", "SUSPENDED", PN_ROLE_OPS | PN_ROLE_SYSTEM, NULL},
    {"RESTRICTED", "suspend", "SUSPENDED", PN_ROLE_OPS | PN_ROLE_SYSTEM, NULL},
    {"SUSPENDED", "resume", "ACTIVE", PN_ROLE_OPS | PN_ROLE_SYSTEM, NULL},
    {"APPLIED", "close", "CLOSED", PN_ROLE_OPS, NULL},
    {"ACTIVE", "close", "CLOSED", PN_ROLE_OPS, NULL},
    {"RESTRICTED", "close", "CLOSED", PN_ROLE_OPS, NULL},
    {"SUSPENDED", "close", "CLOSED", PN_ROLE_OPS, NULL},
    {0},
};
static const pn_fsm flow = {N_("merchant"), pn_merchant_states, edges, &pni_merchant_move};

#define READERS (PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_MERCHANT | PN_ROLE_SYSTEM)

static const pn_list_spec all = {.row = &pn_merchant_t, .key = "m.id", .sort = "code",
    .from = "merchant m left join merchant_stand g on g.sk = (m.id & 4095)::int"
            " and g.merchant_id = m.id",
    .scope = "(:my_merchant::bigint is null or m.id = :my_merchant)",
    .search = "position(:q in lower(m.name)) > 0 or m.code = :q"};

PN_OP_LIST(merchant, list, all, .brief = N_("List merchants"), .out = &pn_merchant_t,
    .may = READERS, .example = "pn merchant list --where 'status=ACTIVE level=A'")

/* ---- the account ---- */

int pni_merchant_look(pn *p, int64_t id, pni_merchant *out)
{
    int rc = pn_one(p, &pni_merchant_get, &(pni_one_id){id}, out);
    if (rc == PN_ENONE)
        return pn_fail(p, rc, "id", pn_tr("There is no %s %lld"),
                       pni_noun_word("merchant"), (long long)id);
    return rc;
}

int pni_merchant_changed(pn *p, int64_t id)
{
    return pn_outbox(p, PNI_MERCHANT_CHANGED, id, &pni_one_id_t, &(pni_one_id){id}, NULL);
}

int pni_merchant_step(pn *p, const pni_merchant *m, const char *event, int held_for,
                      const char *reason)
{
    PN_TRY(pn_step(p, &flow, m->id, m->status, event, reason, NULL));
    PN_TRY(pn_exec(p, &pni_merchant_hold, &(hold){m->id, {(int16_t)held_for}}, NULL));
    return pni_merchant_changed(p, m->id);
}

static int show(pn *p, const struct pn_merchant_show *in, pn_merchant *out)
{
    return pni_row(p, &merchant_list_op, in->id, out);
}

static int seal_phone(pn *p, const char *phone, draft *d)
{
    size_t n = phone ? strlen(phone) : 0;
    if (!phone)
        return 0;
    if (n < 7 || strspn(phone + (*phone == '+'), "0123456789- ") != n - (*phone == '+'))
        return pn_fail(p, PN_EARG, "phone", "%s", pn_tr("This is no telephone number"));
    d->phone_tail = pn_strdup(p, phone + n - 4);
    if (!d->phone_tail)
        return pni_mem(p);
    return pni_seal(p, "merchant.person", d->id, (pn_bytes){phone, n}, &d->phone);
}

static int apply(pn *p, const struct pn_merchant_apply *in, pn_merchant *out)
{
    draft d = {.code = in->code, .kind = in->kind, .name = in->name, .contact = in->contact};
    int64_t bp;
    PN_TRY(pni_policy(p, "merchant.commission_bp", &bp));
    d.commission_bp = (int)bp;
    PN_TRY(pn_new_id(p, pni_code_sk(in->code), &d.id));
    PN_TRY(seal_phone(p, in->phone, &d));
    int rc = pn_one(p, &insert, &d, &(pni_one_id){0});
    if (rc == PN_ENONE)
        return pn_fail(p, PN_EEXISTS, "code", pn_tr("There already is a %s with this code"),
                       "merchant");
    PN_TRY(rc);
    PN_TRY(pn_exec(p, &new_stand, &(pni_one_id){d.id}, NULL));
    PN_TRY(pni_stepped(p, &flow, d.id, NULL, "apply", NULL));
    PN_TRY(pni_row(p, &merchant_list_op, d.id, out));
    return pn_audit(p, "merchant", d.id, &pn_merchant_t, NULL, out, NULL);
}

/* Read the account before and after, and tell the trail what differs. */
static int change(pn *p, const pn_sql *sql, const draft *d, const char *reason, pn_merchant *out)
{
    pn_merchant before;
    PN_TRY(pni_row(p, &merchant_list_op, d->id, &before));
    PN_TRY(pn_exec(p, sql, d, NULL));
    PN_TRY(pni_row(p, &merchant_list_op, d->id, out));
    return pn_audit(p, "merchant", d->id, &pn_merchant_t, &before, out, reason);
}

static int edit(pn *p, const struct pn_merchant_edit *in, pn_merchant *out)
{
    pni_merchant m;
    draft d = {.id = in->id, .name = in->name, .contact = in->contact};
    PN_TRY(pni_merchant_look(p, in->id, &m));
    if (in->version && in->version != m.version)
        return pn_fail(p, PN_ECONFLICT, "version", pn_tr("It is at version %d by now"), m.version);
    PN_TRY(seal_phone(p, in->phone, &d));
    return change(p, &update, &d, NULL, out);
}

static int contract(pn *p, const struct pn_merchant_contract *in, pn_merchant *out)
{
    pni_merchant m;
    draft d = {.id = in->id, .contract_mode = in->contract_mode,
               .commission_bp = in->commission_bp, .commission_min_fen = in->commission_min_fen};
    PN_TRY(pni_merchant_look(p, in->id, &m));
    PN_TRY(change(p, &agree, &d, in->reason, out));
    return pni_merchant_changed(p, in->id);
}

/* ---- steps ---- */

static int licensed(pn *p, int64_t id)
{
    pni_licence l = {0};
    PN_TRY(pni_licence_look(p, id, &l));
    if (!l.missing)
        return 0;
    pn_fail(p, PN_EEXPIRED, "id", pn_tr("A valid licence is missing: %s"), l.kinds);
    return pn_hint(p, "%s", pn_tr("Add it with pn qualification add and have it verified"));
}

/* What an organiser earns is with us until long after its show. */
static int secured(pn *p, const pni_merchant *m)
{
    pni_balance has;
    int64_t need = 0;
    PN_TRY(pni_policy(p, "merchant.guarantee_fen", &need));
    PN_TRY(pni_account_balance(p, (pni_account){PNI_KIND_GUARANTEE, m->id, NULL}, &has));
    need -= has.balance_fen.fen;
    if (m->kind.v == PN_SELLER_ORGANISER || need <= 0)
        return 0;
    pn_fail(p, PN_EDEPOSIT, "id", pn_tr("%lld.%02d yuan of its guarantee are missing"),
            (long long)(need / 100), (int)(need % 100));
    return pn_hint(p, "%s", pn_tr("Finance books what it pays in: wallet recharge --guarantee"));
}

static int step(pn *p, const struct pn_merchant_approve *in, const char *event, pn_merchant *out)
{
    pni_merchant m;
    PN_TRY(pni_merchant_look(p, in->id, &m));
    PN_TRY(pni_merchant_step(p, &m, event, PN_HELD_OPS, in->reason));
    return pni_row(p, &merchant_list_op, in->id, out);
}

static int approve(pn *p, const struct pn_merchant_approve *in, pn_merchant *out)
{
    pni_merchant m;
    PN_TRY(pni_merchant_look(p, in->id, &m));
    if (m.status.v == PN_MERCHANT_APPLIED) {
        PN_TRY(licensed(p, in->id));
        PN_TRY(secured(p, &m));
    }
    return step(p, in, "approve", out);
}

static int resume(pn *p, const struct pn_merchant_approve *in, pn_merchant *out)
{
    pni_merchant m;
    PN_TRY(pni_merchant_look(p, in->id, &m));
    if (m.status.v == PN_MERCHANT_SUSPENDED)
        PN_TRY(licensed(p, in->id));
    return step(p, in, "resume", out);
}

static int close_(pn *p, const struct pn_merchant_approve *in, pn_merchant *out)
{
    pni_one_id busy = {0}, open = {0};
    PN_TRY(pn_one(p, &offers, &(pni_one_id){in->id}, &open));
    if (open.id) {
        pn_fail(p, PN_ESTATE, "id", pn_tr("%lld of its offers are not over"), (long long)open.id);
        return pn_hint(p, "%s", pn_tr("Withdraw them first"));
    }
    int rc = pn_one(p, &quiet, &(pni_one_id){in->id}, &busy);
    if (!rc) {
        pn_fail(p, PN_ESTATE, "id", pn_tr("It has sales of session %" PRId64
                                          ", which is not over for long enough"), busy.id);
        return pn_hint(p, "%s", pn_tr("Suspend it meanwhile; its offers freeze"));
    }
    if (rc != PN_ENONE)
        return rc;
    PN_TRY(pni_guarantee_clear(p, in->id));
    PN_TRY(step(p, in, "close", out));
    return pni_guarantee_closed(p, in->id, in->reason);
}

int pni_merchant_points(pn *p, const struct pn_merchant_score *in, pn_merchant *out)
{
    pni_merchant m;
    draft d = {.id = in->id, .delta = in->delta, .reason = in->reason}, now;
    PN_TRY(pni_merchant_look(p, in->id, &m));
    PN_TRY(pn_one(p, &points, &d, &now));
    d.score = now.score;
    PN_TRY(pn_new_id(p, pn_sk(in->id), &d.event_id));
    d.cause = pn_printf(p, "ops %" PRId64, d.event_id);
    if (!d.cause)
        return pni_mem(p);
    PN_TRY(pn_exec(p, &note, &d, NULL));
    return pni_row(p, &merchant_list_op, in->id, out);
}

static int score(pn *p, const struct pn_merchant_score *in, pn_merchant *out)
{
    int64_t most;
    PN_TRY(pni_policy(p, "merchant.grant_max", &most));
    if (in->delta > most)
        return pn_fail(p, PN_ECAP, "delta", pn_tr("At most %lld points are given at once"),
                       (long long)most);
    PN_TRY(pni_merchant_points(p, in, out));
    return pn_audit(p, "merchant", in->id, &score_t, NULL, in, in->reason);
}

/* What a job does for one account. */
static int tend(pn *p, const struct pn_merchant_show *in, int (*run)(pn *, int64_t),
                pn_merchant *out)
{
    PN_TRY(run(p, in->id));
    return pni_row(p, &merchant_list_op, in->id, out);
}

static int reveal(pn *p, const struct pn_merchant_reveal *in, pn_merchant_person *out)
{
    pni_merchant m;
    draft d;
    pn_bytes clear = {0};
    PN_TRY(pni_merchant_look(p, in->id, &m));
    PN_TRY(pn_one(p, &sealed, &(pni_one_id){in->id}, &d));
    if (d.phone.len)
        PN_TRY(pni_unseal(p, "merchant.person", in->id, d.phone, &clear));
    *out = (pn_merchant_person){in->id, d.contact,
                                pn_printf(p, "%.*s", (int)clear.len, (const char *)clear.data)};
    return out->phone ? pn_audit(p, "merchant", in->id, NULL, NULL, NULL, in->reason) : pni_mem(p);
}

/* A step is its event and a guard. */
#define STEP(verb_, call, ...) VERB(verb_, call, .may = PN_ROLE_OPS, __VA_ARGS__)
#define VERB(verb_, call, ...)                                                                     \
    static int merchant_##verb_##_run(pn *p, const void *in, void *out)                            \
    {                                                                                              \
        return call;                                                                               \
    }                                                                                              \
    static const pn_op merchant_##verb_##_op = {.noun = "merchant", .verb = #verb_,                \
        .run = merchant_##verb_##_run, .out = &pn_merchant_t, .flags = PN_WRITE | PN_ONCE,         \
        __VA_ARGS__};                                                                              \
    int pn_merchant_##verb_(pn *p, const struct pn_merchant_##verb_ *in, pn_merchant *out)         \
    {                                                                                              \
        return pn_call(p, &merchant_##verb_##_op, in, out);                                        \
    }

PN_OP(merchant, show, pn_merchant, .brief = N_("Show a merchant"), .in = &show_t,
    .out = &pn_merchant_t, .may = READERS, .example = "pn merchant show xiaolong")
PN_OP(merchant, apply, pn_merchant, .brief = N_("Enter the application of a merchant"),
    .in = &apply_t, .out = &pn_merchant_t, .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE,
    .example = "pn merchant apply xiaolong --kind PRO --name 小龙票务 --phone 13800000000")
PN_OP(merchant, edit, pn_merchant, .brief = N_("Change the name and contact of a merchant"),
    .in = &edit_t, .out = &pn_merchant_t, .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE,
    .example = "pn merchant edit xiaolong --contact 李雷")
PN_OP(merchant, contract, pn_merchant, .brief = N_("Set the contract of a merchant"),
    .help = N_("All its offers are priced again."), .in = &contract_t, .out = &pn_merchant_t,
    .may = PN_ROLE_OPS | PN_ROLE_FINANCE, .flags = PN_WRITE | PN_ONCE,
    .example = "pn merchant contract xiaolong --contract-mode COMMISSION --commission-bp 500"
               " --reason 'contract of May'")
STEP(approve, approve(p, in, out),
    .brief = N_("Admit a merchant whose licences are valid and whose guarantee is paid"),
    .in = &step_t, .example = "pn merchant approve xiaolong",
    .lasting = N_("It was decided and is in force: end or suspend it instead"))
STEP(reject, step(p, in, "reject", out), .brief = N_("Reject an application"), .in = &why_t,
    .example = "pn merchant reject xiaolong --reason 'no licence'",
    .lasting = N_("It was decided: whoever asked may ask anew"))
STEP(restrict, step(p, in, "restrict", out),
    .brief = N_("Restrict a merchant to few offers and higher deposits"), .in = &why_t,
    .example = "pn merchant restrict xiaolong --reason complaints", .undo = "lift")
STEP(lift, step(p, in, "lift", out), .brief = N_("Lift the restriction of a merchant"),
    .in = &step_t, .example = "pn merchant lift xiaolong",
    .undo = "restrict")
STEP(suspend, step(p, in, "suspend", out),
    .brief = N_("Suspend a merchant; its offers freeze"), .in = &why_t,
    .example = "pn merchant suspend xiaolong --reason fraud", .undo = "resume")
STEP(resume, resume(p, in, out), .brief = N_("Let a suspended merchant go on"), .in = &step_t,
    .example = "pn merchant resume xiaolong",
    .undo = "suspend")
STEP(close, close_(p, in, out), .brief = N_("Close the account of a merchant"), .in = &why_t,
    .help = N_("When its offers, orders and settlements are over and the last session was long "
               "enough ago. The return of its guarantee then waits for somebody else: guarantee "
               "approve."),
    .example = "pn merchant close xiaolong --reason 'gave up business'",
    .lasting = N_("What has ended does not come back: set up a new one"))
VERB(grade, tend(p, in, pni_merchant_grade, out), .may = PN_ROLE_OPS | PN_ROLE_SYSTEM,
    .brief = N_("Set the level of a merchant by its score, as every night"), .in = &show_t,
    .example = "pn merchant grade xiaolong",
    .lasting = N_("It was only worked out anew: once more gives the same"))
VERB(check, tend(p, in, pni_merchant_check, out), .may = PN_ROLE_OPS | PN_ROLE_SYSTEM,
    .brief = N_("Look after the licences and debts of a merchant, as every night"), .in = &show_t,
    .example = "pn merchant check xiaolong",
    .lasting = N_("It was only worked out anew: once more gives the same"))
PN_OP(merchant, score, pn_merchant, .brief = N_("Give or take conduct points"), .in = &score_t,
    .out = &pn_merchant_t, .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE,
    .example = "pn merchant score xiaolong -5 --reason 'late answer'")
PN_OP(merchant, reveal, pn_merchant_person,
    .brief = N_("Show the telephone of a merchant in clear"),
    .help = N_("Needs a reason; who looked, when and why is in the audit trail."),
    .in = &reveal_t, .out = &person_t, .may = PN_ROLE_OPS,
    .flags = PN_WRITE | PN_DANGER | PN_ALONE,
    .example = "pn merchant reveal xiaolong --reason 'a buyer waits at the door'",
    .lasting = N_("What was seen stays seen; the audit trail knows by whom"))

int pni_merchant_resolve(pn *p, const char *text, int64_t *id)
{
    return pni_resolve(p, &by_code, "merchant", text, id);
}

const pn_module pn_merchant_module = {
    .noun = "merchant",
    .title = N_("Merchants"),
    .ops = PN_LIST(pn_op, &merchant_list_op, &merchant_show_op, &merchant_apply_op,
                   &merchant_edit_op, &merchant_contract_op, &merchant_approve_op,
                   &merchant_reject_op, &merchant_restrict_op, &merchant_lift_op,
                   &merchant_suspend_op, &merchant_resume_op, &merchant_close_op,
                   &merchant_score_op, &merchant_grade_op, &merchant_check_op,
                   &merchant_reveal_op),
    .sql = PN_LIST(pn_sql, &pni_merchant_get, &pni_merchant_move, &pni_merchant_hold, &insert,
                   &new_stand, &update, &agree, &points, &note, &sealed, &offers, &quiet, &by_code,
                   &pni_licence_sql, &pni_licence_due, &pni_level_due, &pni_level_set,
                   &pni_level_rise, &pni_merchant_owing),
    .fsm = PN_LIST(pn_fsm, &flow),
    .jobs = PN_LIST(pn_job, &pni_merchant_level_job, &pni_merchant_licence_job,
                    &pni_merchant_debt_job),
    .resolve = pni_merchant_resolve,
};
