/* SPDX-License-Identifier: Apache-2.0 */
/* value.c — text and JSON in and out of structs, times, the parameter scanner, filters. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/scan_int.h"
#include "base/value_int.h"
#include "base/when_int.h"
#include "base/unit_int.h"
#include "base/xlsx.h"
#include "db.h"
#include "link/unpack_int.h"

#define THING_STATES(W) W(THING, OPEN, N_("Open"), 'g') W(THING, SHUT, N_("Shut"), 'd')
enum { PN_THING_UNSET, THING_STATES(PN_WORD_ENUM) };
static const pn_words states[] = {THING_STATES(PN_WORD_ROW){0}};
typedef struct pn_part { const char *name; int n; } pn_part;
typedef struct pn_thing {
    int64_t id;
    int n;
    bool on;
    double where;
    const char *name;
    pn_money price;
    pn_time at;
    pn_date day;
    pn_word state;
    pn_json extra;
    pn_texts tags;
    pn_rows parts;
} pn_thing;
static const pn_type part_t = {"part", sizeof(pn_part), (const pn_col[]){
    PN_COL(pn_part, name, "Name", .flags = PN_REQ), PN_COL(pn_part, n, "N"), {0}}};
static const pn_type thing_t = {"thing", sizeof(pn_thing), (const pn_col[]){
    PN_COL(pn_thing, id, "ID", .flags = PN_KEY), PN_COL(pn_thing, n, "N", .min = 0, .max = 5),
    PN_COL(pn_thing, on, "On"), PN_COL(pn_thing, where, "Where"),
    PN_COL(pn_thing, name, "Name", .max = 6),
    PN_COL(pn_thing, price, "Price", .min = 0, .max = 99900),
    PN_COL(pn_thing, at, "At"), PN_COL(pn_thing, day, "Day"),
    PN_COL(pn_thing, state, "State", .words = states), PN_COL(pn_thing, extra, "Extra"),
    PN_COL(pn_thing, tags, "Tags"), PN_COL(pn_thing, parts, "Parts", .of = &part_t), {0}}};

static pn_ctx *ctx;
static pn *p;
static void setup(void)
{
    ck_assert_int_eq(pn_ctx_open(&(pn_open_opts){.no_connect = true}, &ctx), 0);
    p = pn_begin(ctx);
    pn_set_now(p, (pn_time){1795000000LL * 1000000}); /* 2026-11-18 18:26:40 +08:00 */
}
static void teardown(void)
{
    pn_end(p);
    pn_ctx_close(ctx);
}
static int put(pn_thing *t, const char *name, const char *text)
{
    return pn_set(p, &thing_t, t, pn_type_col(&thing_t, name), text);
}
static const char *plain(const pn_thing *t, const char *name)
{
    return pn_plain(p, pn_type_col(&thing_t, name), t);
}

static const struct { const char *in; int64_t fen; } money[] = {
    {"0", 0}, {"1", 100}, {"12.3", 1230}, {"12.34", 1234}, {"-0.05", -5},
    {"¥1,284,560.00", 128456000},
    {"999999999999", 99999999999900}};

typedef struct pn_file { pn_bytes data; } pn_file;
static const pn_type file_t = {"file", sizeof(pn_file), (const pn_col[]){
    PN_COL(pn_file, data, "Data", .flags = PN_FILE, .max = 2048), {0}}};

START_TEST(bytes_come_back_as_they_went)
{
    static const char raw[] = "\0\xff\x01 paper";
    static char large[2049];
    pn_file f = {{raw, sizeof raw}}, back = {{0}};
    pn_buf b = pn_buf_new(p);
    pn_to_json(&b, &file_t, &f);
    ok(pn_from_json(p, &file_t, b.text, b.len, &back));
    ck_assert_uint_eq(back.data.len, sizeof raw);
    ck_assert_mem_eq(back.data.data, raw, sizeof raw);
    fails(PN_EARG, pn_from_json(p, &file_t, "{\"data\":\"no base64!\"}", 22, &back));
    b = pn_buf_new(p);
    pni_to_json_redacted(&b, &file_t, &f); /* a trail keeps no files */
    ck_assert_str_eq(b.text, "{\"data\":\"(10 bytes)\"}");
    ok(pn_validate(p, &file_t, &f));
    f.data = (pn_bytes){large, sizeof large};
    fails(PN_ETOO_BIG, pn_validate(p, &file_t, &f));
}
END_TEST

