/* SPDX-License-Identifier: Apache-2.0 */
/* The parts that need neither socket nor database: the rule of the routes, escapes, limits. */
#include "config.h"

#include "../../http/language.h"
#include "../../http/limit.h"
#include "../../http/reply.h"
#include "../../http/route.h"
#include "../../http/work.h"
#include "../main_int.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- routes ---- */

typedef struct sample {
    int64_t id;
    const char *name;
    pn_rows lines;
} sample;

static PN_TYPE(line_t, "line", sample, PN_COL(sample, name, N_("Name")));
static PN_TYPE(plain_t, "plain", sample, PN_COL(sample, name, N_("Name")));
static PN_TYPE(keyed_t, "keyed", sample, PN_COL(sample, name, N_("Name")),
               PN_COL(sample, id, N_("Number"), .flags = PN_KEY));
static PN_TYPE(secret_t, "secret", sample, PN_COL(sample, name, N_("Name"), .flags = PN_SECRET));
static PN_TYPE(rows_t, "rows", sample, PN_COL(sample, lines, N_("Lines"), .of = &line_t));

static const struct {
    const char *noun, *verb;
    const pn_type *in;
    uint32_t flags;
    bool list;
    const char *method, *path; /* NULL: not served */
} rule[] = {
    {"show", "list", &pn_list_t, 0, true, "GET", "/v1/shows"},
    {"show", "show", &keyed_t, 0, false, "GET", "/v1/shows/{id}"},
    {"stock", "show", &plain_t, 0, false, "GET", "/v1/stocks/show"},
    {"show", "create", &plain_t, PN_WRITE, false, "POST", "/v1/shows"},
    {"show", "create", &keyed_t, PN_WRITE, false, "POST", "/v1/shows"},
    {"show", "edit", &keyed_t, PN_WRITE, false, "PATCH", "/v1/shows/{id}"},
    {"order", "cancel", &keyed_t, PN_WRITE, false, "POST", "/v1/orders/{id}/cancel"},
    {"order", "submit", &rows_t, PN_WRITE, false, "POST", "/v1/orders/submit"},
    {"order", "quote", &rows_t, 0, false, "POST", "/v1/orders/quote"},
    {"order", "due", &pn_list_t, 0, true, "GET", "/v1/orders/due"},
    {"show", "history", &keyed_t, 0, false, "GET", "/v1/shows/{id}/history"},
    {"staff", "login", &secret_t, 0, false, "POST", "/v1/staffs/login"},
    {"staff", "who_am_i", NULL, 0, false, "GET", "/v1/staffs/who-am-i"},
    {"city", "list", &pn_list_t, 0, true, "GET", "/v1/cities"},
    {"key", "list", &pn_list_t, 0, true, "GET", "/v1/keys"},
    {"batch", "list", &pn_list_t, 0, true, "GET", "/v1/batches"},
    {"ticket_face", "list", &pn_list_t, 0, true, "GET", "/v1/ticket-faces"},
    {"printer", "print", &keyed_t, PN_WRITE | PN_LOCAL, false, NULL, NULL},
};

START_TEST(a_path_follows_from_two_words)
{
    static const char nothing;
    const pn_list_spec *list = (const pn_list_spec *)&nothing; /* only asked whether it is there */
    pn_op op = {.noun = rule[_i].noun,
                .verb = rule[_i].verb,
                .in = rule[_i].in,
                .out = &keyed_t,
                .flags = rule[_i].flags,
                .list = rule[_i].list ? list : NULL};
    http_route route;
    ck_assert_int_eq(http_route_of(&op, &route), rule[_i].path != NULL);
    if (!rule[_i].path)
        return;
    ck_assert_str_eq(route.method, rule[_i].method);
    ck_assert_str_eq(route.path, rule[_i].path);
    ck_assert_int_eq(route.key != NULL, strstr(route.path, "{id}") != NULL);
    ck_assert_int_eq(route.body, strcmp(route.method, "GET") != 0);
}
END_TEST

START_TEST(no_two_operations_share_a_path)
{
    http_routes routes;
    ck_assert(http_routes_make(&routes));
    ck_assert_uint_gt(routes.n, 0);
    for (size_t i = 0; i < routes.n; i++)
        for (size_t k = 0; k < i; k++)
            ck_assert_msg(strcmp(routes.all[i].path, routes.all[k].path) ||
                              strcmp(routes.all[i].method, routes.all[k].method),
                          "%s %s is both %s and %s", routes.all[i].method, routes.all[i].path,
                          routes.all[i].op->verb, routes.all[k].op->verb);
    http_routes_free(&routes);
}
END_TEST

