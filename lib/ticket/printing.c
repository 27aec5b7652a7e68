/* SPDX-License-Identifier: Apache-2.0 */
/* printing.c — the way of a job to the paper. Papers go one by one, so that a jam spoils one blank
 * and the blanks behind it stay unused; nothing of this happens inside a transaction. */
#include "ticket/printjob_int.h"

#include <inttypes.h>
#include <string.h>

static PN_TYPE(print_t, "ticket.print", struct pn_ticket_print,
    PN_COL(struct pn_ticket_print, order, N_("Order"), .flags = PN_OPT | PN_ARG,
           .ref = "order"),
    PN_COL(struct pn_ticket_print, tickets, N_("Tickets"), .ref = "ticket",
           .hint = N_("numbers or ids, instead of an order")),
    PN_COL(struct pn_ticket_print, printer, N_("Printer"), .flags = PN_OPT, .ref = "printer",
           .hint = N_("default: the only one")),
    PN_COL(struct pn_ticket_print, face, N_("Face"), .flags = PN_OPT, .ref = "face",
           .hint = N_("default: the newest live one")),
    PN_COL(struct pn_ticket_print, reason, N_("Reason"), .max = 200,
           .hint = N_("needed when a ticket was printed before")));

static PN_TYPE(export_t, "ticket.export", struct pn_ticket_export,
    PN_COL(struct pn_ticket_export, order, N_("Order"), .flags = PN_OPT | PN_ARG,
           .ref = "order"),
    PN_COL(struct pn_ticket_export, tickets, N_("Tickets"), .ref = "ticket"),
    PN_COL(struct pn_ticket_export, face, N_("Face"), .flags = PN_OPT, .ref = "face"),
    PN_COL(struct pn_ticket_export, format, N_("Format"), .words = pn_face_formats,
           .hint = N_("default PDF")),
    PN_COL(struct pn_ticket_export, dpi, N_("Resolution"), .flags = PN_OPT, .min = 72,
           .max = 1200, .hint = N_("of PNG, default 203")),
    PN_COL(struct pn_ticket_export, to, N_("Write to"), .flags = PN_REQ, .max = 4000));

