/* SPDX-License-Identifier: Apache-2.0 */
/* fixture.c — a console over the sandbox, in a directory of its own. */
#include "config.h"
#include "fixture.h"

#include <check.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char dir[256], program[512], count_so[512];
struct vth t;

void path_of(char out[600], const char *name)
{
    snprintf(out, 600, "%s/%s", dir, name);
}

char *read_file(const char *name, size_t *size)
{
    char path[600];
    path_of(path, name);
    FILE *f = fopen(path, "re");
    if (!f)
        return NULL;
    char *text = calloc(1, 1 << 20);
    *size = fread(text, 1, (1 << 20) - 1, f);
    fclose(f);
    return text;
}

void put_file(const char *name, const char *text)
{
    char path[600];
    path_of(path, name);
    FILE *f = fopen(path, "w");
    ck_assert_ptr_nonnull(f);
    fputs(text, f);
    fclose(f);
}

void take_file(const char *name)
{
    char path[600];
    path_of(path, name);
    unlink(path);
}

void setup(void)
{
    const char *build = getenv("PN_BUILDDIR");
    snprintf(dir, sizeof dir, "/tmp/pn-tui-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
    char path[600];
    path_of(path, "piaoniu");
    mkdir(path, 0700);
    put_file("piaoniu/token", "pnt_wang\n");
    put_file("count", "\0\0\0\0\0\0\0\0");
    path_of(path, "count");
    ck_assert_int_eq(truncate(path, 8), 0);
    snprintf(program, sizeof program, "%s/tests/tui/sandbox", build ? build : ".");
    snprintf(count_so, sizeof count_so, "%s/tests/tui/.libs/count.so", build ? build : ".");
    t.fd = -1;
}

static int drop(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

/* With whatever the console has written there, under whatever name. */
void teardown(void)
{
    vth_stop(&t);
    nftw(dir, drop, 8, FTW_DEPTH | FTW_PHYS);
}

/* Start it with one more setting ("NAME=VALUE", may be NULL) and up to two words. */
void open_console(int rows, int cols, const char *term, const char *setting, const char *word,
                  const char *word2)
{
    char xdg[300], box[300], state[300], home[300];
    snprintf(xdg, sizeof xdg, "XDG_CONFIG_HOME=%s", dir);
    snprintf(box, sizeof box, "PN_SANDBOX=%s", dir);
    snprintf(state, sizeof state, "PN_STATE=%s", dir);
    snprintf(home, sizeof home, "HOME=%s", dir);
    const char *build = getenv("PN_BUILDDIR");
    char words[600];
    snprintf(words, sizeof words, "PN_LOCALEDIR=%s/tests/tui/locale", build ? build : ".");
    const char *env[] = {words, xdg, box, state, home, "PN_TOKEN",
                         setting ? setting : "NO_COLOR", NULL};
    char *argv[] = {program, strdup(word ? word : "--seed=7"), word2 ? strdup(word2) : NULL, NULL};
    ck_assert_int_eq(vth_start(&t, rows, cols, term, argv, env), 0);
    free(argv[1]);
    free(argv[2]);
}

void open_usual(void)
{
    open_console(24, 80, "xterm-256color", NULL, NULL, NULL);
    ck_assert(vth_expect(&t, "Tonight", PATIENCE));
}

/* ---- what is shown against what is told ---- */

/* Frames and bars are no facts, nor what stands around a word. */
static const char ornament[] = "|/\\-+*=#.[]()<>~!?:,;_^";

static bool is_told(const char *text, const char *word, size_t n, const char *about_keys)
{
    char part[300];
    static const char cut[] = "…";
    snprintf(part, sizeof part, "%.*s", (int)n, word);
    char *clipped = strstr(part, cut);
    if (clipped)
        *clipped = 0;
    char *from = part;
    while (*from && strchr(ornament, *from))
        from++;
    if (!strncmp(from, "\xe2\x96", 2)) /* a block: part of a picture */
        return true;
    size_t len = strlen(from);
    while (len && strchr(ornament, from[len - 1]))
        from[--len] = 0;
    bool signs = !strcmp(about_keys, SIGNS) && strspn(from, SIGNS) == len;
    return !len || signs || !strcmp(from, "Piaoniu") || strcasestr(text, from) ||
           strstr(about_keys, from);
}

void untold(const char *shown, const char *told, const char *about_keys, char *missing,
            size_t size)
{
    static const char between[] = " \n/|=";
    size_t len = 0, n;
    *missing = 0;
    for (const char *word = shown; *(word += strspn(word, between)); word += n) {
        n = strcspn(word, between);
        if (!is_told(told, word, n, about_keys) && len < size)
            len += (size_t)snprintf(missing + len, size - len, "%.*s ", (int)n, word);
    }
}

void must(const char *text)
{
    if (vth_expect(&t, text, PATIENCE))
        return;
    char *screen = vth_snap(&t, false);
    ck_abort_msg("“%s” is not on the screen:\n%.2500s", text, screen);
}

void say(const char *bytes)
{
    vth_send(&t, bytes, strlen(bytes));
}

uint64_t writes(void)
{
    char path[600];
    uint64_t n = 0;
    path_of(path, "count");
    int fd = open(path, O_RDONLY);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(read(fd, &n, sizeof n), sizeof n);
    close(fd);
    return n;
}
