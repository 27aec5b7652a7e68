/* SPDX-License-Identifier: Apache-2.0 */
/* sandbox_zone.c — zone plans without a database: the first is sold by, each draft is one more.
 * What was drafted stands in $PN_SANDBOX/drafted; "taken" there makes a draft move sold seats. */
#include "config.h"
#include "sandbox_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { PLANS = 9 };

static const pn_words plan_states[] = {{"DRAFT", N_("Draft"), 'w'}, {"LIVE", N_("Live"), 'g'},
                                       {"RETIRED", N_("Retired"), 'd'}, {0}};
static int plans = 1, live_no = 1;

typedef struct {
    int64_t id, session_id;
    const char *session, *show;
    int version;
    pn_word state;
    int zones, seats;
} plan;
#define C(f, label, ...) PN_COL(plan, f, label, __VA_ARGS__)
static PN_TYPE(plan_t, "zone_plan", plan, C(id, N_("Id"), .flags = PN_KEY),
               C(session_id, N_("Session"), .ref = "session"),
               C(session, N_("Session"), .flags = PN_BRIEF), C(show, N_("Show")),
               C(version, N_("Version"), .flags = PN_BRIEF),
               C(state, N_("State"), .flags = PN_BRIEF, .words = plan_states),
               C(zones, N_("Zones"), .flags = PN_BRIEF),
               C(seats, N_("Seats"), .flags = PN_BRIEF));
#undef C

static int64_t rows(void)
{
    return plans;
}

/* The newest first. */
static void make_plan(pn *p, int64_t parent, int64_t i, void *row)
{
    int version = plans - (int)i;
    *(plan *)row = (plan){version, parent, pn_printf(p, "jay-%" PRId64, parent), "周杰伦嘉年华",
        version, {(int16_t)(version == live_no ? 2 : version < live_no ? 3 : 1)}, 3, 360};
}

typedef struct { int64_t id, zone_plan_id; const char *name, *colour, *gate_group; } zone;
static PN_TYPE(zone_t, "zone", zone, PN_COL(zone, id, N_("Id"), .flags = PN_KEY),
               PN_COL(zone, zone_plan_id, N_("Zone plan")),
               PN_COL(zone, name, N_("Name"), .flags = PN_BRIEF),
               PN_COL(zone, colour, N_("Colour"), .flags = PN_BRIEF),
               PN_COL(zone, gate_group, N_("Gates"), .flags = PN_BRIEF));

static void make_zone(pn *p, int64_t parent, int64_t i, void *row)
{
    static const char *const all[][3] = {{"前区", "red", "N"}, {"后区", "blue", "N"},
                                         {"楼座", "green", "S"}};
    (void)p;
    *(zone *)row = (zone){i + 1, parent, all[i][0], all[i][1], all[i][2]};
}

typedef struct { const char *name; int64_t tier; const char *colour, *gate_group, *seats; } asked;
static PN_TYPE(asked_t, "zone.ask", asked, PN_COL(asked, name, N_("Name"), .flags = PN_REQ),
               PN_COL(asked, tier, N_("Tier"), .flags = PN_REQ),
               PN_COL(asked, colour, N_("Colour")), PN_COL(asked, gate_group, N_("Gates")),
               PN_COL(asked, seats, N_("Seats"), .flags = PN_REQ));
struct draft_in { int64_t session, plan; pn_rows zones; };
static PN_TYPE(draft_t, "zone_plan.draft", struct draft_in,
               PN_COL(struct draft_in, session, N_("Session"), .flags = PN_REQ | PN_ARG),
               PN_COL(struct draft_in, plan, N_("Seat plan"), .flags = PN_OPT),
               PN_COL(struct draft_in, zones, N_("Zones"), .flags = PN_REQ, .of = &asked_t));

static int draft(pn *p, const void *in, void *out)
{
    const struct draft_in *d = in;
    char path[512];
    snprintf(path, sizeof path, "%s/drafted", getenv("PN_SANDBOX"));
    FILE *f = plans < PLANS ? fopen(path, "w") : NULL;
    if (!f)
        return pn_fail(p, PN_EIO, NULL, "No draft");
    pn_each(asked, z, &d->zones)
        fprintf(f, "%s|%" PRId64 "|%s|%s|%s\n", z->name, z->tier, z->seats, z->colour,
                z->gate_group);
    fclose(f);
    plans++;
    make_plan(p, d->session, 0, out);
    return 0;
}

struct key_in { int64_t id; const char *reason; };
static PN_TYPE(key_t_, "zone_plan.show", struct key_in,
               PN_COL(struct key_in, id, N_("Zone plan"), .flags = PN_KEY | PN_REQ | PN_ARG),
               PN_COL(struct key_in, reason, N_("Reason")));

static int show(pn *p, const void *in, void *out)
{
    make_plan(p, 10, plans - ((const struct key_in *)in)->id, out);
    return 0;
}

static int live(pn *p, const void *in, void *out)
{
    live_no = (int)((const struct key_in *)in)->id;
    return show(p, in, out);
}

typedef struct {
    const char *from_zone, *to_zone;
    int64_t from_tier, to_tier;
    int seats, taken;
    const char *first;
} change;
#define C(f, label) PN_COL(change, f, label)
static PN_TYPE(change_t, "zone.change", change, C(from_zone, N_("From zone")),
               C(to_zone, N_("To zone")), C(from_tier, N_("From tier")), C(to_tier, N_("To tier")),
               C(seats, N_("Seats")), C(taken, N_("Sold or locked")), C(first, N_("First")));
#undef C
typedef struct { pn_rows changes; } changes;
static PN_TYPE(changes_t, "zone.changes", changes,
               PN_COL(changes, changes, N_("Changes"), .of = &change_t));

static int diff(pn *p, const void *in, void *out)
{
    change *all = pn_alloc(p, 2 * sizeof *all);
    int taken = sandbox_steered("taken") ? 3 : 0;
    all[0] = (change){"前区", "贵宾", 100, 101, 16, taken, "池座中/1/2"};
    all[1] = (change){"后区", "前区", 101, 101, 4, 0, "池座左/4/9"};
    ((changes *)out)->changes = (pn_rows){all, ((const struct key_in *)in)->id > 1 ? 2 : 0};
    return 0;
}

static const pn_list_spec plan_list = {0, make_plan, "session_id", rows};
static const pn_list_spec zone_list = {3, make_zone, "zone_plan_id", NULL};
OP(op_list, "zone_plan", "list", N_("List zone plans"), .in = &pn_list_t, .out = &plan_t,
   .list = &plan_list);
OP(op_zones, "zone_plan", "zones", N_("List zones"), .in = &pn_list_t, .out = &zone_t,
   .list = &zone_list);
OP(op_show, "zone_plan", "show", N_("Show one zone plan"), .in = &key_t_, .out = &plan_t,
   .run = show);
OP(op_diff, "zone_plan", "diff", N_("What it would change"), .in = &key_t_, .out = &changes_t,
   .run = diff);
OP(op_draft, "zone_plan", "draft", N_("Draft zones"), .in = &draft_t, .out = &plan_t,
   .run = draft, .flags = PN_WRITE);
OP(op_live, "zone_plan", "live", N_("Sell by this zone plan"), .in = &key_t_, .out = &plan_t,
   .run = live, .flags = PN_WRITE | PN_DANGER);
const pn_module sandbox_zone_plan = {"zone_plan", N_("Zone plans"),
    PN_LIST(pn_op, &op_list, &op_zones, &op_show, &op_diff, &op_draft, &op_live)};
