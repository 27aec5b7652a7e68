/* SPDX-License-Identifier: Apache-2.0 */
/* manual.c — the manual pages from the tables, so that no operation can be without one. They are
 * English and hold no date: the same tables write the same bytes. */
#include "cli.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* Text into roff: backslash, leading dot and quote, hyphens that are copied into a shell. */
static void roff(FILE *out, const char *text)
{
    bool start = true;
    for (; *text; text++) {
        if (start && (*text == '.' || *text == '\''))
            fputs("\\&", out);
        start = *text == '\n';
        if (*text == '\\')
            fputs("\\e", out);
        else if (*text == '-')
            fputs("\\-", out);
        else
            fputc(*text, out);
    }
}

static void bold(FILE *out, const char *text)
{
    fputs("\\fB", out);
    roff(out, text);
    fputs("\\fR", out);
}

static void head(FILE *out, const char *name, const char *brief)
{
    char title[80];
    size_t n = 0;
    for (; name[n] && n + 1 < sizeof(title); n++)
        title[n] = (char)toupper((unsigned char)name[n]);
    title[n] = '\0';
    fprintf(out,
            ".\\\" SPDX-License-Identifier: Apache-2.0\n"
            ".\\\" Written by `pn manual' from the operation tables: do not edit.\n"
            ".TH \"%s\" 1 \"\" \"piaoniu %s\" \"Piaoniu\"\n.SH NAME\n",
            title, PN_VERSION);
    roff(out, name);
    fputs(" \\- ", out);
    roff(out, brief);
    fputc('\n', out);
}

static void column(FILE *out, const pn_col *col)
{
    char buf[400];
    const char *value = cli_value_name(col, buf, sizeof(buf));
    bool words = col->kind == PN_K_WORD && !(col->flags & PN_FILE);
    fputs(".TP\n", out);
    bold(out, "--");
    bold(out, cli_flag(col->name));
    if (*value)
        fprintf(out, " \\fI%s\\fR", words ? "WORD" : value);
    fputc('\n', out);
    roff(out, col->label ? col->label : col->name);
    if (col->hint) {
        fputs(". ", out);
        roff(out, col->hint);
    }
    if (words) {
        fputs(": ", out);
        roff(out, value);
    }
    fputc('.', out);
    if (col->flags & PN_REQ)
        fputs(" Required.", out);
    if (col->max > col->min && (col->kind == PN_K_INT || col->kind == PN_K_INT4))
        fprintf(out, " From %lld to %lld.", (long long)col->min, (long long)col->max);
    if (col->flags & PN_FILE)
        fputs(" The named file is read; \\- is standard input.", out);
    if (col->flags & PN_SECRET) {
        fputs(" Asked for at the terminal when absent; ", out);
        bold(out, "--");
        bold(out, cli_flag(col->name));
        fputs("\\fB\\-file\\fR reads it from a file.", out);
    }
    if (col->kind == PN_K_ROWS && col->of) {
        fputs(" A JSON array, or given repeatedly with the keys", out);
        for (const pn_col *k = col->of->cols; k->name; k++)
            fprintf(out, "%s \\fI%s\\fR", k == col->of->cols ? "" : ",", k->name);
        fputc('.', out);
    }
    fputc('\n', out);
}

static void who(FILE *out, const pn_op *op)
{
    fputs(".PP\nFor:", out);
    for (int i = 0; pn_role_words[i].name; i++)
        if ((op->may | PN_ROLE_ADMIN) & (1U << i))
            fprintf(out, "%s %s", i ? "," : "", pn_role_words[i].label);
    fputs(".\n", out);
}

