/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_demo.c — `pn demo`: a season to play with. It uses the operations everybody has: the files of
 * data/demo go in through the imports, the accounts through staff.create. */
#include "cli.h"
#include "demo.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/policy.h"

const cli_account cli_accounts[] = {
    {"admin", "ADMIN", "管理员"},       {"ops", "OPS,BOXOFFICE,GATE", "运营小田"},
    {"finance", "FINANCE", "财务小金"}, {"boxoffice", "BOXOFFICE", "售票员小票"},
    {"gate", "GATE", "检票员小门"},     {0},
};

static const char *const nouns[] = {"city", "venue", "hall", "show", "session", "tier", NULL};

const char *cli_demo_path(cli *c, const char *name)
{
    const char *path = pn_printf(c->base, "%s/%s", pn_state_dir(c->ctx), name);
    return path ? path : "";
}

/* ---- accounts ---- */

static bool random_password(char *out, size_t size)
{
    static const char letters[] = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    unsigned char r[64];
    if (size > sizeof(r) || getrandom(r, size, 0) != (ssize_t)size)
        return false;
    for (size_t i = 0; i + 1 < size; i++)
        out[i] = letters[r[i] % (sizeof(letters) - 1)];
    out[size - 1] = '\0';
    return true;
}

/* Run an operation with flags given as text, as if typed. */
int cli_demo_call(cli *c, const char *noun, const char *verb, const char *const flags[][2],
                  void **out)
{
    const pn_op *op = pn_op_find(noun, verb);
    if (!op)
        return cli_usage(c, _("Unknown operation '%s'"), noun);
    void *in = pn_alloc(c->p, op->in->size), *row = pn_alloc(c->p, op->out ? op->out->size : 1);
    if (!in || !row)
        return cli_fail(c);
    for (size_t i = 0; flags[i][0]; i++) {
        const pn_col *col = pn_type_col(op->in, flags[i][0]);
        if (!col)
            return cli_usage(c, _("Unknown flag --%s"), flags[i][0]);
        int rc = cli_bind(c, op->in, in, col, flags[i][1], false);
        if (rc)
            return rc;
    }
    int rc = cli_bind_later(c);
    if (rc)
        return rc;
    if (pn_call(c->p, op, in, op->out ? row : NULL))
        return cli_fail(c);
    if (out)
        *out = row;
    return 0;
}

/* Whoever owns the database may do everything; the demo does it under a name of its own. */
static int as_demo(cli *c)
{
    int rc = cli_owner(c);
    if (!rc)
        pn_act_as(c->p, &(pn_actor){.kind = 'S',
                                    .login = "demo",
                                    .name = "demo",
                                    .roles = PN_ROLE_SYSTEM | PN_ROLE_ADMIN,
                                    .via = "cli"});
    return rc;
}

/* How many accounts match; -1 after words were printed. */
static int accounts(cli *c, const char *where)
{
    const pn_op *op = pn_op_find("staff", "list");
    pn_page page = {0};
    if (!op)
        return cli_usage(c, _("Unknown operation '%s'"), "staff.list"), -1;
    if (pn_call(c->p, op, &(pn_list){.where = where, .limit = 1}, &page))
        return cli_fail(c), -1;
    return (int)page.rows.n;
}

/* The first administrator ever, one more account, or a new password for an account there is. */
static int make_account(cli *c, const cli_account *a, const char *password)
{
    int any = accounts(c, NULL), same = accounts(c, pn_printf(c->p, "login=%s", a->login));
    if (any < 0 || same < 0)
        return CLI_USAGE;
    if (same) {
        const char *const flags[][2] = {{"id", a->login}, {"new_password", password}, {NULL, NULL}};
        return cli_demo_call(c, "staff", "passwd", flags, NULL);
    }
    const char *const flags[][2] = {{"login", a->login},
                                    {"name", a->name},
                                    {"password", password},
                                    {any ? "roles" : NULL, a->role},
                                    {NULL, NULL}};
    return cli_demo_call(c, "staff", any ? "create" : "init", flags, NULL);
}

