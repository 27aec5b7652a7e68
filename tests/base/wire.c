/* SPDX-License-Identifier: Apache-2.0 */
/* wire.c — the protocol without libpq: against a server that is only a script, byte by byte where it
 * hurts, and against the real one. That both ways do the same is shown by running the other tests of
 * the base by libpq as well (by_libpq.t). */
#include "base/conn_int.h"
#include "db.h"
#include "main_int.h"

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const nothing_set[] = {NULL};

/* ---- a server that is a script ---- */

enum { TURNS = 3 };

static struct {
    char folder[64], path[108], dsn[160];
    int listening;
    size_t chunk;              /* bytes it sends at a time */
    struct { const char *bytes; size_t len; } turn[TURNS]; /* after the greeting, after each sync */
    int turns;
    pthread_t thread;
} fake;

/* Read until a message of that type has gone by. */
static bool read_until(int fd, char type, bool first)
{
    unsigned char head[5], rest[4096];
    for (;;) {
        size_t n = first ? 4 : 5;
        if (recv(fd, head, n, MSG_WAITALL) != (ssize_t)n)
            return false;
        const unsigned char *at = head + (first ? 0 : 1);
        size_t len = ((size_t)at[2] << 8 | at[3]) - 4;
        if (len > sizeof rest || (len && recv(fd, rest, len, MSG_WAITALL) != (ssize_t)len))
            return false;
        if (first || head[0] == type)
            return true;
    }
}

static void *serve(void *unused)
{
    int fd = accept(fake.listening, NULL, NULL);
    (void)unused;
    for (int i = 0; fd >= 0 && i < fake.turns; i++) {
        if (!read_until(fd, 'S', !i))
            break;
        for (size_t at = 0; at < fake.turn[i].len; at += fake.chunk) {
            size_t left = fake.turn[i].len - at;
            if (send(fd, fake.turn[i].bytes + at, left < fake.chunk ? left : fake.chunk,
                     MSG_NOSIGNAL) < 0)
                break;
            if (fake.chunk < 100)
                poll(NULL, 0, 1);
        }
    }
    close(fd);
    return NULL;
}

static void turn(const char *bytes, size_t len)
{
    fake.turn[fake.turns].bytes = bytes;
    fake.turn[fake.turns++].len = len;
}
#define TURN(text) turn(text, sizeof text - 1)

static void start_fake(size_t chunk)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    snprintf(fake.folder, sizeof fake.folder, "/tmp/pn-wire-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(fake.folder));
    snprintf(fake.path, sizeof fake.path, "%s/.s.PGSQL.77", fake.folder);
    snprintf(at.sun_path, sizeof at.sun_path, "%s", fake.path);
    snprintf(fake.dsn, sizeof fake.dsn, "host='%s' port=77 user=app dbname = t", fake.folder);
    fake.listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    fake.chunk = chunk;
    ck_assert_int_eq(bind(fake.listening, (struct sockaddr *)&at, sizeof at), 0);
    ck_assert_int_eq(listen(fake.listening, 1), 0);
    ck_assert_int_eq(pthread_create(&fake.thread, NULL, serve, NULL), 0);
}

static void stop_fake(void)
{
    shutdown(fake.listening, SHUT_RDWR);
    pthread_join(fake.thread, NULL);
    close(fake.listening);
    unlink(fake.path);
    rmdir(fake.folder);
    memset(&fake, 0, sizeof fake);
}

#define READY "Z\0\0\0\5I"
#define GREETING "R\0\0\0\10\0\0\0\0S\0\0\0\11a\0b\0\0K\0\0\0\14\0\0\0\7\0\0\0\11" READY
/* one column "n" of type int4 */
#define HEADS "T\0\0\0\032\0\1n\0\0\0\0\0\0\0\0\0\0\027\0\4\377\377\377\377\0\1"
#define ROW_7 "D\0\0\0\016\0\1\0\0\0\4\0\0\0\7"
#define ROW_NULL "D\0\0\0\012\0\1\377\377\377\377"
#define DONE_2 "C\0\0\0\015SELECT 2\0"
#define NOTICE "N\0\0\0\020SNOTE\0Mby\0\0\0"
#define REFUSED "E\0\0\0\022C42P01\0Mnone\0\0"

