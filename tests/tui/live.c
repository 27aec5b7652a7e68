/* SPDX-License-Identifier: Apache-2.0 */
/* live.c — the real console on a real database: its rooms, and keys that live while the server's
 * processes are stopped or gone. */
#include "config.h"
#include "db.h"
#include "fixture.h"
#include "user/auth.h"
#include "base/news.h"
#include "catalog/city.h"
#include "user/staff.h"
#include "wire.h"

#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char password[] = "correct horse battery staple";

static void live_setup(void)
{
    const char *build = getenv("PN_BUILDDIR");
    char text[400];
    pn_staff staff;
    pn_signed_in in;
    setup();
    snprintf(program, sizeof program, "%s/tui/piaoniu", build ? build : ".");
    setenv("PN_STATE", dir, 1);
    test_db_setup();
    setenv("PN_DSN", test_db_dsn(), 1);
    pn *p = test_begin(PN_ROLE_SYSTEM);
    ok(pn_staff_init(p, &(struct pn_staff_init){"admin", "管理员", password}, &staff));
    pn_end(p);
    p = test_begin(PN_ROLE_SYSTEM);
    ok(pn_auth_login(p, &(struct pn_auth_login){.login = "admin", .password = password}, &in));
    snprintf(text, sizeof text, "%s\n", in.token);
    put_file("piaoniu/token", text);
    pn_end(p);
    test_sql("insert into city (id, code, name, created_at, updated_at)"
             " select n, 'c' || n, '城市' || n, now(), now() from generate_series(1, 300) n");
}

static void live_teardown(void)
{
    pid_t pid;
    int status;
    vth_stop(&t);
    test_db_teardown();
    pid = fork();
    if (pid == 0) {
        execlp("rm", "rm", "-rf", dir, (char *)NULL);
        _exit(127);
    }
    if (pid > 0)
        waitpid(pid, &status, 0);
}

static void start_live(void)
{
    open_console(24, 80, "xterm-256color", NULL, NULL, NULL);
    must("Orders paid");
    must("管理员");
}

/* A signal to every server process that serves the console. Returns how many there were. */
static int to_servers(int sig)
{
    static char pids[1000];
    int n = 0;
    if (sig != SIGCONT) /* stopped ones cannot be asked for */
        snprintf(pids, sizeof pids, "%s",
                 test_sql_text("select string_agg(pid::text, ' ') from pg_stat_activity"
                               " where datname = current_database() and pid <> pg_backend_pid()"));
    for (char *at = pids; *at; n++) {
        long pid = strtol(at, &at, 10);
        at += strspn(at, " ");
        if (pid <= 0 || kill((pid_t)pid, sig))
            return -1;
    }
    return n;
}

/* Stopped servers would hold up every later test of the suite, so somebody outside the test wakes
 * them when it ends, however it ends: the pipe closes with the process that holds it. */
static void wake_at_the_end(void)
{
    int line[2];
    char nothing;
    ck_assert_int_eq(pipe2(line, O_CLOEXEC), 0);
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        setsid(); /* libcheck kills the group of a test that failed */
        close(line[1]);
        while (read(line[0], &nothing, 1) < 0)
            ;
        to_servers(SIGCONT);
        _exit(0);
    }
    close(line[0]); /* line[1] stays open until the end of the test */
}

START_TEST(rooms_on_a_real_database)
{
    start_live();
    vth_keys(&t, ": c i t y Enter");
    must("1/100+");
    must("城市1");
    vth_keys(&t, "End"); /* the last of all, whatever stands between */
    must("-1/100+");
    must("城市300");
    vth_keys(&t, "/ c 2 9 9 Enter");
    must("1/1");
    must("城市299");
    vth_keys(&t, "v"); /* Enter leads to its venues */
    must("Created");
    vth_keys(&t, "Esc a");
    must("pn city edit");
    vth_keys(&t, "Esc : n o Enter");
    must("Unknown word");
    vth_keys(&t, "Esc 2");
    must("Nothing here");
}
END_TEST

START_TEST(a_password_that_is_wrong_and_one_that_is_not)
{
    take_file("piaoniu/token");
    open_console(24, 80, "xterm-256color", NULL, NULL, NULL);
    must("Password");
    vth_keys(&t, "a d m i n Enter x Enter Enter Enter");
    must("!");
    vth_keys(&t, "C-c");
    ck_assert(vth_wait(&t, PATIENCE));
}
END_TEST

