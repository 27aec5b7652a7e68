/* SPDX-License-Identifier: Apache-2.0 */
/* audit.c — who did what, with before and after. Rows are collected in the unit and written with
 * the commit; they are never changed, and each carries the hash of its content. */
#include <string.h>
#include <sodium.h>

#include "base/audit_int.h"
#include "base/news_int.h"

#define COL(field) PN_COL(pni_audit_row, field, "")
PN_TYPE(pni_audit_t, "audit", pni_audit_row,
    COL(sk), COL(id), COL(at), COL(actor_kind), COL(actor_id), COL(actor_name), COL(via),
    COL(op), COL(noun), COL(ref), COL(command), COL(reason), COL(input), COL(before), COL(after),
    COL(code), COL(hash), PN_COL(pni_audit_row, common, "", .flags = PN_OPT), COL(common_input),
    COL(common_after), COL(day), COL(no), COL(chain));
#undef COL

/* What people see of a row: the trail's own machinery stays inside. */
typedef struct pn_audit_row {
    int64_t id;
    pn_time at;
    const char *actor_kind;
    int64_t actor_id;
    const char *actor_name, *via, *op, *noun;
    int64_t ref;
    const char *command, *reason;
    pn_json input, before, after;
    int code;
} pn_audit_row;

static PN_TYPE(audit_t, "audit", pn_audit_row,
               PN_COL(pn_audit_row, id, N_("ID"), .flags = PN_KEY | PN_SORT, .sql = "a.id"),
               PN_COL(pn_audit_row, at, N_("Time"), .flags = PN_BRIEF | PN_SORT),
               PN_COL(pn_audit_row, actor_kind, N_("Actor kind")),
               PN_COL(pn_audit_row, actor_id, N_("Actor ID")),
               PN_COL(pn_audit_row, actor_name, N_("Actor"), .flags = PN_BRIEF),
               PN_COL(pn_audit_row, via, N_("Via")),
               PN_COL(pn_audit_row, op, N_("Operation"), .flags = PN_BRIEF | PN_TITLED),
               PN_COL(pn_audit_row, noun, N_("Object"), .flags = PN_BRIEF | PN_TITLED),
               PN_COL(pn_audit_row, ref, N_("Object ID"), .flags = PN_BRIEF),
               PN_COL(pn_audit_row, command, N_("Command")),
               PN_COL(pn_audit_row, reason, N_("Reason"), .flags = PN_BRIEF),
               PN_COL(pn_audit_row, input, N_("Input"), .flags = PN_NOFILTER | PN_LONG,
                      .sql = PNI_AUDIT_TOLD("input")),
               PN_COL(pn_audit_row, before, N_("Before"), .flags = PN_NOFILTER | PN_LONG),
               PN_COL(pn_audit_row, after, N_("After"), .flags = PN_NOFILTER | PN_LONG,
                      .sql = PNI_AUDIT_TOLD("after")),
               PN_COL(pn_audit_row, code, N_("Result code")));

static const pn_sql write_rows = {"audit_write", &pni_audit_t, NULL,
    "INSERT INTO audit_log (sk, id, at, actor_kind, actor_id, actor_name, via, op, noun, ref,"
    "  command, reason, input, before, after, code, hash, common)"
    " SELECT u.sk, u.id, :now, u.actor_kind, u.actor_id, u.actor_name, u.via, u.op, u.noun, u.ref,"
    "  u.command, u.reason, u.input::json, u.before::json, u.after::json, u.code, u.hash, u.common"
    " FROM unnest(:sk, :id, :actor_kind, :actor_id, :actor_name, :via, :op, :noun, :ref, :command,"
    "  :reason, :input, :before, :after, :code, :hash, :common) u(sk, id, actor_kind, actor_id,"
    "  actor_name, via, op, noun, ref, command, reason, input, before, after, code, hash, common)",
    .array = true};

struct pn_audit_show { int64_t id; };
static PN_TYPE(show_in_t, "audit.show", struct pn_audit_show,
    PN_COL(struct pn_audit_show, id, N_("ID"), .flags = PN_KEY | PN_REQ));

