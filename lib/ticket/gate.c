/* SPDX-License-Identifier: Apache-2.0 */
/* gate.c — entrances of halls and which groups of tickets they admit. The check is admit.c's. */
#include "ticket/gate_int.h"

#include <inttypes.h>

const pn_words pn_gate_directions[] = {PN_GATE_DIRECTIONS(PN_WORD_ROW){0}};

PN_TYPE(pn_gate_t, "gate", pn_gate,
    PN_COL(pn_gate, id, N_("ID"), .flags = PN_KEY | PN_SORT, .sql = "g.id"),
    PN_COL(pn_gate, code, N_("Code"), .flags = PN_BRIEF | PN_SORT, .sql = "g.code"),
    PN_COL(pn_gate, name, N_("Name"), .flags = PN_BRIEF, .sql = "g.name"),
    PN_COL(pn_gate, hall, N_("Hall"), .flags = PN_BRIEF, .sql = "l.name"),
    PN_COL(pn_gate, hall_id, N_("Hall ID"), .ref = "hall", .sql = "g.hall_id"),
    PN_COL(pn_gate, groups, N_("Gate groups"), .flags = PN_BRIEF | PN_NOFILTER,
           .sql = "g.groups"),
    PN_COL(pn_gate, direction, N_("Direction"), .flags = PN_BRIEF, .words = pn_gate_directions,
           .sql = "g.direction"),
    PN_COL(pn_gate, created_at, N_("Created"), .sql = "g.created_at"),
    PN_COL(pn_gate, updated_at, N_("Changed"), .sql = "g.updated_at"),
    PN_COL(pn_gate, version, N_("Version"), .sql = "g.version"));

static PN_TYPE(create_t, "gate.create", struct pn_gate_create,
    PN_COL(struct pn_gate_create, code, N_("Code"), .flags = PN_REQ | PN_ARG, .max = 40),
    PN_COL(struct pn_gate_create, name, N_("Name"), .flags = PN_REQ, .max = 100),
    PN_COL(struct pn_gate_create, hall, N_("Hall"), .flags = PN_REQ, .ref = "hall"),
    PN_COL(struct pn_gate_create, groups, N_("Gate groups"), .hint = N_("none: every ticket")),
    PN_COL(struct pn_gate_create, direction, N_("Direction"), .words = pn_gate_directions,
           .hint = N_("default IN")));
static PN_TYPE(show_in_t, "gate.show", struct pn_gate_show,
    PN_COL(struct pn_gate_show, id, N_("Gate"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "gate"));

#define GATE                                                                                       \
    "SELECT g.id, g.code, g.name, l.name AS hall, g.hall_id, g.groups, g.direction, g.created_at,"\
    "  g.updated_at, g.version FROM gate g JOIN hall l ON l.id = g.hall_id"
static const pn_sql by_id = {"gate_by_id", &show_in_t, &pn_gate_t, GATE " WHERE g.id = :id"};
static const pn_sql by_code = {"gate_by_code", &pn_gate_t, &pn_gate_t,
    GATE " WHERE g.code = :code"};
static const pn_sql put = {"gate_put", &pn_gate_t, NULL,
    "INSERT INTO gate (id, code, hall_id, name, groups, direction, created_at, updated_at)"
    " SELECT :id, :code, l.id, :name, coalesce(:groups::text[], '{}'), :direction, :now, :now"
    " FROM hall l WHERE l.id = :hall_id ON CONFLICT (code) DO NOTHING"};
static const pn_list_spec all = {.row = &pn_gate_t,
    .from = "gate g JOIN hall l ON l.id = g.hall_id", .key = "g.id", .sort = "code"};

static int gate_resolve(pn *p, const char *text, int64_t *id)
{
    pn_gate g;
    int rc = pn_one(p, &by_code, &(pn_gate){.code = text}, &g);
    if (rc)
        return rc == PN_ENONE ? pn_fail(p, rc, "gate", pn_tr("There is no gate '%s'"), text) : rc;
    *id = g.id;
    return 0;
}

static int show(pn *p, const struct pn_gate_show *in, pn_gate *out)
{
    int rc = pn_one(p, &by_id, in, out);
    return rc == PN_ENONE ? pn_fail(p, rc, "id", pn_tr("There is no gate %" PRId64), in->id) : rc;
}

static int create(pn *p, const struct pn_gate_create *in, pn_gate *out)
{
    pn_gate row = {.code = in->code, .name = in->name, .hall_id = in->hall,
                   .groups = in->groups, .direction = in->direction};
    int64_t made = 0;
    if (!row.direction.v)
        row.direction.v = PN_GATE_IN;
    PN_TRY(pn_new_id(p, 0, &row.id));
    PN_TRY(pn_exec(p, &put, &row, &made));
    if (!made)
        return pn_fail(p, PN_EEXISTS, "code",
                       pn_tr("There is a gate '%s' already, or no such hall"), in->code);
    PN_TRY(pn_one(p, &by_id, &(struct pn_gate_show){row.id}, out));
    return pn_audit(p, "gate", out->id, &pn_gate_t, NULL, out, NULL);
}

PN_OP_LIST(gate, list, all, .brief = N_("List gates"), .out = &pn_gate_t,
    .may = PN_ROLE_OPS | PN_ROLE_BOXOFFICE | PN_ROLE_GATE | PN_ROLE_SYSTEM)
PN_OP(gate, show, pn_gate, .brief = N_("Show a gate"), .in = &show_in_t, .out = &pn_gate_t,
    .may = PN_ROLE_OPS | PN_ROLE_BOXOFFICE | PN_ROLE_GATE | PN_ROLE_SYSTEM)
PN_OP(gate, create, pn_gate, .brief = N_("Add a gate to a hall"), .in = &create_t,
    .out = &pn_gate_t, .may = PN_ROLE_OPS | PN_ROLE_SYSTEM, .flags = PN_WRITE | PN_ONCE,
    .example = "pn gate create A1 --name 'North 1' --hall grand-hall --groups A")

const pn_module pn_gate_module = {"gate", N_("Gates"),
    .ops = PN_LIST(pn_op, &pni_gate_verify_op, &gate_list_op, &gate_show_op, &gate_create_op,
                   &pni_gate_reverse_op, &pni_gate_override_op),
    .sql = PN_LIST(pn_sql, &by_id, &by_code, &put), .resolve = gate_resolve};