static int make_accounts(cli *c, FILE *file)
{
    enum { PASSWORD = 15 };
    for (const cli_account *a = cli_accounts; a->login; a++) {
        char password[PASSWORD];
        if (!random_password(password, sizeof(password)))
            return cli_fail_with(c, &(pn_err){.code = PN_EINTERNAL});
        int rc = make_account(c, a, password);
        if (rc || (rc = cli_renew(c)))
            return rc;
        fprintf(file, "%-10s  %s  %s\n", a->login, password, a->name);
    }
    return 0;
}

int cli_demo_password(cli *c, const char *login, char *password, size_t size)
{
    FILE *file = fopen(cli_demo_path(c, "demo-accounts.txt"), "re");
    char line[256], name[64], word[64];
    bool found = false;
    while (file && !found && fgets(line, sizeof(line), file))
        found = sscanf(line, "%63s %63s", name, word) == 2 && !strcmp(name, login);
    if (file)
        fclose(file);
    if (!found) {
        (void)pn_fail(c->p, PN_ENONE, NULL,
                      pn_tr("The demo has no account '%s'; run: pn demo load"), login);
        return cli_fail(c);
    }
    snprintf(password, size, "%s", word);
    return 0;
}

int cli_demo_sign_in(cli *c, const char *login)
{
    char password[64];
    void *out = NULL;
    int rc = cli_demo_password(c, login, password, sizeof(password));
    const char *const flags[][2] = {{"login", login}, {"password", password}, {NULL, NULL}};
    if (rc || (rc = cli_demo_call(c, "auth", "login", flags, &out)))
        return rc;
    const pn_op *op = pn_op_find("auth", "login");
    const pn_col *token = pn_type_col(op->out, "token");
    const char *text = token ? pn_plain(c->p, token, out) : "";
    c->opts.token_file = cli_demo_path(c, pn_printf(c->p, "demo-%s.token", login));
    if ((rc = cli_token_store(c, text)))
        return rc;
    return pn_signin(c->p, text) ? cli_fail(c) : 0;
}

/* ---- season ---- */

static int import(cli *c, const char *noun)
{
    const char *path = pn_printf(c->p, "%s/demo/%s.csv", pn_data_dir(), noun);
    const char *const flags[][2] = {{"file", path}, {NULL, NULL}};
    void *out = NULL;
    int rc = cli_demo_call(c, noun, "import", flags, &out);
    if (rc)
        return rc;
    const pn_op *op = pn_op_find(noun, "import");
    printf("%-8s", noun);
    bool failed = false;
    for (const pn_col *col = op->out->cols; col->name; col++) {
        if (col->kind != PN_K_INT)
            continue;
        printf("  %s %s", pn_tr(col->label), pn_show(c->p, col, out));
        failed |= !strcmp(col->name, "failed") && strcmp(pn_plain(c->p, col, out), "0") != 0;
    }
    putchar('\n');
    fflush(stdout);
    if (!failed)
        return cli_renew(c);
    rc = cli_print_one(c, op->out, out);
    return rc ? rc : CLI_USAGE;
}

static int import_faces(cli *c)
{
    glob_t faces;
    int rc = 0;
    if (glob(pn_printf(c->p, "%s/face/*.yaml", pn_data_dir()), 0, NULL, &faces))
        return 0;
    for (size_t i = 0; !rc && i < faces.gl_pathc; i++) {
        const char *const flags[][2] = {{"file", faces.gl_pathv[i]}, {NULL, NULL}};
        rc = cli_demo_call(c, "face", "import", flags, NULL);
        if (!rc)
            rc = cli_renew(c);
    }
    globfree(&faces);
    return rc;
}

/* A printer that writes pictures into the state folder, with a roll of blanks in it. */
static int make_printer(cli *c)
{
    const char *folder = cli_demo_path(c, "paper");
    const char *const printer[][2] = {{"code", "counter-1"}, {"name", "1号窗口"}, {"kind", "FILE"},
                                      {"target", folder},    {"language", "PNG"}, {NULL, NULL}};
    const char *const roll[][2] = {{"printer", "counter-1"},
                                   {"roll", "DEMO"},
                                   {"serial_from", "1"},
                                   {"serial_to", "10000"},
                                   {NULL, NULL}};
    if (mkdir(folder, 0755) && errno != EEXIST) {
        (void)pn_fail(c->p, PN_EIO, NULL, pn_tr("Cannot create '%s': %s"), folder, strerror(errno));
        return cli_fail(c);
    }
    int rc = cli_demo_call(c, "printer", "create", printer, NULL);
    return rc ? rc : cli_demo_call(c, "roll", "load", roll, NULL);
}

