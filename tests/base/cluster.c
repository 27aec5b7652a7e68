/* SPDX-License-Identifier: Apache-2.0 */
/* cluster.c — the private cluster comes back from everything that can happen to it. */
#include "base/cluster_int.h"
#include "main_int.h"

#include <dirent.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char root[64], state[128]; /* the path has a blank in it on purpose */
static pn_cluster c;

static void must(pn_code rc)
{
    ck_assert_msg(rc == PN_OK, "%d: %s (%s)", (int)rc, c.message, c.hint);
}

static void up(void)
{
    must(pni_cluster_up(state, &c));
    ck_assert_int_eq(c.state, PN_CLUSTER_UP);
    ck_assert_int_gt(c.pid, 1);
}

static void down(void)
{
    must(pni_cluster_down(state, true, &c));
    ck_assert_int_eq(c.state, PN_CLUSTER_DOWN);
}

static void sql(const char *dsn, const char *text, char *value, size_t size)
{
    PGconn *conn = PQconnectdb(dsn);
    ck_assert_msg(PQstatus(conn) == CONNECTION_OK, "%s", PQerrorMessage(conn));
    PGresult *result = PQexec(conn, text);
    ExecStatusType status = PQresultStatus(result);
    ck_assert_msg(status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK, "%s",
                  PQerrorMessage(conn));
    if (value)
        snprintf(value, size, "%s", PQgetvalue(result, 0, 0));
    PQclear(result);
    PQfinish(conn);
}

