/* SPDX-License-Identifier: Apache-2.0 */
/* main.c — `pn`: finds the operation or the command and runs it. Nothing happens at start that the
 * command does not need: help reads tables only, and the database is first spoken to by the call.
 */
#include "base/conf.h"
#include "cli.h"

#include <errno.h>
#include <libintl.h>
#include <locale.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

extern int _nl_msg_cat_cntr;

/* The C library's message catalogues follow LANGUAGE even without the locale installed, as long as
 * the locale is not "C": a machine with only C.UTF-8 still speaks Chinese. */
void cli_lang(const char *lang)
{
    static char first[64];
    static bool known;
    if (!known) {
        const char *names[] = {"LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"};
        for (size_t i = 0; i < 4 && !*first; i++) {
            const char *v = getenv(names[i]);
            if (v)
                snprintf(first, sizeof(first), "%.*s", (int)strcspn(v, "."), v);
        }
        known = true;
    }
    const char *want = lang ? lang : first;
    bool plain = !*want || !strcmp(want, "C") || !strcmp(want, "POSIX");
    setenv("LANGUAGE", plain ? "en" : want, 1);
    setlocale(LC_ALL, "C.UTF-8");
    _nl_msg_cat_cntr++; /* the way to tell gettext that LANGUAGE changed, see its manual */
    pn_speak();
}

int cli_duration_ms(const char *text)
{
    char *end;
    errno = 0;
    double v = strtod(text, &end);
    double unit = !strcmp(end, "ms")           ? 1
                  : !*end || !strcmp(end, "s") ? 1000
                  : !strcmp(end, "m")          ? 60000
                                               : 0;
    v *= unit;
    return end == text || errno || !(v >= 1) || v > 86400000.0 ? 0 : (int)v;
}

int cli_usage(cli *c, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    fputs(_("pn: "), stderr);
    if (c->what)
        fprintf(stderr, "%s: ", c->what);
    vfprintf(stderr, fmt, args);
    va_end(args);
    if (c->what)
        fprintf(stderr, _("\n    See: pn %s --help\n"), c->what);
    else
        fputs(_("\n    See: pn --help\n"), stderr);
    return CLI_USAGE;
}

int cli_fail_with(cli *c, const pn_err *e)
{
    fflush(stdout);
    fputs("pn: ", stderr);
    if (c->what)
        fprintf(stderr, "%s: ", c->what);
    const char *message = e->message && *e->message ? e->message : pn_code_text(e->code);
    size_t len = e->field ? strlen(e->field) : 0;
    bool named = len && !strncmp(message, e->field, len) && strchr(": ", message[len]);
    if (len) /* "limit must be …" becomes "--limit must be …" */
        fprintf(stderr, "--%s%s", cli_flag(e->field), named ? "" : ": ");
    fprintf(stderr, "%s\n", message + (named ? len : 0));
    if (e->code == PN_EDATABASE)
        fprintf(stderr, "    %s\n", _("Nothing was changed"));
    if (e->hint && *e->hint)
        fprintf(stderr, "    %s\n", e->hint);
    else if (e->code == PN_EAUTH)
        fprintf(stderr, "    %s\n", _("Sign in: pn login"));
    if (e->code == PN_EAMBIGUOUS && c->opts.idempotency_key)
        fprintf(
            stderr,
            _("    The same command with --idempotency-key %s tells, and does it at most once\n"),
            c->opts.idempotency_key);
    return pn_code_exit(e->code);
}

int cli_fail(cli *c)
{
    return cli_fail_with(c, pn_error(c->p));
}

int cli_close_out(cli *c, int status)
{
    bool bad = ferror(stdout);
    if (!fflush(stdout) && !bad)
        return status;
    if (errno ==
        EPIPE) /* the reader has seen enough; where SIGPIPE is ignored we end the same way */
        return 128 + SIGPIPE;
    fprintf(stderr, _("pn: cannot write the output: %s\n"), strerror(errno));
    (void)c;
    return CLI_IO;
}

/* Only what is needed before the unit exists: the file and the database to open. */
static const char *early(const cli *c, const char *name)
{
    size_t len = strlen(name);
    for (int i = 1; i < c->argc && strcmp(c->argv[i], "--"); i++) {
        if (strncmp(c->argv[i], name, len))
            continue;
        if (c->argv[i][len] == '=')
            return c->argv[i] + len + 1;
        if (!c->argv[i][len] && i + 1 < c->argc)
            return c->argv[i + 1];
    }
    return NULL;
}

/* Whoever lists the processes of this machine sees their arguments, and a connection string may
 * have a password: it is kept in memory and crossed out where it stood. */
static bool cross_out_dsn(cli *c)
{
    const char *dsn = early(c, "--dsn");
    for (int i = 1; dsn && i < c->argc; i++) {
        char *word = c->argv[i];
        if (dsn < word || dsn > word + strlen(word))
            continue;
        if (!(c->argv[i] = strdup(word)))
            return false;
        memset(word + (dsn - word), 'x', strlen(dsn));
        return true;
    }
    return true;
}

static bool asks_help(const cli *c)
{
    for (int i = 1; i < c->argc && strcmp(c->argv[i], "--"); i++)
        if (!strcmp(c->argv[i], "--help") || !strcmp(c->argv[i], "-h"))
            return true;
    return false;
}

static void log_line(void *payload, pn_level level, const char *message, const char *fields)
{
    (void)payload;
    if (level <= PN_LOG_WARN)
        fprintf(stderr, "pn: %s%s%s\n", message, fields ? " " : "", fields ? fields : "");
}

