/* SPDX-License-Identifier: Apache-2.0 */
/* week [FROM [TO]] — a week of work: the tasks of tui/week.def on the real console over a demo, for
 * the people who do them, as TAP. Names in braces come from the environment, in [] too: those are
 * scanned. Keys are counted; what is scanned or waited for (in angle brackets) is not. */
#include "config.h"
#include "vth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATIENCE = 20000 };

static const struct task {
    const char *who, *text, *keys, *shows;
    int budget;
} tasks[] = {
#define TASK(who, text, budget, keys, shows) {#who, text, keys, shows, budget},
#include "../../tui/week.def"
#undef TASK
};
enum { TASKS = sizeof tasks / sizeof *tasks };

static struct vth t;

/* What stands for a name in braces: its characters, one key each. Returns how many. */
static int press_named(const char *name, size_t len)
{
    char variable[40], key[8];
    int n = 0;
    snprintf(variable, sizeof variable, "%.*s", (int)len, name);
    const char *value = getenv(variable);
    for (; value && *value; value++, n++) {
        snprintf(key, sizeof key, "%c", *value);
        vth_keys(&t, key);
    }
    if (!n)
        printf("# %s is not set\n", variable);
    return n;
}

/* As a scanner types: at once, ended, and not in the breath of a key. */
static void scan(const char *name, size_t len)
{
    char variable[40], code[1000];
    snprintf(variable, sizeof variable, "%.*s", (int)len, name);
    const char *value = getenv(variable);
    snprintf(code, sizeof code, "%s\r", value ? value : "");
    vth_settle(&t, 150);
    vth_send(&t, code, strlen(code));
}

/* Press everything; the number of keys, -1 when something waited for did not come. */
static int press(const char *keys)
{
    int n = 0;
    while (*keys) {
        char word[200];
        size_t len = *keys == '<' ? strcspn(keys, ">") + 1 : strcspn(keys, " ");
        snprintf(word, sizeof word, "%.*s", (int)len, keys);
        keys += len;
        keys += strspn(keys, " ");
        if (*word == '<') {
            word[len - 1] = 0;
            if (vth_expect(&t, word + 1, PATIENCE))
                continue;
            printf("# waited for: %s\n", word + 1);
            return -1;
        }
        if (*word == '[' && len > 1) {
            scan(word + 1, len - 2);
            continue;
        }
        if (*word == '{') {
            n += press_named(word + 1, len - 2);
            continue;
        }
        vth_keys(&t, word);
        n++;
    }
    return n;
}

static void show_screen(void)
{
    char row[1024];
    for (int r = 0; r < t.rows; r++) {
        vth_row(&t, r, row, sizeof row);
        if (*row)
            printf("#  |%s\n", row);
    }
}

/* The customer's screen of that till shows what was sold, and thanks: soon, not at once. */
static bool told_customer(const char *state, const char *who)
{
    char line[900], text[2000] = "";
    const char *build = getenv("PN_BUILDDIR");
    snprintf(line, sizeof line, "%s/cli/pn --token-file %s/as-%s/piaoniu/token till show 7 -o json",
             build ? build : ".", state ? state : "", who);
    for (int64_t end = vth_now_us() + PATIENCE * 1000LL; vth_now_us() < end;) {
        FILE *f = popen(line, "re");
        if (!f)
            return false;
        text[fread(text, 1, sizeof text - 1, f)] = 0;
        pclose(f);
        if (strstr(text, "\"PAID\"") && strstr(text, "\"qty\"") && strstr(text, "\"payable_fen\""))
            return true;
    }
    printf("# the customer saw: %s\n", text);
    return false;
}

static bool run(const struct task *task)
{
    const char *program = getenv("CONSOLE"), *state = getenv("PN_STATE");
    char home[600], *argv[] = {strdup(program ? program : ""), strdup("--till=7"), NULL};
    snprintf(home, sizeof home, "XDG_CONFIG_HOME=%s/as-%s", state ? state : "", task->who);
    const char *env[] = {home, "XDG_RUNTIME_DIR", NULL};
    if (vth_start(&t, 30, 110, "xterm-256color", argv, env))
        return false;
    bool ok = vth_expect(&t, "0 All rooms", PATIENCE);
    int n = ok ? press(task->keys) : -1;
    ok = n >= 0 && vth_expect(&t, task->shows, PATIENCE);
    if (ok && !strcmp(task->shows, "Printed") && !told_customer(state, task->who))
        ok = false;
    if (!ok)
        show_screen();
    if (n > task->budget)
        printf("# %d keys, %d are allowed\n", n, task->budget);
    vth_stop(&t);
    free(argv[0]);
    free(argv[1]);
    return ok && n <= task->budget;
}

int main(int argc, char **argv)
{
    int from = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 1, failed = 0;
    int to = argc > 2 ? (int)strtol(argv[2], NULL, 10) : TASKS;
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("1..%d\n", to - from + 1);
    for (int i = from - 1; i < to && i < TASKS; i++) {
        bool ok = run(&tasks[i]);
        failed += !ok;
        printf("%s %d - %s: %s\n", ok ? "ok" : "not ok", i + 1, tasks[i].who, tasks[i].text);
    }
    return failed ? 1 : 0;
}
