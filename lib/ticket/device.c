/* SPDX-License-Identifier: Apache-2.0 */
/* device.c — what may verify and where. A lost scanner is revoked once and refused everywhere. */
#include "base/sql_int.h"
#include "ticket/gate.h"

#include <inttypes.h>

const pn_words pn_device_kinds[] = {PN_DEVICE_KINDS(PN_WORD_ROW){0}};
const pn_words pn_device_states[] = {PN_DEVICE_STATES(PN_WORD_ROW){0}};

PN_TYPE(pn_device_t, "device", pn_device,
    PN_COL(pn_device, id, N_("ID"), .flags = PN_KEY | PN_SORT, .sql = "d.id"),
    PN_COL(pn_device, sn, N_("Serial number"), .flags = PN_BRIEF | PN_SORT, .sql = "d.sn"),
    PN_COL(pn_device, name, N_("Name"), .flags = PN_BRIEF, .sql = "d.name"),
    PN_COL(pn_device, kind, N_("Kind"), .flags = PN_BRIEF, .words = pn_device_kinds,
           .sql = "d.kind"),
    PN_COL(pn_device, venue_id, N_("Venue"), .flags = PN_OPT, .ref = "venue",
           .sql = "d.venue_id"),
    PN_COL(pn_device, gate_id, N_("Gate ID"), .flags = PN_OPT, .ref = "gate",
           .sql = "d.gate_id"),
    PN_COL(pn_device, gate, N_("Gate"), .flags = PN_BRIEF, .sql = "g.name"),
    PN_COL(pn_device, state, N_("State"), .flags = PN_BRIEF, .words = pn_device_states,
           .sql = "d.state"),
    PN_COL(pn_device, created_at, N_("Created"), .sql = "d.created_at"),
    PN_COL(pn_device, updated_at, N_("Changed"), .sql = "d.updated_at"),
    PN_COL(pn_device, version, N_("Version"), .sql = "d.version"));

static PN_TYPE(enrol_t, "device.enrol", struct pn_device_enrol,
    PN_COL(struct pn_device_enrol, sn, N_("Serial number"), .flags = PN_REQ | PN_ARG, .max = 80),
    PN_COL(struct pn_device_enrol, name, N_("Name"), .flags = PN_REQ, .max = 100),
    PN_COL(struct pn_device_enrol, kind, N_("Kind"), .flags = PN_REQ, .words = pn_device_kinds),
    PN_COL(struct pn_device_enrol, venue, N_("Venue"), .flags = PN_OPT, .ref = "venue"),
    PN_COL(struct pn_device_enrol, gate, N_("Gate"), .flags = PN_OPT, .ref = "gate"));