START_TEST(money_is_exact)
{
    pn_thing t = {0};
    int64_t fen;
    ok(put(&t, "price", money[_i].in));
    ck_assert_int_eq(t.price.fen, money[_i].fen);
    ck_assert(pni_money_parse(pni_money_text(p, t.price.fen), &fen));
    ck_assert_int_eq(fen, money[_i].fen);
}
END_TEST

static const struct { const char *col, *text; } refused[] = {
    {"price", "1.234"}, {"price", "abc"}, {"price", ""}, {"price", "1."}, {"price", "1 2"},
    {"n", "1.5"}, {"n", ""}, {"n", "99999999999"}, {"n", " 1"}, {"id", "99999999999999999999"},
    {"on", "perhaps"}, {"state", "AJAR"}, {"at", "2026-02-30"}, {"at", "25:00"}, {"at", "x"},
    {"at", "2026-01-01 12:60"}, {"at", "311333d"},
    {"at", "9999-12-31 23:59-23:00"}, {"at", "1900-01-01 00:00+23:00"},
    {"day", "2026-13-01"}, {"extra", "{"}, {"parts", "[1]"},
    {"name", "\xff\xfe"}, {"name", "\xed\xa0\x80"}, {"where", "north"}};

START_TEST(wrong_text_is_refused_with_its_field)
{
    pn_thing t = {0}, zero = {0};
    ck_assert_int_eq(put(&t, refused[_i].col, refused[_i].text), PN_EARG);
    if (strcmp(refused[_i].col, "parts"))
        ck_assert_str_eq(pn_error(p)->field, refused[_i].col);
    ck_assert_int_gt(strlen(pn_error(p)->message), 0);
    ck_assert_str_eq(t.name ? t.name : "", zero.name ? zero.name : "");
}
END_TEST

typedef struct counted { int n; int64_t all; pn_money price; int room; } counted;
static const pn_type counted_t = {"counted", sizeof(counted), (const pn_col[]){
    PN_COL(counted, n, "N", .flags = PN_OPT, .min = 1, .max = 5),
    PN_COL(counted, all, "All", .flags = PN_REQ, .min = 2, .max = 9),
    PN_COL(counted, price, "Price", .flags = PN_OPT, .min = 1, .max = 9900),
    PN_COL(counted, room, "Room", .flags = PN_OPT, .max = 5), {0}}};

START_TEST(nought_is_a_number_and_not_the_default)
{
    counted c = {0};
    static const char *const out[] = {"n", "all", "price"};
    for (size_t i = 0; i < 3; i++) {
        fails(PN_EARG, pn_set(p, &counted_t, &c, pn_type_col(&counted_t, out[i]), "0"));
        ck_assert_str_eq(pn_error(p)->field, out[i]);
        ck_assert_ptr_nonnull(strstr(pn_error(p)->message, "between"));
    }
    pn_list rows = {0}; /* the default is what nobody asked for, and no 0 of somebody */
    const char *no_rows = "{\"limit\":0}";
    fails(PN_EARG, pn_set(p, &pn_list_t, &rows, pn_type_col(&pn_list_t, "limit"), "0"));
    ck_assert_str_eq(pn_error(p)->hint, "Leave limit out for what is usual");
    fails(PN_EARG, pn_from_json(p, &pn_list_t, no_rows, strlen(no_rows), &rows));
    ck_assert_str_eq(pn_error(p)->field, "limit");
    ok(pn_validate(p, &pn_list_t, &rows));
    fails(PN_EARG, pn_validate(p, &pn_list_t, &(pn_list){.limit = -1}));
    ok(pn_set(p, &counted_t, &c, pn_type_col(&counted_t, "room"), "0"));
    const char *none = "{\"n\":0}", *some = "{\"n\":null,\"all\":2,\"room\":0}";
    fails(PN_EARG, pn_from_json(p, &counted_t, none, strlen(none), &c));
    ok(pn_from_json(p, &counted_t, some, strlen(some), &c));
}
END_TEST

