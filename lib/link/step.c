/* SPDX-License-Identifier: Apache-2.0 */
/* step.c — recipes: ordered steps over one value, by which requests are signed and answers checked.
 *
 * Each step is small and typed: it takes the value on the stack (or what `of` names), and leaves
 * its result there. A check that fails ends the recipe with PN_EPERM; the scope's verdict tells a
 * vendor's deliberate probe from a forgery. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "link/engine_int.h"

static int none(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

int pni_step_fail(pni_scope *s, const pni_tree *step, const char *fmt, ...)
{
    va_list args;
    char words[300];
    va_start(args, fmt);
    vsnprintf(words, sizeof words, fmt, args);
    va_end(args);
    return pni_tree_fail(s->p, s->link->file, step->line, step->col, "%s", words);
}

int pni_step_give(pni_scope *s, pni_span text)
{
    s->it = (pni_val){.kind = PNI_VAL_TEXT, .text = text};
    return 0;
}

int pni_step_input(pni_scope *s, const pni_tree *step, pni_span *out)
{
    const char *of = pni_tree_text(step, "of", pni_tree_text(step, "from", NULL));
    if (of)
        PN_TRY(pni_ref(s, of, out));
    else if (s->it.kind == PNI_VAL_TEXT)
        *out = s->it.text;
    else
        return pni_step_fail(s, step, "%s", pn_tr("this step needs a text on the stack"));
    if (!out->s)
        *out = pni_span_of("");
    return 0;
}

static int take(pni_scope *s, const pni_tree *step)
{
    pni_span v;
    PN_TRY(pni_step_input(s, step, &v));
    return pni_step_give(s, v);
}

static int fixed(pni_scope *s, const pni_tree *step)
{
    pni_span v;
    PN_TRY(pni_expand(s, pni_tree_text(step, "text", ""), &v));
    return pni_step_give(s, v.s ? v : pni_span_of(""));
}

static int set(pni_scope *s, const pni_tree *step)
{
    pni_span v;
    PN_TRY(pni_step_input(s, step, &v));
    return pni_pairs_put(s->p, &s->let, pni_tree_text(step, "as", ""), v, true) ? 0 : none(s->p);
}

/* ---- lists of parameters ---- */

static bool named(const pni_tree *list, const char *name)
{
    for (size_t i = 0; list && i < list->n; i++)
        if (!strcmp(list->item[i]->text, name))
            return true;
    return false;
}

typedef struct choice {
    const pni_tree *only, *but;
    bool drop_empty, drop_null;
} choice;

static int add(pni_scope *s, const choice *c, const char *name, pni_span v, pni_pairs *out)
{
    if ((c->only && !named(c->only, name)) || named(c->but, name))
        return 0;
    if ((!v.s && c->drop_null) || (!v.n && c->drop_empty))
        return 0;
    return pni_pairs_put(s->p, out, name, v.s ? v : pni_span_of(""), false) ? 0 : none(s->p);
}

static int add_from(pni_scope *s, const pni_tree *step, const char *from, const choice *c,
                    pni_pairs *out)
{
    const pni_message *m = s->msg;
    const pni_doc *d;
    const pni_pairs *list = !m                         ? NULL
                            : !strcmp(from, "query")  ? &m->query
                            : !strcmp(from, "form")   ? &m->form
                            : !strcmp(from, "header") ? &m->header
                                                      : NULL;
    for (size_t i = 0; list && i < list->n; i++)
        PN_TRY(add(s, c, list->v[i].name, list->v[i].value, out));
    if (list)
        return 0;
    if (!strcmp(from, "body"))
        d = s->doc;
    else
        PN_TRY(pni_ref_doc(s, from, &d));
    if (!d || d->kind != PNI_DOC_MAP)
        return pn_fail(s->p, PN_EARG, "body", pn_tr("Connector %s: there is no mapping %s"),
                       s->link->name, from);
    (void)step;
    for (d = d->first; d; d = d->next) {
        pni_span v = d->kind == PNI_DOC_NULL                            ? (pni_span){NULL, 0}
                     : d->kind == PNI_DOC_LIST || d->kind == PNI_DOC_MAP ? d->raw
                                                                         : d->text;
        PN_TRY(add(s, c, d->name, v, out));
    }
    return 0;
}