static const pn_sql show_row = {"audit_show", &show_in_t, &audit_t,
    "SELECT a.id, a.at, a.actor_kind, a.actor_id, a.actor_name, a.via, a.op, a.noun, a.ref,"
    "  a.command, a.reason, " PNI_AUDIT_TOLD("input") " AS input, a.before,"
    "  " PNI_AUDIT_TOLD("after") " AS after, a.code"
    " FROM audit_log a" PNI_AUDIT_COMMON " WHERE a.sk = :id# AND a.id = :id"};

static const pn_list_spec all = {
    .row = &audit_t, .from = "audit_log a" PNI_AUDIT_COMMON, .key = "a.id", .sort = "-at"};

const unsigned char *pni_audit_hash(pn *p, const pni_audit_row *r)
{
    pn_buf b = pn_buf_new(p);
    const char *texts[] = {r->actor_kind, r->actor_name, r->via, r->op, r->noun, r->command,
                           r->reason, r->input, r->before, r->after};
    const char *common[] = {r->common_input, r->common_after};
    unsigned char *hash = pn_alloc(p, 32);
    const int64_t numbers[] = {r->sk, r->id, r->at.us, r->actor_id, r->ref, r->code};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        if (i)
            pn_buf_put(&b, ".", 1);
        pni_buf_int(&b, numbers[i]);
    }
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        pn_buf_put(&b, texts[i] ? "\x1f" : "\x1e", 1);
        if (texts[i])
            pn_buf_puts(&b, texts[i]);
    }
    for (size_t i = 0; r->common && i < sizeof common / sizeof *common; i++) {
        pn_buf_put(&b, "\x1d", 1);
        pn_buf_puts(&b, common[i] ? common[i] : "");
    }
    if (b.bad || !hash)
        return NULL;
    crypto_generichash(hash, 32, (const unsigned char *)b.text, b.len, NULL, 0);
    return hash;
}

/* Only columns that differ, when there are both sides. */
static const char *side(pn *p, const pn_type *type, const void *row, const void *other)
{
    if (!row)
        return NULL;
    pn_buf b = pn_buf_new(p);
    bool any = false;
    if (!other) {
        pni_to_json_redacted(&b, type, row);
        return b.bad ? NULL : b.text;
    }
    pn_buf_put(&b, "{", 1);
    for (const pn_col *c = type->cols; c->name; c++) {
        pn_col shown = *c;
        const pn_type one = {"", type->size, (const pn_col[]){shown, {0}}};
        pn_buf mine = pn_buf_new(p), full = pn_buf_new(p), theirs = pn_buf_new(p);
        pn_to_json(&full, &one, row);
        pn_to_json(&theirs, &one, other);
        if (!full.bad && !theirs.bad && full.len == theirs.len &&
            !memcmp(full.text, theirs.text, full.len))
            continue;
        pni_to_json_redacted(&mine, &one, row);
        if (mine.bad || mine.len <= 2)
            continue;
        pn_buf_puts(&b, any ? "," : "");
        pn_buf_put(&b, mine.text + 1, mine.len - 2);
        any = true;
    }
    pn_buf_put(&b, "}", 1);
    return b.bad ? NULL : b.text;
}

static int add(pn *p, pni_audit_row row, pni_audit_row **out)
{
    pni_audit_row *r = *out = pn_alloc(p, sizeof *r);
    const char *kind = pni_letter(p, p->actor.kind);
    if (!r || !kind)
        return pni_oom(p);
    row.sk = row.ref ? pn_sk(row.ref) : pn_sk(p->actor.id);
    row.at = p->now;
    row.actor_kind = kind;
    row.actor_id = p->actor.id;
    row.actor_name = p->actor.login ? p->actor.login : "";
    row.via = p->actor.via ? p->actor.via : "";
    row.command = p->command;
    if (!row.op)
        row.op = p->op ? pni_op_name(p, p->op) : "";
    PN_TRY(pn_new_id(p, row.sk, &row.id));
    *r = row;
    *p->audits_end = r;
    p->audits_end = &r->next;
    p->audit_n++;
    if (p->call)
        p->call->audited = true;
    return 0;
}

static const char *input_of(pn *p, const pn_op *op, const void *in)
{
    pn_buf b = pn_buf_new(p);
    if (op && op->in && in)
        pni_to_json_redacted(&b, op->in, in);
    return b.bad || !b.len ? NULL : b.text;
}

