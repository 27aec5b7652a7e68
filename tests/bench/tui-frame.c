/* SPDX-License-Identifier: Apache-2.0 */
/* tui-frame — the console on a thousand and on a million orders against htop, tig and pspg, in
 * turns in one terminal emulator: first paint, first data, the time from a key to its frame,
 * memory, bytes for a key, what idling costs, a storm of changes, a scan at the gate. One JSON line
 * a figure; status 1 when a gate is missed. A tool that is not installed is left out. PN_BENCH_ONLY
 * names the parts that are wanted ("starts gate"); without it all are. */
#include "config.h"
#include "base/news.h"
#include "base/news_int.h"
#include "median_int.h"
#include "order/shop.h"
#include "../tui/vth.h"
#include "user/auth.h"
#include "user/staff.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROWS = 40, COLS = 120, PATIENCE = 20000, KEYS_MAX = 400, COMMITS = 18729,
       SCANS = 2000, SCANS_QUICK = 200 };

static char dir[64], token_dir[80], program[600], token[100];
static int rounds = 9, keys_n = 300, idle_ms = 10000;
static bool quick, missed;

/* ---- figures ---- */

static void figure(const char *id, const char *what, const char *unit, double ours,
                   const char *against, double theirs, double gate)
{
    double ratio = theirs > 0 ? ours / theirs : ours > 0 ? 1e9 : 0;
    printf("{\"id\":\"%s\",\"what\":\"%s\",\"value\":%.3f,\"unit\":\"%s\",\"baseline\":%.3f,"
           "\"baseline_what\":\"%s\",\"ratio\":%.3f,\"gate\":%g}\n",
           id, what, ours, unit, theirs, against, ratio, gate);
    fflush(stdout);
    missed |= ratio > gate;
}

static int ascending(const void *a, const void *b)
{
    return pn_ascending(a, b);
}

static double part(double *values, int n, double share)
{
    qsort(values, (size_t)n, sizeof *values, ascending);
    int at = (int)(share * n);
    return values[at < n ? at : n - 1];
}

/* ---- the programs ---- */

struct tool { char *argv[6]; const char *settled; };
static struct tool console = {{program, NULL}, "Orders"};
static struct tool orders = {{program, "order", "list", NULL}, "1/100+"};
/* The thousand newest of them: (1000000 + 1000) * 4096. */
static struct tool first_orders = {
    {program, "order", "list", "where=id<4100096000", NULL}, "1/100+"};
static struct tool htop = {{"/usr/bin/htop", NULL}, "F10"};
static struct tool tig = {{"/usr/bin/tig", NULL}, NULL};
static struct tool pspg = {{"/usr/bin/pspg", "--csv", "-f", NULL, NULL}, NULL};

static bool is_there(const struct tool *tool)
{
    return !access(tool->argv[0], X_OK);
}

static void start(struct vth *t, const struct tool *tool)
{
    char xdg[120];
    snprintf(xdg, sizeof xdg, "XDG_CONFIG_HOME=%s", token_dir);
    const char *env[] = {"LC_ALL=C.UTF-8", "NO_COLOR", xdg, NULL};
    if (vth_start(t, ROWS, COLS, "xterm-256color", tool->argv, env))
        exit(2);
}

static bool painted(const struct vth *t)
{
    char row[4096];
    for (int i = 0; i < t->rows; i++) {
        vth_row(t, i, row, sizeof row);
        if (*row)
            return true;
    }
    return false;
}

/* Until that text is shown, or anything for NULL; returns when the last of it came. The clock is
 * read before the screen is searched: that is the test's work, not the program's. */
static int64_t shown_at(struct vth *t, const char *text)
{
    int64_t now = vth_now_us(), until = now + PATIENCE * 1000LL;
    while (text ? t->in_frame || !vth_has(t, text) : !painted(t)) {
        if (t->gone || now >= until) {
            char *screen = vth_snap(t, false);
            fprintf(stderr, "nothing shows “%s”:\n%s", text ? text : "", screen);
            exit(2);
        }
        vth_some(t, 50);
        now = vth_now_us();
    }
    return now;
}

/* Milliseconds from the start until something is on the screen, and until all is (nothing more
 * comes for a while; then until the last of it came). */
static void begin(struct vth *t, const struct tool *tool, double *paint, double *settled)
{
    int64_t from = vth_now_us();
    start(t, tool);
    int64_t last = shown_at(t, NULL);
    *paint = (double)(last - from) / 1000;
    if (tool->settled)
        last = shown_at(t, tool->settled);
    while (!tool->settled && vth_some(t, 400))
        last = vth_now_us();
    *settled = (double)(last - from) / 1000;
}