static PN_TYPE(revoke_t, "device.revoke", struct pn_device_revoke,
    PN_COL(struct pn_device_revoke, id, N_("Device"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "device"),
    PN_COL(struct pn_device_revoke, reason, N_("Reason"), .flags = PN_REQ, .max = 200));
static PN_TYPE(show_in_t, "device.show", struct pn_device_show,
    PN_COL(struct pn_device_show, id, N_("Device"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "device"));

#define DEVICE                                                                                     \
    "SELECT d.id, d.sn, d.name, d.kind, d.venue_id, d.gate_id, g.name AS gate, d.state,"          \
    "  d.created_at, d.updated_at, d.version"                                                     \
    " FROM device d LEFT JOIN gate g ON g.id = d.gate_id"
static const pn_sql by_id = {"device_by_id", &show_in_t, &pn_device_t, DEVICE " WHERE d.id = :id"};
static const pn_sql by_sn = {"device_by_sn", &pn_device_t, &pn_device_t,
    DEVICE " WHERE d.sn = :sn"};
static const pn_sql put = {"device_put", &pn_device_t, NULL,
    "INSERT INTO device (id, sn, name, kind, venue_id, gate_id, state, created_at, updated_at)"
    " VALUES (:id, :sn, :name, :kind, :venue_id, :gate_id, 'ENROLLED', :now, :now)"
    " ON CONFLICT (sn) DO NOTHING"};
static const pn_sql revoke_one = {"device_revoke", &revoke_t, NULL,
    "UPDATE device SET state = 'REVOKED', updated_at = :now, version = version + 1"
    " WHERE id = :id AND state = 'ENROLLED'"};
static const pn_list_spec all = {.row = &pn_device_t,
    .from = "device d LEFT JOIN gate g ON g.id = d.gate_id", .key = "d.id", .sort = "sn"};

static int device_resolve(pn *p, const char *text, int64_t *id)
{
    pn_device d;
    int rc = pn_one(p, &by_sn, &(pn_device){.sn = text}, &d);
    if (rc)
        return rc == PN_ENONE ? pn_fail(p, rc, "device", pn_tr("There is no device '%s'"), text)
                              : rc;
    *id = d.id;
    return 0;
}

static int show(pn *p, const struct pn_device_show *in, pn_device *out)
{
    int rc = pn_one(p, &by_id, in, out);
    return rc == PN_ENONE ? pn_fail(p, rc, "id", pn_tr("There is no device %" PRId64), in->id) : rc;
}

static int enrol(pn *p, const struct pn_device_enrol *in, pn_device *out)
{
    pn_device row = {.sn = in->sn, .name = in->name, .kind = in->kind, .venue_id = in->venue,
                     .gate_id = in->gate};
    int64_t made = 0;
    PN_TRY(pn_new_id(p, 0, &row.id));
    PN_TRY(pn_exec(p, &put, &row, &made));
    if (!made)
        return pn_fail(p, PN_EEXISTS, "sn", pn_tr("Device %s was enrolled already"), in->sn);
    PN_TRY(pn_one(p, &by_id, &(struct pn_device_show){row.id}, out));
    return pn_audit(p, "device", out->id, &pn_device_t, NULL, out, NULL);
}

static int revoke(pn *p, const struct pn_device_revoke *in, pn_device *out)
{
    pn_device before;
    int64_t changed = 0;
    PN_TRY(show(p, &(struct pn_device_show){in->id}, &before));
    PN_TRY(pn_exec(p, &revoke_one, in, &changed));
    if (!changed)
        return pn_fail(p, PN_ESTATE, "id", pn_tr("Device %s is revoked already"), before.sn);
    PN_TRY(pn_one(p, &by_id, &(struct pn_device_show){in->id}, out));
    return pn_audit(p, "device", out->id, &pn_device_t, &before, out, in->reason);
}

PN_OP_LIST(device, list, all, .brief = N_("List devices"), .out = &pn_device_t,
    .may = PN_ROLE_OPS | PN_ROLE_GATE | PN_ROLE_SYSTEM)
PN_OP(device, show, pn_device, .brief = N_("Show a device"), .in = &show_in_t,
    .out = &pn_device_t, .may = PN_ROLE_OPS | PN_ROLE_GATE | PN_ROLE_SYSTEM)
PN_OP(device, enrol, pn_device, .brief = N_("Admit a device to a venue or gate"), .in = &enrol_t,
    .out = &pn_device_t, .may = PN_ROLE_OPS | PN_ROLE_SYSTEM, .flags = PN_WRITE | PN_ONCE,
    .example = "pn device enrol SN123 --name 'Scanner 1' --kind SCANNER --gate A1")
PN_OP(device, revoke, pn_device, .brief = N_("Refuse a lost device from now on"),
    .in = &revoke_t, .out = &pn_device_t, .may = PN_ROLE_OPS,
    .flags = PN_WRITE | PN_ONCE | PN_DANGER,
    .lasting = N_("What has ended does not come back: set up a new one"))

const pn_module pn_device_module = {"device", N_("Devices"),
    .ops = PN_LIST(pn_op, &device_list_op, &device_show_op, &device_enrol_op, &device_revoke_op),
    .sql = PN_LIST(pn_sql, &by_id, &by_sn, &put, &revoke_one), .resolve = device_resolve};
