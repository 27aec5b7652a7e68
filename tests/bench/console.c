/* SPDX-License-Identifier: Apache-2.0 */
/* console PROGRAM TEXT ROUNDS — the console against htop in the same terminal emulator, in turns:
 * first paint (from exec to TEXT on the screen; for htop its last line), memory (all processes of
 * each), bytes written while nothing happens. One JSON line a figure; status 1 when a gate is
 * missed, 2 when one of the two could not be run. */
#include "config.h"
#include "../tui/vth.h"
#include "median_int.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_MS = 10000, ROWS = 40, COLS = 120 };

struct sample { double paint_ms, memory_mib, idle_bytes; };

static long resident_kib(pid_t pid)
{
    char path[64], line[256];
    long kib = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f))
        if (!strncmp(line, "VmRSS:", 6))
            kib = strtol(line + 6, NULL, 10);
    if (f)
        fclose(f);
    return kib;
}

static bool sample(char *const argv[], const char *text, int idle_ms, struct sample *out)
{
    struct vth t = {0};
    const char *env[] = {"LC_ALL=C.UTF-8", "NO_COLOR", NULL};
    int64_t begin = vth_now_us();
    if (vth_start(&t, ROWS, COLS, "xterm-256color", argv, env) ||
        !vth_expect(&t, text, PATIENCE_MS)) {
        fprintf(stderr, "console: %s does not show “%s”\n", argv[0], text);
        vth_stop(&t);
        return false;
    }
    out->paint_ms = (double)(vth_now_us() - begin) / 1000;
    vth_settle(&t, 500);
    pid_t child = vth_child(&t);
    out->memory_mib = (double)(resident_kib(t.pid) + (child ? resident_kib(child) : 0)) / 1024;
    uint64_t before = t.bytes;
    int64_t end = vth_now_us() + idle_ms * 1000LL;
    while (vth_now_us() < end)
        vth_frame(&t, (int)((end - vth_now_us()) / 1000) + 1);
    out->idle_bytes = (double)(t.bytes - before);
    vth_keys_fast(&t, "q");
    vth_stop(&t);
    return true;
}

/* A figure; ours[] against theirs[], medians. */
static bool figure(const char *id, const char *what, const char *unit, const char *baseline_what,
                   double ours, double theirs, double gate, double aim, int rounds)
{
    double ratio = theirs > 0 ? ours / theirs : ours > 0 ? 1e9 : 0;
    printf("{\"id\":\"%s\",\"what\":\"%s\",\"value\":%.3f,\"unit\":\"%s\",\"baseline\":%.3f,"
           "\"baseline_what\":\"%s\",\"ratio\":%.3f,\"gate\":%g,\"aim\":%g,\"rounds\":%d}\n",
           id, what, ours, unit, theirs, baseline_what, ratio, gate, aim, rounds);
    return ratio <= gate;
}

int main(int argc, char **argv)
{
    double a[3][PN_ROUNDS_MAX], b[3][PN_ROUNDS_MAX];
    int rounds = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 0;
    if (rounds < 1 || rounds > PN_ROUNDS_MAX) {
        fputs("usage: console PROGRAM TEXT ROUNDS\n", stderr);
        return 2;
    }
    int idle_ms = getenv("PN_BENCH_QUICK") ? 2000 : 10000;
    char *const ours[] = {argv[1], NULL}, *const htop[] = {"/usr/bin/htop", NULL};
    struct sample x, y;
    for (int i = -1; i < rounds; i++) { /* the first round warms the caches */
        if (!sample(ours, argv[2], i < 0 ? 0 : idle_ms, &x) ||
            !sample(htop, "F10", i < 0 ? 0 : idle_ms, &y))
            return 2;
        if (i < 0)
            continue;
        a[0][i] = x.paint_ms, a[1][i] = x.memory_mib, a[2][i] = x.idle_bytes;
        b[0][i] = y.paint_ms, b[1][i] = y.memory_mib, b[2][i] = y.idle_bytes;
    }
    bool good = figure("tui.paint", "console: start to first screen with data", "ms", "htop",
                       pn_median(a[0], rounds), pn_median(b[0], rounds), 1, 0.15, rounds);
    good &= figure("tui.memory", "console: resident memory of both processes", "MiB",
                   "htop + 16 MiB", pn_median(a[1], rounds), pn_median(b[1], rounds) + 16, 1, 0.6,
                   rounds);
    good &= figure("tui.idle", "console: bytes written while nothing changes", "B", "htop",
                   pn_median(a[2], rounds), pn_median(b[2], rounds), 0, 0, rounds);
    return !good;
}
