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

/* A sold seat has a ticket, one in an order that is not paid yet has none. */
void seatmap_ask_order(struct seatmap *m)
{
    struct tui_app *app = m->view.app;
    char key[400], status = m->seats->seat[m->at].status;
    const pn_op *op = status == 's'   ? app_op(app, "ticket.list")
                      : status == 'l' ? app_op(app, "order.holding")
                                      : NULL;
    struct tui_job *job = op ? job_new(op, m->view.id, ASK_ORDER) : NULL;
    if (!job) {
        app_say(app, LOOK_WAIT, "%s", pn_tr("This seat is sold or in an order"));
        return;
    }
    seats_key(m->seats, m->at, key, sizeof key);
    if (status == 'l') {
        job_set(job, "session", m->session);
        job_set(job, "seat", key);
    } else {
        job_setf(job, "where", "session_id=%s seat_key=\"%s\"", m->session, key);
        job_set(job, "sort", "-id"); /* who has it now was there last */
        job_set(job, "limit", "1");
    }
    app_ask(&m->view, job);
}

void seatmap_order(struct seatmap *m, const struct tui_table *t)
{
    struct tui_app *app = m->view.app;
    int inner = t ? table_col(t, "orders") : -1;
    const struct tui_table *orders = inner >= 0 && t->sub ? t->sub[inner] : NULL;
    if (app_top(app) != &m->view)
        return;
    if (orders && orders->rows)
        view_record(app, "order", table_plain(orders, 0, "id"), table_show(orders, 0, "no"));
    else if (inner < 0 && t && t->rows && *table_plain(t, 0, "order_id"))
        view_record(app, "order", table_plain(t, 0, "order_id"), table_show(t, 0, "order_no"));
    else
        app_say(app, LOOK_WAIT, "%s", pn_tr("This seat has no ticket of an order"));
}
