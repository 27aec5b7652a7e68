/* SPDX-License-Identifier: Apache-2.0 */
/* printjob.c — jobs in the database: what they take, what they give back, what they prove. */
#include "ticket/printjob_int.h"

#include <inttypes.h>
#include <string.h>

#include "base/policy_int.h"
#include "base/when_int.h"

const pn_words pn_print_states[] = {PN_PRINT_STATES(PN_WORD_ROW){0}};
const pn_words pn_print_results[] = {PN_PRINT_RESULTS(PN_WORD_ROW){0}};

PN_TYPE(pni_paper_t, "print.paper", pni_paper, PN_COL(pni_paper, sk, ""),
    PN_COL(pni_paper, id, ""), PN_COL(pni_paper, job_id, ""),
    PN_COL(pni_paper, ticket_id, "", .flags = PN_OPT), PN_COL(pni_paper, ticket_no, ""),
    PN_COL(pni_paper, print_no, ""), PN_COL(pni_paper, issue_no, ""),
    PN_COL(pni_paper, stock_id, "", .flags = PN_OPT),
    PN_COL(pni_paper, serial, "", .flags = PN_OPT), PN_COL(pni_paper, roll, ""),
    PN_COL(pni_paper, result, "", .words = pn_print_results), PN_COL(pni_paper, reason, ""));

static PN_TYPE(record_t, "print.record", pn_print_record,
    PN_COL(pn_print_record, id, N_("ID"), .flags = PN_KEY),
    PN_COL(pn_print_record, ticket_id, N_("Ticket"), .flags = PN_OPT, .ref = "ticket"),
    PN_COL(pn_print_record, ticket_no, N_("Ticket number"), .flags = PN_BRIEF),
    PN_COL(pn_print_record, print_no, N_("Print number"), .flags = PN_BRIEF),
    PN_COL(pn_print_record, issue_no, N_("Issue number")),
    PN_COL(pn_print_record, roll, N_("Roll"), .flags = PN_BRIEF),
    PN_COL(pn_print_record, serial, N_("Serial"), .flags = PN_BRIEF | PN_OPT),
    PN_COL(pn_print_record, result, N_("Result"), .flags = PN_BRIEF, .words = pn_print_results),
    PN_COL(pn_print_record, reason, N_("Reason"), .flags = PN_BRIEF));

PN_TYPE(pn_print_job_t, "print", pn_print_job,
    PN_COL(pn_print_job, id, N_("ID"), .flags = PN_KEY | PN_SORT, .sql = "j.id"),
    PN_COL(pn_print_job, order_id, N_("Order"), .flags = PN_OPT, .ref = "order",
           .sql = "j.order_id"),
    PN_COL(pn_print_job, printer_id, N_("Printer ID"), .ref = "printer", .sql = "j.printer_id"),
    PN_COL(pn_print_job, face_id, N_("Face"), .ref = "face", .sql = "j.face_id"),
    PN_COL(pn_print_job, printer, N_("Printer"), .flags = PN_BRIEF, .sql = "x.code"),
    PN_COL(pn_print_job, state, N_("State"), .flags = PN_BRIEF, .words = pn_print_states,
           .sql = "j.state"),
    PN_COL(pn_print_job, tickets, N_("Tickets"), .flags = PN_BRIEF, .sql = "j.tickets"),
    PN_COL(pn_print_job, reason, N_("Reason"), .flags = PN_BRIEF, .sql = "j.reason"),
    PN_COL(pn_print_job, error, N_("Message"), .flags = PN_BRIEF, .sql = "j.error"),
    PN_COL(pn_print_job, staff_id, N_("Staff"), .ref = "staff", .sql = "j.staff_id"),
    PN_COL(pn_print_job, created_at, N_("Created"), .flags = PN_BRIEF | PN_SORT,
           .sql = "j.created_at"),
    PN_COL(pn_print_job, updated_at, N_("Changed"), .sql = "j.updated_at"),
    PN_COL(pn_print_job, trouble, N_("In trouble"), .sql = "j.trouble"),
    PN_COL(pn_print_job, records, N_("Papers"), .flags = PN_NOFILTER, .of = &record_t,
           .sql = "NULL::jsonb"));

