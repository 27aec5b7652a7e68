/* SPDX-License-Identifier: Apache-2.0 */
/* told.c — what is done by keys, said as a command: keys teach commands, and the audit trail keeps
 * the words. What is secret or personal stays out. */
#include "config.h"
#include "app.h"

#include <stdarg.h>
#include <string.h>

static void put(char *to, size_t size, const char *fmt, ...) PN_PRINTF(3, 4);
static void put(char *to, size_t size, const char *fmt, ...)
{
    size_t len = strlen(to);
    va_list args;
    va_start(args, fmt);
    if (len + 1 < size)
        vsnprintf(to + len, size - len, fmt, args);
    va_end(args);
}

/* As a shell takes it. */
static void put_value(char *to, size_t size, const char *value)
{
    bool bare = *value != 0;
    for (const char *c = value; *c; c++)
        bare &= (*c & 0x80) || strchr("+,-./:=@_%", *c) || (*c >= '0' && *c <= '9') ||
                ((*c | 32) >= 'a' && (*c | 32) <= 'z');
    if (bare)
        put(to, size, "%s", value);
    else if (!strchr(value, '\''))
        put(to, size, "'%s'", value);
    else
        put(to, size, "\"%s\"", value);
}

static bool is_kept_back(const pn_col *col)
{
    return !col || col->kind == PN_K_ROWS || col->flags & (PN_SECRET | PN_PII | PN_FILE);
}

void told_job(const struct tui_job *job, char *out, size_t size)
{
    const pn_op *op = job->op;
    *out = 0;
    put(out, size, "pn %s %s", op->noun, op->verb);
    for (int i = 0; i < job->pairs; i++) {
        const struct tui_pair *pair = &job->pair[i];
        const pn_col *col = op->in ? pn_type_col(op->in, pair->name) : NULL;
        char flag[64];
        snprintf(flag, sizeof flag, "%s", pair->name);
        for (char *c = flag; *c; c++)
            *c = *c == '_' ? '-' : *c;
        if (col && col->flags & PN_KEY && i == 0)
            put(out, size, " ");
        else
            put(out, size, " --%s ", flag);
        put_value(out, size, is_kept_back(col) ? "…" : pair->value);
    }
    if (job->dry)
        put(out, size, " --dry-run");
}

void told_list(const pn_op *op, const char *filter, const char *sort, const char *columns,
               char *out, size_t size)
{
    bool terms = strpbrk(filter, "=~<>!") != NULL;
    *out = 0;
    put(out, size, "pn %s %s", op->noun, op->verb);
    if (*filter) {
        put(out, size, terms ? " --where " : " -q ");
        put_value(out, size, filter);
    }
    if (*sort) {
        put(out, size, " --sort ");
        put_value(out, size, sort);
    }
    if (*columns)
        put(out, size, " --columns %s", columns);
}

void told_say(struct tui_app *app, const struct tui_view *view)
{
    *app->told = 0;
    if (view && view->face->command)
        view->face->command(view, app->told, sizeof app->told);
}
