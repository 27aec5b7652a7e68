/* SPDX-License-Identifier: Apache-2.0 */
/* args.c — flags and words into structs. A flag is looked up in the operation's input, then among
 * the filterable columns of a list's rows, then in the common options: the nearest meaning wins. */
#include "cli.h"

#include <string.h>

/* Money is always in yuan here, whatever the column is called: payable_fen is --payable. */
static const char unit_suffix[] = "_fen";

static bool ends_with(const char *name, const char *suffix)
{
    size_t n = strlen(name), m = strlen(suffix);
    return n > m && !strcmp(name + n - m, suffix);
}

const char *cli_flag(const char *name)
{
    static char ring[4][80];
    static unsigned at;
    char *out = ring[at++ % 4];
    size_t n = 0, len = strlen(name);
    if (ends_with(name, unit_suffix))
        len -= strlen(unit_suffix);
    for (; n < len && n + 1 < sizeof(ring[0]); n++)
        out[n] = name[n] == '_' ? '-' : name[n];
    out[n] = '\0';
    return out;
}

/* Is `flag` the column's name, or that name without `suffix`? */
static bool called(const char *name, const char *flag, const char *suffix)
{
    while (*name && (*name == *flag || (*name == '_' && *flag == '-')))
        name++, flag++;
    return !*flag && !strcmp(name, suffix);
}

const pn_col *cli_col(const pn_type *type, const char *flag)
{
    static const char *const suffixes[] = {"", unit_suffix, "_id"};
    for (size_t i = 0; i < 3; i++)
        for (const pn_col *col = type ? type->cols : NULL; col && col->name; col++)
            if (called(col->name, flag, suffixes[i]))
                return col;
    return NULL;
}

bool cli_is_list(const pn_op *op)
{
    return op && op->list;
}

bool cli_filterable(const pn_col *col)
{
    return !(col->flags & PN_NOFILTER) && col->kind != PN_K_ROWS && col->kind != PN_K_JSON &&
           col->kind != PN_K_BYTES && col->kind != PN_K_TEXTS;
}

bool cli_positional(const pn_op *op, const pn_col *col)
{
    return !cli_is_list(op) && (col->flags & (PN_KEY | PN_ARG | PN_REQ)) &&
           !(col->flags & PN_SECRET);
}

typedef struct flag {
    const char *name;  /* as typed, without dashes, NUL-terminated */
    const char *value; /* after '=', or NULL */
} flag;

static const char *const shorts[][2] = {
    {"o", "output"}, {"h", "help"}, {"q", "q"}, {"y", "yes"}, {"n", "dry-run"}, {0},
};

static int unknown(cli *c, const cli_args *a, const char *name)
{
    cli_near near = {.word = name};
    for (const pn_col *col = a->in ? a->in->cols : NULL; col && col->name; col++)
        cli_near_try(&near, cli_flag(col->name));
    if (cli_is_list(a->op))
        for (const pn_col *col = a->op->out->cols; col->name; col++)
            if (cli_filterable(col))
                cli_near_try(&near, cli_flag(col->name));
    for (const pn_col *col = cli_opts_t.cols; col->name; col++)
        cli_near_try(&near, cli_flag(col->name));
    if (!*near.best)
        return cli_usage(c, _("Unknown flag --%s"), name);
    return cli_usage(c, _("Unknown flag --%s; did you mean --%s?"), name, near.best);
}

/* The text of a flag: after '=', or the next argument. */
static int value(cli *c, const flag *f, const char **out)
{
    *out = f->value;
    if (!*out) {
        if (c->at >= c->argc)
            return cli_usage(c, _("--%s needs a value"), f->name);
        *out = c->argv[c->at++];
    }
    return 0;
}

/* A boolean is said by its flag alone: --hot, --no-hot, --hot=no; `--hot no` is understood too. */
static const char *yes_or_no(cli *c, const flag *f)
{
    static const char *const words[] = {"yes", "no", "true", "false", "是", "否", NULL};
    if (f->value)
        return f->value;
    for (size_t i = 0; c->at < c->argc && words[i]; i++)
        if (!strcmp(c->argv[c->at], words[i]))
            return c->argv[c->at++];
    return "yes";
}

