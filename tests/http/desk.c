/* SPDX-License-Identifier: Apache-2.0 */
/* desk.c — the desk of an operation of the test's own, over real connections and a database: who
 * comes while a batch is under way makes the next one, in order, each with its own answer; too
 * many are told at once; reads go on meanwhile; a stop serves everybody who came. */
#include "config.h"

#include "../../http/site.h"
#include "db.h"

#include "base/sql_int.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CROWD = 64, DESK_MAX = 100 };

typedef struct pn_mark { int64_t id; const char *name; int64_t place, batch; } pn_mark;
struct pn_mark_take { const char *name; int64_t place; };
static const pn_type take_t = {"mark.take", sizeof(struct pn_mark_take), (const pn_col[]){
    PN_COL(struct pn_mark_take, name, "Name", .flags = PN_REQ, .max = 20), {0}}};
static const pn_type mark_t = {"mark", sizeof(pn_mark), (const pn_col[]){
    PN_COL(pn_mark, id, "ID", .flags = PN_KEY), PN_COL(pn_mark, name, "Name"),
    PN_COL(pn_mark, place, "Place"), PN_COL(pn_mark, batch, "Batch"), {0}}};
static const pn_sql put = {"mark_put", &mark_t, NULL,
    "INSERT INTO policy (id, key, scope, value, effective_from)"
    " SELECT u.id, u.name || u.id, 'test', CASE u.name WHEN 'poison' THEN (1 / (u.id - u.id))::text"
    "   ELSE u.place::text END, :now"
    " FROM unnest(:id, :name, :place) u(id, name, place)", .array = true};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t opened = PTHREAD_COND_INITIALIZER;
static bool closed;
static _Atomic int batches, places, largest;

/* The desk's shutter: while it is down, a batch stays under way. */
static void shutter(bool down)
{
    pthread_mutex_lock(&lock);
    closed = down;
    pthread_cond_broadcast(&opened);
    pthread_mutex_unlock(&lock);
}

static int take(pn *p, const pn_batch *b)
{
    pn_mark *rows = pn_alloc(p, b->n * sizeof *rows);
    size_t n = 0;
    pthread_mutex_lock(&lock);
    batches++;
    if ((int)b->n > largest)
        largest = (int)b->n;
    while (closed)
        pthread_cond_wait(&opened, &lock);
    pthread_mutex_unlock(&lock);
    for (size_t i = 0; rows && i < b->n; i++) {
        const struct pn_mark_take *in = b->req[i]->in;
        pn_mark *out = b->req[i]->out;
        pn_for(p, b, i);
        if (!strcmp(in->name, "refuse")) {
            b->req[i]->rc = pn_fail(p, PN_ESTOCK, "name", "none left for %s", pn_who(p)->login);
            continue;
        }
        PN_TRY(pn_new_id(p, 0, &out->id));
        out->name = in->name;
        out->place = ++places;
        out->batch = batches;
        rows[n++] = *out;
    }
    return n ? pn_queue(p, &put, rows, n, NULL, NULL) : 0;
}

int pn_mark_take(pn *p, const struct pn_mark_take *in, pn_mark *out);
PN_OP_MANY(mark, take, pn_mark, .brief = "Take a mark", .in = &take_t, .out = &mark_t,
           .may = PN_ROLE_OPS | PN_ROLE_GATE, .flags = PN_WRITE | PN_ONCE | PN_MANY)

/* The library's modules, and one more. */
static const pn_module mark_module = {"mark", "Mark", .ops = PN_LIST(pn_op, &mark_take_op)};
const pn_module *const *__real_pn_modules(void);
const pn_module *const *__wrap_pn_modules(void);
const pn_module *const *__wrap_pn_modules(void)
{
    static const pn_module *all[200];
    if (all[0])
        return all;
    size_t n = 0;
    for (const pn_module *const *m = __real_pn_modules(); *m; m++)
        all[++n] = *m;
    all[0] = &mark_module;
    return all;
}

/* ---- the server ---- */

static http_site site;
static char conf[64];
static const char *const tokens[] = {
    "pnt_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "pnt_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
    "pnt_cccccccccccccccccccccccccccccccccccccccccccccccccccc",
    "pnt_dddddddddddddddddddddddddddddddddddddddddddddddddddd"};
