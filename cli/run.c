/* SPDX-License-Identifier: Apache-2.0 */
/* run.c — one operation from the command line: read, sign in, look names up, call, print. All that
 * can be refused without the database is refused before the first byte goes to it. */
#include "cli.h"

#include <string.h>
#include <sys/random.h>
#include <unistd.h>

void cli_key(cli *c, const pn_op *op)
{
    if (!(op->flags & PN_ONCE) || c->opts.dry_run)
        return;
    if (!c->opts.idempotency_key) {
        uint64_t r[2] = {0, 0};
        if (getrandom(r, sizeof(r), 0) != (ssize_t)sizeof(r))
            return;
        c->opts.idempotency_key = pn_printf(c->p, "pn-%016llx%016llx", (unsigned long long)r[0],
                                            (unsigned long long)r[1]);
    }
    if (c->opts.idempotency_key)
        pn_key(c->p, c->opts.idempotency_key);
}

int cli_settings(cli *c)
{
    if (c->opts.timeout) {
        int ms = cli_duration_ms(c->opts.timeout);
        if (!ms)
            return cli_usage(c, _("--timeout: '%s' is not a duration like 500ms, 30s or 2m"),
                             c->opts.timeout);
        pn_set_timeout(c->p, ms);
    }
    if (c->opts.now.us)
        pn_set_now(c->p, c->opts.now);
    if (c->opts.dry_run)
        pn_dry_run(c->p, true);
    if (c->opts.idempotency_key && strlen(c->opts.idempotency_key) > 64)
        return cli_usage(c, _("--idempotency-key: at most 64 characters"));
    pn_set_via(c->p, "cli", c->what);
    return 0;
}

/* Dangerous things are asked about where somebody is there to answer. */
static int confirm(cli *c, const pn_op *op)
{
    if (!(op->flags & PN_DANGER) || c->opts.yes || c->opts.dry_run || !isatty(STDIN_FILENO) ||
        !isatty(STDERR_FILENO))
        return 0;
    char line[16] = "";
    fprintf(stderr, _("%s. Really? [y/N] "), pn_tr(op->brief));
    if (!fgets(line, sizeof(line), stdin) || (*line != 'y' && *line != 'Y')) {
        fputs(_("Nothing was done\n"), stderr);
        return CLI_USAGE;
    }
    return 0;
}

static int one_page(cli *c, const pn_op *op, const pn_list *in, cli_pages *s, char *cursor,
                    size_t size)
{
    pn_page page = {0};
    if (pn_call(c->p, op, in, &page))
        return cli_fail(c);
    bool last = !c->opts.all || !page.next;
    int rc = cli_print_page(c, s, &page, last);
    *cursor = '\0';
    if (page.next && !last && snprintf(cursor, size, "%s", page.next) >= (int)size)
        return cli_usage(c, _("The page cursor is too long"));
    return rc;
}

/* Further pages get units of their own, so that memory stays that of one page. */
static int list(cli *c, const pn_op *op, const pn_list *in)
{
    enum { CURSOR_MAX = 4096, ALL_PAGE = 1000 };
    char cursor[CURSOR_MAX];
    cli_pages pages = {.whole = op->out, .limited = in->limit};
    pn_list ask = *in;
    if (c->opts.all && !ask.limit)
        ask.limit = ALL_PAGE;
    pn *base = c->p;
    int rc = one_page(c, op, &ask, &pages, cursor, sizeof(cursor));
    while (!rc && *cursor && !ferror(stdout)) {
        PN_AUTO_UNIT next = pn_begin(c->ctx);
        if (!next)
            return cli_fail_with(c, &(pn_err){.code = PN_EMEM});
        pn_act_as(next, pn_who(base));
        c->p = next;
        rc = cli_settings(c);
        ask.after = cursor;
        if (!rc) {
            char here[CURSOR_MAX];
            rc = one_page(c, op, &ask, &pages, here, sizeof(here));
            memcpy(cursor, here, sizeof(cursor));
        }
        c->p = base;
    }
    (void)cli_xlsx_end(c, &pages, false); /* of one that was not finished */
    return rc;
}

/* An import that left rows out did its work, but a script must notice. */
static int partly(const pn_op *op, const void *out)
{
    enum { SOME_FAILED = 1 };
    const pn_col *col = op->out ? pn_type_col(op->out, "failed") : NULL;
    if (!col || col->kind != PN_K_INT)
        return 0;
    return *(const int64_t *)(const void *)((const char *)out + col->offset) ? SOME_FAILED : 0;
}

/* A gate that turns somebody away did its work; whoever opens it by the exit status must know. */
static int verdict(const pn_op *op, const void *out)
{
    const pn_col *col = op->flags & PN_VERDICT ? pn_type_col(op->out, "result") : NULL;
    if (!col || col->kind != PN_K_WORD)
        return 0;
    const pn_word *w = (const void *)((const char *)out + col->offset);
    return w->v > 0 && col->words[w->v - 1].tone == 'g' ? 0 : CLI_REFUSED;
}

int cli_call(cli *c, const pn_op *op, const void *in)
{
    if (cli_is_list(op))
        return list(c, op, in);
    void *out = op->out ? pn_alloc(c->p, op->out->size) : NULL;
    if (op->out && !out)
        return cli_fail(c);
    cli_key(c, op);
    cli_progress(c);
    int failed = pn_call(c->p, op, in, out);
    cli_progress_end();
    if (failed)
        return cli_fail(c);
    if (c->opts.dry_run && c->tty)
        fputs(_("Dry run: nothing was changed\n"), stderr);
    int rc = out ? cli_print_one(c, op->out, out) : 0;
    rc = rc ? rc : partly(op, out);
    return rc ? rc : verdict(op, out);
}

/* Filters given as flags join the term given by hand. */
static int join_where(cli *c, const cli_args *a)
{
    if (!a->where || !cli_is_list(a->op))
        return 0;
    pn_list *in = a->row;
    in->where = in->where ? pn_printf(c->p, "%s %s", in->where, a->where) : a->where;
    return in->where ? 0 : cli_fail(c);
}

int cli_run_op(cli *c, const pn_op *op)
{
    cli_args a = {.op = op, .in = op->in};
    a.row = pn_alloc(c->p, op->in ? op->in->size : 1);
    if (!a.row)
        return cli_fail(c);
    int rc = cli_args_read(c, &a, 0);
    if (rc || (rc = cli_settings(c)) || (rc = join_where(c, &a)))
        return rc;
    const pn_type *shown = op->out, *rows = shown ? cli_rows_only(c, shown) : NULL;
    if (shown && !cli_pick(c, rows ? rows : shown, rows || cli_is_list(op)))
        return CLI_USAGE;
    if ((rc = cli_ask_secrets(c, op, a.row)))
        return rc;
    if (op->in && !c->later && pn_validate(c->p, op->in, a.row))
        return cli_fail(c);
    if ((rc = confirm(c, op)) || (rc = cli_sign_in(c)) || (rc = cli_bind_later(c)))
        return rc;
    return cli_call(c, op, a.row);
}
