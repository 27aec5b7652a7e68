/* SPDX-License-Identifier: Apache-2.0 */
/* target.c — the targets: SQL, values, JSON, filters, codes, faces, printers, CSV, imports. */
#include "target.h"

#include <stdlib.h>
#include <string.h>

#include "base/csv_int.h"
#include "base/scan_int.h"
#include "base/search_int.h"
#include "base/unit_int.h"
#include "base/where_int.h"
#include "ticket/code.h"
#include "ticket/layout.h"
#include "ticket/pretix_int.h"
#include "ticket/vprinter.h"

static const pn_words states[] = {{"OPEN", "Open", 0}, {"SHUT", "Shut", 0}, {0}};
typedef struct part { const char *name; int n; } part;
static const pn_type part_t = {"part", sizeof(part), (const pn_col[]){
    PN_COL(part, name, "Name"), PN_COL(part, n, "N"), {0}}};
typedef struct thing {
    int64_t id;
    int n;
    bool on;
    double real;
    const char *name;
    pn_money price;
    pn_time at;
    pn_date day;
    pn_word state;
    pn_json extra;
    pn_texts tags;
    pn_rows parts;
} thing;
static const pn_type thing_t = {"thing", sizeof(thing), (const pn_col[]){
    PN_COL(thing, id, "ID", .flags = PN_KEY), PN_COL(thing, n, "N"), PN_COL(thing, on, "On"),
    PN_COL(thing, real, "Real"), PN_COL(thing, name, "Name"), PN_COL(thing, price, "Price"),
    PN_COL(thing, at, "At"), PN_COL(thing, day, "Day"),
    PN_COL(thing, state, "State", .words = states), PN_COL(thing, extra, "Extra"),
    PN_COL(thing, tags, "Tags"), PN_COL(thing, parts, "Parts", .of = &part_t), {0}}};
static const pn_list_spec spec = {.row = &thing_t, .from = "thing", .key = "id", .sort = "id"};

static pn_ctx *ctx;

void fuzz_open(void)
{
    if (pn_ctx_open(&(pn_open_opts){.no_connect = true}, &ctx))
        abort();
}

static void must(bool promise)
{
    if (!promise)
        abort();
}

static char *text_of(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    must(text != NULL);
    memcpy(text, data, size);
    text[size] = 0;
    return text;
}

static void run_sql(const uint8_t *data, size_t size)
{
    char *text = text_of(data, size), *out = malloc(size * 64 + 64);
    pni_scan scan = {.in = &thing_t};
    must(out != NULL);
    int len = pni_scan_sql(&scan, text, out, size * 64 + 64);
    must(len < 0 || (strlen(out) == (size_t)len && scan.n <= PNI_PARAMS_MAX));
    free(out);
    free(text);
}

/* What was understood must print as text that is understood as the same. */
static void run_value(const uint8_t *data, size_t size)
{
    char *text = text_of(data, size);
    pn *p = pn_begin(ctx);
    for (const pn_col *c = thing_t.cols; c->name; c++) {
        thing one = {0}, two = {0};
        if (pn_set(p, &thing_t, &one, c, text))
            continue;
        const char *plain = pn_plain(p, c, &one);
        must(pn_show(p, c, &one) != NULL);
        if (*plain && c->kind != PN_K_REAL && c->kind != PN_K_TEXTS) {
            must(!pn_set(p, &thing_t, &two, c, plain));
            must(!strcmp(pn_plain(p, c, &two), plain));
        }
    }
    pn_end(p);
    free(text);
}

static void run_json(const uint8_t *data, size_t size)
{
    pn *p = pn_begin(ctx);
    thing one = {0}, two = {0};
    if (!pn_from_json(p, &thing_t, (const char *)data, size, &one)) {
        pn_buf a = pn_buf_new(p), b = pn_buf_new(p);
        pn_to_json(&a, &thing_t, &one);
        must(!pn_from_json(p, &thing_t, a.text, a.len, &two));
        pn_to_json(&b, &thing_t, &two);
        must(a.len == b.len && !memcmp(a.text, b.text, a.len));
    }
    pn_end(p);
}

static void run_where(const uint8_t *data, size_t size)
{
    char *text = text_of(data, size);
    pn *p = pn_begin(ctx);
    pni_query q = {.p = p, .spec = &spec, .sql = pn_buf_new(p)};
    if (!pni_where(&q, text))
        must(q.n <= PNI_PARAMS_MAX && !q.sql.bad);
    pn_end(p);
    free(text);
}

static void run_code(const uint8_t *data, size_t size)
{
    char *text = text_of(data, size), clean[400], back[200];
    unsigned char raw[PN_PN1_BYTES];
    pn_pn1 code;
    int64_t ticket;
    int print;
    pn_code_kind_of(text, clean, sizeof clean);
    must(strlen(clean) < sizeof clean);
    if (!pn_pn1_read(text, &code, raw))
        must(pn_base32_write(raw, sizeof raw, back, sizeof back) > 0);
    if (!pn_ticket_no_read(text, &ticket))
        must(!pn_ticket_no_make(ticket, back, sizeof back));
    must(pn_barcode_read(text, &ticket, &print) <= 0);
    pn_short_good(text);
    free(text);
}

static void run_face(const uint8_t *data, size_t size)
{
    pn *p = pn_begin(ctx);
    pn_layout *layout;
    if (pn_layout_read(p, "fuzz", (const char *)data, size, &layout))
        must(pn_error(p)->message != NULL);
    pn_end(p);
}

