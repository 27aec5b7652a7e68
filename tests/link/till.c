/* SPDX-License-Identifier: Apache-2.0 */
#include "till.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void fresh(const char *const *vendors)
{
    char conf[400];
    snprintf(conf, sizeof conf,
             "keys:\n  dir: %s\nhttp:\n  public_url: http://127.0.0.1:1\n", rig_folder);
    test_db_setup(); /* its numbers begin anew, so do the books of the fakes */
    for (const char *const *v = vendors; *v; v++)
        fake(*v, "reset", "{}");
    shop_conf(conf);
    pni_ring_forget();
    make_shop();
}

const char *number(int64_t payment)
{
    static char text[4][32];
    static int turn;
    char *out = text[turn++ % 4];
    snprintf(out, sizeof text[0], "P%06" PRId64, payment);
    return out;
}

pn_payment create(int64_t order, int method, int scene, const char *payer)
{
    pn *p = ops();
    pn_payment y;
    struct pn_payment_create in = {order, {(int16_t)method}, {(int16_t)scene}, payer, "1.2.3.4",
                                   NULL};
    ok(pn_payment_create(p, &in, &y));
    pn_end(p);
    return y;
}

pn_payment_front opened(int64_t payment)
{
    pn *p = ops();
    pn_payment_front f;
    ok(pn_payment_open(p, &(struct pn_payment_open){payment}, &f));
    return f;
}

/* A job's slot is its time. */
void tick(const char *name)
{
    shop_clock(MINUTE / 60);
    job(name);
}

const char *state(int64_t payment)
{
    char sql[100];
    snprintf(sql, sizeof sql, "select state from payment where id = %" PRId64, payment);
    return test_sql_text(sql);
}

/* What the fake said, given to the operation that HTTP gives it to. */
pn_payment_heard hear(const char *connector, const pni_doc *d)
{
    pn *p = as(PN_ROLE_PUBLIC, 0);
    pn_payment_heard out;
    pn_buf headers = pn_buf_new(p);
    const pni_doc *h = pni_doc_at(rig_p, d, "/headers");
    pn_buf_puts(&headers, "{");
    for (h = h ? h->first : NULL; h; h = h->next) {
        pn_buf_puts(&headers, headers.len > 1 ? "," : "");
        pn_buf_json(&headers, h->name);
        pn_buf_puts(&headers, ":");
        pn_buf_json(&headers, h->text.s);
    }
    pn_buf_puts(&headers, "}");
    ok(pn_payment_hear(p, &(struct pn_payment_hear){connector, NULL, {headers.text},
                                                    doc_text(d, "/body")}, &out));
    return out;
}

const pni_doc *notice(const char *vendor, int64_t payment, const char *how)
{
    return fake(vendor, "notice", "{\"out_trade_no\":\"%s\",\"how\":\"%s\"}", number(payment), how);
}

void payer_pays(const char *vendor, int64_t payment)
{
    fake(vendor, "pay", "{\"out_trade_no\":\"%s\"}", number(payment));
}
