/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_demo_sales.c — what makes the demo's season look lived in: sessions opened by the clock, a
 * gate and a scanner for every hall, and a few dozen orders in the states that a box office meets
 * every day. All of it by the operations everybody has, in batches. */
#include "cli.h"
#include "demo.h"

#include <string.h>

enum { ORDERS_MAX = 120, TIERS_MAX = 1000, PERIOD = 10, TEXT = 64 };

static const char *const buyers[] = {"王晓雯",   "李建国", "张雨桐", "刘子墨", "陈思远", "杨𬭎",
                                     "赵明轩",   "黄诗涵", "周浩然", "吴雅琪", "徐丽娜", "孙志强",
                                     "欧阳若兰", "马骉",   "朱亚楠", "胡一鸣", "林晓峰", "郭静怡"};
enum { BUYERS = sizeof(buyers) / sizeof(*buyers) };

/* The inputs of a batch, filled by the names of their columns. */
typedef struct load {
    const pn_op *op;
    char *in, *out;
    int *rc;
    size_t n, max;
} load;

static int load_new(cli *c, load *l, const char *noun, const char *verb, size_t max)
{
    *l = (load){.op = pn_op_find(noun, verb), .max = max};
    if (!l->op)
        return cli_usage(c, _("Unknown operation '%s'"), noun);
    l->in = pn_alloc(c->p, max * l->op->in->size);
    l->out = pn_alloc(c->p, max * l->op->out->size);
    l->rc = pn_alloc(c->p, max * sizeof(*l->rc));
    return l->in && l->out && l->rc ? 0 : cli_fail(c);
}

static int load_add(cli *c, load *l, const char *const flags[][2])
{
    char *row = l->in + l->n * l->op->in->size;
    for (size_t i = 0; flags[i][0]; i++) {
        const pn_col *col = pn_type_col(l->op->in, flags[i][0]);
        if (!col)
            return cli_usage(c, _("Unknown flag --%s"), flags[i][0]);
        int rc = cli_bind(c, l->op->in, row, col, flags[i][1], false);
        if (rc)
            return rc;
    }
    l->n++;
    return 0;
}

/* Refusals of single requests are part of the picture (a limit, a sold-out tier). */
static int load_send(cli *c, load *l)
{
    int rc = cli_bind_later(c);
    if (rc || !l->n)
        return rc;
    return pn_call_many(c->p, l->op, l->in, l->n, l->out, l->rc, NULL) ? cli_fail(c) : 0;
}

static const char *load_id(cli *c, const load *l, size_t i)
{
    return pn_plain(c->p, l->op->out->cols, l->out + i * l->op->out->size);
}

static int rows_of(cli *c, const char *noun, const char *where, pn_page *page, const pn_op **op)
{
    *op = pn_op_find(noun, "list");
    if (!*op)
        return cli_usage(c, _("Unknown operation '%s'"), noun);
    return pn_call(c->p, *op, &(pn_list){.where = where, .limit = TIERS_MAX}, page) ? cli_fail(c)
                                                                                    : 0;
}

static const char *cell(cli *c, const pn_op *op, const pn_page *page, size_t i, const char *name)
{
    const pn_col *col = pn_type_col(op->out, name);
    return col ? pn_plain(c->p, col, (const char *)page->rows.row + i * op->out->size) : "";
}

/* ---- the house ---- */

/* What the clock asks for since the season was imported: the sale opens. */
static int open_sales(cli *c)
{
    const char *done = "1";
    const char *const none[][2] = {{NULL, NULL}};
    for (int rc; strcmp(done, "0") != 0;) {
        void *out = NULL;
        if ((rc = cli_demo_call(c, "session", "tick", none, &out)))
            return rc;
        done = pn_plain(c->base, pn_op_find("session", "tick")->out->cols, out);
        if ((rc = cli_renew(c)))
            return rc;
    }
    return 0;
}