/* Whoever lists the processes of this machine sees their arguments: a secret among them is kept in
 * memory and crossed out where it stood. */
static int cross_out(cli *c, const char **text)
{
    char *stood = (char *)(uintptr_t)*text; /* in argv, which is ours to write */
    if (!(*text = pn_strdup(c->p, stood)))
        return cli_usage(c, "%s", pn_code_text(PN_EMEM));
    memset(stood, 'x', strlen(stood));
    return 0;
}

static int set(cli *c, const pn_type *type, void *row, const pn_col *col, const flag *f, bool again)
{
    const char *text = f->value;
    if (col->kind == PN_K_BOOL) {
        text = yes_or_no(c, f);
    } else {
        int rc = value(c, f, &text);
        if (!rc && col->flags & PN_SECRET)
            rc = cross_out(c, &text);
        if (rc)
            return rc;
    }
    if (again && col->kind != PN_K_ROWS && col->kind != PN_K_TEXTS)
        return cli_usage(c, _("--%s is given twice"), f->name);
    return cli_bind(c, type, row, col, text, again);
}

/* Secrets may come from a file: --password-file for the column password. */
static int secret_file(cli *c, cli_args *a, const flag *f, bool *done)
{
    size_t len = strlen(f->name);
    char name[80];
    *done = false;
    if (len < 6 || len >= sizeof(name) || strcmp(f->name + len - 5, "-file"))
        return 0;
    snprintf(name, sizeof(name), "%.*s", (int)(len - 5), f->name);
    const pn_col *col = cli_col(a->in, name);
    if (!col || !(col->flags & PN_SECRET))
        return 0;
    const char *path;
    char *data;
    size_t size;
    int rc = value(c, f, &path);
    if (!rc)
        rc = cli_slurp(c, path, col->name, &data, &size);
    if (rc)
        return rc;
    data[strcspn(data, "\r\n")] = '\0';
    *done = true;
    a->seen[col - a->in->cols] = true;
    return cli_bind(c, a->in, a->row, col, data, false);
}

/* `--payable '>=1000'` is the term payable>=1000; a plain value means "equals". */
static int filter(cli *c, cli_args *a, const pn_col *col, const flag *f)
{
    const char *text = col->kind == PN_K_BOOL ? yes_or_no(c, f) : NULL;
    int rc = text ? 0 : value(c, f, &text);
    if (rc)
        return rc;
    size_t op = strspn(text, "=!~<>");
    const char *v = text + op;
    bool quote = strpbrk(v, " \t\"\\") || !*v;
    pn_buf b = pn_buf_new(c->p);
    pn_buf_putf(&b, "%s%s%s%.*s%s", a->where ? a->where : "", a->where ? " " : "", col->name,
                op ? (int)op : 1, op ? text : "=", quote ? "\"" : "");
    for (; *v; v++) {
        if (quote && (*v == '"' || *v == '\\'))
            pn_buf_put(&b, "\\", 1);
        pn_buf_put(&b, v, 1);
    }
    pn_buf_puts(&b, quote ? "\"" : "");
    if (b.bad)
        return cli_usage(c, "%s", pn_code_text(PN_EMEM));
    a->where = b.text;
    return 0;
}

static int option(cli *c, const pn_col *col, const flag *f)
{
    return set(c, &cli_opts_t, &c->opts, col, f, false);
}

static int one_flag(cli *c, cli_args *a, const flag *f)
{
    const pn_col *col = cli_col(a->in, f->name);
    if (col) {
        bool again = a->seen[col - a->in->cols];
        a->seen[col - a->in->cols] = true;
        return set(c, a->in, a->row, col, f, again);
    }
    bool done = false;
    int rc = a->in ? secret_file(c, a, f, &done) : 0;
    if (rc || done)
        return rc;
    if (cli_is_list(a->op)) {
        col = cli_col(a->op->out, f->name);
        if (col && cli_filterable(col))
            return filter(c, a, col, f);
    }
    col = cli_col(&cli_opts_t, f->name);
    if (col)
        return option(c, col, f);
    if (!strncmp(f->name, "no-", 3) && !f->value) {
        const pn_col *in = cli_col(a->in, f->name + 3);
        if (in && in->kind == PN_K_BOOL)
            return cli_bind(c, a->in, a->row, in, "no", false);
    }
    return unknown(c, a, f->name);
}

