/* SPDX-License-Identifier: Apache-2.0 */
/* Licences of merchants. A merchant's staff may hand them in; operations compare and verify. */
#include "qualification.h"
#include "licence_int.h"
#include "merchant_int.h"
#include "catalog/row_int.h"

#define DAY_US INT64_C(86400000000)
#define ZONE_US INT64_C(28800000000)
enum { SCAN_MAX = 4 << 20 }; /* a page in colour; more is not read anyway */

const pn_words pn_qualification_kinds[] = {PN_QUALIFICATION_KINDS(PN_WORD_ROW){0}};
const pn_words pn_qualification_states[] = {PN_QUALIFICATION_STATES(PN_WORD_ROW){0}};

static PN_TYPE(row_t, "qualification", pn_qualification,
    PN_COL(pn_qualification, id, N_("Id"), .flags = PN_KEY | PN_SORT, .sql = "q.id"),
    PN_COL(pn_qualification, merchant_id, N_("Merchant number"), .ref = "merchant",
           .sql = "q.merchant_id"),
    PN_COL(pn_qualification, merchant, N_("Merchant"), .flags = PN_BRIEF, .sql = "m.name"),
    PN_COL(pn_qualification, kind, N_("Kind"), .flags = PN_BRIEF,
           .words = pn_qualification_kinds, .sql = "q.kind"),
    PN_COL(pn_qualification, no, N_("Number"), .flags = PN_BRIEF, .sql = "q.no"),
    PN_COL(pn_qualification, file, N_("Where it lies"), .sql = "q.file"),
    PN_COL(pn_qualification, scan, N_("Scanned paper"), .flags = PN_BRIEF,
           .words = pn_paper_formats, .sql = "s.format", .hint = N_("Save it: qualification save")),
    PN_COL(pn_qualification, scan_bytes, N_("Bytes"), .flags = PN_OPT, .sql = "s.size"),
    PN_COL(pn_qualification, scan_sha256, N_("SHA-256"), .sql = "encode(s.digest, 'hex')"),
    PN_COL(pn_qualification, valid_to, N_("Valid until"), .flags = PN_BRIEF | PN_SORT,
           .sql = "q.valid_to"),
    PN_COL(pn_qualification, days_left, N_("Days left"), .flags = PN_BRIEF | PN_OPT,
           .sql = "case when " PNI_LICENCE_COUNTS " then q.valid_to - " PNI_LICENCE_TODAY " end",
           .hint = N_("None: it does not count, or not any more")),
    PN_COL(pn_qualification, ends, N_("Renew it"), .sql = PNI_LICENCE_ENDS,
           .hint = N_("It ends soon or has ended, and no later one is verified")),
    PN_COL(pn_qualification, renew_since, N_("To be renewed since"),
           .sql = "case when " PNI_LICENCE_ENDS " then " PNI_LICENCE_STEP " end"),
    PN_COL(pn_qualification, state, N_("State"), .flags = PN_BRIEF,
           .words = pn_qualification_states, .sql = "q.state"),
    PN_COL(pn_qualification, reason, N_("Reason"), .sql = "q.reason"),
    PN_COL(pn_qualification, reviewer_id, N_("Verified by"), .flags = PN_OPT, .ref = "staff",
           .sql = "q.reviewer_id"),
    PN_COL(pn_qualification, created_at, N_("Created"), .flags = PN_SORT, .sql = "q.created_at"));

static PN_TYPE(add_t, "qualification.add", struct pn_qualification_add,
    PN_COL(struct pn_qualification_add, merchant, N_("Merchant"), .flags = PN_REQ | PN_ARG,
           .ref = "merchant"),
    PN_COL(struct pn_qualification_add, kind, N_("Kind"), .flags = PN_REQ | PN_ARG,
           .words = pn_qualification_kinds),
    PN_COL(struct pn_qualification_add, no, N_("Number"), .flags = PN_REQ, .max = 100),
    PN_COL(struct pn_qualification_add, valid_to, N_("Valid until"), .flags = PN_REQ),
    PN_COL(struct pn_qualification_add, scan, N_("Scanned paper"), .flags = PN_FILE,
           .max = SCAN_MAX, .hint = N_("The paper itself: PDF, PNG or JPEG")),
    PN_COL(struct pn_qualification_add, file, N_("Where it lies"), .max = 500,
           .hint = N_("The paper, in which folder")));