static const char *const logins[] = {"anna", "ben", "cilla"};

static void make_staff(void)
{
    char sql[700];
    for (int i = 0; i < 3; i++) {
        snprintf(sql, sizeof sql,
                 "insert into staff (id, login, name, password, roles, created_at, updated_at)"
                 " values (%d, '%s', '%s', '', '{%s}', now(), now());"
                 "insert into token (sk, hash, id, staff_id, kind, created_at, seen_at, expires_at)"
                 " select (get_byte(h, 0) << 8 | get_byte(h, 1)) & 4095, h, %d, %d, 'API', now(),"
                 " now(), now() + interval '1 day' from sha256('%s') h", 4096 * (i + 1), logins[i],
                 logins[i], i == 2 ? "FINANCE" : i == 1 ? "GATE" : "OPS", 4096 * (i + 100),
                 4096 * (i + 1), tokens[i]);
        test_sql(sql);
    }
}

static void setup(void)
{
    char why[300];
    snprintf(conf, sizeof conf, "/tmp/pn-desk-XXXXXX");
    int fd = mkstemp(conf);
    /* one batch at a time, so that it is known who waits */
    dprintf(fd, "http:\n  rate_per_minute: 0\n  desk_max: %d\n  workers: 3\n"
                "  desk_batches: 1\n", DESK_MAX);
    close(fd);
    setenv("PN_CONF", conf, 1);
    test_db_setup();
    make_staff();
    site = (http_site){.log_fd = -1};
    ck_assert_msg(http_site_open(&site, test_ctx, why, sizeof why), "%s", why);
    http_app app = http_site_app(&site);
    const http_opts opts = {.listen = "127.0.0.1", .loops = 1, .connections_max = 600,
                            .body_max = 65536, .header_max = 16384, .target_max = 8000,
                            .idle_s = 60, .request_s = 30};
    site.server = http_server_start(&opts, &app, why, sizeof why);
    ck_assert_msg(site.server, "%s", why);
    batches = places = largest = 0;
}

static void stop(void)
{
    if (site.server)
        ck_assert(http_server_stop(site.server, 20));
    site.server = NULL;
}

static void teardown(void)
{
    stop();
    http_site_close(&site);
    test_db_teardown();
    unlink(conf);
}

/* ---- its clients ---- */

static int dial(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)http_server_port(site.server))};
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
    return fd;
}