static void end(struct vth *t)
{
    vth_keys_fast(t, "Q");
    vth_stop(t);
}

/* ---- what a process costs ---- */

static long status_of(pid_t pid, const char *word)
{
    char path[64], line[256];
    long value = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f))
        if (!strncmp(line, word, strlen(word)))
            value = strtol(line + strlen(word) + 1, NULL, 10);
    if (f)
        fclose(f);
    return value;
}

/* KiB of both processes that nobody else has: libraries are everybody's. */
static long memory(const struct vth *t)
{
    pid_t child = vth_child(t);
    return status_of(t->pid, "VmRSS:") + (child ? status_of(child, "VmRSS:") : 0);
}

/* Times its threads went to sleep, of both processes. */
static long wakeups(const struct vth *t)
{
    long sum = 0;
    pid_t pids[] = {t->pid, vth_child(t)};
    for (int i = 0; i < 2; i++) {
        char path[64];
        snprintf(path, sizeof path, "/proc/%d/task", (int)pids[i]);
        DIR *tasks = pids[i] ? opendir(path) : NULL;
        for (struct dirent *task; tasks && (task = readdir(tasks));)
            if (*task->d_name != '.')
                sum += status_of((pid_t)strtol(task->d_name, NULL, 10),
                                 "voluntary_ctxt_switches:");
        if (tasks)
            closedir(tasks);
    }
    return sum;
}

/* Milliseconds from each Down (and, from time to time, Up) to the end of its frame, or to the
 * first bytes of somebody who has no frames; bytes for one in *bytes. */
static int press(struct vth *t, bool frames, double ms[], double *bytes)
{
    uint64_t before = t->bytes;
    int n = 0;
    for (int i = 0; i < keys_n; i++) {
        int64_t from = vth_now_us();
        vth_send(t, i / 80 % 2 ? "\033[A" : "\033[B", 3);
        bool came = frames ? vth_frame(t, 500) : vth_some(t, 500);
        if (came)
            ms[n++] = (double)(vth_now_us() - from) / 1000;
        if (!frames)
            while (vth_some(t, 5))
                continue;
    }
    *bytes = (double)(t->bytes - before) / (n ? n : 1);
    return n;
}