#define ABOUT(s)                                                                                   \
    PN_COL(s, id, N_("Qualification"), .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "qualification")
static PN_TYPE(verify_t, "qualification.verify", struct pn_qualification_verify,
    ABOUT(struct pn_qualification_verify),
    PN_COL(struct pn_qualification_verify, reason, N_("Note"), .max = 500));
static PN_TYPE(reject_t, "qualification.reject", struct pn_qualification_reject,
    ABOUT(struct pn_qualification_reject),
    PN_COL(struct pn_qualification_reject, reason, N_("Reason"), .flags = PN_REQ, .max = 500));

static PN_TYPE(save_t, "qualification.save", struct pn_qualification_save,
    ABOUT(struct pn_qualification_save),
    PN_COL(struct pn_qualification_save, to, N_("Into the file"), .flags = PN_REQ,
           .hint = N_("One that is not there yet")));
static PN_TYPE(saved_t, "qualification.saved", pn_qualification_saved,
    PN_COL(pn_qualification_saved, path, N_("File"), .flags = PN_BRIEF),
    PN_COL(pn_qualification_saved, format, N_("Format"), .flags = PN_BRIEF,
           .words = pn_paper_formats),
    PN_COL(pn_qualification_saved, bytes, N_("Bytes"), .flags = PN_BRIEF),
    PN_COL(pn_qualification_saved, sha256, N_("SHA-256"), .flags = PN_BRIEF));

static const pn_sql insert = {"qualification_insert", &row_t, &pni_one_id_t,
    "insert into qualification (sk, id, merchant_id, kind, no, file, valid_to, created_at)"
    " values (:id#, :id, :merchant_id, :kind, :no, coalesce(:file, ''), :valid_to, :now)"
    " on conflict (sk, merchant_id, kind, no) do nothing returning id"};
static const pn_sql get = {"qualification_get", &pni_one_id_t, &row_t,
    "select id, merchant_id, kind, no, valid_to, state from qualification"
    " where sk = :id# and id = :id for update"};
static const pn_sql move = {"qualification_move", &pn_move_t, NULL,
    "update qualification set state = :to, reason = :reason, reviewer_id = :me"
    " where sk = :id# and id = :id and state = :from"};

static const pn_edge edges[] = {
    {"PENDING", "verify", "VERIFIED", PN_ROLE_OPS, NULL},
    {"PENDING", "reject", "REJECTED", PN_ROLE_OPS, NULL},
    {"VERIFIED", "reject", "REJECTED", PN_ROLE_OPS, NULL},
    {0},
};
static const pn_fsm flow = {N_("qualification"), pn_qualification_states, edges, &move};

static const pn_list_spec all = {.row = &row_t, .key = "q.id", .sort = "valid_to,id",
    .from = "qualification q join merchant m on m.id = q.merchant_id left join qualification_scan s"
            " on s.sk = q.sk and s.qualification_id = q.id",
    .scope = "(:my_merchant::bigint is null or q.merchant_id = :my_merchant)"};

PN_OP_LIST(qualification, list, all, .brief = N_("List licences, those that end first in front"),
    .out = &row_t, .may = PN_ROLE_OPS | PN_ROLE_MERCHANT,
    .example = "pn qualification list --where 'state=PENDING'")

static pn_date today(const pn *p)
{
    return (pn_date){(int32_t)((pn_now(p).us + ZONE_US) / DAY_US)};
}