static PN_TYPE(prepare_t, "print.prepare", struct pni_print_prepare,
    PN_COL(struct pni_print_prepare, order, N_("Order"), .flags = PN_OPT, .ref = "order"),
    PN_COL(struct pni_print_prepare, tickets, N_("Tickets"), .ref = "ticket"),
    PN_COL(struct pni_print_prepare, printer, N_("Printer"), .flags = PN_OPT,
           .ref = "printer"),
    PN_COL(struct pni_print_prepare, face, N_("Face"), .flags = PN_OPT, .ref = "face"),
    PN_COL(struct pni_print_prepare, reason, N_("Reason"), .max = 200),
    PN_COL(struct pni_print_prepare, test, N_("Test page")));
static PN_TYPE(id_t_, "print.id", struct pn_print_show,
    PN_COL(struct pn_print_show, id, N_("Print job"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "print"));
static PN_TYPE(finish_t, "print.finish", struct pni_print_finish,
    PN_COL(struct pni_print_finish, id, N_("Print job"), .flags = PN_KEY | PN_REQ),
    PN_COL(struct pni_print_finish, fates, N_("Results")),
    PN_COL(struct pni_print_finish, error, N_("Message"), .max = 1000));
static PN_TYPE(settle_t, "print.settle", struct pn_print_settle,
    PN_COL(struct pn_print_settle, id, N_("Print job"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "print"),
    PN_COL(struct pn_print_settle, result, N_("Result"), .flags = PN_REQ,
           .words = pn_print_results, .hint = N_("OK or SPOILED")),
    PN_COL(struct pn_print_settle, reason, N_("Reason"), .flags = PN_REQ, .max = 200));

/* ---- SQL ---- */

static const pn_sql put_job = {"print_put", &pn_print_job_t, NULL,
    "INSERT INTO print_job (sk, id, order_id, printer_id, face_id, state, tickets, reason,"
    "  staff_id,"
    "  created_at, updated_at) VALUES (:id#, :id, :order_id, :printer_id, :face_id, 'QUEUED',"
    "  :tickets, :reason, :me, :now, :now)"};

static const pn_sql put_papers = {"print_papers_put", &pni_paper_t, NULL,
    "INSERT INTO print_record (sk, id, job_id, ticket_id, print_no, issue_no, stock_id,"
    "  serial, roll,"
    "  result, reason, staff_id, at)"
    " SELECT u.sk, u.id, u.job_id, u.ticket_id, u.print_no, u.issue_no, u.stock_id,"
    "  u.serial, u.roll,"
    "  u.result, u.reason, :me, :now"
    " FROM unnest(:sk, :id, :job_id, :ticket_id, :print_no, :issue_no, :stock_id, :serial, :roll,"
    "  :result, :reason) u(sk, id, job_id, ticket_id, print_no, issue_no, stock_id, serial, roll,"
    "  result, reason)",
    .array = true};

static const pn_sql put_serials = {"print_serials_put", &pni_paper_t, NULL,
    "INSERT INTO stock_serial (sk, stock_id, serial, record_sk, record_id, result)"
    " SELECT 0, u.stock_id, u.serial, u.sk, u.id, u.result"
    " FROM unnest(:stock_id, :serial, :sk, :id, :result) u(stock_id, serial, sk, id, result)"
    " WHERE u.stock_id IS NOT NULL", .array = true};

static const pn_sql bump = {"print_bump", &pni_paper_t, NULL,
    "UPDATE ticket t SET print_no = u.print_no, updated_at = :now, version = t.version + 1"
    " FROM unnest(:sk, :ticket_id, :print_no, :issue_no) u(sk, ticket_id, print_no, issue_no)"
    " WHERE t.sk = u.sk AND t.id = u.ticket_id AND t.state = 'ISSUED'"
    "  AND t.print_no = u.print_no - 1 AND t.issue_no = u.issue_no", .array = true};

static const pn_sql unbump = {"print_unbump", &pni_paper_t, NULL,
    "UPDATE ticket t SET print_no = u.print_no - 1, updated_at = :now, version = t.version + 1"
    " FROM unnest(:sk, :ticket_id, :print_no) u(sk, ticket_id, print_no)"
    " WHERE t.sk = u.sk AND t.id = u.ticket_id AND t.print_no = u.print_no", .array = true};

static const pn_sql drop_papers = {"print_papers_drop", &pni_paper_t, NULL,
    "DELETE FROM print_record x USING unnest(:sk, :id) u(sk, id)"
    " WHERE x.sk = u.sk AND x.id = u.id", .array = true};

static const pn_sql drop_serials = {"print_serials_drop", &pni_paper_t, NULL,
    "DELETE FROM stock_serial s USING unnest(:stock_id, :serial) u(stock_id, serial)"
    " WHERE s.sk = 0 AND s.stock_id = u.stock_id AND s.serial = u.serial", .array = true};

static const pn_sql set_papers = {"print_papers_set", &pni_paper_t, NULL,
    "UPDATE print_record x SET result = u.result, reason = coalesce(u.reason, x.reason)"
    " FROM unnest(:sk, :id, :result, :reason) u(sk, id, result, reason)"
    " WHERE x.sk = u.sk AND x.id = u.id", .array = true};

static const pn_sql set_serials = {"print_serials_set", &pni_paper_t, NULL,
    "UPDATE stock_serial s SET result = u.result"
    " FROM unnest(:stock_id, :serial, :result) u(stock_id, serial, result)"
    " WHERE s.sk = 0 AND s.stock_id = u.stock_id AND s.serial = u.serial", .array = true};

static const pn_sql papers_of = {"print_papers", &id_t_, &pni_paper_t,
    "SELECT x.sk, x.id, x.job_id, x.ticket_id, t.ticket_no, x.print_no, x.issue_no, x.stock_id,"
    "  x.serial, x.roll, x.result, x.reason"
    " FROM print_record x LEFT JOIN ticket t ON t.sk = x.sk AND t.id = x.ticket_id"
    " WHERE x.sk = :id# AND x.job_id = :id ORDER BY x.id"};

static const pn_sql job_by_id = {"print_by_id", &id_t_, &pn_print_job_t,
    "SELECT j.id, j.order_id, j.printer_id, j.face_id, x.code AS printer, j.state, j.tickets,"
    "  j.reason, j.error, j.staff_id, j.created_at, j.updated_at, j.trouble"
    " FROM print_job j JOIN printer x ON x.id = j.printer_id WHERE j.sk = :id# AND j.id = :id"};

typedef struct job_move {
    int64_t id;
    const char *to, *error;
    pn_texts from;
} job_move;
static PN_TYPE(move_t, "print.move", job_move, PN_COL(job_move, id, ""), PN_COL(job_move, to, ""),
    PN_COL(job_move, error, ""), PN_COL(job_move, from, ""));
static const pn_sql move_job = {"print_move", &move_t, NULL,
    "UPDATE print_job SET state = :to, error = :error, updated_at = :now"
    " WHERE sk = :id# AND id = :id AND state = ANY(:from)"};

typedef struct count_row {
    pn_time since;
    int count;
    int64_t alone; /* so many need no supervisor */
} count_row;
static PN_TYPE(count_t, "print.count", count_row, PN_COL(count_row, since, ""),
    PN_COL(count_row, count, ""), PN_COL(count_row, alone, ""));
static const pn_sql reprints = {"print_reprints", &count_t, &count_t,
    "SELECT count(*)::int AS count, " PNI_POLICY("print.reprints_alone") " AS alone"
    " FROM print_record"
    " WHERE staff_id = :me AND at >= :since AND print_no > 1"};

static const pn_list_spec all = {.row = &pn_print_job_t,
    .from = "print_job j JOIN printer x ON x.id = j.printer_id", .key = "j.id", .sort = "-id"};

/* ---- reading ---- */

int pni_job_get(pn *p, int64_t id, pni_job *out)
{
    pn_rows rows;
    const struct pn_print_show in = {id};
    int rc = pn_one(p, &job_by_id, &in, &out->row);
    if (rc)
        return rc == PN_ENONE ? pn_fail(p, rc, "id", pn_tr("There is no print job %" PRId64), id)
                              : rc;
    PN_TRY(pn_all(p, &papers_of, &in, &rows));
    out->papers = rows.row;
    out->n = rows.n;
    pn_print_record *records = pn_alloc(p, (rows.n + 1) * sizeof(*records));
    if (!records)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    for (size_t i = 0; i < rows.n; i++) {
        const pni_paper *x = &out->papers[i];
        records[i] = (pn_print_record){x->id, x->ticket_id, x->ticket_no, x->print_no,
                                       x->issue_no, x->roll, x->serial, x->result, x->reason};
    }
    out->row.records = (pn_rows){records, rows.n};
    return 0;
}

/* ---- prepare ---- */

static int check_printable(pn *p, const pni_facts *f, const char *reason)
{
    if (!f->paper)
        return pn_fail(p, PN_ESTATE, "tickets",
                       pn_tr("The session of ticket %s has no paper tickets"),
                       f->ticket_no);
    if (f->state.v != PN_TICKET_ISSUED)
        return pn_fail(p, PN_ESTATE, "tickets", pn_tr("Ticket %s is %s and cannot be printed"),
                       f->ticket_no, pn_word_label(pn_ticket_states, f->state));
    if (f->print_no >= 255)
        return pn_fail(p, PN_ELIMIT, "tickets", pn_tr("Ticket %s was printed too often"),
                       f->ticket_no);
    if (!f->print_no || (reason && *reason))
        return 0;
    pn_fail(p, PN_EARG, "reason", pn_tr("Ticket %s was printed before: a reprint needs a reason"),
            f->ticket_no);
    return pn_hint(p, pn_tr("the older paper is void from then on; use --reason"));
}

static int check_supervisor(pn *p, const pn_rows *facts)
{
    bool again = false;
    pn_each(pni_facts, f, facts)
        again = again || f->print_no > 0;
    if (!again || pn_who(p)->roles & (PN_ROLE_OPS | PN_ROLE_ADMIN | PN_ROLE_SYSTEM))
        return 0;
    count_row c = {.since = {pni_local_day(pn_now(p)) * PNI_DAY_US - PNI_ZONE_US}};
    PN_TRY(pn_one(p, &reprints, &c, &c));
    if (c.count < c.alone)
        return 0;
    pn_fail(p, PN_EPERM, "reason", pn_tr("You have reprinted %d tickets today"), c.count);
    return pn_hint(p, pn_tr("further reprints of the day are a supervisor's"));
}

/* Every word of every ticket has its glyphs, before anything is taken. */
static int check_faces(pn *p, const pn_layout *layout, const pn_rows *facts)
{
    pni_sign_key key;
    PN_TRY(pni_sign_key_current(p, &key));
    pn_each(pni_facts, f, facts) {
        pn_face_data words;
        PN_TRY(pni_words_of(p, f, &(struct pni_wording){layout, &key, f->print_no + 1, true, "A-1"},
                            &words));
        PN_TRY(pn_render_check(p, layout, &words));
    }
    return 0;
}

static int take_papers(pn *p, const pn_print_job *job, const pn_rows *facts, const pni_claim *claim,
                       pni_paper **out)
{
    size_t n = (size_t)claim->count;
    pni_paper *papers = pn_alloc(p, n * sizeof(*papers));
    const pni_facts *f = facts ? facts->row : NULL;
    if (!papers)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    for (size_t i = 0; i < n; i++) {
        papers[i] = (pni_paper){.sk = pn_sk(job->id), .job_id = job->id, .print_no = 1,
                                .issue_no = 1, .stock_id = claim->stock_id,
                                .serial = claim->stock_id ? claim->first + (int64_t)i : 0,
                                .roll = claim->roll, .reason = job->reason,
                                .result = {f ? PN_PRINT_RESULT_PENDING : PN_PRINT_RESULT_TEST}};
        if (f) {
            papers[i].ticket_id = f[i].id;
            papers[i].print_no = f[i].print_no + 1;
            papers[i].issue_no = f[i].issue_no;
        }
        PN_TRY(pn_new_id(p, papers[i].sk, &papers[i].id));
    }
    *out = papers;
    return 0;
}

static int store(pn *p, const pn_print_job *job, const pni_paper *papers, size_t n, bool test)
{
    int64_t bumped = 0;
    PN_TRY(pn_queue(p, &put_job, job, 0, NULL, NULL));
    PN_TRY(pn_queue(p, &put_papers, papers, n, NULL, NULL));
    if (papers->stock_id)
        PN_TRY(pn_queue(p, &put_serials, papers, n, NULL, NULL));
    if (!test)
        PN_TRY(pn_queue(p, &bump, papers, n, NULL, &bumped));
    PN_TRY(pn_sync(p));
    return test || bumped == (int64_t)n
               ? 0
               : pn_fail(p, PN_ECONFLICT, "tickets",
                         pn_tr("A ticket was printed or changed by someone else meanwhile"));
}

static int prepare(pn *p, const struct pni_print_prepare *in, pn_print_job *out)
{
    pn_printer printer;
    pn_face face;
    pn_layout *layout;
    pn_rows facts = {0};
    pni_paper *papers = NULL;
    PN_TRY(pni_printer_get(p, in->printer, &printer));
    PN_TRY(pni_face_get(p, in->face, &face, &layout));
    if (!in->test) {
        PN_TRY(pni_facts_of(p, &(pni_ticket_choice){in->order, in->tickets}, &facts));
        pn_each(pni_facts, f, &facts)
            PN_TRY(check_printable(p, f, in->reason));
        PN_TRY(check_supervisor(p, &facts));
        PN_TRY(check_faces(p, layout, &facts));
    }
    const pni_facts *first = facts.row;
    pn_print_job job = {.printer_id = printer.id, .face_id = face.id, .reason = in->reason,
                        .order_id = first ? first->order_id : 0,
                        .tickets = first ? (int)facts.n : 1};
    PN_TRY(pn_new_id(p, first ? first->sk : 0, &job.id));
    pni_claim claim = {.job_id = job.id, .count = job.tickets,
                       .until = {pn_now(p).us + PNI_PRINT_HOLD_US}};
    PN_TRY(pni_roll_claim(p, &printer, &claim));
    PN_TRY(take_papers(p, &job, first ? &facts : NULL, &claim, &papers));
    PN_TRY(store(p, &job, papers, (size_t)claim.count, in->test));
    pni_job made;
    PN_TRY(pni_job_get(p, job.id, &made));
    *out = made.row;
    return pn_audit(p, "print", job.id, &pn_print_job_t, NULL, out, in->reason);
}

/* ---- start and finish ---- */

static int advance(pn *p, int64_t id, const char *from, const char *to, const char *error)
{
    int64_t moved = 0;
    job_move m = {id, to, error, {(const char *[]){from}, 1}};
    PN_TRY(pn_exec(p, &move_job, &m, &moved));
    return moved ? 0
                 : pn_fail(p, PN_ECONFLICT, "id", pn_tr("Print job %" PRId64 " is not %s any more"),
                           id, from);
}

static int start(pn *p, const struct pni_print_start *in, pn_print_job *out)
{
    pni_job job;
    PN_TRY(advance(p, in->id, "QUEUED", "SENDING", NULL));
    PN_TRY(pni_job_get(p, in->id, &job));
    *out = job.row;
    return 0;
}

static pni_claim claim_of(const pni_job *job)
{
    const pni_paper *x = job->papers;
    return (pni_claim){.stock_id = x->stock_id, .printer_id = job->row.printer_id,
                       .job_id = job->row.id, .first = x->serial, .count = (int64_t)job->n};
}

/* Blanks that nothing reached go back; when they cannot, they are spoiled. */
static int undo_unsent(pn *p, pni_job *job, size_t from)
{
    bool back = true;
    pni_claim claim = claim_of(job);
    pni_paper *x = job->papers + from;
    size_t n = job->n - from;
    if (!n)
        return 0;
    PN_TRY(pni_roll_give_back(p, &claim, x->serial, &back));
    if (!back) {
        for (size_t i = 0; i < n; i++) {
            x[i].result.v = PN_PRINT_RESULT_SPOILED;
            x[i].reason = pn_tr("not sent, and the roll went on");
        }
        return 0;
    }
    if (x->stock_id)
        PN_TRY(pn_queue(p, &drop_serials, x, n, NULL, NULL));
    if (x->ticket_id)
        PN_TRY(pn_queue(p, &unbump, x, n, NULL, NULL));
    PN_TRY(pn_queue(p, &drop_papers, x, n, NULL, NULL));
    job->n = from;
    return 0;
}

/* Write the fates of the papers that were touched, and tell the tickets' histories. */
static int set_fates(pn *p, const pni_job *job)
{
    if (!job->n)
        return 0;
    PN_TRY(pn_queue(p, &set_papers, job->papers, job->n, NULL, NULL));
    if (job->papers->stock_id)
        PN_TRY(pn_queue(p, &set_serials, job->papers, job->n, NULL, NULL));
    for (size_t i = 0; i < job->n; i++) {
        const pni_paper *x = &job->papers[i];
        const char *serial = x->stock_id ? pn_printf(p, "%s-%06" PRId64, x->roll, x->serial) : NULL;
        const char *event = x->result.v == PN_PRINT_RESULT_OK        ? "PRINTED"
                            : x->result.v == PN_PRINT_RESULT_SPOILED ? "PRINT_SPOILED"
                                                                     : "PRINT_UNKNOWN";
        if (x->ticket_id)
            PN_TRY(pni_ticket_log(p, x->ticket_id, event, 0, 0, serial));
    }
    return 0;
}

static const char *state_of(const pni_job *job, size_t unsent)
{
    bool unknown = false, spoiled = unsent > 0;
    for (size_t i = 0; i < job->n; i++) {
        unknown = unknown || job->papers[i].result.v == PN_PRINT_RESULT_PENDING;
        spoiled = spoiled || job->papers[i].result.v == PN_PRINT_RESULT_SPOILED;
    }
    return spoiled ? "FAILED" : unknown ? "UNKNOWN" : "CONFIRMED";
}

static int finish(pn *p, const struct pni_print_finish *in, pn_print_job *out)
{
    pni_job job;
    PN_TRY(pni_job_get(p, in->id, &job));
    if (in->fates.n != job.n || !job.n)
        return pn_fail(p, PN_EINTERNAL, "fates", "%zu fates for %zu papers", in->fates.n, job.n);
    size_t sent = job.n, all_papers = job.n;
    pni_claim claim = claim_of(&job);
    for (size_t i = 0; i < job.n; i++) {
        const char *fate = in->fates.v[i];
        if (!strcmp(fate, PNI_UNSENT)) {
            sent = i; /* sending stops at the first failure */
            break;
        }
        if (job.papers[i].result.v != PN_PRINT_RESULT_TEST || strcmp(fate, "OK"))
            job.papers[i].result.v = (int16_t)pn_word_find(pn_print_results, fate);
        if (strcmp(fate, "OK"))
            job.papers[i].reason = in->error;
    }
    PN_TRY(undo_unsent(p, &job, sent));
    PN_TRY(set_fates(p, &job));
    PN_TRY(pni_roll_release(p, &claim));
    PN_TRY(advance(p, in->id, "SENDING", state_of(&job, all_papers - sent), in->error));
    PN_TRY(pni_job_get(p, in->id, &job));
    *out = job.row;
    return pn_audit(p, "print", in->id, &pn_print_job_t, NULL, out, in->error);
}

/* ---- for people ---- */

static int show(pn *p, const struct pn_print_show *in, pn_print_job *out)
{
    pni_job job;
    PN_TRY(pni_job_get(p, in->id, &job));
    *out = job.row;
    return 0;
}

static int settle(pn *p, const struct pn_print_settle *in, pn_print_job *out)
{
    pni_job job;
    PN_TRY(pni_job_get(p, in->id, &job));
    const pn_print_job before = job.row;
    bool printed = in->result.v == PN_PRINT_RESULT_OK;
    if (!printed && in->result.v != PN_PRINT_RESULT_SPOILED)
        return pn_fail(p, PN_EARG, "result", pn_tr("A paper is OK or SPOILED"));
    if (job.row.state.v != PN_PRINT_UNKNOWN)
        return pn_fail(p, PN_ESTATE, "id",
                       pn_tr("Print job %" PRId64 " is %s: its result is known"),
                       in->id, pn_word_label(pn_print_states, job.row.state));
    for (size_t i = 0; i < job.n; i++) {
        if (job.papers[i].result.v != PN_PRINT_RESULT_PENDING)
            continue;
        job.papers[i].result = in->result;
        job.papers[i].reason = in->reason;
    }
    PN_TRY(set_fates(p, &job));
    PN_TRY(advance(p, in->id, "UNKNOWN", state_of(&job, 0), in->reason));
    PN_TRY(pni_job_get(p, in->id, &job));
    *out = job.row;
    return pn_audit(p, "print", in->id, &pn_print_job_t, &before, out, in->reason);
}

/* Sending goes on in units of its own; this one reads the end. */
static int resume(pn *p, const struct pn_print_resume *in, pn_print_job *out)
{
    pni_job job;
    PN_TRY(pni_job_deliver(p, in->id));
    PN_TRY(pni_job_get(p, in->id, &job));
    *out = job.row;
    return 0;
}

#define HIDDEN_OP(verb_, in_, ...)                                                                 \
    static int verb_##_run(pn *p, const void *in, void *out)                                       \
    {                                                                                              \
        return verb_(p, in, out);                                                                  \
    }                                                                                              \
    const pn_op pni_print_##verb_##_op = {.noun = "print", .verb = #verb_, .in = &(in_),           \
        .out = &pn_print_job_t, .may = PN_ROLE_OPS | PN_ROLE_BOXOFFICE | PN_ROLE_SYSTEM,           \
        .flags = PN_WRITE | PN_ONCE | PN_LOCAL | PN_HIDDEN, .run = verb_##_run, __VA_ARGS__};
HIDDEN_OP(prepare, prepare_t, .brief = N_("Take serials and print numbers for a job"))
HIDDEN_OP(start, id_t_, .brief = N_("Own the sending of a job"))
HIDDEN_OP(finish, finish_t, .brief = N_("Record what became of the papers of a job"))

PN_OP_LIST(print, list, all, .brief = N_("List print jobs"), .out = &pn_print_job_t,
    .may = PN_ROLE_OPS | PN_ROLE_BOXOFFICE | PN_ROLE_SYSTEM)
PN_OP(print, show, pn_print_job, .brief = N_("Show a print job and its papers"), .in = &id_t_,
    .out = &pn_print_job_t, .may = PN_ROLE_OPS | PN_ROLE_BOXOFFICE | PN_ROLE_SYSTEM)
PN_OP(print, resume, pn_print_job, .brief = N_("Go on with a print job that was left behind"),
    .in = &id_t_, .out = &pn_print_job_t, .may = PN_ROLE_OPS | PN_ROLE_BOXOFFICE | PN_ROLE_SYSTEM,
    .flags = PN_LOCAL)
PN_OP(print, settle, pn_print_job, .brief = N_("Say what was seen on the papers of a job"),
    .help = N_("For a job whose printer did not confirm. SPOILED papers can be printed again with "
               "a reason."),
    .in = &settle_t, .out = &pn_print_job_t, .may = PN_ROLE_OPS | PN_ROLE_BOXOFFICE,
    .flags = PN_WRITE | PN_ONCE)

const pn_module pn_print_module = {"print", N_("Print jobs"),
    .ops = PN_LIST(pn_op, &print_list_op, &print_show_op, &print_resume_op, &print_settle_op,
                   &pni_print_prepare_op, &pni_print_start_op, &pni_print_finish_op),
    .sql = PN_LIST(pn_sql, &put_job, &put_papers, &put_serials, &bump, &unbump, &drop_papers,
                   &drop_serials, &set_papers, &set_serials, &papers_of, &job_by_id, &move_job,
                   &reprints)};
