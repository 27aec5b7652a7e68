/* SPDX-License-Identifier: Apache-2.0 */
/* notice.c — messages on their way out. The transport is a log: one JSON line a message in
 * notice.file. Rendering and delivering are separate events, so neither waits for the other; a
 * message is tried three times. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/conf.h"
#include "order/mine_int.h"
#include "order/notice_int.h"
#include "order/order_int.h"

enum { TRIES_MAX = 3 };

const pn_words pn_notice_states[] = {PN_NOTICE_STATES(PN_WORD_ROW){0}};

/* By their templates. */
static const pn_words kinds[] = {
    {"01-submitted", N_("Order taken"), 0},
    {"02-pay_remind", N_("Payment reminder"), 0},
    {"03-paid_express", N_("Paid, to be sent"), 0},
    {"04-paid_eticket", N_("Paid, electronic ticket"), 0},
    {"05-paid_onsite", N_("Paid, to be fetched"), 0},
    {"06-allocated_express", N_("Seats given, to be sent"), 0},
    {"07-allocated_eticket", N_("Seats given, electronic ticket"), 0},
    {"14-signed_onsite", N_("Fetched at the venue"), 0},
    {"15-grab_submitted", N_("Grab taken"), 0},
    {"16-grab_success", N_("Grab succeeded"), 0},
    {"17-grab_failed", N_("Grab failed"), 0},
    {"18-group_joined", N_("Group joined"), 0},
    {"19-group_success", N_("Group complete"), 0},
    {"20-group_failed", N_("Group not complete"), 0},
    {"21-cancel_unpaid", N_("Closed unpaid"), 0},
    {"22-cancel_refunded", N_("Refunded"), 0},
    {"23-deduct_ok", N_("Deducted"), 0},
    {"24-deduct_fail", N_("Deduction failed"), 0},
    {"50-session_rescheduled", N_("Session moved"), 0},
    {"51-seats_replaced", N_("Other seats"), 0},
    {"52-gates_changed", N_("Other gate"), 0},
    {"60-signin_code", N_("Code for signing in"), 0},
    {0}};

#define COL(f, label, ...) PN_COL(pn_notice, f, label, __VA_ARGS__)
PN_TYPE(pn_notice_t, "notice", pn_notice,
    COL(id, N_("Number"), .flags = PN_KEY | PN_SORT | PN_BRIEF, .sql = "n.id", .ref = "notice"),
    COL(kind, N_("Kind"), .flags = PN_BRIEF, .words = kinds, .sql = "n.kind"),
    COL(ref, N_("Order"), .flags = PN_BRIEF, .sql = "n.ref", .ref = "order"),
    COL(target, N_("Recipient"), .flags = PN_BRIEF, .sql = "n.target"),
    COL(body, N_("Text"), .flags = PN_LONG, .sql = "n.body"),
    COL(state, N_("State"), .flags = PN_BRIEF, .words = pn_notice_states, .sql = "n.state"),
    COL(tries, N_("Tries"), .sql = "n.tries"),
    COL(transport, N_("Transport"), .sql = "n.transport"),
    COL(created_at, N_("Created"), .flags = PN_BRIEF | PN_SORT, .sql = "n.created_at"),
    COL(sent_at, N_("Sent at"), .sql = "n.sent_at"));

#define FROM                                                                                       \
    "notice n join orders o on o.sk = n.sk and o.id = n.ref join show h on h.id = o.show_id"
#define SCOPE                                                                                      \
    "(:my_organiser::bigint is null or h.organiser_id = :my_organiser)"                            \
    " and :my_merchant::bigint is null"
static const pn_list_spec list_spec = {&pn_notice_t, FROM, SCOPE, "n.id", "-id", NULL};

typedef struct id_in { int64_t id; } id_in;
static PN_TYPE(by_id_t, "notice.id", id_in, PN_COL(id_in, id, N_("Number")));
static const pn_sql row_sql = {"notice_row", &by_id_t, &pn_notice_t,
    "select n.id, n.kind, n.ref, n.target, n.body, n.state, n.tries, n.transport, n.created_at,"
    " n.sent_at from " FROM " where n.sk = :id# and n.id = :id and o.sk = :id# and " SCOPE, false};
typedef struct result { int64_t id; const char *state; } result;
static PN_TYPE(result_t, "notice.result", result, PN_COL(result, id, N_("Number")),
    PN_COL(result, state, N_("State")));
static const pn_sql result_sql = {"notice_result", &result_t, NULL,
    "update notice set state = :state, tries = tries + 1,"
    " sent_at = case when :state = 'SENT' then :now else sent_at end"
    " where sk = :id# and id = :id and state = 'QUEUED'", false};
static const pn_sql again_sql = {"notice_again", &by_id_t, NULL,
    "update notice set state = 'QUEUED', tries = 0 where sk = :id# and id = :id"
    " and state = 'FAILED'", false};