static int add(pn *p, const struct pn_qualification_add *in, pn_qualification *out)
{
    pni_merchant m;
    pn_qualification row = {.merchant_id = in->merchant, .kind = in->kind, .no = in->no,
                            .file = in->file, .valid_to = in->valid_to};
    if (in->valid_to.days < today(p).days)
        return pn_fail(p, PN_EEXPIRED, "valid_to", "%s", pn_tr("The licence has ended"));
    PN_TRY(pni_merchant_look(p, in->merchant, &m));
    PN_TRY(pn_new_id(p, pn_sk(in->merchant), &row.id));
    int rc = pn_one(p, &insert, &row, &(pni_one_id){0});
    if (rc == PN_ENONE)
        return pn_fail(p, PN_EEXISTS, "no", pn_tr("%s has handed in this licence already"), m.name);
    PN_TRY(rc);
    if (in->scan.len)
        PN_TRY(pni_scan_keep(p, row.id, in->scan));
    PN_TRY(pni_stepped(p, &flow, row.id, NULL, "add", NULL));
    PN_TRY(pni_row(p, &qualification_list_op, row.id, out));
    return pn_audit(p, "qualification", row.id, &row_t, NULL, out, NULL);
}

static int step(pn *p, int64_t id, const char *event, const char *reason, pn_qualification *out)
{
    pn_qualification now = {0};
    int rc = pn_one(p, &get, &(pni_one_id){id}, &now);
    if (rc == PN_ENONE)
        return pn_fail(p, rc, "id", pn_tr("There is no %s %lld"),
                       pni_noun_word("qualification"), (long long)id);
    PN_TRY(rc);
    if (*event == 'v' && now.valid_to.days < today(p).days)
        return pn_fail(p, PN_EEXPIRED, "id", "%s", pn_tr("The licence has ended"));
    PN_TRY(pn_step(p, &flow, id, now.state, event, reason, NULL));
    return pni_row(p, &qualification_list_op, id, out);
}

static int verify(pn *p, const struct pn_qualification_verify *in, pn_qualification *out)
{
    return step(p, in->id, "verify", in->reason, out);
}

static int reject(pn *p, const struct pn_qualification_reject *in, pn_qualification *out)
{
    return step(p, in->id, "reject", in->reason, out);
}

static int save(pn *p, const struct pn_qualification_save *in, pn_qualification_saved *out)
{
    pn_qualification mine;
    PN_TRY(pni_row(p, &qualification_list_op, in->id, &mine));
    return pni_scan_save(p, in, out);
}

PN_OP(qualification, add, pn_qualification, .brief = N_("Hand in a licence of a merchant"),
    .in = &add_t, .out = &row_t, .may = PN_ROLE_OPS | PN_ROLE_MERCHANT,
    .flags = PN_WRITE | PN_ONCE,
    .example = "pn qualification add xiaolong BUSINESS_LICENCE --no 9131 --valid-to 2028-12-31"
               " --scan licence.pdf")
PN_OP(qualification, verify, pn_qualification, .brief = N_("Verify a licence"), .in = &verify_t,
    .out = &row_t, .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE,
    .example = "pn qualification verify 12",
    .lasting = N_("It was decided and is in force: end or suspend it instead"))
PN_OP(qualification, reject, pn_qualification, .brief = N_("Reject a licence"), .in = &reject_t,
    .out = &row_t, .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE,
    .example = "pn qualification reject 12 --reason 'not legible'",
    .lasting = N_("It was decided: whoever asked may ask anew"))
PN_OP(qualification, save, pn_qualification_saved,
    .brief = N_("Save the scan of a licence into a file"), .in = &save_t, .out = &saved_t,
    .may = PN_ROLE_OPS | PN_ROLE_MERCHANT, .flags = PN_LOCAL,
    .example = "pn qualification save 12 --to licence.pdf")

const pn_module pn_qualification_module = {
    .noun = "qualification",
    .title = N_("Licences of merchants"),
    .ops = PN_LIST(pn_op, &qualification_list_op, &qualification_add_op, &qualification_verify_op,
                   &qualification_reject_op, &qualification_save_op),
    .sql = PN_LIST(pn_sql, &insert, &get, &move, &pni_scan_put, &pni_scan_get),
    .fsm = PN_LIST(pn_fsm, &flow),
};
