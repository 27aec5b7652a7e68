/* SPDX-License-Identifier: Apache-2.0 */
/* batch.c — `pn batch`: JSON lines in, one result line each, in order. A line is one transaction;
 * with --many, neighbours of the same operation share one and keep their own results. */
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { GROUP_MAX = 512, LINE_LIMIT = 16 << 20 };

typedef struct line {
    const char *op;
    pn_json in;
    const char *key;
} line;
static PN_TYPE(line_t, "batch", line, PN_COL(line, op, N_("Operation"), .flags = PN_REQ),
               PN_COL(line, in, N_("Input")), PN_COL(line, key, N_("Idempotency key")));

typedef struct batch {
    cli *c;
    FILE *in;
    bool many;
    int64_t number; /* of the line being read */
    int worst;      /* exit status of the last line that failed */
    /* the group under way */
    const pn_op *op;
    char *rows;
    int64_t lines[GROUP_MAX];
    size_t n;
} batch;

static void result(batch *b, int64_t number, const pn_op *op, const void *out, const pn_err *e)
{
    pn_buf buf = pn_buf_new(b->c->p);
    pn_buf_putf(&buf, "{\"line\":%lld,\"ok\":%s", (long long)number, e ? "false" : "true");
    if (e) {
        pn_buf_putf(&buf, ",\"error\":{\"code\":\"%s\",\"message\":", pn_code_name(e->code));
        pn_buf_json(&buf, e->message && *e->message ? e->message : pn_code_text(e->code));
        if (e->field) {
            pn_buf_puts(&buf, ",\"field\":");
            pn_buf_json(&buf, e->field);
        }
        if (e->hint) {
            pn_buf_puts(&buf, ",\"hint\":");
            pn_buf_json(&buf, e->hint);
        }
        pn_buf_puts(&buf, "}");
        b->worst = pn_code_exit(e->code);
    } else if (op && op->list) {
        const pn_page *page = out;
        const char *row = page->rows.row;
        pn_buf_puts(&buf, ",\"rows\":[");
        for (size_t i = 0; i < page->rows.n; i++, row += op->out->size) {
            pn_buf_puts(&buf, i ? "," : "");
            pn_to_json(&buf, op->out, row);
        }
        pn_buf_puts(&buf, "],\"next\":");
        pn_buf_json(&buf, page->next);
    } else if (op && op->out) {
        pn_buf_puts(&buf, ",\"out\":");
        pn_to_json(&buf, op->out, out);
    }
    pn_buf_puts(&buf, "}\n");
    if (buf.bad) {
        printf("{\"line\":%lld,\"ok\":false,\"error\":{\"code\":\"MEM\"}}\n", (long long)number);
        b->worst = pn_code_exit(PN_EMEM);
    } else {
        fwrite(buf.text, 1, buf.len, stdout);
    }
    fflush(stdout); /* whoever feeds us waits for the answer */
}

/* Words of the unit's error, kept: printing allocates in the same unit. */
static void failed(batch *b, int64_t number)
{
    pn_err e = *pn_error(b->c->p);
    result(b, number, NULL, NULL, &e);
}

static void refused(batch *b, int64_t number, pn_code code, const char *field, const char *message)
{
    result(b, number, NULL, NULL, &(pn_err){.code = code, .field = field, .message = message});
}

/* Run the group under way; each line gets its own words. */
static int flush_group(batch *b)
{
    if (!b->n)
        return 0;
    cli *c = b->c;
    const pn_op *op = b->op;
    int *rc = pn_alloc(c->p, b->n * sizeof(*rc));
    pn_err *errs = pn_alloc(c->p, b->n * sizeof(*errs));
    char *out = op->out ? pn_alloc(c->p, b->n * op->out->size) : NULL;
    if (!rc || !errs || (op->out && !out))
        return cli_fail(c);
    if (pn_call_many(c->p, op, b->rows, b->n, out, rc, errs)) {
        pn_err e = *pn_error(c->p);
        for (size_t i = 0; i < b->n; i++)
            result(b, b->lines[i], NULL, NULL, &e);
    } else {
        for (size_t i = 0; i < b->n; i++)
            result(b, b->lines[i], op, out ? out + i * op->out->size : NULL,
                   rc[i] ? &errs[i] : NULL);
    }
    b->n = 0;
    b->op = NULL;
    return cli_renew(c);
}

static int single(batch *b, const pn_op *op, const line *l)
{
    cli *c = b->c;
    void *in = pn_alloc(c->p, op->in ? op->in->size : 1);
    void *out = pn_alloc(c->p, op->list ? sizeof(pn_page) : op->out ? op->out->size : 1);
    if (!in || !out)
        return cli_fail(c);
    const char *json = l->in.text ? l->in.text : "{}";
    if (l->key)
        pn_key(c->p, l->key);
    if ((op->in && pn_from_json(c->p, op->in, json, strlen(json), in)) ||
        pn_call(c->p, op, in, op->list || op->out ? out : NULL))
        failed(b, b->number);
    else
        result(b, b->number, op, out, NULL);
    return cli_renew(c);
}