START_TEST(a_path_finds_its_route)
{
    pn_op op[] = {{.noun = "show", .verb = "show", .in = &keyed_t},
                  {.noun = "show", .verb = "edit", .in = &keyed_t, .flags = PN_WRITE},
                  {.noun = "show", .verb = "find", .in = &plain_t}};
    http_route all[3];
    const http_route *named[] = {&all[0], &all[1], &all[2]}; /* one plural, so already in order */
    http_routes routes = {all, named, 3};
    for (int i = 0; i < 3; i++)
        ck_assert(http_route_of(&op[i], &all[i]));
    const char *id, *one[] = {"v1", "shows", "7"}, *own[] = {"v1", "shows", "find"},
                    *deep[] = {"v1", "shows", "7", "find"};
    char allow[HTTP_ALLOW_MAX];
    ck_assert_ptr_eq(http_route_find(&routes, "GET", one, 3, &id, allow), &all[0]);
    ck_assert_str_eq(id, "7");
    ck_assert_ptr_eq(http_route_find(&routes, "HEAD", one, 3, &id, allow), &all[0]);
    ck_assert_ptr_eq(http_route_find(&routes, "PATCH", one, 3, &id, allow), &all[1]);
    ck_assert_ptr_eq(http_route_find(&routes, "GET", own, 3, &id, allow), &all[2]);
    ck_assert_ptr_null(id);
    ck_assert_ptr_null(http_route_find(&routes, "DELETE", one, 3, &id, allow));
    ck_assert_str_eq(allow, "GET, HEAD, PATCH");
    ck_assert_ptr_null(http_route_find(&routes, "GET", one, 2, &id, allow));
    ck_assert_str_eq(allow, "");
    ck_assert_ptr_null(http_route_find(&routes, "GET", deep, 4, &id, allow));
    ck_assert_ptr_null(http_route_find(&routes, "GET", one, 1, &id, allow));
}
END_TEST

/* ---- text ---- */

static const struct {
    const char *in, *out;
    bool query;
} escapes[] = {
    {"a%20b+c", "a b+c", false}, {"a%20b+c", "a b c", true}, {"%e4%B8%8a", "上", false},
    {"a%2Fb", "a/b", false},     {"%", NULL, false},         {"%4", NULL, false},
    {"%zz", NULL, false},        {"a%00b", NULL, false},     {"%ff", NULL, false},
    {"%c0%80", NULL, false},     {"%ed%a0%80", NULL, false}, {"%f4%90%80%80", NULL, false},
};

START_TEST(escapes_are_decoded_or_refused)
{
    char text[40];
    snprintf(text, sizeof text, "%s", escapes[_i].in);
    ck_assert_int_eq(http_unescape(text, escapes[_i].query), escapes[_i].out != NULL);
    if (escapes[_i].out)
        ck_assert_str_eq(text, escapes[_i].out);
}
END_TEST

START_TEST(json_is_escaped)
{
    http_text t = {0};
    http_put_json(&t, "a\"\\\n\t\x7f 上\xff");
    http_put_member(&t, "k", NULL);
    http_put_member(&t, "k", "v");
    ck_assert_str_eq(t.s, "\"a\\\"\\\\\\n\\u0009\\u007f 上\xef\xbf\xbd\",\"k\":\"v\"");
    http_text_free(&t);
}
END_TEST

/* ---- limits ---- */

START_TEST(the_language_that_is_liked_best)
{
    static const struct { const char *accept, *language; } asked[] = {
        {NULL, "en"}, {"", "en"}, {"zh", "zh-CN"}, {"zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"},
        {"ZH-tw", "zh-CN"}, {"en-GB;q=0.9, zh-CN;q=0.8", "en"}, {"en;q=0.1,zh;q=0.2", "zh-CN"},
        {"fr, de", "en"}, {"fr;q=1, zh;q=0.001", "zh-CN"}, {"zh;q=0", "en"}, {"*", "en"},
        {" , ,zh", "zh-CN"}, {"english", "en"}, {"zhu", "en"}, {"zh;q=x, en;q=0.5", "en"},
        {";;;,=", "en"}};
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
        ck_assert_msg(!strcmp(http_language_pick(asked[i].accept), asked[i].language), "%s",
                      asked[i].accept);
}
END_TEST