static int select_pairs(pni_scope *s, const pni_tree *step)
{
    const pni_tree *from = pni_tree_get(step, "from");
    choice c = {pni_tree_get(step, "include"), pni_tree_get(step, "exclude"),
                pni_tree_is(step, "drop_empty"), pni_tree_is(step, "drop_null")};
    pni_pairs out = {0};
    if (!from) { /* all parameters of the request */
        PN_TRY(add_from(s, step, "query", &c, &out));
        PN_TRY(add_from(s, step, "form", &c, &out));
    }
    if (from && from->kind == PNI_TREE_TEXT)
        PN_TRY(add_from(s, step, from->text, &c, &out));
    for (size_t i = 0; from && i < from->n; i++)
        PN_TRY(add_from(s, step, from->item[i]->text, &c, &out));
    s->it = (pni_val){.kind = PNI_VAL_PAIRS, .pairs = out};
    return 0;
}

static int by_bytes(const void *a, const void *b)
{
    const pni_pair *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    if (order)
        return order;
    size_t n = x->value.n < y->value.n ? x->value.n : y->value.n;
    order = memcmp(x->value.s, y->value.s, n);
    return order ? order : (x->value.n > y->value.n) - (x->value.n < y->value.n);
}
static int by_letter(const void *a, const void *b)
{
    int order = strcasecmp(((const pni_pair *)a)->name, ((const pni_pair *)b)->name);
    return order ? order : by_bytes(a, b);
}

static int need_pairs(pni_scope *s, const pni_tree *step)
{
    return s->it.kind == PNI_VAL_PAIRS
               ? 0
               : pni_step_fail(s, step, "%s", pn_tr("this step needs a list on the stack"));
}

static int sort(pni_scope *s, const pni_tree *step)
{
    const char *by = pni_tree_text(step, "by", "ascii");
    PN_TRY(need_pairs(s, step));
    if (strcmp(by, "none") != 0 && s->it.pairs.n)
        qsort(s->it.pairs.v, s->it.pairs.n, sizeof *s->it.pairs.v,
              !strcmp(by, "nocase") ? by_letter : by_bytes);
    return 0;
}

static int join(pni_scope *s, const pni_tree *step)
{
    const char *kv = pni_tree_text(step, "kv", "="), *pair = pni_tree_text(step, "pair", "&");
    const char *encoded = pni_tree_text(step, "encoded", NULL);
    pn_buf b = pn_buf_new(s->p);
    PN_TRY(need_pairs(s, step));
    pn_buf_puts(&b, "");
    for (size_t i = 0; i < s->it.pairs.n; i++) {
        pni_span v = s->it.pairs.v[i].value;
        if (encoded)
            PN_TRY(pni_url_encode(s->p, v, encoded, &v));
        pn_buf_puts(&b, i ? pair : "");
        if (!pni_tree_is(step, "values_only")) {
            pn_buf_puts(&b, s->it.pairs.v[i].name);
            pn_buf_puts(&b, kv);
        }
        pn_buf_put(&b, v.s, v.n);
    }
    return b.bad ? none(s->p) : pni_step_give(s, (pni_span){b.text, b.len});
}

/* ---- texts ---- */

static int lines(pni_scope *s, const pni_tree *step)
{
    const pni_tree *of = pni_tree_get(step, "of");
    pn_buf b = pn_buf_new(s->p);
    for (size_t i = 0; i < of->n; i++) {
        pni_span v;
        PN_TRY(pni_expand(s, of->item[i]->text, &v));
        pn_buf_puts(&b, i ? "\n" : "");
        pn_buf_put(&b, v.s ? v.s : "", v.n);
    }
    pn_buf_puts(&b, pni_tree_is(step, "trailing") ? "\n" : "");
    return b.bad ? none(s->p) : pni_step_give(s, (pni_span){b.text, b.len});
}

static int wrap(pni_scope *s, const pni_tree *step)
{
    pni_span before, after, v;
    pn_buf b = pn_buf_new(s->p);
    PN_TRY(pni_step_input(s, step, &v));
    PN_TRY(pni_expand(s, pni_tree_text(step, "prefix", ""), &before));
    PN_TRY(pni_expand(s, pni_tree_text(step, "suffix", ""), &after));
    pn_buf_put(&b, before.s ? before.s : "", before.n);
    pn_buf_put(&b, v.s, v.n);
    pn_buf_put(&b, after.s ? after.s : "", after.n);
    return b.bad ? none(s->p) : pni_step_give(s, (pni_span){b.text, b.len});
}

static int url(pni_scope *s, const pni_tree *step)
{
    const char *as = pni_tree_text(step, "as", "rfc3986");
    pni_span v;
    PN_TRY(pni_step_input(s, step, &v));
    for (int64_t n = pni_tree_int(step, "times", 1); n > 0 && strcmp(as, "none") != 0; n--)
        PN_TRY(pni_url_encode(s->p, v, as, &v));
    return pni_step_give(s, v);
}