static void operation(FILE *out, const pn_op *op)
{
    fprintf(out, ".SS \"pn %s %s\"\n", op->noun, op->verb);
    roff(out, op->brief);
    fputs(".\n", out);
    if (op->help) {
        fputs(".PP\n", out);
        roff(out, op->help);
        fputc('\n', out);
    }
    for (const pn_col *col = op->in ? op->in->cols : NULL; col && col->name; col++)
        column(out, col);
    if (cli_is_list(op)) {
        fputs(".PP\nFilters, each taking a value or a comparison (see \\fBpn\\fR(1)):\n", out);
        for (const pn_col *col = op->out->cols; col->name; col++)
            if (cli_filterable(col) && !cli_col(op->in, col->name))
                column(out, col);
    }
    who(out, op);
    if (op->example) {
        fputs(".PP\nExample:\n.PP\n.RS\n.nf\n", out);
        roff(out, op->example);
        fputs("\n.fi\n.RE\n", out);
    }
}

static void noun_page(FILE *out, const pn_module *m)
{
    char name[80];
    snprintf(name, sizeof(name), "pn-%s", m->noun);
    head(out, name, m->title);
    fputs(".SH SYNOPSIS\n", out);
    for (const pn_op *const *op = m->ops; *op; op++) {
        fprintf(out, ".B pn %s %s\n", (*op)->noun, (*op)->verb);
        for (const pn_col *col = (*op)->in ? (*op)->in->cols : NULL; col && col->name; col++)
            if (cli_positional(*op, col))
                fprintf(out, col->flags & PN_REQ ? "\\fI%s\\fR\n" : "[\\fI%s\\fR]\n",
                        cli_flag(col->name));
        fputs(cli_is_list(*op) ? "[\\fB\\-\\-\\fICOLUMN VALUE\\fR ...]\n.br\n"
                               : "[\\fB\\-\\-\\fIFLAG VALUE\\fR ...]\n.br\n",
              out);
    }
    fputs(".SH OPERATIONS\n", out);
    for (const pn_op *const *op = m->ops; *op; op++)
        operation(out, *op);
    fputs(".SH EXIT STATUS\nSee \\fBpn\\fR(1).\n.SH SEE ALSO\n.BR pn (1)\n", out);
}

static void statuses(FILE *out)
{
    fputs(".SH EXIT STATUS\n.TP\n0\nDone.\n", out);
    for (int status = 1; status < 128; status++) {
        bool first = true;
        for (int code = 1; code < PN_CODES; code++) {
            if (pn_code_exit((pn_code)code) != status)
                continue;
            if (first)
                fprintf(out, ".TP\n%d\n", status);
            else
                fputs("; ", out);
            roff(out, pn_code_text((pn_code)code));
            fprintf(out, " (%s)", pn_code_name((pn_code)code));
            first = false;
        }
        if (!first)
            fputs(".\n", out);
        if (status == CLI_REFUSED)
            fprintf(out, ".TP\n%d\nThe answer is no: a gate turned somebody away. The result says "
                         "why.\n", status);
    }
    fputs(".TP\n141\nThe reader of the output went away.\n", out);
}

static void lists(FILE *out)
{
    fputs(
        ".SH LISTS\nEvery filterable column of a list is a flag: \\fB\\-\\-status PAID\\fR. The "
        "value "
        "may begin with one of \\fB= != ~ !~ > >= < <=\\fR and may be a range \\fBa..b\\fR or "
        "several \\fBa,b,c\\fR. Times may be \\fBtoday\\fR, \\fByesterday\\fR, a date, a date with "
        "a "
        "time, or an age: \\fB30m\\fR, \\fB2h\\fR, \\fB3d\\fR. \\fB\\-\\-where\\fR takes several "
        "such "
        "terms at once, \\fB\\-q\\fR searches the text. Lists come by pages of \\fB\\-\\-limit\\fR "
        "rows; \\fB\\-\\-after\\fR takes the cursor of the page before, \\fB\\-\\-all\\fR goes on "
        "to "
        "the end.\n",
        out);
}

static void files(FILE *out)
{
    fputs(".SH ENVIRONMENT\n.TP\nPN_CONF\nThe configuration file.\n.TP\nPN_DSN\nConnection string "
          "of the "
          "database, instead of the private cluster.\n.TP\nPN_TOKEN\nThe sign-in "
          "token.\n.TP\nNO_COLOR\n"
          "Any value: no colours.\n.TP\nLANGUAGE, LC_ALL, LANG\nThe language of labels and "
          "messages.\n"
          ".SH FILES\n.TP\n$XDG_CONFIG_HOME/piaoniu/token\nWritten by \\fBpn login\\fR.\n",
          out);
}