static const struct { const char *in, *out; } times[] = {
    {"2026-12-01 19:30", "2026-12-01T19:30:00+08:00"}, {"2026-12-01", "2026-12-01T00:00:00+08:00"},
    {"2026-12-01T11:30:00Z", "2026-12-01T19:30:00+08:00"}, {"today", "2026-11-18T00:00:00+08:00"},
    {"今天 09:05", "2026-11-18T09:05:00+08:00"}, {"yesterday", "2026-11-17T00:00:00+08:00"},
    {"D+14 19:30", "2026-12-02T19:30:00+08:00"}, {"本周", "2026-11-16T00:00:00+08:00"},
    {"2h", "2026-11-18T17:06:40+08:00"}, {"+30m", "2026-11-18T19:36:40+08:00"},
    {"now", "2026-11-18T19:06:40+08:00"}, {"2024-02-29 23:59:59.25+00:00",
    "2024-03-01T07:59:59.250000+08:00"}, {"1969-12-31 23:00", "1969-12-31T23:00:00+08:00"}};

START_TEST(times_as_people_write_them)
{
    pn_thing t = {0};
    ok(put(&t, "at", times[_i].in));
    ck_assert_str_eq(plain(&t, "at"), times[_i].out);
    pn_thing again = {0};
    ok(put(&again, "at", plain(&t, "at")));
    ck_assert_int_eq(again.at.us, t.at.us);
}
END_TEST

START_TEST(json_round_trip)
{
    static const char text[] =
        "{\"id\":12,\"n\":3,\"on\":true,\"where\":121.5,\"name\":\"龘\\n\\\"x\","
        "\"price\":\"19.90\",\"at\":\"2026-12-01T19:30:00+08:00\",\"day\":\"2026-12-01\","
        "\"state\":\"SHUT\",\"extra\":{\"a\":[1]},\"tags\":[\"a\",\"b\"],"
        "\"parts\":[{\"name\":\"p\",\"n\":2}]}";
    pn_thing t = {0};
    ok(pn_from_json(p, &thing_t, text, strlen(text), &t));
    ck_assert_int_eq(t.price.fen, 1990);
    ck_assert_int_eq(t.state.v, PN_THING_SHUT);
    ck_assert_uint_eq(t.parts.n, 1);
    pn_buf b = pn_buf_new(p);
    pn_to_json(&b, &thing_t, &t);
    ck_assert_str_eq(b.text, text);
}
END_TEST

static const struct { const char *json, *field; } bad_json[] = {
    {"{\"colour\":1}", "colour"}, {"{\"n\":\"x\"}", "n"}, {"{\"n\":1.5}", "n"},
    {"{\"price\":1.5}", "price"},
    {"{\"name\":7}", "name"}, {"{\"tags\":[1]}", "tags"}, {"{\"parts\":{}}", "parts"},
    {"{\"on\":\"maybe\"}", "on"}, {"[]", NULL}, {"{", NULL}, {"{\"n\":1,\"n\":2}", NULL}};

START_TEST(wrong_json_is_refused)
{
    pn_thing t = {.id = 5};
    ck_assert_int_eq(pn_from_json(p, &thing_t, bad_json[_i].json, strlen(bad_json[_i].json), &t),
                     PN_EARG);
    if (bad_json[_i].field)
        ck_assert_str_eq(pn_error(p)->field, bad_json[_i].field);
    ck_assert_int_eq(t.id, 5);
}
END_TEST

/* Where it is and what is wrong, in words of ours: what the parser says is English only. */
static const struct { const char *json, *says; } no_json[] = {
    {"{\"n\":1,", "Column 7: not valid JSON, it ends too early, a bracket or a quote is still"
     " open"},
    {"{\"n\":1,\n}", "Line 2, column 1: not valid JSON, something else is expected here (at })"},
    {"{\"n\":1} x", "Column 9: not valid JSON, more text follows after its end (at x)"},
    {"{\"n\" 1}", "Column 6: not valid JSON, something else is expected here (at 1)"},
    {"{\"n\":\"1", "Column 7: not valid JSON, it ends too early, a bracket or a quote is still open"
     " (at \"1)"},
    {"{\"n\":1,\"n\":2}", "Column 10: not valid JSON, the same key is there twice (at \"n\")"},
    {"{\"n\":99999999999999999999}", "Column 25: not valid JSON, the number is too large"
     " (at 99999999999999999999)"},
    {"{\"n\":\"\xff\"}", "Column 6: not valid JSON, this is no UTF-8"},
    {"{\"\\u0000\":1}", "Column 9: not valid JSON, the character of number 0 is in a text"
     " (at \"\\u0000\")"},
    {"n=1", "Column 1: not valid JSON, something else is expected here (at n)"}};