static void say(int fd, const char *text)
{
    ck_assert_int_eq(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

/* Ask for a mark; the connection is answered by hear(). */
static int ask(const char *name, const char *token, const char *key)
{
    char text[700], body[100];
    int fd = dial();
    snprintf(body, sizeof body, "{\"name\":\"%s\"}", name);
    snprintf(text, sizeof text,
             "POST /v1/marks/take HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
             "Content-Type: application/json\r\nContent-Length: %zu\r\n%s%s\r\n%s%s%s\r\n%s",
             strlen(body), token ? "Authorization: Bearer " : "X-Nobody: ", token ? token : "1",
             key ? "Idempotency-Key: " : "", key ? key : "", key ? "\r\n" : "", body);
    say(fd, text);
    return fd;
}

/* The status; the whole answer in `text`. */
static int hear(int fd, char text[4096])
{
    size_t n = 0;
    int status = 0;
    for (ssize_t some; n < 4095 && (some = recv(fd, text + n, 4095 - n, 0)) > 0;)
        n += (size_t)some;
    text[n] = 0;
    close(fd);
    sscanf(text, "HTTP/1.1 %d", &status);
    return status;
}

static int64_t number(const char *text, const char *name)
{
    char key[40];
    snprintf(key, sizeof key, "\"%s\":", name);
    const char *at = strstr(text, key);
    return at ? strtoll(at + strlen(key), NULL, 10) : -1;
}

static size_t waiting(void)
{
    for (size_t i = 0; i < site.routes.n; i++)
        if (site.routes.all[i].op == &mark_take_op)
            return http_work_tally(site.work, site.kind[i]).waiting;
    ck_abort_msg("no desk");
    return 0;
}

static void until_waiting(size_t n)
{
    for (int i = 0; i < 500 && waiting() != n; i++)
        usleep(10000);
    ck_assert_uint_eq(waiting(), n);
}

/* One at the desk, behind the shutter. */
static int hold_the_desk(void)
{
    shutter(true);
    int fd = ask("first", tokens[0], NULL);
    for (int i = 0; i < 500 && !batches; i++)
        usleep(10000);
    ck_assert_int_eq(batches, 1);
    return fd;
}

static int64_t rows(void)
{
    return test_sql_int("select count(*) from policy where scope = 'test'");
}

START_TEST(who_waits_together_is_served_together_in_order)
{
    int fd[CROWD], first = hold_the_desk();
    char text[4096], name[20];
    for (int i = 0; i < CROWD; i++) {
        snprintf(name, sizeof name, "m%d", i);
        fd[i] = ask(name, tokens[i % 2], NULL);
        until_waiting((size_t)i + 1);
    }
    shutter(false);
    ck_assert_int_eq(hear(first, text), 200);
    for (int i = 0; i < CROWD; i++) {
        ck_assert_int_eq(hear(fd[i], text), 200);
        ck_assert_int_eq(number(text, "place"), i + 2);
        ck_assert_int_eq(number(text, "batch"), 2);
        ck_assert_ptr_nonnull(strstr(text, "no-store"));
    }
    ck_assert_int_eq(rows(), CROWD + 1);
    ck_assert_int_eq(test_sql_int("select count(*) from audit_log where op = 'mark.take' and"
                                  " actor_name = 'ben' and via = 'http:127.0.0.1' and command like"
                                  " 'POST /v1/marks/take %'"), CROWD / 2);
}
END_TEST

START_TEST(each_gets_the_answer_that_is_due_to_him)
{
    char text[4096];
    int first = hold_the_desk();
    int fd[] = {ask("a", tokens[0], "k1"),    ask("a", tokens[0], "k1"),
                ask("b", tokens[0], "k1"),    ask("refuse", tokens[1], NULL),
                ask("c", tokens[2], NULL),    ask("d", tokens[3], NULL),
                ask("e", NULL, NULL),         ask("", tokens[0], NULL),
                ask("poison", tokens[0], "p"), ask("f", tokens[1], NULL)};
    const int status[] = {200, 200, 409, 409, 403, 401, 401, 422, 500, 200};
    const char *words[] = {"\"name\":\"a\"", "\"name\":\"a\"", "\"code\":\"REPLAY\"",
                           "none left for ben", "cilla", "\"code\":\"AUTH\"", "\"code\":\"AUTH\"",
                           "\"field\":\"name\"", "\"code\":\"INTERNAL\"", "\"name\":\"f\""};
    int64_t id[2] = {0};
    until_waiting(10);
    shutter(false);
    ck_assert_int_eq(hear(first, text), 200);
    for (int i = 0; i < 10; i++) {
        int got = hear(fd[i], text);
        ck_assert_msg(got == status[i] && strstr(text, words[i]), "%d: %s", i, text);
        ck_assert(status[i] == 200 || strstr(text, "application/problem+json"));
        if (i < 2)
            id[i] = number(text, "id");
    }
    ck_assert_int_eq(id[0], id[1]);
    ck_assert_int_eq(rows(), 3);
}
END_TEST

START_TEST(too_many_are_told_at_once_and_reads_go_on)
{
    int fd[DESK_MAX + 20], first = hold_the_desk(), served = 0;
    char text[4096];
    for (int i = 0; i < DESK_MAX; i++)
        fd[i] = ask("x", tokens[0], NULL);
    until_waiting(DESK_MAX);
    for (int i = DESK_MAX; i < DESK_MAX + 20; i++) { /* answered while the shutter is down */
        ck_assert_int_eq(hear(ask("y", tokens[0], NULL), text), 503);
        ck_assert_ptr_nonnull(strcasestr(text, "\r\nretry-after: 1\r\n"));
        ck_assert_ptr_nonnull(strstr(text, "application/problem+json"));
        ck_assert_ptr_nonnull(strstr(text, "\"code\":\"BUSY\""));
    }
    int reader = dial();
    say(reader, "GET /v1/cities HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    ck_assert_int_eq(hear(reader, text), 200);
    reader = dial();
    say(reader, "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    ck_assert_int_eq(hear(reader, text), 200);
    shutter(false);
    ck_assert_int_eq(hear(first, text), 200);
    for (int i = 0; i < DESK_MAX; i++)
        served += hear(fd[i], text) == 200;
    ck_assert_int_eq(served, DESK_MAX);
    ck_assert_int_eq(rows(), DESK_MAX + 1);
}
END_TEST

START_TEST(the_gone_and_the_slow_hold_nobody_up)
{
    char text[4096];
    int slow = dial(), first = hold_the_desk();
    say(slow, "POST /v1/marks/take HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n"
              "Content-Type: application/json\r\n\r\n{\"name\":");
    int gone[10];
    for (int i = 0; i < 10; i++)
        gone[i] = ask("gone", tokens[0], NULL);
    until_waiting(10);
    for (int i = 0; i < 10; i++)
        close(gone[i]);
    int stays = ask("stays", tokens[1], NULL);
    until_waiting(11);
    shutter(false);
    ck_assert_int_eq(hear(first, text), 200);
    ck_assert_int_eq(hear(stays, text), 200);
    ck_assert_int_eq(rows(), 12); /* who leaves before the answer has asked all the same */
    close(slow);
    ck_assert_int_eq(hear(ask("later", tokens[0], NULL), text), 200);
}
END_TEST

static void *let_in(void *arg)
{
    usleep(300000);
    shutter(false);
    return arg;
}

START_TEST(a_stop_serves_whoever_came)
{
    int fd[CROWD], first = hold_the_desk();
    char text[4096];
    pthread_t thread;
    for (int i = 0; i < CROWD; i++)
        fd[i] = ask("x", tokens[0], NULL);
    until_waiting(CROWD);
    pthread_create(&thread, NULL, let_in, NULL);
    stop();
    pthread_join(thread, NULL);
    ck_assert_int_eq(hear(first, text), 200);
    for (int i = 0; i < CROWD; i++)
        ck_assert_int_eq(hear(fd[i], text), 200);
    ck_assert_int_eq(rows(), CROWD + 1);
}
END_TEST

static void *buyer(void *arg)
{
    char text[4096];
    int *fine = arg;
    for (int i = 0; i < 20; i++)
        *fine += hear(ask("x", tokens[i % 2], NULL), text) == 200;
    return NULL;
}

START_TEST(a_crowd_makes_batches_by_itself)
{
    pthread_t thread[CROWD];
    int fine[CROWD] = {0}, all = 0;
    char text[4096], line[100];
    for (int i = 0; i < CROWD; i++)
        ck_assert_int_eq(pthread_create(&thread[i], NULL, buyer, &fine[i]), 0);
    for (int i = 0; i < CROWD; i++) {
        pthread_join(thread[i], NULL);
        all += fine[i];
    }
    ck_assert_int_eq(all, CROWD * 20);
    ck_assert_int_eq(rows(), all);
    ck_assert_int_lt(batches, all);
    ck_assert_int_gt(largest, 1);
    int reader = dial();
    say(reader, "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    hear(reader, text);
    snprintf(line, sizeof line, "piaoniud_desk_batch_sum{operation=\"mark.take\"} %d\n", all);
    ck_assert_msg(strstr(text, line), "%s in %s", line, text);
    snprintf(line, sizeof line, "piaoniud_desk_batch_count{operation=\"mark.take\"} %d\n", batches);
    ck_assert_msg(strstr(text, line), "%s in %s", line, text);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("desk");
    TCase *t = tcase_create("desk");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, who_waits_together_is_served_together_in_order);
    tcase_add_test(t, each_gets_the_answer_that_is_due_to_him);
    tcase_add_test(t, too_many_are_told_at_once_and_reads_go_on);
    tcase_add_test(t, the_gone_and_the_slow_hold_nobody_up);
    tcase_add_test(t, a_stop_serves_whoever_came);
    tcase_add_test(t, a_crowd_makes_batches_by_itself);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