static int find(pn *p, int64_t id, pn_notice *out)
{
    int rc = pn_one(p, &row_sql, &(id_in){id}, out);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ENONE, "id", pn_tr("There is no message %lld"), (long long)id);
    return rc;
}

/* ---- the log transport ---- */

static bool append(const char *path, const char *line, size_t len)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    ssize_t n = write(fd, line, len); /* one write: lines of several workers never mix */
    return close(fd) == 0 && n == (ssize_t)len;
}

int pni_notice_deliver(pn *p, const pn_notice *n, bool *sent)
{
    const char *path = pn_conf(pn_unit_ctx(p), "notice.file");
    if (!*path)
        path = pn_printf(p, "%s/notice.log", pn_state_dir(pn_unit_ctx(p)));
    pn_buf b = pn_buf_new(p);
    pn_to_json(&b, &pn_notice_t, n);
    pn_buf_puts(&b, "\n");
    if (b.bad || !path)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    *sent = append(path, b.text, b.len);
    return 0;
}

static int send_one(pn *p, int64_t id, const char *payload)
{
    pn_notice n;
    bool sent = false;
    (void)payload;
    PN_TRY(find(p, id, &n));
    if (n.state.v != PN_NOTICE_QUEUED)
        return 0;
    PN_TRY(pni_notice_deliver(p, &n, &sent));
    const char *state = sent ? "SENT" : n.tries + 1 >= TRIES_MAX ? "FAILED" : "QUEUED";
    PN_TRY(pn_exec(p, &result_sql, &(result){id, state}, NULL));
    return strcmp(state, "QUEUED") ? 0 : pn_outbox(p, "notice.send", id, NULL, NULL, NULL);
}
static const pn_event send_event = {"notice.send", send_one};

/* ---- operations ---- */

static PN_TYPE(show_in_t, "notice.show", struct pn_notice_show,
    PN_COL(struct pn_notice_show, id, N_("Message"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "notice"));
static PN_TYPE(resend_in_t, "notice.resend", struct pn_notice_resend,
    PN_COL(struct pn_notice_resend, id, N_("Message"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "notice"));

static int show(pn *p, const struct pn_notice_show *in, pn_notice *out)
{
    return find(p, in->id, out);
}

static int resend(pn *p, const struct pn_notice_resend *in, pn_notice *out)
{
    pn_notice before;
    int64_t moved = 0;
    PN_TRY(find(p, in->id, &before));
    PN_TRY(pn_exec(p, &again_sql, &(id_in){in->id}, &moved));
    if (!moved)
        return pn_fail(p, PN_ESTATE, "id", "%s", pn_tr("Only failed messages are sent again"));
    PN_TRY(pn_outbox(p, "notice.send", in->id, NULL, NULL, NULL));
    return find(p, in->id, out);
}

PN_OP_LIST(notice, list, list_spec, .brief = N_("List messages to buyers"), .out = &pn_notice_t,
           .may = PN_ROLE_BOXOFFICE | PN_ROLE_OPS | PN_ROLE_ORGANISER)
PN_OP(notice, show, pn_notice, .brief = N_("Show a message"), .in = &show_in_t,
      .out = &pn_notice_t, .may = PN_ROLE_BOXOFFICE | PN_ROLE_OPS | PN_ROLE_ORGANISER)
PN_OP(notice, resend, pn_notice, .brief = N_("Send a failed message again"), .in = &resend_in_t,
      .out = &pn_notice_t, .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE,
      .lasting = N_("A message that was sent cannot be called back"))

const pn_module pn_notice_module = {
    "notice", N_("Messages"),
    .ops = PN_LIST(pn_op, &notice_list_op, &notice_show_op, &notice_resend_op,
                   &pni_notice_remind_op),
    .sql = PN_LIST(pn_sql, &row_sql, &result_sql, &again_sql, &pni_notice_put_sql,
                   &pni_notice_facts_sql, &pni_notice_seats_sql, &pni_notice_refund_sql,
                   &pni_notice_soon_sql, &pni_notice_wish_sql, &pni_notice_group_sql,
                   &pni_notice_tier_sql),
    .jobs = PN_LIST(pn_job, &pni_pay_remind_job),
    .events = PN_LIST(pn_event, &pni_notice_submitted, &pni_notice_paid, &pni_notice_replaced,
                      &pni_notice_expired,
                      &pni_notice_cancelled, &pni_notice_received,
                      &pni_notice_rescheduled, &pni_notice_regated,
                      &pni_notice_refunded, &pni_notice_grab_authorised,
                      &pni_notice_grab_failed, &pni_notice_grab_capture,
                      &pni_notice_later_deducted, &pni_notice_later_failed,
                      &pni_notice_group_joined, &pni_notice_group_failed,
                      &pni_account_code_event, &send_event),
};
