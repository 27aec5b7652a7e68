/* SPDX-License-Identifier: Apache-2.0 */
/* seatsale.c — from the map to the counter with the seats that were chosen, and from a seat that is
 * sold to its order. */
#include "config.h"
#include "counter.h"
#include "seatmap.h"

#include <string.h>

void seatmap_sell(struct seatmap *m)
{
    struct counter_ticket ticket[TICKETS_MOST];
    struct tui_app *app = m->view.app;
    char session[64], title[160];
    const char *name = m->view.title + strlen(pn_tr("Seats"));
    int n = 0, more = 0;
    for (int i = 0; i < m->seats->seats; i++) {
        const struct seat *s = &m->seats->seat[i];
        if (!s->chosen || (s->status != '.' && s->status != 'w'))
            continue;
        if (n == TICKETS_MOST) {
            more++;
            continue;
        }
        snprintf(ticket[n].tier, sizeof ticket[n].tier, "%.23s",
                 table_plain(m->seats->piece, s->piece, "tier_id"));
        seats_key(m->seats, i, ticket[n].seat, sizeof ticket[n].seat);
        n++;
    }
    if (more)
        app_say(app, LOOK_WAIT, pn_tr("One sale has at most %d tickets"), TICKETS_MOST);
    else if (!n)
        app_say(app, LOOK_WAIT, "%s",
                pn_tr("Choose free seats first: Space, or f for some together"));
    if (more || !n)
        return;
    snprintf(session, sizeof session, "%s", m->session); /* the map may go */
    snprintf(title, sizeof title, "%s", name + strspn(name, " "));
    counter_sell(app, session, title, ticket, n);
}

void seatmap_ask_order(struct seatmap *m)
{
    struct tui_app *app = m->view.app;
    char key[400];
    const pn_op *op = app_op(app, "ticket.list");
    if (m->seats->seat[m->at].status != 's' || !op) {
        app_say(app, LOOK_WAIT, "%s", pn_tr("This seat is sold or in an order"));
        return;
    }
    struct tui_job *job = job_new(op, m->view.id, ASK_ORDER);
    seats_key(m->seats, m->at, key, sizeof key);
    job_setf(job, "where", "session_id=%s seat_key=\"%s\"", m->session, key);
    job_set(job, "sort", "-id"); /* who has it now was there last */
    job_set(job, "limit", "1");
    app_ask(&m->view, job);
}

void seatmap_order(struct seatmap *m, const struct tui_table *tickets)
{
    const char *order = tickets && tickets->rows ? table_plain(tickets, 0, "order_id") : "";
    if (app_top(m->view.app) != &m->view)
        return;
    if (*order)
        view_record(m->view.app, "order", order, table_show(tickets, 0, "order_no"));
    else
        app_say(m->view.app, LOOK_WAIT, "%s", pn_tr("This seat has no ticket of an order"));
}