START_TEST(keys_live_while_the_server_is_stopped)
{
    start_live();
    vth_keys(&t, ": c i t y Enter");
    must("1/100+");
    int stopped = to_servers(SIGSTOP);
    if (stopped < 0) { /* the server belongs to somebody else */
        to_servers(SIGCONT);
        return;
    }
    ck_assert_int_gt(stopped, 0);
    wake_at_the_end();
    int64_t begin = vth_now_us();
    vth_keys(&t, "r");
    for (int i = 0; i < 60; i++) {
        int64_t pressed = vth_now_us();
        say("\033[B");
        ck_assert(vth_frame(&t, 1000));
        ck_assert_int_lt(vth_now_us() - pressed, 300000);
    }
    must("61/"); /* how many rows are loaded ahead is no promise */
    must("waiting for the database");
    ck_assert_int_lt(vth_now_us() - begin, 5000000);
    ck_assert_int_gt(to_servers(SIGCONT), 0);
    for (int64_t end = vth_now_us() + PATIENCE * 1000LL;
         vth_has(&t, "waiting for the database") && vth_now_us() < end;)
        vth_frame(&t, 100);
    ck_assert(!vth_has(&t, "waiting for the database"));
    must("61/"); /* the cursor stayed */
    must("城市61");
}
END_TEST

START_TEST(a_connection_that_dies_is_made_again)
{
    start_live();
    vth_keys(&t, ": c i t y Enter");
    must("1/100+");
    test_sql("select pg_terminate_backend(pid) from pg_stat_activity"
             " where datname = current_database() and pid <> pg_backend_pid()");
    vth_keys(&t, "r");
    vth_keys(&t, "Down");
    must("2/100+");
    for (int64_t end = vth_now_us() + PATIENCE * 1000LL;
         vth_has(&t, "no database") && vth_now_us() < end;)
        vth_frame(&t, 100);
    ck_assert(!vth_has(&t, "no database"));
    vth_keys(&t, "/ c 1 5 0 Enter");
    must("城市150");
}
END_TEST

/* The body of the screen: without the bar, the message and the keys. */
static char *body(void)
{
    char row[1024], *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    for (int r = 1; r < t.rows - 2; r++) {
        vth_row(&t, r, row, sizeof row);
        fprintf(out, "%s\n", row);
    }
    fclose(out);
    return text;
}

/* What the server says at its end ("terminating connection …") is not for the screen. */
START_TEST(a_server_that_ends_writes_nothing_into_the_screen)
{
    start_live();
    vth_keys(&t, ": c i t y Enter");
    must("1/100+");
    vth_keys(&t, "a 1");
    must("Name");
    vth_settle(&t, 1500); /* its connection for news is there */
    ck_assert_int_gt(test_sql_int("select count(*) from pg_stat_activity where"
                                  " application_name = 'piaoniu news'"
                                  " and datname = current_database()"), 0);
    char *before = body();
    for (int i = 0; i < 2; i++) { /* the second time the connections are other ones */
        test_sql("select pg_terminate_backend(pid) from pg_stat_activity"
                 " where datname = current_database() and pid <> pg_backend_pid()");
        vth_settle(&t, 2500);
        char *after = body();
        ck_assert_str_eq(after, before);
        free(after);
    }
    ck_assert(!vth_has(&t, "terminating"));
    free(before);
}
END_TEST

/* The standard output of a command of `pn`, the caller's to free. */
static char *output_of(const char *words)
{
    char line[1200], *text = calloc(1, 1 << 20);
    const char *build = getenv("PN_BUILDDIR");
    snprintf(line, sizeof line, "%s/cli/pn --token-file %s/piaoniu/token %s 2>/dev/null",
             build ? build : ".", dir, words);
    FILE *in = popen(line, "r");
    ck_assert_ptr_nonnull(in);
    size_t n = fread(text, 1, (1 << 20) - 1, in);
    text[n] = 0;
    ck_assert_int_eq(pclose(in), 0);
    return text;
}

/* Read by a parser, the file and the command's output are the same. */
static void export_is(const char *open, const char *command)
{
    json_error_t error;
    char path[600];
    size_t size;
    vth_keys(&t, ":");
    say(open);
    must("1/");
    vth_settle(&t, 200);
    vth_keys(&t, "x 2");
    must("Write to");
    path_of(path, "out.json");
    vth_keys(&t, "C-u");
    vth_paste(&t, path);
    vth_keys(&t, "Enter");
    must("Finished");
    char *ours = read_file("out.json", &size), *theirs = output_of(command);
    json_t *a = json_loads(ours, JSON_REJECT_DUPLICATES, &error);
    ck_assert_msg(a, "%s in line %d of %.300s", error.text, error.line, ours);
    json_t *b = json_loads(theirs, JSON_REJECT_DUPLICATES, &error);
    ck_assert_msg(json_equal(a, b), "%.600s\nis not\n%.600s", ours, theirs);
    json_decref(a);
    json_decref(b);
    free(ours);
    free(theirs);
    take_file("out.json");
    vth_keys(&t, "Enter");
}