/* One step of all shows in a state, but for the last few by code (none of them plays today). */
static int each_show(cli *c, const char *where, const char *verb, size_t leave)
{
    enum { SHOWS_MAX = 1000 };
    const pn_op *op = pn_op_find("show", "list");
    pn_page page = {0};
    if (!op ||
        pn_call(c->p, op, &(pn_list){.where = where, .sort = "code", .limit = SHOWS_MAX}, &page))
        return op ? cli_fail(c) : 0;
    const char *row = page.rows.row;
    for (size_t i = 0; i + leave < page.rows.n; i++, row += op->out->size) {
        const char *id = pn_plain(c->p, op->out->cols, row);
        const char *const flags[][2] = {{"id", id}, {NULL, NULL}};
        int rc = cli_demo_call(c, "show", verb, flags, NULL);
        if (rc)
            return rc;
    }
    return cli_renew(c);
}

/* The season goes on sale as every season does: one hands in, another approves. A few shows stay
 * behind for those who want to try it. */
static int publish(cli *c)
{
    enum { DRAFTS = 3, WAITING = 2 };
    int rc = each_show(c, "status=DRAFT", "submit", DRAFTS);
    if (!rc)
        rc = cli_demo_sign_in(c, "admin");
    return rc ? rc : each_show(c, "status=REVIEWING", "approve", WAITING);
}

/* Is there a season already? -1: the question could not be asked. */
static int loaded(cli *c)
{
    const pn_op *op = pn_op_find("tier", "list");
    pn_page page = {0};
    if (!op || pn_call(c->p, op, &(pn_list){.limit = 1}, &page))
        return -1;
    return page.rows.n > 0;
}

/* Its buyers pay with money that is none. */
static int let_simulate(cli *c)
{
    static const char key[] = "payment.simulated";
    const char *const which[][2] = {{"key", key}, {NULL, NULL}};
    const char *const how[][2] = {
        {"key", key}, {"value", "1"}, {"reason", "demo"}, {NULL, NULL}};
    void *out = NULL;
    int rc = cli_demo_sign_in(c, "admin");
    if (rc || (rc = cli_demo_call(c, "policy", "show", which, &out)))
        return rc;
    const pn_policy_detail *d = out;
    return d->value && !strcmp(d->value, "1") ? 0 : cli_demo_call(c, "policy", "set", how, NULL);
}

int cli_demo_load(cli *c)
{
    const char *path = cli_demo_path(c, "demo-accounts.txt");
    int rc = as_demo(c);
    if (rc)
        return rc;
    int have = accounts(c, "login=gate"); /* the last one made */
    if (have < 0)
        return CLI_USAGE;
    if (!have || access(path, R_OK)) {
        if ((rc = cli_make_parents(c, path)))
            return rc;
        int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
        if (!file) {
            (void)pn_fail(c->p, PN_EIO, NULL, pn_tr("Cannot write '%s': %s"), path,
                          strerror(errno));
            return cli_fail(c);
        }
        rc = make_accounts(c, file);
        if (fclose(file) && !rc)
            rc = CLI_IO;
        if (rc) {
            unlink(path);
            return rc;
        }
    }
    if ((rc = cli_renew(c)) || (rc = let_simulate(c)) || (rc = cli_demo_sign_in(c, "ops")))
        return rc;
    if (loaded(c) > 0)
        return 0;
    for (size_t i = 0; !rc && nouns[i]; i++)
        rc = import(c, nouns[i]);
    if (!rc)
        rc = publish(c);
    if (!rc)
        rc = import_faces(c);
    if (!rc)
        rc = make_printer(c);
    if (!rc)
        rc = cli_demo_sales(c);
    if (!rc)
        printf(_("The accounts and their passwords: %s\n"), path);
    return rc;
}