static pni_reply *next(pni_wire *w)
{
    while (!pni_wire_ready(w)) {
        (void)pni_wire_flush(w);
        struct pollfd fd = {pni_wire_fd(w), POLLIN, 0};
        ck_assert_int_gt(poll(&fd, 1, 10000), 0);
        (void)pni_wire_read(w);
    }
    return pni_wire_next(w);
}

static void expect(pni_wire *w, pni_reply_kind kind)
{
    pni_reply *r = next(w);
    ck_assert_ptr_nonnull(r);
    ck_assert_int_eq(r->kind, kind);
    pni_reply_free(r);
}

static pni_wire *connect_to(const char *dsn)
{
    pni_wire *w = NULL;
    ck_assert_int_eq(pni_wire_open(dsn, nothing_set, 10000, &w), PNI_WIRE_OPEN);
    return w;
}

static const size_t chunks[] = {1, 3, 7, 100000};

START_TEST(answers_come_in_whatever_pieces)
{
    TURN(GREETING);
    TURN("1\0\0\0\4" "2\0\0\0\4" HEADS NOTICE ROW_7 ROW_NULL DONE_2 "2\0\0\0\4n\0\0\0\4"
         "C\0\0\0\015UPDATE 3\0" READY);
    start_fake(chunks[_i]);
    pni_wire *w = connect_to(fake.dsn);
    ck_assert(pni_wire_prepare(w, "s1", "select n", 0, NULL));
    ck_assert(pni_wire_execute(w, "s1", 0, NULL, NULL));
    ck_assert(pni_wire_execute(w, "s2", 0, NULL, NULL));
    ck_assert(pni_wire_sync(w));
    expect(w, PNI_REPLY_DONE);
    pni_reply *r = next(w);
    int len;
    ck_assert(r && r->kind == PNI_REPLY_ROWS && r->rows == 2 && r->cols == 1 && r->affected == 2);
    ck_assert_str_eq(pni_reply_name(r, 0), "n");
    ck_assert_int_eq(pni_reply_type(r, 0), 23);
    ck_assert_mem_eq(pni_reply_value(r, 0, 0, &len), "\0\0\0\7", 4);
    ck_assert_int_eq(len, 4);
    ck_assert_ptr_null(pni_reply_value(r, 1, 0, &len));
    pni_reply_free(r);
    r = next(w);
    ck_assert(r && r->kind == PNI_REPLY_DONE && r->affected == 3);
    pni_reply_free(r);
    expect(w, PNI_REPLY_SYNC);
    ck_assert(!pni_wire_lost(w));
    pni_wire_close(w, true);
    stop_fake();
}
END_TEST

START_TEST(what_follows_a_refusal_is_skipped)
{
    TURN(GREETING);
    TURN(REFUSED READY);
    TURN("2\0\0\0\4n\0\0\0\4C\0\0\0\012BEGIN\0" READY);
    start_fake(1);
    pni_wire *w = connect_to(fake.dsn);
    ck_assert(pni_wire_run(w, "select") && pni_wire_run(w, "select") && pni_wire_sync(w));
    pni_reply *r = next(w);
    ck_assert(r && r->kind == PNI_REPLY_REFUSED);
    ck_assert_str_eq(r->state, "42P01");
    ck_assert_str_eq(pni_reply_message(r), "none");
    pni_reply_free(r);
    expect(w, PNI_REPLY_SKIPPED);
    expect(w, PNI_REPLY_SYNC);
    ck_assert(pni_wire_run(w, "begin") && pni_wire_sync(w)); /* and all is well again */
    expect(w, PNI_REPLY_DONE);
    expect(w, PNI_REPLY_SYNC);
    pni_wire_close(w, true);
    stop_fake();
}
END_TEST

/* Everything that came before the end is heard, and nothing after it is waited for. */
START_TEST(its_last_words_are_heard)
{
    TURN(GREETING);
    TURN("2\0\0\0\4n\0\0\0\4C\0\0\0\012BEGIN\0" "E\0\0\0\020C57P01\0Mby\0\0");
    start_fake(chunks[_i]);
    pni_wire *w = connect_to(fake.dsn);
    ck_assert(pni_wire_run(w, "begin") && pni_wire_run(w, "select") && pni_wire_sync(w));
    expect(w, PNI_REPLY_DONE);
    pni_reply *r = next(w);
    ck_assert(r && r->kind == PNI_REPLY_REFUSED);
    ck_assert_str_eq(r->state, "57P01");
    pni_reply_free(r);
    ck_assert_ptr_null(next(w));
    ck_assert(pni_wire_lost(w));
    ck_assert(*pni_wire_why(w));
    pni_wire_close(w, true);
    stop_fake();
}
END_TEST