START_TEST(what_is_no_json_is_told_in_our_words)
{
    pn_thing t = {0};
    fails(PN_EARG, pn_from_json(p, &thing_t, no_json[_i].json, strlen(no_json[_i].json), &t));
    ck_assert_str_eq(pn_error(p)->message, no_json[_i].says);
    ck_assert_ptr_nonnull(pn_error(p)->hint);
    char deep[4100]; /* more than any parser follows */
    memset(deep, '[', sizeof deep);
    fails(PN_EARG, pn_from_json(p, &thing_t, deep, sizeof deep, &t));
    ck_assert_ptr_nonnull(strstr(pn_error(p)->message, "nested too deep"));
}
END_TEST

START_TEST(ranges_and_lengths)
{
    pn_thing t = {.n = 6};
    fails(PN_EARG, pn_validate(p, &thing_t, &t));
    t = (pn_thing){.price = {99901}};
    fails(PN_EARG, pn_validate(p, &thing_t, &t));
    t = (pn_thing){.name = "一二三四五六七"};
    fails(PN_ETOO_BIG, pn_validate(p, &thing_t, &t));
    t = (pn_thing){.name = "一二三四五六", .n = 5};
    ok(pn_validate(p, &thing_t, &t));
    pn_part part = {0};
    t.parts = (pn_rows){&part, 1};
    fails(PN_EARG, pn_validate(p, &thing_t, &t));
}
END_TEST

START_TEST(people_read_pretty_values)
{
    pn_thing t = {.price = {128456000}, .at = {1795000000LL * 1000000}, .on = true};
    ck_assert_str_eq(pn_show(p, pn_type_col(&thing_t, "price"), &t), "¥1,284,560.00");
    ck_assert_str_eq(pn_show(p, pn_type_col(&thing_t, "at"), &t), "2026-11-18 19:06");
    ck_assert_str_eq(pn_show(p, pn_type_col(&thing_t, "state"), &t), "");
}
END_TEST

typedef struct pn_cut { int fee_bp, bp; pn_json after; } pn_cut;
static const pn_type cut_t = {"cut", sizeof(pn_cut), (const pn_col[]){
    PN_COL(pn_cut, fee_bp, "Fee"), PN_COL(pn_cut, bp, "Rate"), PN_COL(pn_cut, after, "After"),
    {0}}};

START_TEST(people_read_shares_in_percent)
{
    pn_cut cut = {250, 10000, {"{\"fee_bp\": 250, \"n\": 250}"}};
    const pn_col *fee = pn_type_col(&cut_t, "fee_bp"), *after = pn_type_col(&cut_t, "after");
    ck_assert_str_eq(pn_show(p, fee, &cut), "2.5%");
    ck_assert_str_eq(pn_plain(p, fee, &cut), "250");
    ck_assert_str_eq(pn_show(p, pn_type_col(&cut_t, "bp"), &cut), "100%");
    ck_assert_ptr_nonnull(strstr(pn_show(p, after, &cut), ": 2.5%;"));
    ck_assert_ptr_nonnull(strstr(pn_show(p, after, &cut), ": 250"));
    ck_assert_str_eq(pn_plain(p, after, &cut), cut.after.text);
}
END_TEST

/* Is that text in one of the files of an archive? */
static bool packs(const char *path, const char *text)
{
    static char data[1 << 16];
    pni_unpack *u = NULL;
    bool more = false, found = false;
    ok(pni_unpack_open(p, path, &u));
    for (;;) {
        size_t len = 0, n = 1;
        ok(pni_unpack_next(p, u, &more));
        if (!more)
            break;
        for (; n && len < sizeof data; len += n)
            ok(pni_unpack_read(p, u, data + len, sizeof data - len, &n));
        found |= memmem(data, len, text, strlen(text)) != NULL;
    }
    pni_unpack_close(u);
    return found;
}