static PN_TYPE(test_t, "printer.test", struct pn_printer_test,
    PN_COL(struct pn_printer_test, id, N_("Printer"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "printer"),
    PN_COL(struct pn_printer_test, face, N_("Face"), .flags = PN_OPT, .ref = "face"));

/* The words of a unit that ends become the words of the caller's. */
static int hand_over(pn *p, const pn *from, int rc)
{
    const pn_err *e = pn_error(from);
    if (!rc)
        return 0;
    const char *field = e->field ? pn_strdup(p, e->field) : NULL;
    pn_fail(p, (pn_code)rc, field, "%s", e->message ? e->message : pn_code_text((pn_code)rc));
    return e->hint ? pn_hint(p, "%s", e->hint) : rc;
}

/* ---- sending ---- */

struct sending {
    pn *p;
    pn_printer printer;
    pn_layout *layout;
    pni_sign_key key;
    pni_job job;
    const pni_facts *facts;
    const char **fates;
    const char *error;
};

static int words_for(struct sending *s, size_t i, pn_face_data *out)
{
    const pni_paper *x = &s->job.papers[i];
    const char *serial = x->stock_id
                             ? pn_printf(s->p, "%s-%06" PRId64, x->roll, x->serial) : NULL;
    if (!s->facts) {
        pn_face_sample(out);
        out->v[PN_F_serial] = serial;
        return 0;
    }
    return pni_words_of(s->p, &s->facts[i],
                        &(struct pni_wording){s->layout, &s->key, x->print_no, true, serial}, out);
}

static int send_paper(struct sending *s, size_t i, pn_delivery *d)
{
    pn_face_data words;
    pn_buf bytes;
    static const char *const ends[] = {"", "bin", "pdf", "png"};
    PN_TRY(words_for(s, i, &words));
    PN_TRY(pni_printer_bytes(s->p, &s->printer, s->layout, &words, &bytes));
    const char *name = pn_printf(s->p, "print-%" PRId64 "-%zu.%s", s->job.row.id, i + 1,
                                 ends[s->printer.language.v]);
    return name ? pni_printer_send(s->p, &s->printer, name, &bytes, d)
                : pn_fail(s->p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

/* Fill in the fates; sending stops at the first paper that went wrong. */
static void send_papers(struct sending *s)
{
    bool go_on = true;
    for (size_t i = 0; i < s->job.n; i++) {
        pn_delivery d = {.outcome = PN_SENT_NOTHING, .message = ""};
        s->fates[i] = PNI_UNSENT;
        if (!go_on)
            continue;
        if (send_paper(s, i, &d))
            d = (pn_delivery){.outcome = PN_SENT_NOTHING, .message = pn_error(s->p)->message};
        s->fates[i] = d.outcome == PN_SENT_CONFIRMED ? "OK"
                      : d.outcome == PN_SENT_UNKNOWN ? "PENDING"
                      : d.outcome == PN_SENT_FAILED  ? "SPOILED"
                                                     : PNI_UNSENT;
        if (d.outcome != PN_SENT_CONFIRMED)
            s->error = d.message;
        go_on = d.outcome == PN_SENT_CONFIRMED || (d.outcome == PN_SENT_UNKNOWN && !d.broken);
    }
}

/* May this job be sent, or be given up? */
static int check_left(pn *p, const pn_print_job *job)
{
    if (job->state.v != PN_PRINT_QUEUED && job->state.v != PN_PRINT_SENDING)
        return pn_fail(p, PN_ESTATE, "id", pn_tr("Print job %" PRId64 " is %s: nothing to resume"),
                       job->id, pn_word_label(pn_print_states, job->state));
    if (job->state.v == PN_PRINT_SENDING &&
        job->updated_at.us + PNI_PRINT_HOLD_US > pn_now(p).us)
        return pn_fail(p, PN_EBUSY, "id", pn_tr("Print job %" PRId64 " is being sent"), job->id);
    return 0;
}

static int load_sending(struct sending *s, int64_t id)
{
    pn_face face;
    pn_rows facts;
    PN_TRY(pni_job_get(s->p, id, &s->job));
    PN_TRY(check_left(s->p, &s->job.row));
    PN_TRY(pni_printer_get(s->p, s->job.row.printer_id, &s->printer));
    PN_TRY(pni_face_get(s->p, s->job.row.face_id, &face, &s->layout));
    PN_TRY(pni_sign_key_current(s->p, &s->key));
    PN_TRY(pni_facts_of_job(s->p, id, &facts));
    s->facts = facts.n ? facts.row : NULL;
    s->fates = pn_alloc(s->p, (s->job.n + 1) * sizeof(*s->fates));
    return s->fates ? 0 : pn_fail(s->p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

int pni_job_deliver(pn *p, int64_t id)
{
    PN_AUTO_UNIT own = pn_begin_like(p);
    struct sending s = {.p = own};
    pn_print_job job;
    if (!own)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    pn_key(own, NULL); /* the key belongs to the preparation */
    PN_TRY(hand_over(p, own, load_sending(&s, id)));
    bool left = s.job.row.state.v == PN_PRINT_SENDING; /* its sender died: nobody knows */
    if (!left)
        PN_TRY(hand_over(p, own, pn_call(own, &pni_print_start_op,
                                         &(struct pni_print_start){id}, &job)));
    if (left) {
        for (size_t i = 0; i < s.job.n; i++)
            s.fates[i] = "PENDING";
        s.error = pn_tr("the program ended while it was printing; look at the paper");
    } else {
        send_papers(&s);
    }
    const struct pni_print_finish in = {id, {s.fates, s.job.n}, s.error};
    return hand_over(p, own, pn_call(own, &pni_print_finish_op, &in, &job));
}

/* ---- operations ---- */

static int run_job(pn *p, const struct pni_print_prepare *in, pn_print_job *out)
{
    PN_AUTO_UNIT own = pn_begin_like(p);
    pn_print_job made;
    pni_job job;
    if (!own)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    PN_TRY(hand_over(p, own, pn_call(own, &pni_print_prepare_op, in, &made)));
    if (pn_rehearsing(p)) { /* nothing was kept, so nothing may be printed */
        *out = (pn_print_job){.printer_id = made.printer_id, .face_id = made.face_id,
                              .order_id = made.order_id, .tickets = made.tickets,
                              .state = made.state, .printer = pn_strdup(p, made.printer)};
        return 0;
    }
    PN_TRY(hand_over(p, own, pni_job_get(own, made.id, &job)));
    if (job.row.state.v == PN_PRINT_QUEUED) /* else an earlier call with this key sent it */
        PN_TRY(pni_job_deliver(p, made.id));
    PN_TRY(pni_job_get(p, made.id, &job));
    *out = job.row;
    if (job.row.state.v != PN_PRINT_FAILED)
        return 0;
    pn_fail(p, PN_EPRINTER, "printer", "%s", job.row.error ? job.row.error : "");
    return pn_hint(p, pn_tr("see: pn print show %" PRId64 "; then print again with --reason"),
                   made.id);
}

static int print(pn *p, const struct pn_ticket_print *in, pn_print_job *out)
{
    return run_job(p, &(struct pni_print_prepare){in->order, in->tickets, in->printer,
                                                  in->face, in->reason, false}, out);
}

static int test(pn *p, const struct pn_printer_test *in, pn_print_job *out)
{
    return run_job(p, &(struct pni_print_prepare){.printer = in->id, .face = in->face,
                                                  .test = true}, out);
}

/* Electronic tickets: the same rules as `ticket code`, which records each showing. All on `own`,
 * so that a caller never waits for a second connection while it holds one. */
static int export_words(pn *own, const pni_facts *f, const pn_layout *layout, pn_face_data *out)
{
    pn_ticket_credential code;
    pni_sign_key key;
    PN_TRY(pn_ticket_code(own, &(struct pn_ticket_code){f->id}, &code));
    PN_TRY(pni_sign_key_current(own, &key));
    return pni_words_of(own, f, &(struct pni_wording){layout, &key, f->print_no, false, NULL}, out);
}

static int export_with(pn *own, const struct pn_ticket_export *in, pn_face_file *out)
{
    pn_rows facts;
    pn_face face;
    pn_layout *layout;
    pn_buf bytes;
    PN_TRY(pni_facts_of(own, &(pni_ticket_choice){in->order, in->tickets}, &facts));
    PN_TRY(pni_face_get(own, in->face, &face, &layout));
    if (in->format.v == PN_FACE_PNG && facts.n > 1)
        return pn_fail(own, PN_EARG, "format", pn_tr("A PNG holds one ticket; there are %zu"),
                       facts.n);
    pn_face_data *words = pn_alloc(own, facts.n * sizeof(*words));
    if (!words)
        return pn_fail(own, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    size_t i = 0;
    pn_each(pni_facts, f, &facts)
        PN_TRY(export_words(own, f, layout, &words[i++]));
    if (in->format.v == PN_FACE_PNG)
        PN_TRY(pn_render_png(own, layout, words, in->dpi ? in->dpi : 203, &bytes));
    else
        PN_TRY(pn_render_pdf(own, layout, words, facts.n, &bytes));
    return pni_face_write(own, in->to, &bytes, (int)facts.n, out);
}

static int export_tickets(pn *p, const struct pn_ticket_export *in, pn_face_file *out)
{
    PN_AUTO_UNIT own = pn_begin_like(p);
    if (!own)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    pn_key(own, NULL);
    PN_TRY(hand_over(p, own, export_with(own, in, out)));
    out->path = in->to;
    return 0;
}

#define SHARED_OP(noun_, verb_, fn_, in_type, out_, out_type, ...)                                 \
    static int noun_##_##verb_##_run(pn *p, const void *in, void *out)                             \
    {                                                                                              \
        return fn_(p, in, out);                                                                    \
    }                                                                                              \
    const pn_op pni_##noun_##_##verb_##_op = {.noun = #noun_, .verb = #verb_, .in = &(in_type),    \
        .out = &(out_type), .run = noun_##_##verb_##_run, __VA_ARGS__};                            \
    int pn_##noun_##_##verb_(pn *p, const struct pn_##noun_##_##verb_ *in, out_ *out)              \
    {                                                                                              \
        return pn_call(p, &pni_##noun_##_##verb_##_op, in, out);                                   \
    }

SHARED_OP(ticket, print, print, print_t, pn_print_job, pn_print_job_t,
    .brief = N_("Print the tickets of an order, or some tickets"),
    .help = N_("Each paper takes the next serial of the loaded roll. Printing again needs a reason "
               "and makes\nthe older paper void. When the printer fails, pn print show tells what "
               "became of each paper."),
    .may = PN_ROLE_OPS | PN_ROLE_BOXOFFICE | PN_ROLE_SYSTEM, .flags = PN_LOCAL | PN_ONCE,
    .example = "pn ticket print --order PN261123000001234 --printer hall-1")
SHARED_OP(ticket, export, export_tickets, export_t, pn_face_file, pn_face_file_t,
    .brief = N_("Write electronic tickets into a PDF or PNG file"),
    .may = PN_ROLE_OPS | PN_ROLE_BOXOFFICE | PN_ROLE_SYSTEM, .flags = PN_LOCAL,
    .example = "pn ticket export --order PN261123000001234 --to tickets.pdf")
SHARED_OP(printer, test, test, test_t, pn_print_job, pn_print_job_t,
    .brief = N_("Print a page of sample data"),
    .may = PN_ROLE_OPS | PN_ROLE_BOXOFFICE | PN_ROLE_SYSTEM, .flags = PN_LOCAL | PN_ONCE)
