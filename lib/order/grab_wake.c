/* SPDX-License-Identifier: Apache-2.0 */
/* grab_wake.c — tickets appear: somebody did not pay, gave them back, offers them, asks less. Each
 * of these is an event already; where grabs wait for tickets of that session it is noted, and all
 * that comes within a moment is matched at once. */
#include "base/policy_int.h"
#include "order/grab_int.h"

typedef struct wake { int64_t session_id; pn_time due_at; } wake;
static PN_TYPE(wake_t, "grab.wake", wake, PN_COL(wake, session_id, N_("Session")),
    PN_COL(wake, due_at, N_("Due")));
typedef struct id_in { int64_t id; } id_in;
static PN_TYPE(by_id_t, "grab.wake_ref", id_in, PN_COL(id_in, id, N_("Number")));

const pn_sql pni_grab_wake_sql = {"grab_wake", &wake_t, NULL,
    "insert into grab_due (sk, session_id, due_at) select :session_id#, :session_id, :due_at"
    " where exists (select from grab_request g where g.sk = :session_id#"
    "  and g.session_id = :session_id and g.waiting) on conflict (sk, session_id) do nothing",
    false};
const pn_sql pni_grab_of_order_sql = {"grab_wake_order", &by_id_t, &by_id_t,
    "select session_id as id from orders where sk = :id# and id = :id", false};
const pn_sql pni_grab_of_listing_sql = {"grab_wake_listing", &by_id_t, &by_id_t,
    "select session_id as id from listing where sk = :id# and id = :id", false};
const pn_sql pni_grab_due_sql = {"grab_wake_due", NULL, &wake_t,
    "select session_id, due_at from grab_due where due_at <= :now order by due_at limit 200",
    false};
const pn_sql pni_grab_woken_sql = {"grab_woken", &wake_t, NULL,
    "delete from grab_due where sk = :session_id# and session_id = :session_id", false};

static int of_session(pn *p, int64_t id, const char *payload)
{
    int64_t moment = 0;
    (void)payload;
    PN_TRY(pni_policy(p, "grab.debounce_s", &moment));
    wake w = {id, {pn_now(p).us + moment * 1000000}};
    return pn_exec(p, &pni_grab_wake_sql, &w, NULL);
}

static int through(pn *p, const pn_sql *sql, int64_t id)
{
    id_in session;
    int rc = pn_one(p, sql, &(id_in){id}, &session);
    return rc ? (rc == PN_ENONE ? 0 : rc) : of_session(p, session.id, NULL);
}

static int of_order(pn *p, int64_t id, const char *payload)
{
    (void)payload;
    return through(p, &pni_grab_of_order_sql, id);
}

static int of_listing(pn *p, int64_t id, const char *payload)
{
    (void)payload;
    return through(p, &pni_grab_of_listing_sql, id);
}

const pn_event pni_grab_wakes[] = {
    {"order.expired", of_order, .light = true}, {"order.cancelled", of_order},
    {"order.freed", of_order, .light = true},
    {"dist.released", of_order},   {"grab.authorised", of_order}, {"grab.raised", of_order},
    {"listing.live", of_listing},  {"listing.changed", of_listing},
    {"session.presale", of_session}, {"session.on_sale", of_session},
    {"session.tail", of_session},  {PNI_STOCK_FREED, of_session},
};

/* The note goes before the look, so that what appears meanwhile is noted again. */
struct pn_grab_woken { int64_t session; };
static PN_TYPE(woken_in_t, "grab.woken", struct pn_grab_woken,
    PN_COL(struct pn_grab_woken, session, N_("Session"), .flags = PN_REQ | PN_ARG,
           .ref = "session"));
typedef struct woken { int64_t session_id; } woken;
static PN_TYPE(woken_t, "grab.was_woken", woken, PN_COL(woken, session_id, N_("Session"),
    .flags = PN_BRIEF));
static int take_note(pn *p, const struct pn_grab_woken *in, woken *out)
{
    out->session_id = in->session;
    return pn_exec(p, &pni_grab_woken_sql, &(wake){.session_id = in->session}, NULL);
}
int pn_grab_woken(pn *p, const struct pn_grab_woken *in, woken *out);
PNI_OP(grab, woken, take_note, woken, .brief = N_("Take the note that tickets appeared"),
       .in = &woken_in_t, .out = &woken_t, .may = PN_ROLE_SYSTEM,
       .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL)

static int wake_up(pn *p, int64_t *done)
{
    pn_rows rows;
    woken out;
    PN_TRY(pn_all(p, &pni_grab_due_sql, NULL, &rows));
    pn_each(wake, w, &rows)
    {
        PN_TRY(pn_grab_woken(p, &(struct pn_grab_woken){w->session_id}, &out));
        PN_TRY(pni_grab_match_session(p, w->session_id, done));
    }
    return 0;
}
const pn_job pni_grab_wake_job = {"grab_wake",
    N_("Match waiting grabs where tickets appeared"), 1, wake_up};