static const struct { const char *bytes; size_t len; } broken[] = {
#define BROKEN(text) {text, sizeof text - 1}
    BROKEN("2\0\0\0\3"),                         /* shorter than its own length */
    BROKEN("\x7f\xff\xff\xff\xff"),              /* longer than anything */
    BROKEN("D\0\0\0\016\0\1\0\0\0\4\0\0\0\7"),   /* a row without heads */
    BROKEN(HEADS "D\0\0\0\016\0\1\0\0\0\5\0\0\0\7"), /* a value beyond its message */
    BROKEN(HEADS "D\0\0\0\016\0\2\0\0\0\4\0\0\0\7"), /* a column too many */
    BROKEN("T\0\0\0\6\177\377"),                 /* columns that are not there */
    BROKEN("C\0\0\0\7abc"),                      /* a text without an end */
    BROKEN("?\0\0\0\4"),                         /* nothing we know */
    BROKEN("G\0\0\0\4"),                         /* a copy nobody began */
    BROKEN(READY),                               /* ready for more, before it has answered */
};

START_TEST(nonsense_is_the_end_of_it)
{
    TURN(GREETING);
    turn(broken[_i].bytes, broken[_i].len);
    start_fake(100000);
    pni_wire *w = connect_to(fake.dsn);
    ck_assert(pni_wire_run(w, "select") && pni_wire_sync(w));
    ck_assert_ptr_null(next(w));
    ck_assert(pni_wire_lost(w));
    pni_wire_close(w, true);
    stop_fake();
}
END_TEST

static const struct { const char *bytes; size_t len; } other[] = {
    BROKEN("R\0\0\0\10\0\0\0\3"),                    /* a password */
    BROKEN("R\0\0\0\27\0\0\0\12SCRAM-SHA-256\0\0"),
    BROKEN("E\0\0\0\022C57P03\0Mwait\0\0"),          /* it is starting */
    BROKEN(""),                                      /* it hangs up */
};

START_TEST(what_it_cannot_do_is_libpqs)
{
    pni_wire *w = NULL;
    turn(other[_i].bytes, other[_i].len);
    start_fake(100000);
    ck_assert_int_eq(pni_wire_open(fake.dsn, nothing_set, 10000, &w), PNI_WIRE_NOT);
    ck_assert_ptr_null(w);
    stop_fake();
}
END_TEST

static const char *const strange[] = {
    "", "host=/nowhere user=app dbname=t", "postgresql:///t?host=/tmp",
    "host=localhost user=a dbname=t",
    "host=/tmp dbname=t", "host=/tmp user=app", "host=/tmp,/var user=app dbname=t",
    "host=/tmp user=app dbname=t sslmode=disable", "host=/tmp user=app dbname=t password=x",
    "host='/tmp user=app dbname=t", "host", "host=/tmp user=app dbname", "= user=app",
    "service=x host=/tmp user=app dbname=t",
};

START_TEST(other_connection_strings_are_libpqs)
{
    pni_wire *w = NULL;
    ck_assert_int_eq(pni_wire_open(strange[_i], nothing_set, 1000, &w), PNI_WIRE_NOT);
    ck_assert_ptr_null(w);
}
END_TEST

START_TEST(who_does_not_answer_is_not_waited_for)
{
    pni_wire *w = NULL;
    start_fake(1); /* it has nothing to say, and stays */
    int64_t from = pni_mono_ms();
    ck_assert_int_eq(pni_wire_open(fake.dsn, nothing_set, 0, &w), PNI_WIRE_LATE);
    ck_assert_int_lt(pni_mono_ms() - from, 5000);
    stop_fake();
}
END_TEST

/* ---- the real one ---- */

static bool by_libpq(void)
{
    for (char **e = environ; *e; e++)
        if (!strncmp(*e, "PG", 2))
            return true;
    return false;
}

struct io { const char *text; };
static PN_TYPE(io_t, "io", struct io, PN_COL(struct io, text, ""));
static const pn_sql twice = {"twice", &io_t, &io_t, "select :text || :text as text", false};

