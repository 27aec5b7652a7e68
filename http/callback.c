/* SPDX-License-Identifier: Apache-2.0 */
/* callback.c — provider notices. They carry no login and get no rights: the operation itself proves
 * the provider's signature. Which provider speaks is told by the path, never by the body. Any
 * answer but 200 makes the provider send the notice again. */
#include "callback.h"

#include "order/payment.h"

#include <string.h>

static int notify(http_exchange *x, pn *p, const char *provider, pn_buf *b)
{
    static const pn_actor nobody = {.kind = 'S', .login = "callback"};
    const pn_op *op = pn_op_find("payment", "notify");
    void *in = pn_alloc(p, op->in->size), *out = pn_alloc(p, op->out->size);
    if (!in || !out)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    pn_act_as(p, &nobody);
    pn_set_via(p, pn_printf(p, "http:%s", x->from),
               pn_printf(p, "callback %s %s", provider, x->request_id));
    PN_TRY(http_body(p, x, op->in, in));
    PN_TRY(pn_set(p, op->in, in, pn_type_col(op->in, "method"), provider));
    PN_TRY(pn_call(p, op, in, out));
    pn_to_json(b, op->out, out);
    return 0;
}

void http_callback_simulated(http_site *site, http_exchange *x)
{
    PN_AUTO_UNIT p = pn_begin(site->ctx);
    pn_buf b = pn_buf_new(p);
    int rc = notify(x, p, "SIMULATED", &b);
    if (!rc && b.bad)
        rc = pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    if (rc) {
        http_reply_error(x->r, pn_error(p));
        return;
    }
    http_reply_json(x->r, 200, b.text, b.len);
    http_reply_constant(x->r, "Cache-Control", "no-store");
}

/* ---- providers with a protocol of their own ---- */

static void put_header(void *self, const char *name, const char *value)
{
    pn_buf *b = self;
    pn_buf_puts(b, b->len > 1 ? "," : "");
    pn_buf_json(b, name);
    pn_buf_puts(b, ":");
    pn_buf_json(b, value);
}

/* The operation answers what the provider is to be told; a failure of ours is told as one, so that
 * the notice comes again. */
static int hear(http_exchange *x, pn *p, const char *connector, pn_payment_heard *out)
{
    static const pn_actor nobody = {.kind = 'S', .login = "callback"};
    const char *query = strchr(x->r->target, '?');
    pn_buf b = pn_buf_new(p);
    pn_buf_puts(&b, "{");
    http_each_header(x->r, put_header, &b);
    pn_buf_puts(&b, "}");
    if (b.bad)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    pn_act_as(p, &nobody);
    pn_set_via(p, pn_printf(p, "http:%s", x->from),
               pn_printf(p, "notify %s %s", connector, x->request_id));
    struct pn_payment_hear in = {connector, query ? query + 1 : NULL, {b.text}, x->r->body};
    return pn_payment_hear(p, &in, out);
}

void http_callback_provider(http_site *site, http_exchange *x)
{
    PN_AUTO_UNIT p = pn_begin(site->ctx);
    pn_payment_heard heard = {0};
    http_text t = {0};
    if (hear(x, p, x->part[x->parts - 1], &heard)) {
        http_reply_error(x->r, pn_error(p));
        return;
    }
    http_puts(&t, heard.body);
    http_reply(x->r, heard.status, NULL, &t);
    http_reply_header(x->r, "Content-Type", "%s", heard.type); /* which ends with the unit */
    http_reply_constant(x->r, "Cache-Control", "no-store");
}
