/* SPDX-License-Identifier: Apache-2.0 */
/* force_majeure.c — operations say which sessions nobody is fined for. */
#include "merchant/force_majeure.h"

#include "catalog/row_int.h"

#define C(f, label, ...) PN_COL(pn_force_majeure, f, label, __VA_ARGS__)
PN_TYPE(pn_force_majeure_t, "force_majeure", pn_force_majeure,
    C(id, N_("Session"), .flags = PN_KEY | PN_SORT | PN_BRIEF, .sql = "f.session_id",
      .ref = "session"),
    C(show, N_("Show"), .flags = PN_BRIEF, .sql = "h.title"),
    C(start_at, N_("Start"), .flags = PN_BRIEF | PN_SORT, .sql = "s.start_at"),
    C(reason, N_("Reason"), .flags = PN_BRIEF, .sql = "f.reason"),
    C(declared_by, N_("Declared by"), .flags = PN_OPT, .sql = "nullif(f.actor_id, 0)",
      .ref = "staff"),
    C(at, N_("At"), .flags = PN_SORT, .sql = "f.at"));
#undef C
static const pn_list_spec list_spec = {.row = &pn_force_majeure_t,
    .from = "force_majeure f join session s on s.id = f.session_id join show h on h.id = s.show_id",
    .scope = ":my_organiser::bigint is null", .key = "f.session_id", .sort = "-at"};
PN_OP_LIST(force_majeure, list, list_spec, .brief = N_("List sessions that nobody is fined for"),
           .out = &pn_force_majeure_t, .may = PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_MERCHANT,
           .example = "pn force_majeure list")

static PN_TYPE(declare_t, "force_majeure.declare", struct pn_force_majeure_declare,
    PN_COL(struct pn_force_majeure_declare, session, N_("Session"), .flags = PN_REQ | PN_ARG,
           .ref = "session"),
    PN_COL(struct pn_force_majeure_declare, reason, N_("Reason"), .flags = PN_REQ, .max = 500));
static PN_TYPE(lift_t, "force_majeure.lift", struct pn_force_majeure_lift,
    PN_COL(struct pn_force_majeure_lift, id, N_("Session"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "session"),
    PN_COL(struct pn_force_majeure_lift, reason, N_("Reason"), .flags = PN_REQ, .max = 500));
static const pn_sql put_sql = {"force_majeure_put", &declare_t, NULL,
    "insert into force_majeure (session_id, reason, actor_id, at) values (:session, :reason,"
    " coalesce(:me, 0), :now) on conflict (session_id) do nothing", false};
static const pn_sql drop_sql = {"force_majeure_drop", &lift_t, NULL,
    "delete from force_majeure where session_id = :id", false};

static int declare(pn *p, const struct pn_force_majeure_declare *in, pn_force_majeure *out)
{
    int64_t fresh = 0;
    PN_TRY(pn_exec(p, &put_sql, in, &fresh));
    if (!fresh)
        return pn_fail(p, PN_EEXISTS, "session", "%s", pn_tr("It is declared already"));
    PN_TRY(pni_row(p, &force_majeure_list_op, in->session, out));
    return pn_audit(p, "session", in->session, &pn_force_majeure_t, NULL, out, in->reason);
}

static int lift(pn *p, const struct pn_force_majeure_lift *in, pn_force_majeure *out)
{
    PN_TRY(pni_row(p, &force_majeure_list_op, in->id, out));
    PN_TRY(pn_exec(p, &drop_sql, in, NULL));
    return pn_audit(p, "session", in->id, &pn_force_majeure_t, out, NULL, in->reason);
}

PN_OP(force_majeure, declare, pn_force_majeure,
      .brief = N_("Fine nobody for a session that force majeure hit"),
      .help = N_("Penalties for its orders are refused from then on; those imposed before are "
                 "taken back one by one. Cancelled and rescheduled sessions need none."),
      .in = &declare_t, .out = &pn_force_majeure_t, .may = PN_ROLE_OPS,
      .flags = PN_WRITE | PN_ONCE,
      .example = "pn force_majeure declare hamlet-01 --reason 'typhoon'", .undo = "lift")
PN_OP(force_majeure, lift, pn_force_majeure,
      .brief = N_("Fine again for a session where force majeure was declared"), .in = &lift_t,
      .out = &pn_force_majeure_t, .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE,
      .example = "pn force_majeure lift hamlet-01 --reason 'the wrong session'",
      .lasting = N_("It is declared anew if it was right"))

const pn_module pn_force_majeure_module = {
    "force_majeure", N_("Force majeure"),
    .ops = PN_LIST(pn_op, &force_majeure_list_op, &force_majeure_declare_op,
                   &force_majeure_lift_op),
    .sql = PN_LIST(pn_sql, &put_sql, &drop_sql),
};