START_TEST(a_list_to_json_is_what_the_command_prints)
{
    start_live();
    export_is("city list\r", "city list --all -o json");
    export_is("city list --columns code,name\r", "city list --all --columns code,name -o json");
    export_is("policy list\r", "policy list --all -o json");
}
END_TEST

/* ---- what others change ---- */

START_TEST(what_another_process_changes_is_shown)
{
    pn *p = test_begin(PN_ROLE_OPS);
    pn_city out;
    start_live();
    vth_keys(&t, ": c i t y Enter");
    must("1/100+");
    vth_keys(&t, "Down Down");
    must("3/100+");
    for (int i = 0; i < 100 && !test_sql_int("select count(*) from pg_stat_activity where"
                                             " application_name = 'piaoniu news'"
                                             " and datname = current_database()");
         i++)
        vth_frame(&t, 100);
    ok(pn_city_edit(p, &(struct pn_city_edit){.id = 5, .name = "新名字"}, &out));
    pn_news_tell(test_ctx, true);
    must("新名字"); /* nobody has pressed a key */
    must("3/100+");
    ok(pn_city_create(p, &(struct pn_city_create){.code = "a-new-one", .name = "新城"}, &out));
    pn_news_tell(test_ctx, true);
    vth_settle(&t, 700);
    must("3/100+");
}
END_TEST

static pid_t wire;

static void lay_wire(void)
{
    char server[300];
    snprintf(server, sizeof server, "%s",
             test_sql_text("select split_part(current_setting('unix_socket_directories'), ',', 1)"
                           " || '/.s.PGSQL.' || current_setting('port')"));
    wire = wire_start(dir, server);
    ck_assert_int_gt(wire, 0);
}

/* The console's way to the server is a wire that can be cut. */
static void start_wired(void)
{
    char dsn[400];
    lay_wire();
    snprintf(dsn, sizeof dsn, "host=%s port=5432 %s", dir,
             test_sql_text("select format('dbname=%s user=%s', current_database(), user)"));
    setenv("PN_DSN", dsn, 1);
    start_live();
    vth_keys(&t, ": c i t y Enter");
    must("1/100+");
    vth_settle(&t, 1200);
}

static void must_vanish(const char *text)
{
    for (int64_t end = vth_now_us() + 2 * PATIENCE * 1000LL;
         vth_has(&t, text) && vth_now_us() < end;)
        vth_frame(&t, 100);
    ck_assert_msg(!vth_has(&t, text), "“%s” stays", text);
}

START_TEST(a_network_that_drops_everything_is_seen_while_keys_live)
{
    start_wired();
    kill(wire, SIGUSR1);
    for (int i = 0; i < 30; i++) {
        int64_t pressed = vth_now_us();
        say("\033[B");
        ck_assert(vth_frame(&t, 1000));
        ck_assert_int_lt(vth_now_us() - pressed, 300000);
    }
    must("waiting for the database");
    must("31/");
    vth_keys(&t, "/ a b c");
    must("abc");
    kill(wire, SIGUSR2);
    must_vanish("waiting for the database");
    ck_assert(vth_has(&t, "abc"));
    vth_keys(&t, "Esc");
    must("31/");
}
END_TEST

START_TEST(a_network_that_is_cut_is_seen_at_once_and_healed)
{
    start_wired();
    int64_t begin = vth_now_us();
    kill(wire, SIGKILL);
    must("no database"); /* nobody has pressed a key */
    ck_assert_int_lt(vth_now_us() - begin, 1000000);
    must(" s old");
    vth_keys(&t, "Down Down");
    must("3/");
    lay_wire();
    must("answers again");
    must("3/");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("live");
    TCase *c = tcase_create("live");
    tcase_add_checked_fixture(c, live_setup, live_teardown);
    tcase_set_timeout(c, 120);
    tcase_add_test(c, rooms_on_a_real_database);
    tcase_add_test(c, a_password_that_is_wrong_and_one_that_is_not);
    tcase_add_test(c, keys_live_while_the_server_is_stopped);
    tcase_add_test(c, a_connection_that_dies_is_made_again);
    tcase_add_test(c, a_server_that_ends_writes_nothing_into_the_screen);
    tcase_add_test(c, a_list_to_json_is_what_the_command_prints);
    tcase_add_test(c, what_another_process_changes_is_shown);
    tcase_add_test(c, a_network_that_drops_everything_is_seen_while_keys_live);
    tcase_add_test(c, a_network_that_is_cut_is_seen_at_once_and_healed);
    suite_add_tcase(suite, c);
    return pn_test_main(suite);
}