/* "--name=value", "-oX" → flag; the name is copied into unit memory. */
static int split(cli *c, const char *arg, flag *f)
{
    if (arg[1] != '-') {
        for (size_t i = 0; shorts[i][0]; i++)
            if (shorts[i][0][0] == arg[1]) {
                bool lone = shorts[i][0][0] != 'o' && shorts[i][0][0] != 'q';
                if (arg[2] && lone)
                    break;
                *f = (flag){shorts[i][1], arg[2] ? arg + 2 + (arg[2] == '=') : NULL};
                return 0;
            }
        return cli_usage(c, _("Unknown flag %s"), arg);
    }
    const char *eq = strchr(arg, '=');
    f->value = eq ? eq + 1 : NULL;
    f->name = pn_printf(c->p, "%.*s", eq ? (int)(eq - arg - 2) : (int)strlen(arg + 2), arg + 2);
    return f->name ? 0 : cli_usage(c, "%s", pn_code_text(PN_EMEM));
}

static bool is_flag(const char *arg)
{
    return arg[0] == '-' && arg[1] && (arg[1] == '-' || arg[1] < '0' || arg[1] > '9');
}

int cli_args_lead(cli *c)
{
    while (c->at < c->argc && is_flag(c->argv[c->at])) {
        flag f = {0};
        int rc = split(c, c->argv[c->at++], &f);
        const pn_col *col = rc ? NULL : cli_col(&cli_opts_t, f.name);
        if (!rc)
            rc = col ? option(c, col, &f) : unknown(c, &(cli_args){0}, f.name);
        if (rc)
            return rc;
    }
    return 0;
}

/* Words fill the positional columns that no flag filled, in column order; the last one takes
 * several when it is a list. */
static int place(cli *c, cli_args *a)
{
    const pn_col *col = a->in ? a->in->cols : NULL;
    for (size_t i = 0; i < a->n_words;) {
        while (col && col->name && (a->seen[col - a->in->cols] || !cli_positional(a->op, col)))
            col++;
        if (!col || !col->name)
            return cli_usage(c, _("Unexpected argument '%s'"), a->words[i]);
        bool many = col->kind == PN_K_TEXTS || col->kind == PN_K_ROWS;
        int rc = cli_bind(c, a->in, a->row, col, a->words[i++], false);
        while (!rc && many && i < a->n_words)
            rc = cli_bind(c, a->in, a->row, col, a->words[i++], true);
        if (rc)
            return rc;
        a->seen[col - a->in->cols] = true;
    }
    a->n_words = 0;
    return 0;
}

int cli_args_read(cli *c, cli_args *a, size_t max_words)
{
    size_t cols = 0;
    while (a->in && a->in->cols[cols].name)
        cols++;
    a->seen = pn_alloc(c->p, cols + 1);
    a->words = pn_alloc(c->p, (size_t)(c->argc - c->at + 1) * sizeof(*a->words));
    if (!a->seen || !a->words)
        return cli_usage(c, "%s", pn_code_text(PN_EMEM));
    bool flags = true;
    while (c->at < c->argc) {
        const char *arg = c->argv[c->at++];
        flag f = {0};
        if (flags && !strcmp(arg, "--")) {
            flags = false;
        } else if (flags && is_flag(arg)) {
            int rc = split(c, arg, &f);
            if (!rc)
                rc = one_flag(c, a, &f);
            if (rc)
                return rc;
        } else {
            a->words[a->n_words++] = arg;
        }
    }
    if (a->in)
        return place(c, a);
    if (a->n_words > max_words)
        return cli_usage(c, _("Unexpected argument '%s'"), a->words[max_words]);
    return 0;
}