/* A sender that forgot to encode a plus sign: it arrives as a blank. */
static int replace(pni_scope *s, const pni_tree *step)
{
    const char *what = pni_tree_text(step, "what", " "), *by = pni_tree_text(step, "by", "");
    pn_buf b = pn_buf_new(s->p);
    pni_span v;
    PN_TRY(pni_step_input(s, step, &v));
    pn_buf_puts(&b, "");
    for (size_t i = 0, n = strlen(what); i < v.n;) {
        bool here = n && i + n <= v.n && !memcmp(v.s + i, what, n);
        pn_buf_put(&b, here ? by : v.s + i, here ? strlen(by) : 1);
        i += here ? n : 1;
    }
    return b.bad ? none(s->p) : pni_step_give(s, (pni_span){b.text, b.len});
}

static int charset(pni_scope *s, const pni_tree *step)
{
    const char *from = pni_tree_text(step, "source", "utf-8"), *to = pni_tree_text(step, "to", "");
    pni_span v;
    PN_TRY(pni_step_input(s, step, &v));
    PN_TRY(pni_iconv(s->p, from, to, v, &v));
    return pni_step_give(s, v);
}

/* Where the value goes: header.Name, form.name, query.name, a path of the body; a text says how,
 * `${it}` in it. */
static int emit(pni_scope *s, const pni_tree *step)
{
    const char *to = pni_tree_text(step, "to", ""), *text = pni_tree_text(step, "text", "$(it)");
    const char *name = strchr(to, '.');
    pni_span v;
    if (!s->msg || (!name && *to != '/'))
        return pni_step_fail(s, step, "%s", pn_tr("there is no message to write to"));
    PN_TRY(pni_expand(s, text, &v));
    if (*to == '/')
        return pni_splice(s, to, v.s ? v : pni_span_of(""));
    pni_pairs *list = !strncmp(to, "header.", 7) ? &s->msg->header
                      : !strncmp(to, "form.", 5) ? &s->msg->form
                                                 : &s->msg->query;
    return pni_pairs_put(s->p, list, name + 1, v, true) ? 0 : none(s->p);
}

static int slice_raw(pni_scope *s, const pni_tree *step)
{
    const pni_tree *of = pni_tree_get(step, "member");
    pni_span path;
    for (size_t i = 0; i < (of->kind == PNI_TREE_LIST ? of->n : 1); i++) {
        const pni_tree *t = of->kind == PNI_TREE_LIST ? of->item[i] : of;
        PN_TRY(pni_expand(s, t->text, &path));
        const pni_doc *d = s->doc ? pni_doc_at(s->p, s->doc, path.s) : NULL;
        pni_span raw;
        if (!d)
            continue;
        PN_TRY(pni_span_copy(s->p, d->raw.s, d->raw.n, &raw));
        return pni_step_give(s, raw);
    }
    return pn_fail(s->p, PN_EARG, "body", pn_tr("Connector %s: the answer has no member %s"),
                   s->link->name, path.s);
}

/* ---- checks ---- */

static int refused(pni_scope *s, int verdict, const char *why)
{
    s->verdict = verdict;
    return pn_fail(s->p, PN_EPERM, "signature", pn_tr("Connector %s: %s"), s->link->name, why);
}

/* A vendor that tests whether we check signatures sends ones that begin like this. */
static int probe(pni_scope *s, const pni_tree *step)
{
    const char *starts = pni_tree_text(step, "starts", "");
    pni_span v;
    PN_TRY(pni_step_input(s, step, &v));
    if (!strncmp(v.s, starts, strlen(starts)))
        return refused(s, PNI_NOTICE_PROBE, pn_tr("a probe of the signature check"));
    return 0;
}

static int window(pni_scope *s, const pni_tree *step)
{
    pni_span v;
    PN_TRY(pni_step_input(s, step, &v));
    int64_t far = s->now.us / 1000000 - strtoll(v.s, NULL, 10);
    int64_t most = pni_tree_int(step, "seconds", 300);
    if (!v.n || far > most || far < -most)
        return refused(s, PNI_NOTICE_BAD, pn_tr("the time stamp is too far from now"));
    return 0;
}

static int open_json(pni_scope *s, const pni_tree *step)
{
    pni_doc *d;
    pni_span v;
    PN_TRY(pni_step_input(s, step, &v));
    PN_TRY(pni_doc_json(s->p, v, &d));
    s->doc = d;
    return 0;
}