/* The row tells the answer of the call: who comes again with its key is told from here. */
static int tells(pn *p, const pni_audit_row *row, const pn_type *type, const void *after)
{
    pni_call *c = p->call;
    if (!c->r.key || c->nested || type != p->op->out || !pni_json_tells_all(type, after))
        return 0;
    if (!(c->told = pn_alloc(p, type->size)))
        return pni_oom(p);
    memcpy(c->told, after, type->size);
    c->told_ref = row->ref;
    c->told_id = row->id;
    return 0;
}

/* One of a batch is put into words with the others, when all are decided. */
static int for_later(pn *p, const pn_type *type, const void *after, pni_audit_row *row)
{
    void *copy = pn_alloc(p, type->size);
    if (!copy)
        return pni_oom(p);
    memcpy(copy, after, type->size);
    row->asked = p->op_in;
    row->answer = copy;
    return 0;
}

int pn_audit(pn *p, const char *noun, int64_t id, const pn_type *type, const void *before,
             const void *after, const char *reason)
{
    pni_audit_row row = {.noun = noun, .ref = id, .reason = reason}, *added;
    bool first = !p->call || !p->call->audited;
    if (first && after && !before && p->op && p->op->many && type == p->op->out && p->op_in) {
        PN_TRY(for_later(p, type, after, &row));
    } else {
        row.input = first ? input_of(p, p->op, p->op_in) : NULL;
        row.before = side(p, type, before, after);
        row.after = side(p, type, after, before);
    }
    PN_TRY(add(p, row, &added));
    return after && !before && p->call ? tells(p, added, type, after) : 0;
}

static int64_t key_of(const pn_type *type, const void *row)
{
    for (const pn_col *c = type ? type->cols : NULL; c && c->name && row; c++)
        if (c->flags & PN_KEY && c->kind == PN_K_INT)
            return *(const int64_t *)pni_field(c, row);
    return 0;
}

int pni_audit_call(pn *p, const pn_op *op, const pni_call *c)
{
    if (c->audited && !c->r.rc)
        return 0; /* the operation told it better */
    int64_t ref = key_of(op->out, c->r.rc ? NULL : c->r.out);
    if (!ref)
        ref = key_of(op->in, c->r.in);
    pni_audit_row *row;
    return add(p, (pni_audit_row){.noun = op->noun, .ref = ref, .code = c->r.rc,
                                  .input = input_of(p, op, c->r.in)}, &row);
}

int pni_audit_flush(pn *p)
{
    if (!p->audits)
        return 0;
    pni_audit_row *rows = pn_alloc(p, p->audit_n * sizeof *rows);
    if (!rows)
        return pni_oom(p);
    size_t n = 0;
    PN_TRY(pni_audit_alike(p));
    for (pni_audit_row *r = p->audits; r; r = r->next) {
        const unsigned char *hash = pni_audit_hash(p, r);
        if (!hash)
            return pni_oom(p);
        r->hash = (pn_bytes){hash, 32};
        rows[n++] = *r;
    }
    return pn_queue(p, &write_rows, rows, n, NULL, NULL);
}

void pni_audit_note(pn *p)
{
    for (pni_audit_row *r = p->audits; r; r = r->next)
        if (!r->code)
            pni_news_note(p, r->noun, r->ref);
}

static int show(pn *p, const struct pn_audit_show *in, pn_audit_row *out)
{
    return pn_one(p, &show_row, in, out);
}

int pn_audit_show(pn *p, const struct pn_audit_show *in, pn_audit_row *out);
int pn_audit_list(pn *p, const pn_list *in, pn_page *out);

PN_OP(audit, show, pn_audit_row, .brief = N_("Show one entry of the audit trail"),
      .in = &show_in_t, .out = &audit_t, .may = PN_ROLE_OPS | PN_ROLE_FINANCE)
PN_OP_LIST(audit, list, all, .brief = N_("List the audit trail, newest first"), .out = &audit_t,
           .may = PN_ROLE_OPS | PN_ROLE_FINANCE, .example = "pn audit list --ref 4096")

static const pn_job seal_job = {"audit_seal", N_("Chain the audit rows of the day"), 60,
                                pni_audit_seal};

const pn_module pn_audit_module = {"audit", N_("Audit trail"),
    .ops = PN_LIST(pn_op, &audit_list_op, &audit_show_op),
    .sql = PN_LIST(pn_sql, &write_rows, &pni_audit_alike_sql, &show_row),
    .jobs = PN_LIST(pn_job, &seal_job)};