static int take(batch *b, const char *text, size_t len);

/* Add one line to the group. Input that cannot be read is answered in its turn: after the group. */
static int grouped(batch *b, const pn_op *op, const line *l, const char *text, size_t len)
{
    cli *c = b->c;
    if (!b->n) {
        b->op = op;
        b->rows = pn_alloc(c->p, GROUP_MAX * op->in->size);
        if (!b->rows)
            return cli_fail(c);
    }
    const char *json = l->in.text ? l->in.text : "{}";
    char *row = b->rows + b->n * op->in->size;
    if (!pn_from_json(c->p, op->in, json, strlen(json), row)) {
        b->lines[b->n++] = b->number;
        return 0;
    }
    if (!b->n) {
        failed(b, b->number);
        return cli_renew(c);
    }
    int rc = flush_group(b);
    return rc ? rc : take(b, text, len);
}

static const pn_op *find(const char *name)
{
    char noun[64];
    const char *dot = strchr(name, '.');
    if (!dot || dot - name >= (ptrdiff_t)sizeof(noun))
        return NULL;
    snprintf(noun, sizeof(noun), "%.*s", (int)(dot - name), name);
    return pn_op_find(noun, dot + 1);
}

static int take(batch *b, const char *text, size_t len)
{
    cli *c = b->c;
    line l = {0};
    int rc = 0;
    bool bad = !cli_utf8(text, len) || pn_from_json(c->p, &line_t, text, len, &l) || !l.op;
    const pn_op *op = bad ? NULL : find(l.op);
    if (b->n && (!op || l.key || !b->many || op != b->op || b->n == GROUP_MAX)) {
        if ((rc = flush_group(b)))
            return rc;
        return take(b, text, len); /* parsed words died with the unit */
    }
    if (!cli_utf8(text, len)) {
        refused(b, b->number, PN_EARG, NULL, _("Not valid UTF-8"));
        return 0;
    }
    if (bad && !l.op && pn_error(c->p)->code == PN_OK) {
        refused(b, b->number, PN_EARG, "op", _("\"op\" is missing"));
        return 0;
    }
    if (bad) {
        failed(b, b->number);
        return cli_renew(c);
    }
    if (!op) {
        refused(b, b->number, PN_EARG, "op", pn_printf(c->p, _("Unknown operation '%s'"), l.op));
        return cli_renew(c);
    }
    if (b->many && op->in && !op->list && !l.key)
        return grouped(b, op, &l, text, len);
    return single(b, op, &l);
}

static int run(batch *b)
{
    char *text = NULL;
    size_t cap = 0;
    ssize_t len;
    int rc = 0;
    while (!rc && (len = getline(&text, &cap, b->in)) >= 0) {
        b->number++;
        while (len && (text[len - 1] == '\n' || text[len - 1] == '\r'))
            len--;
        if (!len)
            continue;
        if (len > LINE_LIMIT) {
            rc = flush_group(b);
            refused(b, b->number, PN_ETOO_BIG, NULL, pn_code_text(PN_ETOO_BIG));
            continue;
        }
        rc = take(b, text, (size_t)len);
    }
    free(text);
    return rc ? rc : flush_group(b);
}

typedef struct batch_in {
    const char *file;
    bool many;
} batch_in;
PN_TYPE(cli_batch_t, "batch", batch_in,
        PN_COL(batch_in, file, N_("File"), .flags = PN_ARG, .hint = N_("JSON lines; - is stdin")),
        PN_COL(batch_in, many, N_("Many"), .hint = N_("Group neighbours into one transaction")));

int cli_cmd_batch(cli *c)
{
    batch_in in = {0};
    batch b = {.c = c};
    cli_args a = {.in = &cli_batch_t, .row = &in};
    int rc = cli_args_read(c, &a, 0);
    if (rc || (rc = cli_sign_in(c)))
        return rc;
    bool standard = !in.file || !strcmp(in.file, "-");
    b.many = in.many;
    b.in = standard ? stdin : fopen(in.file, "re");
    if (!b.in) {
        (void)pn_fail(c->p, PN_EIO, "file", pn_tr("Cannot read '%s': %s"), in.file,
                      strerror(errno));
        return cli_fail(c);
    }
    if ((rc = cli_renew(c)))
        return rc;
    rc = run(&b);
    if (!standard)
        fclose(b.in);
    return rc ? rc : b.worst;
}
