/* SPDX-License-Identifier: Apache-2.0 */
/* help.c — explains everything from the tables: the same words as the man pages and the forms. */
#include "cli.h"

#include <ctype.h>
#include <string.h>

/* Columns of the names in the list of everything: the longest is a command of two words. */
enum { LEFT = 20 };

/* Padded by what the terminal shows, not by bytes. */
static void pad(FILE *out, const char *text, int width)
{
    int w = cli_width(text);
    fprintf(out, "%s%*s", text, w < width ? width - w : 0, "");
}

const char *cli_value_name(const pn_col *col, char *buf, size_t size)
{
    static const char *const names[] = {
        [PN_K_INT] = "N",      [PN_K_INT4] = "N",      [PN_K_BOOL] = "",
        [PN_K_REAL] = "X.Y",   [PN_K_TEXT] = "TEXT",   [PN_K_MONEY] = "YUAN",
        [PN_K_TIME] = "TIME",  [PN_K_DATE] = "DATE",   [PN_K_WORD] = "WORD",
        [PN_K_JSON] = "JSON",  [PN_K_BYTES] = "BYTES", [PN_K_TEXTS] = "TEXT,…",
        [PN_K_ROWS] = "K=V,…",
    };
    if (col->flags & PN_FILE)
        return "FILE";
    if (col->kind == PN_K_INT && (col->ref || (col->flags & PN_KEY))) {
        size_t n = 0;
        for (const char *s = col->ref ? col->ref : col->name; *s && n + 1 < size; s++)
            buf[n++] = *s == '_' ? '-' : (char)toupper((unsigned char)*s);
        buf[n] = '\0';
        return buf;
    }
    if (col->kind != PN_K_WORD || !col->words)
        return names[col->kind];
    size_t at = 0;
    buf[0] = '\0';
    for (const pn_words *w = col->words; w->name && at + strlen(w->name) + 4 < size; w++)
        at += (size_t)snprintf(buf + at, size - at, "%s%s", w == col->words ? "" : "|", w->name);
    return buf;
}

static void synopsis(FILE *out, const pn_op *op)
{
    char buf[200];
    fprintf(out, "pn %s %s", op->noun, op->verb);
    for (const pn_col *col = op->in ? op->in->cols : NULL; col && col->name; col++) {
        if (!cli_positional(op, col))
            continue;
        const char *name = cli_value_name(col, buf, sizeof(buf));
        bool must = col->flags & PN_REQ;
        bool many = col->kind == PN_K_ROWS || col->kind == PN_K_TEXTS;
        if (col->kind == PN_K_INT && (col->ref || (col->flags & PN_KEY)))
            fprintf(out, must ? " %s" : " [%s]", name);
        else
            fprintf(out, must ? " %s%s" : " [%s%s]", cli_flag(col->name), many ? "…" : "");
    }
    fputs(cli_is_list(op) ? " [--COLUMN VALUE…]\n" : " [--FLAG VALUE…]\n", out);
}

static void column(FILE *out, const pn_col *col)
{
    char buf[400], left[520];
    const char *value = cli_value_name(col, buf, sizeof(buf));
    bool words = col->kind == PN_K_WORD && !(col->flags & PN_FILE);
    snprintf(left, sizeof(left), "  --%s%s%s", cli_flag(col->name), *value ? " " : "",
             words ? "WORD" : value);
    pad(out, left, 28);
    fprintf(out, "  %s", pn_tr(col->label ? col->label : col->name));
    if (col->hint)
        fprintf(out, _(". %s"), pn_tr(col->hint));
    if (words)
        fprintf(out, _(": %s"), value);
    if (col->flags & PN_REQ)
        fprintf(out, " [%s]", _("required"));
    if (col->max > col->min && (col->kind == PN_K_INT || col->kind == PN_K_INT4))
        fprintf(out, " (%lld..%lld)", (long long)col->min, (long long)col->max);
    if (col->kind == PN_K_ROWS && col->of) {
        fprintf(out, " (%s:", _("keys"));
        for (const pn_col *k = col->of->cols; k->name; k++)
            fprintf(out, " %s", k->name);
        fputc(')', out);
    }
    if (col->flags & PN_SECRET)
        fprintf(out, " (--%s-file FILE)", cli_flag(col->name));
    fputc('\n', out);
}

