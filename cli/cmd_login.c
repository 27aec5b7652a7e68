/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_login.c — `pn login`, `pn logout`, `pn whoami`: the operation auth.login with a memory. */
#include "cli.h"

#include <string.h>
#include <unistd.h>

/* The column that the refusal names, when it is a secret nobody has typed yet (the second factor).
 */
static const pn_col *asked_for(cli *c, const pn_op *op, const void *in)
{
    const pn_err *e = pn_error(c->p);
    const pn_col *col = e->field ? pn_type_col(op->in, e->field) : NULL;
    if (!col || !(col->flags & PN_SECRET) || !pn_absent(col, in) || !isatty(STDIN_FILENO))
        return NULL;
    return col;
}

static int keep(cli *c, const pn_op *op, const void *out)
{
    const pn_col *token = pn_type_col(op->out, "token");
    if (!token) {
        (void)pn_fail(c->p, PN_EINTERNAL, NULL, "%s", pn_tr("The sign-in gave no token"));
        return cli_fail(c);
    }
    int rc = cli_token_store(c, pn_plain(c->p, token, out));
    if (rc || !c->tty)
        return rc;
    fprintf(stderr, _("Signed in; the token is in %s\n"), cli_token_path(c));
    return 0;
}

int cli_cmd_login(cli *c)
{
    const pn_op *op = pn_op_find("auth", "login");
    if (!op)
        return cli_usage(c, _("Unknown command '%s'"), "login");
    cli_args a = {.op = op, .in = op->in, .row = pn_alloc(c->p, op->in->size)};
    void *out = pn_alloc(c->p, op->out->size);
    if (!a.row || !out)
        return cli_fail(c);
    int rc = cli_args_read(c, &a, 0);
    if (rc)
        return rc;
    const pn_col *login = pn_type_col(op->in, "login");
    if (login && pn_absent(login, a.row) && isatty(STDIN_FILENO)) {
        char line[256] = "";
        fprintf(stderr, "%s: ", pn_tr(login->label));
        if (!fgets(line, sizeof(line), stdin))
            return cli_usage(c, _("%s: nothing was typed"), pn_tr(login->label));
        line[strcspn(line, "\r\n")] = '\0';
        if ((rc = cli_bind(c, op->in, a.row, login, line, false)))
            return rc;
    }
    if ((rc = cli_ask_secrets(c, op, a.row)))
        return rc;
    pn_set_via(c->p, "cli", "login");
    while (pn_call(c->p, op, a.row, out)) {
        const pn_col *col = asked_for(c, op, a.row);
        const char *text;
        if (!col)
            return cli_fail(c);
        if ((rc = cli_secret(c, pn_tr(col->label), false, &text)) ||
            (rc = cli_bind(c, op->in, a.row, col, text, false)))
            return rc;
    }
    return keep(c, op, out);
}

int cli_cmd_logout(cli *c)
{
    cli_args a = {0};
    int rc = cli_args_read(c, &a, 0);
    if (rc)
        return rc;
    const char *path = cli_token_path(c);
    const pn_op *op = pn_op_find("auth", "logout");
    rc = cli_sign_in(c);
    if (!rc && pn_who(c->p)->id && op) {
        void *in = pn_alloc(c->p, op->in ? op->in->size : 1);
        if (!in || pn_call(c->p, op, in, NULL))
            rc = cli_fail(c);
    }
    /* an expired token is forgotten too; a database that is away must not lose a living one */
    if ((!rc || rc == pn_code_exit(PN_EAUTH)) && path && unlink(path) == 0)
        rc = 0;
    return rc;
}

typedef struct me {
    int64_t id;
    const char *login, *name, *roles;
    int64_t merchant, organiser;
} me;
static PN_TYPE(me_t, "me", me, PN_COL(me, id, N_("Id"), .flags = PN_OPT),
               PN_COL(me, login, N_("Login")), PN_COL(me, name, N_("Name")),
               PN_COL(me, roles, N_("Roles")),
               PN_COL(me, merchant, N_("Merchant"), .flags = PN_OPT),
               PN_COL(me, organiser, N_("Organiser"), .flags = PN_OPT));

int cli_cmd_whoami(cli *c)
{
    cli_args a = {0};
    int rc = cli_args_read(c, &a, 0);
    if (rc || (rc = cli_sign_in(c)))
        return rc;
    const pn_actor *who = pn_who(c->p);
    if (!who || !who->kind || (!who->id && !(who->roles & PN_ROLE_SYSTEM)))
        return cli_fail_with(c, &(pn_err){.code = PN_EAUTH});
    pn_buf roles = pn_buf_new(c->p);
    for (int i = 0; pn_role_words[i].name; i++)
        if (who->roles & (1U << i))
            pn_buf_putf(&roles, "%s%s", roles.len ? " " : "",
                        cli_format(c) == CLI_TABLE ? pn_tr(pn_role_words[i].label)
                                                   : pn_role_words[i].name);
    me row = {who->id,       who->login,    who->name, roles.len ? roles.text : NULL,
              who->merchant, who->organiser};
    return cli_print_one(c, &me_t, &row);
}
