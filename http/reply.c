/* SPDX-License-Identifier: Apache-2.0 */
/* reply.c — answers. */
#include "reply.h"

#include "language.h"
#include "site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void http_reply(http_request *r, int status, const char *type, http_text *text)
{
    r->status = status;
    r->out = http_take(text, &r->out_len);
    if (!r->out)
        r->status = 503;
    if (type)
        http_reply_constant(r, "Content-Type", type);
}

void http_reply_json(http_request *r, int status, const char *body, size_t len)
{
    http_text t = {0};
    http_put(&t, body, len);
    http_reply(r, status, "application/json", &t);
}

void http_reply_problem(http_request *r, const http_problem *problem)
{
    http_text t = {0};
    http_reply_constant(r, "Content-Language", http_language_of(r));
    http_reply_constant(r, "Vary", "Accept-Language");
    http_puts(&t, "{\"type\":\"urn:piaoniu:error:");
    for (const char *c = problem->code; *c; c++)
        http_putf(&t, "%c", *c == '_' ? '-' : *c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
    http_putf(&t, "\",\"status\":%d", problem->status);
    http_put_member(&t, "code", problem->code);
    http_put_member(&t, "title", problem->title);
    http_put_member(&t, "detail", problem->detail);
    http_put_member(&t, "field", problem->field);
    http_put_member(&t, "hint", problem->hint);
    http_puts(&t, "}\n");
    http_reply(r, problem->status, "application/problem+json", &t);
    http_reply_constant(r, "Cache-Control", "no-store");
    if (problem->status == 401)
        http_reply_constant(r, "WWW-Authenticate", "Bearer");
    if (problem->retry_s || problem->status == 429 || problem->status == 503)
        http_reply_header(r, "Retry-After", "%d", problem->retry_s ? problem->retry_s : 1);
}

/* What went wrong in here is for the log of whoever runs this: names of tables, files and variables
 * are nothing for whoever asked, and he can mend none. */
static bool ours_alone(http_request *r, const pn_err *err)
{
    http_text t = {0};
    if (err->code != PN_EINTERNAL && err->code != PN_ECONF && err->code != PN_EIO)
        return false;
    http_puts(&t, "{\"code\":");
    http_putf(&t, "\"%s\"", pn_code_name(err->code));
    http_put_member(&t, "method", r->method);
    http_put_member(&t, "hint", err->hint);
    http_put_member(&t, "where", err->where);
    http_puts(&t, "}");
    http_log(NULL, PN_LOG_ERROR, err->message ? err->message : "", t.bad ? NULL : t.s);
    http_text_free(&t);
    return true;
}

void http_reply_error(http_request *r, const pn_err *err)
{
    bool quiet = ours_alone(r, err);
    http_speak(r); /* the general sentence is said here */
    http_reply_problem(r, &(http_problem){.status = pn_code_http(err->code),
                                          .code = pn_code_name(err->code),
                                          .title = pn_code_text(err->code),
                                          .detail = quiet ? NULL : err->message,
                                          .field = err->field,
                                          .hint = quiet ? NULL : err->hint,
                                          .retry_s = err->retry_s});
}

/* Two 64-bit lanes over eight bytes at a time (as FNV-1a, folded, and the second fed rotated):
 * nobody gains by making two of his own answers collide, so it need not be a cryptographic hash. */
static void digest(const char *s, size_t n, uint64_t out[2])
{
    uint64_t a = 0xcbf29ce484222325, b = 0x84222325cbf29ce4 ^ n;
    for (size_t i = 0; i < n; i += sizeof a) {
        uint64_t some = 0;
        memcpy(&some, s + i, n - i < sizeof some ? n - i : sizeof some);
        a = (a ^ some) * 0x9e3779b97f4a7c15;
        a ^= a >> 29;
        b = ((b << 27 | b >> 37) ^ some) * 0xd6e8feb86659fd93;
        b ^= b >> 32;
    }
    out[0] = a;
    out[1] = b;
}

/* Does If-None-Match name the tag? Weak comparison, as the header asks for. */
static bool named(const char *list, const char *tag)
{
    size_t n = strlen(tag);
    if (!strcmp(list, "*"))
        return true;
    for (const char *at = list; (at = strstr(at, tag)); at += n)
        if (at[n] == 0 || at[n] == ',' || at[n] == ' ')
            return true;
    return false;
}

void http_reply_tagged(http_request *r)
{
    char tag[40];
    uint64_t hash[2];
    digest(r->out ? r->out : "", r->out_len, hash);
    tag[0] = '"';
    http_hex(tag + 1, (const unsigned char *)hash, sizeof hash);
    memcpy(tag + 1 + 2 * sizeof hash, "\"", 2);
    http_reply_tag(r, tag);
}

void http_reply_tag(http_request *r, const char *tag)
{
    http_reply_header(r, "ETag", "%s", tag);
    http_reply_constant(r, "Cache-Control", "private, no-cache");
    http_reply_constant(r, "Vary", "Authorization");
    const char *have = http_header(r, "If-None-Match");
    if (have && named(have, tag)) {
        free(r->out);
        r->out = NULL;
        r->out_len = 0;
        r->status = 304;
    }
}