START_TEST(a_bucket_empties_and_fills_again)
{
    http_limit *l = http_limit_new(60); /* one a second, 15 at once */
    int wait = 0;
    int64_t now = 1000000;
    for (int i = 0; i < 15; i++)
        ck_assert(http_limit_take(l, NULL, "10.0.0.1", now, &wait));
    ck_assert(!http_limit_take(l, NULL, "10.0.0.1", now, &wait));
    ck_assert_int_ge(wait, 1);
    ck_assert_msg(!http_limit_take(l, "guessed", "10.0.0.1", now, &wait),
                  "a token nobody accepted has a bucket of its own");
    ck_assert(http_limit_take(l, NULL, "10.0.0.2", now, &wait));
    http_limit_known(l, "accepted", now);
    ck_assert(http_limit_take(l, "accepted", "10.0.0.1", now, &wait));
    ck_assert(http_limit_take(l, NULL, "10.0.0.1", now + 1100000, &wait));
    ck_assert(!http_limit_take(l, NULL, "10.0.0.1", now + 1100000, &wait));
    http_limit_free(l);
    l = http_limit_new(0);
    for (int i = 0; i < 1000; i++)
        ck_assert(http_limit_take(l, NULL, "10.0.0.1", now, &wait));
    http_limit_free(l);
}
END_TEST

START_TEST(a_crowd_of_addresses_is_bounded)
{
    http_limit *l = http_limit_new(60);
    int wait = 0;
    char from[20];
    for (int i = 0; i < 100000; i++) {
        snprintf(from, sizeof from, "10.%d.%d.%d", i >> 16, i >> 8 & 255, i & 255);
        ck_assert(http_limit_take(l, NULL, from, i, &wait));
    }
    http_limit_free(l);
}
END_TEST

/* ---- the queue ---- */

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static void pass(void *self, void *const jobs[], size_t n)
{
    (void)jobs, (void)n;
    pthread_mutex_lock(&gate);
    ++*(int *)self;
    pthread_mutex_unlock(&gate);
}

START_TEST(a_full_queue_refuses_and_nothing_queued_is_lost)
{
    int done = 0, taken = 0;
    pthread_mutex_lock(&gate);
    http_work *w = http_work_new(2, &(http_kind){0, 1, 8}, 1, pass, NULL, &done);
    ck_assert_ptr_nonnull(w);
    while (http_work_put(w, 0, w))
        taken++;
    ck_assert_int_ge(taken, 8); /* a thread that starts late finds some at once */
    ck_assert_int_le(taken, 10);
    http_work_go(w);
    while (http_work_put(w, 0, w)) /* two may have been picked up */
        taken++;
    ck_assert_int_le(taken, 10);
    ck_assert_uint_eq(http_work_waiting(w) + (size_t)http_work_busy(w), (size_t)taken);
    pthread_mutex_unlock(&gate);
    http_work_free(w);
    ck_assert_int_eq(done, taken);
}
END_TEST

START_TEST(few_are_not_parted)
{
    int done = 0;
    pthread_mutex_lock(&gate);
    http_work *w = http_work_new(2, &(http_kind){2, 64, 64, 8}, 1, pass, NULL, &done);
    ck_assert_ptr_nonnull(w);
    for (int i = 1; i <= 2; i++) { /* both threads wait at the gate */
        ck_assert(http_work_put(w, 0, w));
        http_work_go(w);
        while (http_work_busy(w) < i)
            usleep(1000);
    }
    for (int i = 0; i < 6; i++)
        ck_assert(http_work_put(w, 0, w));
    pthread_mutex_unlock(&gate);
    http_work_go(w);
    http_work_free(w);
    ck_assert_int_eq(done, 3);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("http parts");
    TCase *c = tcase_create("parts");
    tcase_add_loop_test(c, a_path_follows_from_two_words, 0, (int)(sizeof rule / sizeof rule[0]));
    tcase_add_test(c, no_two_operations_share_a_path);
    tcase_add_test(c, the_language_that_is_liked_best);
    tcase_add_test(c, a_path_finds_its_route);
    tcase_add_loop_test(c, escapes_are_decoded_or_refused, 0,
                        (int)(sizeof escapes / sizeof escapes[0]));
    tcase_add_test(c, json_is_escaped);
    tcase_add_test(c, a_bucket_empties_and_fills_again);
    tcase_add_test(c, a_crowd_of_addresses_is_bounded);
    tcase_add_test(c, a_full_queue_refuses_and_nothing_queued_is_lost);
    tcase_add_test(c, few_are_not_parted);
    suite_add_tcase(suite, c);
    return pn_test_main(suite);
}