/* Megabytes both ways at once: nobody waits for the other one to listen. */
START_TEST(much_goes_both_ways)
{
    enum { MUCH = 4000000, TIMES = 6 };
    static char text[MUCH + 1];
    pn *p = test_begin(PN_ROLE_ADMIN);
    pn_rows rows[TIMES];
    memset(text, 'x', MUCH);
    for (int i = 0; i < TIMES; i++)
        ck_assert_int_eq(pn_queue(p, &twice, &(struct io){text}, 0, &rows[i], NULL), 0);
    ck_assert_int_eq(pn_sync(p), 0);
    for (int i = 0; i < TIMES; i++) {
        ck_assert_uint_eq(rows[i].n, 1);
        ck_assert_uint_eq(strlen(((const struct io *)rows[i].row)->text), 2 * MUCH);
    }
    pn_end(p);
}
END_TEST

START_TEST(a_late_answer_is_called_off)
{
    static const pn_sql slow = {"slow", NULL, NULL, "select pg_sleep(60)", false};
    pn *p = test_begin(PN_ROLE_ADMIN);
    pn_set_timeout(p, 100);
    ck_assert_int_eq(pn_exec(p, &slow, NULL, NULL), PN_ETIMEOUT);
    pn_end(p);
    for (int i = 0; i < 200; i++, poll(NULL, 0, 50))
        if (!test_sql_int("select count(*) from pg_stat_activity where query like '%pg_sleep(60)'"
                          " and state = 'active' and pid <> pg_backend_pid()"))
            return;
    ck_abort_msg("the server still sleeps");
}
END_TEST

START_TEST(the_local_server_is_a_case_for_the_wire)
{
    pni_wire *w = NULL;
    pni_wire_met met = pni_wire_open(test_db_dsn(), nothing_set, 5000, &w);
    ck_assert_int_eq(met, by_libpq() ? PNI_WIRE_NOT : PNI_WIRE_OPEN);
    if (met != PNI_WIRE_OPEN)
        return;
    ck_assert(pni_wire_do(w, "select 1", 5000));
    ck_assert(!pni_wire_do(w, "select nothing_there", 5000));
    ck_assert(pni_wire_do(w, "select 2", 5000));
    pni_wire_close(w, true);
}
END_TEST

/* Begun before it is needed: the first statement finds it, and there is one connection, not two. */
START_TEST(it_knocks_ahead)
{
    static const pn_sql one = {"one", NULL, NULL, "select 1", false};
    pn_ctx *ctx;
    ck_assert_int_eq(pn_ctx_open(&(pn_open_opts){.dsn = test_db_dsn()}, &ctx), 0);
    int64_t before = test_sql_int("select count(*) from pg_stat_activity where datname ="
                                  " current_database() and application_name = 'piaoniu'");
    pn_connect_ahead(ctx);
    pn_connect_ahead(ctx);
    pn *p = pn_begin(ctx);
    ck_assert_int_eq(pn_exec(p, &one, NULL, NULL), 0);
    pn_end(p);
    ck_assert_int_eq(test_sql_int("select count(*) from pg_stat_activity where datname ="
                                  " current_database() and application_name = 'piaoniu'"),
                     before + 1);
    pn_connect_ahead(ctx); /* and is not needed any more */
    pn_ctx_close(ctx);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("wire");
    TCase *t = tcase_create("script"), *r = tcase_create("server");
    if (!by_libpq()) {
        tcase_add_loop_test(t, answers_come_in_whatever_pieces, 0, 4);
        tcase_add_test(t, what_follows_a_refusal_is_skipped);
        tcase_add_loop_test(t, its_last_words_are_heard, 0, 4);
        tcase_add_loop_test(t, nonsense_is_the_end_of_it, 0, sizeof broken / sizeof *broken);
        tcase_add_loop_test(t, what_it_cannot_do_is_libpqs, 0, sizeof other / sizeof *other);
        tcase_add_loop_test(t, other_connection_strings_are_libpqs, 0,
                            sizeof strange / sizeof *strange);
        tcase_add_test(t, who_does_not_answer_is_not_waited_for);
    }
    suite_add_tcase(s, t);
    tcase_add_checked_fixture(r, test_db_setup, test_db_teardown);
    tcase_set_timeout(r, 60);
    tcase_add_test(r, much_goes_both_ways);
    tcase_add_test(r, a_late_answer_is_called_off);
    tcase_add_test(r, the_local_server_is_a_case_for_the_wire);
    tcase_add_test(r, it_knocks_ahead);
    suite_add_tcase(s, r);
    return pn_test_main(s);
}