static int page(void *payload, const pn_dots *dots, bool jammed)
{
    (void)payload;
    (void)jammed;
    must(dots->width > 0);
    return 0;
}

static void reply(void *payload, const uint8_t *data, size_t len)
{
    (void)payload;
    must(data && len);
}

/* In one piece and byte by byte: the same verdict. */
static void run_printer(const uint8_t *data, size_t size)
{
    pn_vprinter_opts opts = {.page = page, .reply = reply};
    pn *p = pn_begin(ctx), *q = pn_begin(ctx);
    pn_vprinter *whole = pn_vprinter_new(p, &opts), *bits = pn_vprinter_new(q, &opts);
    int a = pn_vprinter_feed(whole, data, size), b = 0;
    for (size_t i = 0; i < size && !b; i++)
        b = pn_vprinter_feed(bits, data + i, 1);
    must(a == b);
    must(a || pn_vprinter_end(whole) == pn_vprinter_end(bits));
    pn_end(p);
    pn_end(q);
}

/* Fields lie inside the text, the reader always moves on, and rows come in the order of lines. */
static void run_csv(const uint8_t *data, size_t size)
{
    char *text = text_of(data, size);
    const char *fields[16], *end = text + strlen(text);
    size_t n;
    int64_t row = 0;
    pni_csv c;
    pni_csv_got got;
    pni_csv_begin(&c, text, strlen(text));
    for (char *at = c.at; (got = pni_csv_next(&c, fields, 16, &n)) != PNI_CSV_END; at = c.at) {
        must(c.at > at && c.at <= end && c.row > row && c.line > c.row);
        for (size_t i = 0; got == PNI_CSV_ROW && i < n; i++)
            must(fields[i] >= at && fields[i] + strlen(fields[i]) <= end);
        row = c.row;
    }
    must(c.at == end);
    free(text);
}

static void run_pretix(const uint8_t *data, size_t size)
{
    char *text = text_of(data, size);
    pn *p = pn_begin(ctx);
    pni_pretix x = {.p = p}, y = {.p = p};
    int rc = pni_pretix_json(&x, text);
    must(rc ? pn_error(p)->message != NULL : x.n_dates > 0);
    if (!pni_pretix_csv(&y, text, strlen(text)))
        must(y.slug && *y.slug);
    pn_end(p);
    free(text);
}

/* What a question asks for is a part of it, and folding twice is folding once. */
static void run_search(const uint8_t *data, size_t size)
{
    char *text = text_of(data, size);
    const char *once, *twice, *pinyin, *initials;
    pn_texts grams;
    pn *p = pn_begin(ctx);
    if (!pni_fold(p, text, &once)) {
        must(!pni_fold(p, once, &twice));
        must(!pni_grams(p, once, &grams));
        for (size_t i = 0; i < grams.n; i++)
            must(strstr(once, grams.v[i]) != NULL);
        must(!pni_pinyin(p, once, &pinyin, &initials));
        must(strlen(initials) <= strlen(pinyin) && !strchr(pinyin, ' '));
    }
    pn_end(p);
    free(text);
}

#define SEEDS(...) ((const char *const[]){__VA_ARGS__, NULL})
const fuzz_target fuzz_targets[] = {
    {"sql", run_sql, SEEDS("SELECT :id, ':x', a::text FROM t WHERE sk = :id# -- :n\n",
        "$$:a$$ /* */")},
    {"value", run_value, SEEDS("2026-12-01 19:30:00.5+08:00", "¥1,280.00", "D+14 19:30", "SHUT",
        "2h", "-12", "yes", "a,b", "[{\"name\":\"x\",\"n\":1}]", "今天")},
    {"json", run_json, SEEDS("{\"id\":1,\"price\":\"1.50\",\"at\":\"2026-12-01T19:30:00Z\","
        "\"tags\":[\"a\"],\"parts\":[{\"name\":\"x\"}],\"extra\":{\"k\":null},\"on\":true}")},
    {"where", run_where, SEEDS("state=OPEN,SHUT price>=10 at=today..D+3 name~\"a b\" id!=4 n<3")},
    {"code", run_code, SEEDS("TP0000000040978", "]Q3PN1ABCDEF0123", "ABCD-EFGH-JKMN-PQRS-T")},
    {"face", run_face, SEEDS("name: x\npaper: {width: 80, height: 180}\nelements:\n"
        "- text: {x: 1, y: 1, text: 票牛}\n")},
    {"printer", run_printer, SEEDS("\x1b@\x1dV\x41\x10", "\x1dv0\x00\x01\x00\x01\x00\xff")},
    {"csv", run_csv, SEEDS("code,name\r\na,\"b \"\"c\"\"\nd\"\r\n\"x,y\n;", "a;b\n\"1\";2\n")},
    {"pretix", run_pretix, SEEDS("{\"event\":{\"name\":{\"en\":\"x\"},\"slug\":\"s\",\"items\":"
        "[{\"id\":1,\"name\":\"a\",\"price\":\"1.50\"}],\"orders\":[{\"code\":\"A\","
        "\"status\":\"p\",\"positions\":[{\"item\":1,\"price\":\"1.50\"}]}],"
        "\"quotas\":[{\"size\":2,\"items\":[1]}]}}",
        "Event slug,Order code,Status,Product,Price\ns,A,paid,x,1.50\n")},
    {"search", run_search, SEEDS("周杰伦 Time·Train 音乐会", "ＮＢＡ龍騰2026", "a\xcc\x88ß Ⅷ")},
    {0}};