static void put(const char *folder, const char *name, const char *text)
{
    char path[PNI_PATH];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Send a signal to every process that works in the data folder; how many there were. */
static int signal_all(int signal)
{
    char link[300], cwd[PNI_PATH];
    int n = 0;
    DIR *dir = opendir("/proc");
    for (const struct dirent *e; (e = readdir(dir));) {
        snprintf(link, sizeof(link), "/proc/%s/cwd", e->d_name);
        ssize_t len = readlink(link, cwd, sizeof(cwd) - 1);
        if (len > 0) {
            cwd[len] = 0;
            if (!strcmp(cwd, c.data_dir))
                n += !kill((pid_t)strtol(e->d_name, NULL, 10), signal);
        }
    }
    closedir(dir);
    return n;
}

/* Nobody sees another die and leaves on its own. */
static int kill_all(void)
{
    signal_all(SIGSTOP);
    return signal_all(SIGKILL);
}

/* The files a crashed server leaves, naming `pid`. */
static void leave_pid(pid_t pid)
{
    char text[PNI_PATH * 2];
    snprintf(text, sizeof(text), "%d\n%s\n1700000000\n5432\n%s\n\n", (int)pid, c.data_dir,
             c.socket);
    put(c.data_dir, "postmaster.pid", text);
    put(c.socket, ".s.PGSQL.5432.lock", text);
}

static void make_root(void)
{
    snprintf(root, sizeof(root), "/tmp/pn-cluster-test.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(root));
    ck_assert_int_eq(chmod(root, 0755), 0);
    snprintf(state, sizeof(state), "%s/state of it", root);
    up();
    ck_assert(c.fresh);
}

static void remove_root(void)
{
    if (pni_cluster_down(state, true, &c))
        fprintf(stderr, "%s\n", c.message);
    pid_t pid = fork();
    if (!pid) {
        execlp("rm", "rm", "-rf", root, (char *)NULL);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
}

START_TEST(a_new_one_speaks_chinese)
{
    char value[64];
    up();
    ck_assert(!c.fresh);
    ck_assert_int_ge(strtol(c.version, NULL, 10), 13);
    sql(c.dsn, "select pg_encoding_to_char(encoding) || ' ' || datcollate from pg_database "
               "where datname = current_database()", value, sizeof(value));
    ck_assert_str_eq(value, "UTF8 C");
    sql(c.dsn, "select cardinality(show_trgm('周杰伦演唱会'))", value, sizeof(value));
    ck_assert_str_eq(value, "7"); /* none with a ctype that knows no Chinese */
    char *dsn = pni_cluster_dsn(state);
    ck_assert_str_eq(dsn, c.dsn);
    free(dsn);
    ck_assert_ptr_null(pni_cluster_dsn(root));
}
END_TEST

START_TEST(nobody_else_reaches_the_files)
{
    struct stat st;
    up();
    ck_assert(!stat(c.data_dir, &st) && !(st.st_mode & 077));
    ck_assert(!stat(c.socket, &st) && !(st.st_mode & 077));
    if (!geteuid())
        ck_assert_uint_ne(st.st_uid, 0);
}
END_TEST

START_TEST(the_second_up_does_nothing)
{
    double best = 9;
    up();
    int64_t pid = c.pid;
    for (int i = 0; i < 3; i++) {
        double begin = seconds();
        up();
        best = seconds() - begin < best ? seconds() - begin : best;
        ck_assert_int_eq(c.pid, pid);
    }
    ck_assert_msg(best < 0.5, "%.2f s", best);
}
END_TEST

START_TEST(up_down_status)
{
    up();
    must(pni_cluster_status(state, &c));
    ck_assert_int_eq(c.state, PN_CLUSTER_UP);
    ck_assert_ptr_nonnull(strchr(c.version, '.'));
    must(pni_cluster_down(state, false, &c));
    ck_assert_int_eq(c.state, PN_CLUSTER_DOWN);
    ck_assert_int_eq(c.pid, 0);
    down();
    must(pni_cluster_status(state, &c));
    ck_assert_int_eq(c.state, PN_CLUSTER_DOWN);
    must(pni_cluster_status(root, &c));
    ck_assert_int_eq(c.state, PN_CLUSTER_NONE);
    ck_assert_str_eq(c.dsn, "");
}
END_TEST

START_TEST(everything_killed_loses_nothing)
{
    char value[8];
    up();
    int64_t pid = c.pid;
    sql(c.dsn, "drop table if exists kept; create table kept as select 42 as v", NULL, 0);
    ck_assert_int_gt(kill_all(), 3);
    up();
    ck_assert_int_ne(c.pid, pid);
    sql(c.dsn, "select v from kept", value, sizeof(value));
    ck_assert_str_eq(value, "42");
}
END_TEST

START_TEST(a_killed_postmaster_with_a_busy_backend)
{
    up();
    PGconn *conn = PQconnectdb(c.dsn);
    ck_assert_int_eq(PQsendQuery(conn, "select pg_sleep(1)"), 1);
    PQflush(conn);
    ck_assert_int_eq(kill((pid_t)c.pid, SIGKILL), 0);
    up();
    PQfinish(conn);
}
END_TEST

START_TEST(a_stale_pid)
{
    up();
    down();
    pid_t gone = fork();
    if (!gone)
        _exit(0);
    waitpid(gone, NULL, 0);
    leave_pid(gone);
    must(pni_cluster_status(state, &c));
    ck_assert_int_eq(c.state, PN_CLUSTER_DOWN);
    up();
}
END_TEST

START_TEST(a_pid_that_now_belongs_to_another_program)
{
    up();
    down();
    pid_t other = fork();
    if (!other) {
        /* As the same user as the server: PostgreSQL alone would believe it. */
        struct stat st;
        if (!stat(c.data_dir, &st) && setuid(st.st_uid) == 0)
            pause();
        _exit(1);
    }
    leave_pid(other);
    up();
    ck_assert_int_ne(c.pid, other);
    ck_assert_int_eq(waitpid(other, NULL, WNOHANG), 0); /* it was left alone */
    kill(other, SIGKILL);
    waitpid(other, NULL, 0);
}
END_TEST

START_TEST(a_pid_of_a_zombie)
{
    int ends[2];
    pid_t zombie = 0;
    up();
    down();
    ck_assert_int_eq(pipe(ends), 0);
    pid_t parent = fork();
    if (!parent) { /* a parent that never reaps */
        pid_t child = fork();
        if (!child)
            _exit(0);
        if (write(ends[1], &child, sizeof(child)) == sizeof(child))
            pause();
        _exit(1);
    }
    ck_assert_int_eq(read(ends[0], &zombie, sizeof(zombie)), sizeof(zombie));
    leave_pid(zombie);
    up();
    kill(parent, SIGKILL);
    waitpid(parent, NULL, 0);
}
END_TEST

/* From nothing, at the same moment, with a path the kernel does not take for a socket. */
START_TEST(two_starters_and_a_long_path)
{
    char folder[300], value[8];
    memset(folder, 0, sizeof(folder));
    snprintf(folder, sizeof(folder), "%s/", root);
    memset(folder + strlen(folder), 'x', 120);
    pid_t pid[2];
    for (int i = 0; i < 2; i++) {
        pid[i] = fork();
        if (!pid[i])
            _exit(pni_cluster_up(folder, &c));
    }
    for (int i = 0; i < 2; i++) {
        int status = -1;
        waitpid(pid[i], &status, 0);
        ck_assert_int_eq(status, 0);
    }
    must(pni_cluster_status(folder, &c));
    ck_assert_int_eq(c.state, PN_CLUSTER_UP);
    ck_assert_int_lt(strlen(c.socket), 90);
    ck_assert_ptr_null(strstr(c.socket, "xxxx"));
    sql(c.dsn, "select 1", value, sizeof(value));
    must(pni_cluster_down(folder, true, &c));
    ck_assert_int_eq(rmdir(c.socket), 0);
}
END_TEST

START_TEST(what_a_killed_maker_left)
{
    char folder[200], name[300];
    struct stat st;
    snprintf(folder, sizeof(folder), "%s/half", root);
    ck_assert_int_eq(mkdir(folder, 0755), 0);
    snprintf(name, sizeof(name), "%s/pg", folder);
    ck_assert_int_eq(mkdir(name, 0700), 0);
    put(name, "precious", "");
    ck_assert_int_eq(pni_cluster_up(folder, &c), PN_ECONF);
    ck_assert_ptr_nonnull(strstr(c.message, name));
    snprintf(name, sizeof(name), "%s/pg/precious", folder);
    ck_assert_int_eq(stat(name, &st), 0);
    ck_assert_int_eq(unlink(name), 0);
    snprintf(name, sizeof(name), "%s/pg.tmp.4242", folder);
    ck_assert_int_eq(mkdir(name, 0700), 0);
    put(name, "PG_VERSION", "15\n");
    ck_assert_int_eq(pni_cluster_up(folder, &c), PN_OK);
    ck_assert(c.fresh);
    ck_assert_int_ne(stat(name, &st), 0);
    must(pni_cluster_down(folder, true, &c));
}
END_TEST

START_TEST(data_of_another_version_is_not_touched)
{
    char value[32], line[16];
    up();
    snprintf(line, sizeof(line), "%d\n", (int)strtol(c.version, NULL, 10));
    snprintf(value, sizeof(value), "%s", c.version);
    down();
    put(c.data_dir, "PG_VERSION", "11\n");
    pn_code rc = pni_cluster_up(state, &c);
    put(c.data_dir, "PG_VERSION", line);
    ck_assert_int_eq(rc, PN_ECONF);
    ck_assert_ptr_nonnull(strstr(c.message, "11"));
    ck_assert_ptr_nonnull(strstr(c.hint, "pg_upgrade"));
    up();
    ck_assert_str_eq(c.version, value);
}
END_TEST

START_TEST(a_server_that_does_not_start_says_why)
{
    up();
    down();
    put(state, "pg.conf", "shared_buffers = nonsense\n");
    char name[PNI_PATH];
    snprintf(name, sizeof(name), "%s/pg.conf", state);
    pn_code rc = pni_cluster_up(state, &c);
    ck_assert_int_eq(unlink(name), 0);
    ck_assert_int_eq(rc, PN_EDATABASE);
    ck_assert_ptr_nonnull(strstr(c.message, "nonsense"));
    ck_assert_ptr_nonnull(strstr(c.hint, "pg.log"));
    up();
}
END_TEST

START_TEST(a_folder_the_owner_cannot_enter_is_named)
{
    char folder[200], inner[300];
    if (geteuid()) /* there is no other owner then */
        return;
    snprintf(folder, sizeof(folder), "%s/closed", root);
    snprintf(inner, sizeof(inner), "%s/state", folder);
    ck_assert_int_eq(mkdir(folder, 0700), 0);
    ck_assert_int_eq(pni_cluster_up(inner, &c), PN_EPERM);
    ck_assert_ptr_nonnull(strstr(c.message, folder));
    ck_assert_ptr_nonnull(strstr(c.hint, "chmod o+x"));
    ck_assert_int_eq(pni_cluster_up("relative", &c), PN_ECONF);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base/cluster");
    TCase *all = tcase_create("cluster");
    tcase_set_timeout(all, 60);
    tcase_add_unchecked_fixture(all, make_root, remove_root);
    tcase_add_test(all, a_new_one_speaks_chinese);
    tcase_add_test(all, nobody_else_reaches_the_files);
    tcase_add_test(all, the_second_up_does_nothing);
    tcase_add_test(all, up_down_status);
    tcase_add_test(all, everything_killed_loses_nothing);
    tcase_add_test(all, a_killed_postmaster_with_a_busy_backend);
    tcase_add_test(all, a_stale_pid);
    tcase_add_test(all, a_pid_that_now_belongs_to_another_program);
    tcase_add_test(all, a_pid_of_a_zombie);
    tcase_add_test(all, two_starters_and_a_long_path);
    tcase_add_test(all, what_a_killed_maker_left);
    tcase_add_test(all, data_of_another_version_is_not_touched);
    tcase_add_test(all, a_server_that_does_not_start_says_why);
    tcase_add_test(all, a_folder_the_owner_cannot_enter_is_named);
    suite_add_tcase(suite, all);
    return pn_test_main(suite);
}