static int open_xml(pni_scope *s, const pni_tree *step)
{
    pni_doc *d;
    pni_span v;
    PN_TRY(pni_step_input(s, step, &v));
    PN_TRY(pni_doc_xml(s->p, v, &d));
    s->doc = d;
    return 0;
}

/* ---- the table ---- */

#define OF "of from "
#define HASHES "alg md5 sha1 sha256 sm3"
#define CIPHERS "alg aes-128-cbc aes-256-gcm aes-ecb aes-128-ecb aes-256-ecb " \
    "rsa-oaep-sha1 rsa-pkcs1"
#define CHARSETS "utf-8 gbk gb18030 UTF-8 GBK GB18030 gb2312"
#define YES "yes no true false"
// clang-format off
static const pni_step steps[] = {
    {"take",       take,             "from", "", ""},
    {"const",      fixed,            "text", "", ""},
    {"set",        set,              "as", OF, ""},
    {"select",     select_pairs,     "", "from include exclude drop_empty drop_null",
     "drop_empty " YES "|drop_null " YES},
    {"sort",       sort,             "", "by", "by ascii nocase none"},
    {"join",       join,             "", "kv pair encoded values_only",
     "encoded rfc3986 form java|values_only " YES},
    {"lines",      lines,            "of", "trailing", "trailing " YES},
    {"wrap",       wrap,             "", OF "prefix suffix", ""},
    {"urlencode",  url,              "", OF "as times", "as rfc3986 form java none"},
    {"replace",    replace,          "what by", OF, ""},
    {"charset",    charset,          "to", OF "source", "to " CHARSETS "|source " CHARSETS},
    {"digest",     pni_step_digest,  "alg", OF, HASHES},
    {"hmac",       pni_step_hmac,    "alg key", OF, HASHES},
    {"derive",     pni_step_derive,  "alg key parts", "", HASHES},
    {"rsa_sign",   pni_step_sign,    "alg key", OF, "alg sha1 sha256"},
    {"rsa_verify", pni_step_verify,  "alg signature", OF "key ring each", "alg sha1 sha256"},
    {"encrypt",    pni_step_encrypt, "alg key", OF "nonce aad", CIPHERS},
    {"decrypt",    pni_step_decrypt, "alg key", OF "nonce aad", CIPHERS},
    {"encode",     pni_step_encode,  "as", OF, "as hex_lower hex_upper base64 base64url url json "
     "json_compact xml pairs gzip zip"},
    {"decode",     pni_step_decode,  "as", OF, "as hex base64 base64url url form json xml pairs "
     "gzip zip"},
    {"cert",       pni_step_cert,    "as", OF, "as serial alipay_sn alipay_root_sn"},
    {"time",       pni_step_time,    "as", "zone", "zone utc +08:00"},
    {"nonce",      pni_step_nonce,   "", "length", ""},
    {"uuid",       pni_step_uuid,    "", "", ""},
    {"seq",        pni_step_seq,     "", "", ""},
    {"slice_raw",  slice_raw,        "member", "", ""},
    {"compare",    pni_step_compare, "with", OF "nocase", "nocase " YES},
    {"probe",      probe,            "starts", OF, ""},
    {"window",     window,           "seconds", OF, ""},
    {"open_json",  open_json,        "", OF, ""},
    {"open_xml",   open_xml,         "", OF, ""},
    {"token",      pni_step_token,   "name", "", ""},
    {"page",       pni_step_page,    "", "list next size first most", ""},
    {"emit",       emit,             "to", "text", ""},
    {0}};
// clang-format on

const pni_step *pni_step_all(void)
{
    return steps;
}

const pni_step *pni_step_find(const char *name)
{
    for (const pni_step *step = steps; step->name; step++)
        if (!strcmp(step->name, name))
            return step;
    return NULL;
}

int pni_steps(pni_scope *s, const pni_tree *list)
{
    for (size_t i = 0; i < list->n; i++) {
        const pni_step *step = pni_step_find(pni_tree_text(list->item[i], "op", ""));
        PN_TRY(step ? step->run(s, list->item[i])
                    : pni_step_fail(s, list->item[i], "%s", pn_tr("a step needs 'op'")));
    }
    return 0;
}

int pni_recipe(pni_scope *s, const char *name)
{
    const pni_tree *list = pni_tree_at(s->link->root, "recipes", name);
    if (!list && !strcmp(name, "sign"))
        list = pni_tree_get(s->link->root, "sign");
    s->it = (pni_val){0};
    return list ? pni_steps(s, list)
                : pn_fail(s->p, PN_ECONF, NULL, pn_tr("There is no recipe “%s”"), name);
}
