/* SPDX-License-Identifier: Apache-2.0 */
/* signed.c — what our engine signs and believes, for others to judge: an oracle in another language
 * calls this with a folder of keys.
 *
 *   signed KEYS make CONNECTOR CALL [name=value…]   the signed request as JSON
 *   signed KEYS call CONNECTOR CALL [name=value…]   what was answered, and what it means
 *   signed KEYS hear CONNECTOR < {"headers":{},"body":""}   what a notice turned out to be */
#include <stdio.h>
#include <string.h>

#include "link/engine_int.h"

static pn *p;

static int fail(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, pn_error(p)->message);
    return 1;
}

static void put_pairs(pn_buf *b, const char *name, const pni_pairs *list)
{
    pn_buf_putf(b, ",\n\"%s\":{", name);
    for (size_t i = 0; i < list->n; i++) {
        pn_buf_puts(b, i ? "," : "");
        pn_buf_json(b, list->v[i].name);
        pn_buf_puts(b, ":");
        pn_buf_json(b, list->v[i].value.s);
    }
    pn_buf_puts(b, "}");
}

static int arguments(char **argv, pni_pairs *in)
{
    for (; *argv; argv++) {
        char *value = strchr(*argv, '=');
        if (!value)
            return 2;
        *value = 0;
        if (!pni_pairs_put(p, in, *argv, pni_span_of(value + 1), true))
            return 1;
    }
    return 0;
}

static int call(pni_link *l, const char *name, char **argv)
{
    pni_pairs in = {0};
    pni_answer a = {0};
    pn_buf b = pn_buf_new(p);
    int rc = arguments(argv, &in);
    if (rc)
        return rc;
    if (pni_link_call(p, l, name, &in, &a))
        return fail(name);
    pn_buf_putf(&b, "{\"outcome\":\"%s\",\"status\":%d",
                pn_word_name(pni_outcomes, (pn_word){(int16_t)a.outcome}), a.status);
    put_pairs(&b, "map", &a.map);
    printf("%s}\n", b.text);
    return 0;
}

static int make(pni_link *l, const char *name, char **argv)
{
    pni_pairs in = {0};
    pni_scope s;
    pni_message m;
    pni_span target;
    pn_buf b = pn_buf_new(p);
    int rc = arguments(argv, &in);
    if (rc)
        return rc;
    const pni_tree *form = pni_tree_at(l->root, "calls", name);
    if (!form || pni_scope_make(p, l, &in, &s) || pni_request_make(&s, form, &m) ||
        pni_message_target(p, &m, &target))
        return fail(name);
    pn_buf_putf(&b, "{\"method\":\"%s\",\"target\":", m.method);
    pn_buf_json(&b, target.s);
    pn_buf_puts(&b, ",\"body\":");
    pn_buf_json(&b, m.body.s);
    put_pairs(&b, "query", &m.query);
    put_pairs(&b, "form", &m.form);
    put_pairs(&b, "header", &m.header);
    printf("%s}\n", b.text);
    return 0;
}

static int hear(pni_link *l)
{
    static char text[1 << 20];
    static const char *const verdicts[] = {"", "GOOD", "PROBE", "BAD"};
    pni_inbound in = {.method = "POST", .path = "/"};
    pni_heard h;
    pni_doc *d;
    size_t n = fread(text, 1, sizeof text - 1, stdin);
    pn_buf b = pn_buf_new(p);
    if (pni_doc_json(p, (pni_span){text, n}, &d))
        return fail("input");
    const pni_doc *head = pni_doc_at(p, d, "/headers"), *body = pni_doc_at(p, d, "/body");
    for (head = head ? head->first : NULL; head; head = head->next)
        if (!pni_pairs_put(p, &in.header, head->name, head->text, true))
            return 1;
    in.body = body->text;
    if (pni_link_hear(p, l, "notice", &in, &h))
        return fail("hear");
    pn_buf_putf(&b, "{\"verdict\":\"%s\",\"kind\":\"%s\"", verdicts[h.verdict], h.kind);
    put_pairs(&b, "map", &h.map);
    printf("%s}\n", b.text);
    return 0;
}

int main(int argc, char **argv)
{
    char conf[400];
    pn_ctx *ctx = NULL;
    pni_link *l = NULL;
    if (argc < 4)
        return 2;
    snprintf(conf, sizeof conf, "%s/signed.yaml", argv[1]);
    FILE *f = fopen(conf, "w");
    if (!f)
        return 2;
    fprintf(f, "keys:\n  dir: %s\n", argv[1]);
    fclose(f);
    if (pn_ctx_open(&(pn_open_opts){.conf = conf, .no_connect = true}, &ctx))
        return 1;
    p = pn_begin(ctx);
    int rc = pni_link_open(p, argv[3], &l) ? fail(argv[3])
             : !strcmp(argv[2], "hear")    ? hear(l)
             : !strcmp(argv[2], "call")    ? call(l, argc > 4 ? argv[4] : "", argv + 5)
                                           : make(l, argc > 4 ? argv[4] : "", argv + 5);
    pni_link_close(p, l);
    pn_end(p);
    pn_ctx_close(ctx);
    return rc;
}