static bool run(const char *script)
{
    int status = -1;
    pid_t pid = fork();
    if (pid == 0) {
        execl("/bin/sh", "sh", "-c", script, (char *)NULL);
        _exit(127);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && !status;
}

/* ---- the data ---- */

static void fill_orders(int64_t from, int64_t to)
{
    char sql[1600];
    snprintf(sql, sizeof sql,
             "insert into orders (sk, id, no, session_id, show_id, staff_id, buyer, status, qty,"
             " delivery, buyer_phone, phone_hash, phone_tail, goods_fen, payable_fen,"
             " hold_expires_at, limit_keys, created_at, updated_at) select 1, n * 4096 + 1,"
             " 'PN' || n, %d, 4, 31, %s, 'PENDING_PAY', 1, 'ETICKET',"
             " decode(repeat('ab', 44), 'hex'), %s, right(n::text, 4), 58000, 58000, now(),"
             " '{}', now() - n * interval '1 second', now() from generate_series(%" PRId64
             "::bigint, %" PRId64 ") n", SESSION, "int8send(n)", "int8send(n)", from, to - 1);
    test_sql(sql);
    test_sql("vacuum analyze orders");
}

static void sign_in(void)
{
    static const char password[] = "correct horse battery staple";
    char path[200];
    pn_staff staff;
    pn_signed_in in;
    pn *p = test_begin(PN_ROLE_SYSTEM);
    ok(pn_staff_init(p, &(struct pn_staff_init){"admin", "admin", password}, &staff));
    pn_end(p);
    p = test_begin(PN_ROLE_SYSTEM);
    ok(pn_auth_login(p, &(struct pn_auth_login){.login = "admin", .password = password}, &in));
    snprintf(token_dir, sizeof token_dir, "%s/config", dir);
    mkdir(token_dir, 0700);
    snprintf(path, sizeof path, "%s/piaoniu", token_dir);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/piaoniu/token", token_dir);
    FILE *f = fopen(path, "w");
    fprintf(f, "%s\n", in.token);
    fclose(f);
    snprintf(token, sizeof token, "%s", in.token);
    pn_end(p);
}

/* A history as long as the one tig was measured with, and a table of a million lines. */
static void make_inputs(void)
{
    char command[2400];
    snprintf(command, sizeof command,
             "cd %s && git init -q h && awk -v n=%d -f %s/tests/bench/history.awk | git -C h"
             " fast-import --quiet && git -C h symbolic-ref HEAD refs/heads/master &&"
             " git -C h pack-refs --all && awk"
             " 'BEGIN { for (i = 0; i < %d; i++) print i"
             " \",PN\" i \",2026-11-27 19:30,PENDING_PAY,580.00,PN-buyer\" i }' >table.csv",
             dir, COMMITS, getenv("PN_SRCDIR"), quick ? 100000 : 1000000);
    if (!run(command))
        fputs("tui-frame: no history for tig, or no table for pspg\n", stderr);
}

/* ---- what is measured ---- */

static void starts(void)
{
    double ours[PN_ROUNDS_MAX], data[PN_ROUNDS_MAX], first[2][PN_ROUNDS_MAX],
        settled[2][PN_ROUNDS_MAX], unused;
    bool tig_is = is_there(&tig), htop_is = is_there(&htop);
    char *home = getcwd(NULL, 0), history[100];
    snprintf(history, sizeof history, "%s/h", dir);
    for (int i = -1; i < rounds; i++) { /* the first warms the caches */
        int at = i < 0 ? 0 : i;
        struct vth t = {0};
        begin(&t, &console, &ours[at], &unused);
        end(&t);
        begin(&t, &orders, &unused, &data[at]);
        end(&t);
        if (htop_is) {
            begin(&t, &htop, &first[0][at], &settled[0][at]);
            end(&t);
        }
        if (tig_is && !chdir(history)) {
            begin(&t, &tig, &first[1][at], &settled[1][at]);
            end(&t);
            (void)!chdir(home);
        }
    }
    free(home);
    double paint = pn_median(ours, rounds), shown = pn_median(data, rounds);
    if (htop_is)
        figure("tui.paint.htop", "start to first paint", "ms", paint, "htop",
               pn_median(first[0], rounds), 0.15);
    if (tig_is) {
        figure("tui.paint.tig", "start to first paint", "ms", paint, "tig",
               pn_median(first[1], rounds), 0.6);
        figure("tui.data.tig", "start to the first of a million orders", "ms", shown,
               "tig, its history whole", pn_median(settled[1], rounds), 0.1);
    }
}

/* Every server process of the database but ours. */
static void to_servers(int sig)
{
    static char pids[1000];
    if (sig == SIGSTOP)
        snprintf(pids, sizeof pids, "%s",
                 test_sql_text("select string_agg(pid::text, ' ') from pg_stat_activity where"
                               " datname = current_database() and pid <> pg_backend_pid()"
                               " and application_name like 'piaoniu%'"));
    for (char *at = pids; *at; at += strspn(at, " ")) {
        long pid = strtol(at, &at, 10);
        if (pid > 0)
            kill((pid_t)pid, sig);
    }
}

/* One console after the other, each with keys: a thousand orders, a million, a million while the
 * servers are stopped, and tig. All keys of all rounds count together. */
enum { FEW, MANY, STOPPED, TIG, KINDS };

static double *samples[KINDS];
static int counted[KINDS];

static void one_console(const struct tool *tool, int kind, double *rss)
{
    struct vth t = {0};
    double a, b, unused;
    begin(&t, tool, &a, &b);
    vth_settle(&t, 300);
    counted[kind] += press(&t, true, samples[kind] + counted[kind], &unused);
    *rss = (double)memory(&t);
    if (kind == MANY) {
        vth_keys(&t, "Home");
        vth_settle(&t, 300);
        to_servers(SIGSTOP);
        counted[STOPPED] += press(&t, true, samples[STOPPED] + counted[STOPPED], &unused);
        to_servers(SIGCONT);
    }
    end(&t);
}

static void one_tig(void)
{
    struct vth t = {0};
    double a, b, unused;
    char *home = getcwd(NULL, 0), history[100];
    snprintf(history, sizeof history, "%s/h", dir);
    if (is_there(&tig) && !chdir(history)) {
        begin(&t, &tig, &a, &b);
        counted[TIG] += press(&t, false, samples[TIG] + counted[TIG], &unused);
        end(&t);
        (void)!chdir(home);
    }
    free(home);
}

static void against_pspg(double rss)
{
    struct vth t = {0};
    double a, b;
    char table[100];
    snprintf(table, sizeof table, "%s/table.csv", dir);
    pspg.argv[3] = table;
    begin(&t, &pspg, &a, &b);
    figure("tui.memory.pspg", "memory for a million orders", "KiB", rss,
           quick ? "ten times pspg, a tenth of the lines" : "pspg, a million lines",
           (double)memory(&t) * (quick ? 10 : 1), 0.05);
    end(&t);
}

static void many(void)
{
    double p99[KINDS], few_rss[PN_ROUNDS_MAX], many_rss[PN_ROUNDS_MAX];
    for (int k = 0; k < KINDS; k++)
        samples[k] = calloc((size_t)(rounds * keys_n), sizeof(double));
    for (int i = 0; i < rounds; i++) {
        one_console(&first_orders, FEW, &few_rss[i]);
        one_console(&orders, MANY, &many_rss[i]);
        one_tig();
    }
    for (int k = 0; k < KINDS; k++) {
        p99[k] = counted[k] ? part(samples[k], counted[k], 0.99) : 0;
        free(samples[k]);
    }
    if (counted[TIG])
        figure("tui.key.tig", "key to frame, p99, a million orders", "ms", p99[MANY], "tig",
               p99[TIG], 1);
    figure("tui.key.flat", "key to frame, p99, a million orders", "ms", p99[MANY],
           "a thousand orders", p99[FEW], 1.1);
    figure("tui.key.stopped", "key to frame, p99, the servers stopped", "ms", p99[STOPPED],
           "a million orders", p99[MANY], 1.1);
    double more = pn_median(many_rss, rounds) - pn_median(few_rss, rounds);
    figure("tui.memory.flat", "memory for a million orders beyond that for a thousand", "KiB",
           more > 0 ? more : 0, "256 KiB", 256, 1);
    if (is_there(&pspg))
        against_pspg(pn_median(many_rss, rounds));
}

static void quiet(void)
{
    struct vth t = {0};
    double a, b;
    begin(&t, &orders, &a, &b);
    vth_settle(&t, 1500);
    uint64_t written = t.bytes;
    long slept = wakeups(&t);
    int64_t until = vth_now_us() + idle_ms * 1000LL;
    while (vth_now_us() < until)
        vth_some(&t, (int)((until - vth_now_us()) / 1000) + 1);
    figure("tui.idle.bytes", "bytes written while nothing changes", "B",
           (double)(t.bytes - written), "nothing", 0, 0);
    figure("tui.idle.wakeups", "wake-ups while nothing changes", "", (double)(wakeups(&t) - slept),
           "nothing", 0, 0);
    end(&t);
}

/* Bytes for each of forty Downs. */
static double bytes_down(const struct tool *tool)
{
    struct vth t = {0};
    double ms[KEYS_MAX], a, b, bytes;
    int keys = keys_n;
    begin(&t, tool, &a, &b);
    vth_settle(&t, 300);
    keys_n = 40;
    (void)press(&t, false, ms, &bytes);
    keys_n = keys;
    end(&t);
    return bytes;
}

static void bytes_of_keys(void)
{
    if (is_there(&htop))
        figure("tui.key.bytes", "bytes for a Down", "B", bytes_down(&orders), "htop",
               bytes_down(&htop), 1);
}

/* 500 orders change in a second, most of them not on the screen, some of them there. */
static void storm(void)
{
    struct vth t = {0};
    double a, b;
    pn *p = test_begin(PN_ROLE_SYSTEM);
    begin(&t, &orders, &a, &b);
    vth_settle(&t, 1500);
    uint64_t frames = t.frames;
    int64_t from = vth_now_us(), until = from + (quick ? 3 : 10) * 1000000LL;
    for (int64_t n = 0; vth_now_us() < until; n += 50) {
        char sql[300];
        snprintf(sql, sizeof sql, "update orders set goods_fen = g, payable_fen = g from"
                 " (select %" PRId64 " as g) x where sk = 1 and id in (select (1000000 + (%" PRId64
                 " + i * 37) %% 1000)::bigint * 4096 + 1 from generate_series(0, 49) i)",
                 58000 + n, n);
        test_sql(sql);
        for (int64_t i = 0; i < 50; i++)
            pni_news_note(p, "order", (1000000 + (n + i * 37) % 1000) * 4096 + 1);
        pn_news_tell(test_ctx, true);
        int64_t next = from + (n + 50) * 2000;
        while (vth_now_us() < next)
            vth_some(&t, (int)((next - vth_now_us()) / 1000) + 1);
    }
    double seconds = (double)(vth_now_us() - from) / 1e6;
    figure("tui.storm", "frames a second while 500 orders a second change", "1/s",
           (double)(t.frames - frames) / seconds, "ten", 10, 1);
    double ms[KEYS_MAX], bytes;
    (void)press(&t, true, ms, &bytes);
    end(&t);
    pn_end(p);
}

/* The same question by the same person, asked of the library: signed in, with a key of its own. */
static double asked(const pn_op *op, const char *code)
{
    char key[40];
    int64_t from = vth_now_us();
    pn *p = pn_begin(test_ctx);
    snprintf(key, sizeof key, "bench-%.8s", code);
    void *in = pn_alloc(p, op->in->size), *out = pn_alloc(p, op->out->size);
    pn_set_via(p, "console", NULL);
    ok(pn_signin(p, token));
    pn_key(p, key);
    if (pn_set(p, op->in, in, pn_type_col(op->in, "code"), code) || pn_call(p, op, in, out))
        (void)pn_error(p);
    pn_end(p);
    return (double)(vth_now_us() - from) / 1000;
}

/* Milliseconds from a scan to the end of the frame that has the verdict on it. */
static double scanned(struct vth *t, const char *code)
{
    char scan[48], shown[9];
    snprintf(scan, sizeof scan, "%s\r", code);
    snprintf(shown, sizeof shown, "%.8s", code); /* as much of it is on the screen */
    int64_t from = vth_now_us();
    vth_send(t, scan, strlen(scan));
    return (double)(shown_at(t, shown) - from) / 1000;
}

/* A scan at the gate and its verdict, against the same question asked without a console: so many
 * that a hundredth of them is more than chance. */
static void gate(void)
{
    static double ours[SCANS], theirs[SCANS];
    double a, b;
    struct vth t = {0};
    const pn_op *op = pn_op_find("gate", "verify");
    begin(&t, &console, &a, &b);
    vth_keys_slow(&t, "5");
    vth_settle(&t, 500);
    int n = quick ? SCANS_QUICK : SCANS;
    for (int i = 0; i < n; i++) {
        char code[40];
        snprintf(code, sizeof code, "%08dASKED", i);
        theirs[i] = asked(op, code);
        snprintf(code, sizeof code, "%08dSCANNED", i);
        ours[i] = scanned(&t, code);
    }
    end(&t);
    figure("tui.gate", "scan to verdict, p99", "ms", part(ours, n, 0.99),
           "the same question asked of the library, as the same person", part(theirs, n, 0.99), 2);
    figure("tui.gate.median", "scan to verdict, median", "ms", part(ours, n, 0.5),
           "the same question asked of the library, as the same person", part(theirs, n, 0.5), 2);
}

static void find_program(void)
{
    const char *named = getenv("PN_BUILDDIR");
    char libraries[600], *build = realpath(named ? named : ".", NULL);
    ck_assert_ptr_nonnull(build);
    snprintf(program, sizeof program, "%s/tui/.libs/piaoniu", build);
    if (access(program, X_OK))
        snprintf(program, sizeof program, "%s/tui/piaoniu", build);
    /* Not libtool's script before it; a relative path the loader would try thirty times for each
     * library, which no program that is installed has to wait for. */
    snprintf(libraries, sizeof libraries, "%s/lib/.libs", build);
    setenv("LD_LIBRARY_PATH", libraries, 1);
    free(build);
}

START_TEST(the_console)
{
    char command[100];
    find_program();
    snprintf(dir, sizeof dir, "/tmp/pn-bench-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
    setenv("PN_STATE", dir, 1);
    test_db_setup();
    setenv("PN_DSN", test_db_dsn(), 1);
    make_shop(.stock = 10);
    sign_in();
    make_inputs();
    fill_orders(1000000, quick ? 1100000 : 2000000);
    static const struct { const char *name; void (*run)(void); } parts[] = {
        {"starts", starts}, {"many", many}, {"quiet", quiet}, {"bytes", bytes_of_keys},
        {"storm", storm},   {"gate", gate}};
    const char *only = getenv("PN_BENCH_ONLY");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!only || strstr(only, parts[i].name))
            parts[i].run();
    test_db_teardown();
    snprintf(command, sizeof command, "rm -rf %s", dir);
    ck_assert(run(command));
    ck_assert_msg(!missed, "a gate was missed");
}
END_TEST

int main(void)
{
    quick = getenv("PN_BENCH_QUICK");
    if (quick)
        rounds = 3, keys_n = 100, idle_ms = 3000;
    Suite *suite = suite_create("console");
    TCase *c = tcase_create("console");
    tcase_set_timeout(c, 1800);
    tcase_add_test(c, the_console);
    suite_add_tcase(suite, c);
    return pn_test_main(suite);
}
