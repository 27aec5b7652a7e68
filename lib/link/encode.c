/* SPDX-License-Identifier: Apache-2.0 */
/* encode.c — the steps that only change how bytes are written, and the comparison of two texts. */
#include <string.h>

#include "base/ssl_int.h"
#include "link/engine_int.h"
#include "link/unpack_int.h"

static int none(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

int pni_base64(pn *p, pni_span in, bool url, pni_span *out)
{
    unsigned char *text = pn_alloc(p, 4 * (in.n / 3 + 1) + 1);
    if (!text)
        return none(p);
    int n = EVP_EncodeBlock(text, (const unsigned char *)in.s, (int)in.n);
    for (int i = 0; url && i < n; i++)
        text[i] = text[i] == '+' ? '-' : text[i] == '/' ? '_' : text[i];
    while (url && n && text[n - 1] == '=')
        text[--n] = 0;
    *out = (pni_span){(char *)text, (size_t)n};
    return 0;
}

/* Standard and URL alphabet alike; blanks and line ends are skipped. A plus sign that was turned
 * into a blank on the way is not: that signature is broken, and must not verify by luck. */
int pni_base64_read(pn *p, pni_span in, pni_span *out)
{
    unsigned char *clean = pn_alloc(p, in.n + 5), *bytes = pn_alloc(p, in.n + 4);
    size_t n = 0, pad = 0;
    if (!clean || !bytes)
        return none(p);
    for (size_t i = 0; i < in.n; i++) {
        char c = in.s[i] == '-' ? '+' : in.s[i] == '_' ? '/' : in.s[i];
        if (c != '\n' && c != '\r')
            clean[n++] = (unsigned char)c;
    }
    while (n % 4)
        clean[n++] = '=';
    while (pad < 2 && pad < n && clean[n - 1 - pad] == '=')
        pad++;
    int len = n ? EVP_DecodeBlock(bytes, clean, (int)n) : 0;
    if (len < 0 || (n && memchr(clean, ' ', n)))
        return pn_fail(p, PN_EARG, "body", "%s", pn_tr("The base64 text is broken"));
    *out = (pni_span){(char *)bytes, (size_t)len - pad};
    return 0;
}

static int hex(pn *p, pni_span in, const char *digit, pni_span *out)
{
    char *text = pn_alloc(p, 2 * in.n + 1);
    if (!text)
        return none(p);
    for (size_t i = 0; i < in.n; i++) {
        text[2 * i] = digit[(unsigned char)in.s[i] >> 4];
        text[2 * i + 1] = digit[in.s[i] & 15];
    }
    *out = (pni_span){text, 2 * in.n};
    return 0;
}

int pni_xml_escape(pn *p, pni_span in, pni_span *out)
{
    pn_buf b = pn_buf_new(p);
    pn_buf_puts(&b, "");
    for (size_t i = 0; i < in.n; i++) {
        const char *as = in.s[i] == '<'   ? "&lt;"
                         : in.s[i] == '>' ? "&gt;"
                         : in.s[i] == '&' ? "&amp;"
                         : in.s[i] == '"' ? "&quot;"
                                          : NULL;
        pn_buf_put(&b, as ? as : in.s + i, as ? strlen(as) : 1);
    }
    *out = (pni_span){b.text, b.len};
    return b.bad ? none(p) : 0;
}

/* The list on the stack as one text: urlencoded pairs, or a JSON object of texts. */
static int encode_pairs(pni_scope *s, bool json, pni_span *out)
{
    const pni_pairs *list = &s->it.pairs;
    pn_buf b = pn_buf_new(s->p);
    if (!json)
        return pni_pairs_encode(s->p, list, "form", out);
    pn_buf_puts(&b, "{");
    for (size_t i = 0; i < list->n; i++) {
        pn_buf_puts(&b, i ? "," : "");
        pn_buf_json(&b, list->v[i].name);
        pn_buf_puts(&b, ":");
        pn_buf_json(&b, list->v[i].value.s ? list->v[i].value.s : "");
    }
    pn_buf_puts(&b, "}");
    *out = (pni_span){b.text, b.len};
    return b.bad ? none(s->p) : 0;
}

/* JSON as it came, less the blanks between its parts. */
static int compact(pni_scope *s, pni_span in, pni_span *out)
{
    pni_doc *d;
    pn_buf b = pn_buf_new(s->p);
    bool quoted = false;
    PN_TRY(pni_doc_json(s->p, in, &d));
    for (size_t i = 0; i < in.n; i++) {
        if (!quoted && strchr(" \t\r\n", in.s[i]))
            continue;
        quoted ^= in.s[i] == '"';
        size_t n = quoted && in.s[i] == '\\' ? 2 : 1;
        pn_buf_put(&b, in.s + i, n);
        i += n - 1;
    }
    *out = (pni_span){b.text, b.len};
    return b.bad ? none(s->p) : 0;
}

int pni_step_encode(pni_scope *s, const pni_tree *step)
{
    const char *as = pni_tree_text(step, "as", "");
    bool list = s->it.kind == PNI_VAL_PAIRS && !pni_tree_get(step, "of");
    pn_buf b = pn_buf_new(s->p);
    pni_span v;
    if (list && (!strcmp(as, "pairs") || !strcmp(as, "json_compact"))) {
        PN_TRY(encode_pairs(s, *as == 'j', &v));
        return pni_step_give(s, v);
    }
    PN_TRY(pni_step_input(s, step, &v));
    if (!strcmp(as, "hex_lower"))
        PN_TRY(hex(s->p, v, "0123456789abcdef", &v));
    else if (!strcmp(as, "hex_upper"))
        PN_TRY(hex(s->p, v, "0123456789ABCDEF", &v));
    else if (!strcmp(as, "base64") || !strcmp(as, "base64url"))
        PN_TRY(pni_base64(s->p, v, as[6] == 'u', &v));
    else if (!strcmp(as, "url"))
        PN_TRY(pni_url_encode(s->p, v, "rfc3986", &v));
    else if (!strcmp(as, "xml"))
        PN_TRY(pni_xml_escape(s->p, v, &v));
    else if (!strcmp(as, "json_compact"))
        PN_TRY(compact(s, v, &v));
    else if (!strcmp(as, "gzip") || !strcmp(as, "zip"))
        PN_TRY(pni_pack(s->p, v, *as == 'z', s->now.us / 1000000, &v));
    else if (!strcmp(as, "json")) { /* a text as a JSON string */
        pn_buf_json(&b, v.s);
        v = (pni_span){b.text, b.len};
    } else
        return pni_step_fail(s, step, pn_tr("there is no encoding '%s'"), as);
    return b.bad ? none(s->p) : pni_step_give(s, v);
}

/* &lt; and its like as the letters they mean. */
static int xml_read(pni_scope *s, pni_span in, pni_span *out)
{
    pni_doc *d;
    const char *whole = pn_printf(s->p, "<a>%.*s</a>", (int)in.n, in.s);
    if (!whole)
        return none(s->p);
    PN_TRY(pni_doc_xml(s->p, pni_span_of(whole), &d));
    *out = d->first->text;
    return out->s ? 0 : pn_fail(s->p, PN_EARG, "body", "%s", pn_tr("The text holds elements"));
}

static int unhex(pni_scope *s, pni_span in, pni_span *out)
{
    long n = 0;
    unsigned char *bytes = OPENSSL_hexstr2buf(in.s, &n);
    if (!bytes)
        return pn_fail(s->p, PN_EARG, "body", "%s", pn_tr("The hexadecimal text is broken"));
    int rc = pni_span_copy(s->p, (const char *)bytes, (size_t)n, out);
    OPENSSL_free(bytes);
    return rc;
}

int pni_step_decode(pni_scope *s, const pni_tree *step)
{
    const char *as = pni_tree_text(step, "as", "");
    pni_pairs list = {0};
    pni_doc *d;
    pni_span v;
    PN_TRY(pni_step_input(s, step, &v));
    if (!strcmp(as, "pairs")) {
        PN_TRY(pni_pairs_decode(s->p, v, &list));
        s->it = (pni_val){.kind = PNI_VAL_PAIRS, .pairs = list};
        return 0;
    }
    if (!strcmp(as, "hex"))
        PN_TRY(unhex(s, v, &v));
    else if (!strcmp(as, "base64") || !strcmp(as, "base64url"))
        PN_TRY(pni_base64_read(s->p, v, &v));
    else if (!strcmp(as, "url"))
        PN_TRY(pni_url_decode(s->p, v, false, &v));
    else if (!strcmp(as, "form"))
        PN_TRY(pni_url_decode(s->p, v, true, &v));
    else if (!strcmp(as, "xml"))
        PN_TRY(xml_read(s, v, &v));
    else if (!strcmp(as, "gzip") || !strcmp(as, "zip"))
        PN_TRY(pni_unpack_span(s->p, v, &v));
    else if (!strcmp(as, "json")) { /* a JSON string as the text it means */
        PN_TRY(pni_doc_json(s->p, v, &d));
        v = d->text.s ? d->text : pni_span_of("");
    } else
        return pni_step_fail(s, step, pn_tr("there is no encoding '%s'"), as);
    return pni_step_give(s, v);
}

/* In a time that does not tell where they differ. */
int pni_step_compare(pni_scope *s, const pni_tree *step)
{
    unsigned char mask = pni_tree_is(step, "nocase") ? 0x20 : 0, diff = 0;
    pni_span a, b;
    PN_TRY(pni_step_input(s, step, &a));
    PN_TRY(pni_ref(s, pni_tree_text(step, "with", ""), &b));
    for (size_t i = 0; b.s && a.n == b.n && i < a.n; i++)
        diff |= (unsigned char)((a.s[i] | mask) ^ (b.s[i] | mask));
    if (b.s && a.n == b.n && !diff && a.n)
        return 0;
    s->verdict = PNI_NOTICE_BAD;
    return pn_fail(s->p, PN_EPERM, "signature", "%s", pn_tr("The signature is wrong"));
}