static void common(FILE *out)
{
    fprintf(out, "\n%s\n", _("Common options:"));
    for (const pn_col *col = cli_opts_t.cols; col->name; col++)
        if (strcmp(col->name, "now") != 0)
            column(out, col);
}

void cli_help_op(FILE *out, const pn_op *op)
{
    fprintf(out, "%s\n\n  ", pn_tr(op->brief));
    synopsis(out, op);
    if (op->help)
        fprintf(out, "\n%s\n", pn_tr(op->help));
    if (op->in && op->in->cols[0].name)
        fprintf(out, "\n%s\n", _("Flags:"));
    for (const pn_col *col = op->in ? op->in->cols : NULL; col && col->name; col++)
        column(out, col);
    if (cli_is_list(op)) {
        fprintf(out, "\n%s\n", _("Filters (a value, or =V !=V ~V >V >=V <V <=V, a..b, a,b,c):"));
        for (const pn_col *col = op->out->cols; col->name; col++)
            if (cli_filterable(col) && !cli_col(op->in, col->name))
                column(out, col);
        fprintf(out, "\n%s", _("Sorts by:"));
        for (const pn_col *col = op->out->cols; col->name; col++)
            if (col->flags & (PN_SORT | PN_KEY))
                fprintf(out, " %s", col->name);
        fputc('\n', out);
    }
    if (op->example)
        fprintf(out, "\n%s\n  %s\n", _("Example:"), op->example);
    common(out);
}

void cli_help_noun(FILE *out, const pn_module *m)
{
    fprintf(out, "%s\n\n", pn_tr(m->title));
    for (const pn_op *const *op = m->ops; *op; op++) {
        char left[80];
        snprintf(left, sizeof(left), "  pn %s %s", (*op)->noun, (*op)->verb);
        pad(out, left, 28);
        fprintf(out, "  %s\n", pn_tr((*op)->brief));
    }
    size_t n = strlen(m->noun);
    for (const cli_command *cmd = cli_commands; cmd->name; cmd++)
        if (!strncmp(cmd->name, m->noun, n) && cmd->name[n] == ' ') {
            char left[80];
            snprintf(left, sizeof(left), "  pn %s", cmd->name);
            pad(out, left, 28);
            fprintf(out, "  %s\n", pn_tr(cmd->brief));
        }
    fprintf(out, _("\npn %s VERB --help explains one; the manual: man pn-%s\n"), m->noun, m->noun);
}

void cli_help_command(FILE *out, const cli_command *cmd)
{
    fprintf(out, "%s\n\n  pn %s%s%s\n", pn_tr(cmd->brief ? cmd->brief : cmd->name), cmd->name,
            *cmd->args ? " " : "", cmd->args);
    if (cmd->help)
        fprintf(out, "\n%s\n", pn_tr(cmd->help));
    const pn_type *in = cli_command_in(cmd);
    if (in)
        fprintf(out, "\n%s\n", _("Flags:"));
    for (const pn_col *col = in ? in->cols : NULL; col && col->name; col++)
        column(out, col);
    common(out);
}

void cli_help_all(FILE *out)
{
    fprintf(out, "%s\n\n  pn NOUN VERB [ARGUMENT…] [--FLAG VALUE…]\n\n%s\n",
            _("Piaoniu: sell, print and verify tickets"), _("Nouns:"));
    for (const pn_module *const *m = pn_modules(); *m; m++) {
        if (!(*m)->ops || !(*m)->ops[0])
            continue;
        char left[64];
        snprintf(left, sizeof(left), "  %s", (*m)->noun);
        pad(out, left, LEFT);
        pad(out, pn_tr((*m)->title), 22);
        for (const pn_op *const *op = (*m)->ops; *op; op++)
            fprintf(out, " %s", (*op)->verb);
        fputc('\n', out);
    }
    fprintf(out, "\n%s\n", _("Commands:"));
    for (const cli_command *cmd = cli_commands; cmd->name; cmd++) {
        if (!cmd->brief)
            continue;
        char left[64];
        snprintf(left, sizeof(left), "  %s", cmd->name);
        pad(out, left, LEFT);
        fprintf(out, "%s\n", pn_tr(cmd->brief));
    }
    fprintf(out, "\n%s\n",
            _("pn NOUN lists its verbs; --help explains anything; pn help WORD searches"));
}