START_TEST(a_spreadsheet_counts_with_shares)
{
    char path[] = "/tmp/pn-value.XXXXXX";
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    close(fd);
    pn_xlsx *book = pn_xlsx_open(path);
    ck_assert_msg(book != NULL, "%s", pn_xlsx_why());
    pn_xlsx_text(book, 0, 0, "Fee");
    pn_xlsx_value(book, 1, 0, pn_type_col(&cut_t, "fee_bp"), "250", "2.5%");
    ck_assert_int_eq(pn_xlsx_close(book), 0);
    ck_assert(packs(path, "<v>0.025"));
    ck_assert(!packs(path, "<v>250<"));
    unlink(path);
}
END_TEST

static const struct { const char *in, *out; } scans[] = {
    {"a = :id AND b = :name", "a = $1 AND b = $2"}, {"x::text = ':id'", "x::text = ':id'"},
    {":id + :id", "$1 + $1"}, {"sk = :id#", "sk = (($1::bigint & 4095)::int)"},
    {"-- :id\n:id", "-- :id\n$1"}, {"/* :id */ :now", "/* :id */ $1"},
    {"\":id\" a:b", "\":id\" a:b"},
    {"$$ :id $$ := :id", "$$ :id $$ := $1"}, {"'it''s :id' :me", "'it''s :id' $1"}};

START_TEST(parameters_are_found_only_where_they_are)
{
    pni_scan scan = {.in = &thing_t};
    char out[200];
    ck_assert_int_ge(pni_scan_sql(&scan, scans[_i].in, out, sizeof out), 0);
    ck_assert_str_eq(out, scans[_i].out);
}
END_TEST

START_TEST(an_unknown_parameter_is_named)
{
    pni_scan scan = {.in = &thing_t};
    char out[200];
    ck_assert_int_lt(pni_scan_sql(&scan, "a = :colour", out, sizeof out), 0);
    ck_assert_str_eq(scan.bad, "colour");
}
END_TEST

START_TEST(rows_as_people_type_them)
{
    pn_thing t = {0};
    ok(put(&t, "parts", "name=A,n=1; name=李雷"));
    ck_assert_uint_eq(t.parts.n, 2);
    const pn_part *part = t.parts.row;
    ck_assert_str_eq(part[0].name, "A");
    ck_assert_int_eq(part[0].n, 1);
    ck_assert_str_eq(part[1].name, "李雷");
    ok(put(&t, "parts", "[{\"name\":\"B\"}]"));
    ck_assert_uint_eq(t.parts.n, 1);
    ck_assert_int_eq(put(&t, "parts", "name"), PN_EARG);
    ck_assert_str_eq(pn_error(p)->field, "parts");
    ck_assert_int_eq(put(&t, "parts", "colour=red"), PN_EARG);
    ck_assert_str_eq(pn_error(p)->field, "parts");
    ck_assert_int_eq(put(&t, "parts", "n=many"), PN_EARG);
    ck_assert_str_eq(pn_error(p)->field, "n");
}
END_TEST

#define N(a) ((int)(sizeof(a) / sizeof *(a)))
int main(void)
{
    Suite *s = suite_create("value");
    TCase *t = tcase_create("values");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_loop_test(t, money_is_exact, 0, N(money));
    tcase_add_loop_test(t, wrong_text_is_refused_with_its_field, 0, N(refused));
    tcase_add_test(t, nought_is_a_number_and_not_the_default);
    tcase_add_loop_test(t, times_as_people_write_them, 0, N(times));
    tcase_add_test(t, bytes_come_back_as_they_went);
    tcase_add_test(t, json_round_trip);
    tcase_add_test(t, rows_as_people_type_them);
    tcase_add_loop_test(t, wrong_json_is_refused, 0, N(bad_json));
    tcase_add_loop_test(t, what_is_no_json_is_told_in_our_words, 0, N(no_json));
    tcase_add_test(t, ranges_and_lengths);
    tcase_add_test(t, people_read_pretty_values);
    tcase_add_test(t, people_read_shares_in_percent);
    tcase_add_test(t, a_spreadsheet_counts_with_shares);
    tcase_add_loop_test(t, parameters_are_found_only_where_they_are, 0, N(scans));
    tcase_add_test(t, an_unknown_parameter_is_named);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