int cli_open(cli *c)
{
    pn_open_opts opts = {
        .conf = early(c, "--conf"), .dsn = early(c, "--dsn"), .pool_max = 3, .log = log_line};
    if (pn_ctx_open(&opts, &c->ctx))
        return cli_fail_with(c, pn_ctx_error(c->ctx));
    c->p = c->base = pn_begin(c->ctx);
    if (!c->p)
        return cli_fail_with(c, &(pn_err){.code = PN_EMEM});
    return 0;
}

int cli_renew(cli *c)
{
    pn *fresh = pn_begin(c->ctx);
    if (!fresh)
        return cli_fail_with(c, &(pn_err){.code = PN_EMEM});
    pn_act_as(fresh, pn_who(c->p));
    if (c->p != c->base)
        pn_end(c->p);
    c->p = fresh;
    return cli_settings(c);
}

/* Modules without operations (the audit chain, leases) are no nouns of the command line. */
const pn_module *cli_module(const char *noun)
{
    const pn_module *m = pn_module_find(noun);
    return m && m->ops && m->ops[0] ? m : NULL;
}

static int no_noun(cli *c, const char *word)
{
    cli_near near = cli_near_noun(word);
    c->what = NULL;
    if (*near.best)
        return cli_usage(c, _("Unknown command '%s'; did you mean '%s'?"), word, near.best);
    return cli_usage(c, _("Unknown command '%s'; try: pn help %s"), word, word);
}

static int no_verb(cli *c, const pn_module *m, const char *word)
{
    cli_near near = cli_near_verb(m, word);
    c->what = m->noun;
    if (*near.best)
        return cli_usage(c, _("'%s' has no verb '%s'; did you mean '%s'?"), m->noun, word,
                         near.best);
    return cli_usage(c, _("'%s' has no verb '%s'"), m->noun, word);
}

/* What the words before a -h name; no context, no database. */
int cli_help_words(cli *c)
{
    const char *words[2] = {NULL, NULL};
    int n = 0;
    for (int i = 1; i < c->argc && n < 2; i++) {
        const char *arg = c->argv[i];
        if (arg[0] != '-') {
            words[n++] = arg;
            continue;
        }
        const pn_col *col = !strcmp(arg, "-o") ? cli_opts_t.cols
                            : arg[1] == '-'    ? cli_col(&cli_opts_t, arg + 2)
                                               : NULL;
        if (col && col->kind != PN_K_BOOL)
            i++; /* its value is no word */
    }
    if (!n)
        return cli_help_all(stdout), 0;
    const cli_command *cmd = cli_command_find(words[0]);
    if (!cmd && words[1])
        cmd = cli_command_find2(words[0], words[1]);
    if (cmd)
        return cli_help_command(stdout, cmd), 0;
    const pn_module *m = cli_module(words[0]);
    if (!m)
        return no_noun(c, words[0]);
    if (!words[1])
        return cli_help_noun(stdout, m), 0;
    const pn_op *op = pn_op_find(words[0], words[1]);
    if (!op)
        return no_verb(c, m, words[1]);
    return cli_help_op(stdout, op), 0;
}

static int dispatch(cli *c)
{
    int rc = cli_open(c);
    if (rc || (rc = cli_args_lead(c)))
        return rc;
    if (c->opts.version)
        return cli_cmd_version(c);
    if (c->at >= c->argc) {
        cli_help_all(stderr);
        return CLI_USAGE;
    }
    const char *noun = c->argv[c->at++];
    const cli_command *cmd = cli_command_find(noun);
    if (!cmd && c->at < c->argc) {
        cmd = cli_command_find2(noun, c->argv[c->at]);
        c->at += cmd != NULL;
    }
    if (cmd) {
        c->what = cmd->name;
        return cmd->run(c);
    }
    const pn_module *m = cli_module(noun);
    if (!m)
        return no_noun(c, noun);
    if ((rc = cli_args_lead(c)))
        return rc;
    if (c->at >= c->argc) {
        cli_help_noun(stderr, m);
        return CLI_USAGE;
    }
    const char *verb = c->argv[c->at++];
    const pn_op *op = pn_op_find(noun, verb);
    if (!op)
        return no_verb(c, m, verb);
    c->what = pn_printf(c->p, "%s %s", noun, verb);
    return cli_run_op(c, op);
}

static void terminal(cli *c)
{
    struct winsize size;
    const char *term = getenv("TERM"), *plain = getenv("NO_COLOR");
    c->tty = isatty(STDOUT_FILENO);
    if (!c->tty)
        return;
    c->colour = term && strcmp(term, "dumb") && !(plain && *plain);
    c->width = !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col ? size.ws_col : 80;
}

int main(int argc, char **argv)
{
    cli c = {.argc = argc, .argv = argv, .at = 1};
    pn_no_core();
    if (!cross_out_dsn(&c))
        return cli_fail_with(&c, &(pn_err){.code = PN_EMEM});
    cli_lang(early(&c, "--lang"));
    terminal(&c);
    for (int i = 1; i < argc; i++)
        if (!cli_utf8(argv[i], strlen(argv[i])))
            return cli_usage(&c, _("Argument %d is not valid UTF-8"), i);
    int status;
    if (asks_help(&c) && argc > 1 && strcmp(argv[1], "__complete") != 0)
        status = cli_help_words(&c);
    else
        status = dispatch(&c);
    status = cli_close_out(&c, status);
    if (c.p != c.base)
        pn_end(c.p);
    pn_end(c.base);
    pn_ctx_close(c.ctx);
    return status;
}