static void main_page(FILE *out)
{
    head(out, "pn", "sell, print and verify tickets from the command line");
    fputs(
        ".SH SYNOPSIS\n.B pn\n.I NOUN VERB\n[\\fIARGUMENT\\fR ...] [\\fB\\-\\-\\fIFLAG VALUE\\fR "
        "...]\n"
        ".br\n.B pn\n.I COMMAND\n[\\fIARGUMENT\\fR ...]\n.SH DESCRIPTION\n"
        "Every operation of Piaoniu is a noun and a verb. The columns of its input are flags; what "
        "is required may be given without its flag, in the order of the synopsis. To a terminal "
        "the answer is fitted and coloured, to a pipe it is whole and plain.\n"
        ".SH NOUNS\n",
        out);
    for (const pn_module *const *m = pn_modules(); *m; m++) {
        if (!(*m)->ops || !(*m)->ops[0])
            continue;
        fprintf(out, ".TP\n.BR pn\\-%s (1)\n", (*m)->noun);
        roff(out, (*m)->title);
        fputc(':', out);
        for (const pn_op *const *op = (*m)->ops; *op; op++)
            fprintf(out, "%s %s", op == (*m)->ops ? "" : ",", (*op)->verb);
        fputs(".\n", out);
    }
    fputs(".SH COMMANDS\n", out);
    for (const cli_command *cmd = cli_commands; cmd->name; cmd++) {
        if (!cmd->brief)
            continue;
        fprintf(out, ".TP\n\\fBpn %s\\fR", cmd->name);
        if (*cmd->args)
            fprintf(out, " \\fI%s\\fR", cmd->args);
        fputc('\n', out);
        roff(out, cmd->brief);
        fputs(".\n", out);
        if (cmd->help) {
            fputs(".br\n", out);
            roff(out, cmd->help);
            fputc('\n', out);
        }
        const pn_type *in = cli_command_in(cmd);
        if (in)
            fputs(".RS\n", out);
        for (const pn_col *col = in ? in->cols : NULL; col && col->name; col++)
            column(out, col);
        if (in)
            fputs(".RE\n", out);
    }
    fputs(".SH OPTIONS\n", out);
    for (const pn_col *col = cli_opts_t.cols; col->name; col++)
        if (strcmp(col->name, "now") != 0)
            column(out, col);
    lists(out);
    statuses(out);
    files(out);
}

static int page(cli *c, const char *dir, const char *name, const pn_module *m)
{
    const char *path = pn_printf(c->p, "%s/%s%s.1", dir, m ? "pn-" : "pn", name);
    FILE *out = path ? fopen(path, "we") : NULL;
    if (out && m)
        noun_page(out, m);
    else if (out)
        main_page(out);
    if (!out || ferror(out) || fclose(out)) {
        (void)pn_fail(c->p, PN_EIO, NULL, pn_tr("Cannot write '%s': %s"), path ? path : name,
                      strerror(errno));
        return cli_fail(c);
    }
    return 0;
}

int cli_cmd_manual(cli *c)
{
    cli_args a = {0};
    int rc = cli_args_read(c, &a, 1);
    const char *dir = a.n_words ? a.words[0] : ".";
    if (rc)
        return rc;
    cli_lang("en");
    if (mkdir(dir, 0777) && errno != EEXIST) {
        (void)pn_fail(c->p, PN_EIO, NULL, pn_tr("Cannot create '%s': %s"), dir, strerror(errno));
        return cli_fail(c);
    }
    rc = page(c, dir, "", NULL);
    for (const pn_module *const *m = pn_modules(); !rc && *m; m++)
        if ((*m)->ops && (*m)->ops[0])
            rc = page(c, dir, (*m)->noun, *m);
    return rc;
}