/* One gate and one scanner for every hall. */
static int make_gates(cli *c)
{
    const pn_op *op;
    pn_page halls = {0};
    load gates, devices;
    int rc = rows_of(c, "hall", NULL, &halls, &op);
    if (rc || (rc = load_new(c, &gates, "gate", "create", halls.rows.n)) ||
        (rc = load_new(c, &devices, "device", "enrol", halls.rows.n)))
        return rc;
    for (size_t i = 0; !rc && i < halls.rows.n; i++) {
        const char *code = pn_printf(c->p, "%s-1", cell(c, op, &halls, i, "code"));
        const char *const flags[][2] = {{"code", code},
                                        {"name", "1号门"},
                                        {"hall", cell(c, op, &halls, i, "id")},
                                        {NULL, NULL}};
        rc = load_add(c, &gates, flags);
    }
    if (rc || (rc = load_send(c, &gates)))
        return rc;
    for (size_t i = 0; !rc && i < gates.n; i++) {
        if (gates.rc[i])
            continue;
        const char *hall = cell(c, op, &halls, i, "code");
        const char *const flags[][2] = {{"sn", pn_printf(c->p, "DEMO-%s", hall)},
                                        {"name", "1号门手持机"},
                                        {"kind", "SCANNER"},
                                        {"gate", load_id(c, &gates, i)},
                                        {NULL, NULL}};
        rc = load_add(c, &devices, flags);
    }
    if (rc || (rc = load_send(c, &devices)))
        return rc;
    return cli_renew(c);
}

/* ---- orders ---- */

/* Every so many tiers one order, so that most shows have a few. */
static int submit(cli *c, load *orders)
{
    const pn_op *op;
    pn_page tiers = {0};
    int rc = rows_of(c, "tier", "session_status=ON_SALE combo_n=1", &tiers, &op);
    if (rc || (rc = load_new(c, orders, "order", "submit", ORDERS_MAX)))
        return rc;
    size_t step = tiers.rows.n / ORDERS_MAX;
    step += !step;
    for (size_t i = 0; !rc && i < tiers.rows.n && orders->n < ORDERS_MAX; i += step) {
        size_t k = orders->n;
        bool counter = k % 3 != 0;
        const char *const flags[][2] = {
            {"tier", cell(c, op, &tiers, i, "id")},
            {"qty", pn_printf(c->p, "%zu", 1 + k * 7 % 4)},
            {"buyer_name", buyers[k % BUYERS]},
            {"phone", pn_printf(c->p, "139%08zu", 10007919 * (k + 1) % 100000000)},
            {"delivery", counter ? "ONSITE" : "ETICKET"},
            {"channel", counter ? "POS" : "OWN"},
            {NULL, NULL}};
        rc = load_add(c, orders, flags);
    }
    return rc ? rc : load_send(c, orders);
}

/* The same step for some of the orders that were taken. */
static int some(cli *c, const load *orders, const char *noun, const char *verb,
                const char *const extra[2], const char *which)
{
    load l;
    int rc = load_new(c, &l, noun, verb, ORDERS_MAX);
    for (size_t i = 0; !rc && i < orders->n; i++) {
        if (orders->rc[i] || !strchr(which, (char)('0' + i % PERIOD)))
            continue;
        const char *const flags[][2] = {
            {l.op->in->cols[0].name, load_id(c, orders, i)}, {extra[0], extra[1]}, {NULL, NULL}};
        rc = load_add(c, &l, flags);
    }
    return rc ? rc : load_send(c, &l);
}

/* Of ten orders six are paid in cash, one is given up, the rest wait for their money. */
static int take_orders(cli *c)
{
    static const char *const none[2], *const why[2] = {"reason", "顾客改期"};
    load orders;
    int rc = submit(c, &orders);
    if (rc || (rc = some(c, &orders, "payment", "cash", none, "0123456")) ||
        (rc = some(c, &orders, "order", "cancel", why, "7")) ||
        (rc = some(c, &orders, "refund", "apply", none, "6")))
        return rc;
    return cli_renew(c);
}

/* Every other refund that was asked for is granted; who sold did not grant it. */
static int grant_refunds(cli *c)
{
    const pn_op *op;
    pn_page asked = {0};
    load l;
    int rc = rows_of(c, "refund", "state=REVIEWING", &asked, &op);
    if (rc || (rc = load_new(c, &l, "refund", "approve", asked.rows.n)))
        return rc;
    for (size_t i = 0; !rc && i < asked.rows.n; i += 2) {
        const char *const flags[][2] = {{"id", cell(c, op, &asked, i, "id")}, {NULL, NULL}};
        rc = load_add(c, &l, flags);
    }
    return rc ? rc : load_send(c, &l);
}

int cli_demo_sales(cli *c)
{
    int rc = cli_demo_sign_in(c, "admin");
    if (rc || (rc = open_sales(c)) || (rc = make_gates(c)) ||
        (rc = cli_demo_sign_in(c, "boxoffice")))
        return rc;
    if ((rc = take_orders(c)) || (rc = cli_demo_sign_in(c, "admin")) || (rc = grant_refunds(c)))
        return rc;
    return cli_renew(c);
}
