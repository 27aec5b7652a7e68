/* SPDX-License-Identifier: Apache-2.0 */
/* page.c — the endpoints written by hand: life, health, metrics, the API document, callbacks. */
#include "callback.h"
#include "openapi.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEALTH_MS = 2000 };

/* The cheapest question every database of ours can answer: the first row of the first list. It
 * proves the connection and the schema. */
static int ask_database(http_site *site, http_text *why)
{
    static const pn_actor self = {
        .kind = 'S', .login = "health", .roles = PN_ROLE_SYSTEM | PN_ROLE_ADMIN, .via = "http"};
    PN_AUTO_UNIT p = pn_begin(site->ctx);
    pn_list in = {.limit = 1};
    pn_page out;
    pn_act_as(p, &self);
    pn_set_timeout(p, HEALTH_MS);
    for (size_t i = 0; i < site->routes.n; i++) {
        const pn_op *op = site->routes.all[i].op;
        if (!op->list)
            continue;
        int rc = pn_call(p, op, &in, &out);
        if (rc)
            http_puts(why, pn_code_name(pn_error(p)->code));
        return rc;
    }
    return 0;
}

static void healthz(http_site *site, http_exchange *x)
{
    http_text why = {0}, t = {0};
    int rc = ask_database(site, &why);
    http_putf(&t, "{\"status\":\"%s\",\"database\":", rc ? "failing" : "ok");
    http_put_json(&t, rc ? why.s : "ok");
    http_putf(&t, ",\"version\":\"%s\"}\n", PN_VERSION);
    http_text_free(&why);
    http_reply(x->r, rc ? 503 : 200, "application/json", &t);
    http_reply_constant(x->r, "Cache-Control", "no-store");
}

/* Nobody is asked: does the process answer at all? */
static void livez(http_site *site, http_exchange *x)
{
    static const char alive[] = "{\"status\":\"ok\",\"version\":\"" PN_VERSION "\"}\n";
    (void)site;
    http_reply_json(x->r, 200, alive, sizeof alive - 1);
    http_reply_constant(x->r, "Cache-Control", "no-store");
}

/* How the desks fare: who waits, and how many were served together. */
static void write_desks(http_site *site, http_text *t)
{
    http_puts(t, "# TYPE piaoniud_desk_waiting gauge\n"
                 "# HELP piaoniud_desk_batch Requests in a batch.\n"
                 "# TYPE piaoniud_desk_batch histogram\n");
    for (size_t i = 0; i < site->routes.n; i++) {
        const pn_op *op = site->routes.all[i].op;
        if (!http_is_desk(site, i))
            continue;
        http_tally tally = http_work_tally(site->work, site->kind[i]);
        uint64_t n = 0;
        http_putf(t, "piaoniud_desk_waiting{operation=\"%s.%s\"} %zu\n", op->noun, op->verb,
                  tally.waiting);
        for (size_t k = 0; k < HTTP_WIDTHS; k++) {
            n += tally.groups[k];
            http_putf(t, "piaoniud_desk_batch_bucket{operation=\"%s.%s\",le=\"%d\"} %" PRIu64
                         "\n", op->noun, op->verb, 1 << k, n);
        }
        http_putf(t, "piaoniud_desk_batch_bucket{operation=\"%s.%s\",le=\"+Inf\"} %" PRIu64 "\n"
                     "piaoniud_desk_batch_sum{operation=\"%s.%s\"} %" PRIu64 "\n"
                     "piaoniud_desk_batch_count{operation=\"%s.%s\"} %" PRIu64 "\n", op->noun,
                  op->verb, n, op->noun, op->verb, tally.jobs, op->noun, op->verb, n);
    }
}

static void metrics(http_site *site, http_exchange *x)
{
    http_text t = {0};
    http_metrics_write(site->metrics, &t);
    write_desks(site, &t);
    http_putf(&t,
              "# TYPE piaoniud_connections gauge\npiaoniud_connections %u\n"
              "# TYPE piaoniud_queue_waiting gauge\npiaoniud_queue_waiting %zu\n"
              "# TYPE piaoniud_workers_busy gauge\npiaoniud_workers_busy %d\n"
              "# TYPE piaoniud_workers gauge\npiaoniud_workers %d\n"
              "# TYPE piaoniud_info gauge\npiaoniud_info{version=\"%s\"} 1\n",
              http_server_connections(site->server), http_work_waiting(site->work),
              http_work_busy(site->work), (int)pn_conf_int(site->ctx, "http.workers"), PN_VERSION);
    http_reply(x->r, 200, "text/plain; version=0.0.4; charset=utf-8", &t);
    http_reply_constant(x->r, "Cache-Control", "no-store");
}

static void openapi(http_site *site, http_exchange *x)
{
    http_reply_json(x->r, 200, site->openapi, site->openapi_len);
    http_reply_tagged(x->r);
}

const http_page http_pages[] = {
    {"GET", "/openapi.json", "This document", false, openapi},
    {"GET", "/livez", "Does the server answer at all?", false, livez},
    {"GET", "/healthz", "Can the database be asked?", true, healthz},
    {"GET", "/metrics", "Counters for Prometheus", false, metrics},
    {"POST", "/v1/callback/simulated", "Notice of the simulated payment provider", true,
     http_callback_simulated},
    {"POST", "/v1/notify/alipay", "Notice of Alipay, in its own form", true, http_callback_provider,
     true},
    {"POST", "/v1/notify/wechat", "Notice of WeChat Pay, in its own form", true,
     http_callback_provider, true},
    {"POST", "/v1/notify/wechat_partner", "Notice of WeChat Pay to a service provider", true,
     http_callback_provider, true},
    {"POST", "/v1/notify/cmb_netpay", "Notice of CMB one-net payment, in its own form", true,
     http_callback_provider, true},
    {"POST", "/v1/notify/cmb_life", "Notice of CMB Life, in its own form", true,
     http_callback_provider, true},
    {"POST", "/v1/notify/sandpay", "Notice of Sand pay, in its own form", true,
     http_callback_provider, true},
    {0},
};
