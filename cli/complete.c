/* SPDX-License-Identifier: Apache-2.0 */
/* complete.c — completion. The shell scripts only pass the words on; what may come next is read
 * from the tables, and ids of known things from the list of their noun. */
#include "cli.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char bash_script[] =
    "# bash completion for pn: source <(pn complete bash)\n"
    "_pn() {\n"
    "    local line IFS=$'\\n'\n"
    "    COMPREPLY=()\n"
    "    while IFS= read -r line; do\n"
    "        COMPREPLY+=(\"${line%%$'\\t'*}\")\n"
    "    done < <(pn __complete -- \"${COMP_WORDS[@]:1:COMP_CWORD}\" 2>/dev/null)\n"
    "    if [[ ${COMPREPLY[0]-} == __files__ ]]; then\n"
    "        COMPREPLY=($(compgen -f -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
    "        compopt -o filenames 2>/dev/null\n"
    "    fi\n"
    "}\n"
    "complete -F _pn pn\n";

static const char zsh_script[] =
    "#compdef pn\n"
    "# zsh completion for pn: source <(pn complete zsh), or a file _pn in $fpath\n"
    "_pn() {\n"
    "    local -a found\n"
    "    local line\n"
    "    while IFS= read -r line; do\n"
    "        [[ $line == __files__* ]] && { _files; return }\n"
    "        found+=(\"${${line%%$'\\t'*}//:/\\\\:}:${line#*$'\\t'}\")\n"
    "    done < <(pn __complete -- \"${(@)words[2,CURRENT]}\" 2>/dev/null)\n"
    "    _describe pn found\n"
    "}\n"
    "compdef _pn pn\n";

int cli_cmd_complete(cli *c)
{
    cli_args a = {0};
    int rc = cli_args_read(c, &a, 1);
    if (rc)
        return rc;
    if (a.n_words && !strcmp(a.words[0], "bash"))
        return fputs(bash_script, stdout), 0;
    if (a.n_words && !strcmp(a.words[0], "zsh"))
        return fputs(zsh_script, stdout), 0;
    return cli_usage(c, _("Which shell: bash or zsh?"));
}

/* `text` when it begins with what is typed; words in the letter case of the typist. */
static void offer(const char *typed, const char *text, const char *about, bool fold)
{
    size_t len = strlen(typed);
    if (fold ? strncasecmp(text, typed, len) : strncmp(text, typed, len))
        return;
    bool lower = fold && (!*typed || islower((unsigned char)*typed));
    for (const char *s = text; *s; s++)
        putchar(lower ? tolower((unsigned char)*s) : *s);
    putchar('\t');
    for (const char *s = about ? about : ""; *s; s++)
        putchar((unsigned char)*s < ' ' ? ' ' : *s);
    putchar('\n');
}

static void offer_flag(const char *typed, const pn_col *col, const char *tail)
{
    char text[100];
    snprintf(text, sizeof(text), "--%s%s", cli_flag(col->name), tail);
    offer(typed, text, pn_tr(col->label ? col->label : col->name), false);
}

/* The first text column names a row in the list of its noun; beside a code, the next one. */
static const pn_col *title(const pn_type *type, const pn_col *code)
{
    for (const pn_col *col = type->cols; col->name; col++)
        if (col != code && col->kind == PN_K_TEXT && (col->flags & PN_BRIEF) &&
            !(col->flags & PN_PII))
            return col;
    return NULL;
}

/* The column of short names, where people may type one for the number. */
static const pn_col *short_name(const pn_op *op, const char *typed)
{
    const pn_module *m = pn_module_find(op->noun);
    const pn_col *code = pn_type_col(op->out, "code");
    bool number = *typed && !typed[strspn(typed, "0123456789")];
    return m && m->resolve && code && !number ? code : NULL;
}

/* Ids from the database; without one, or without the right, there is nothing to offer. */
static void offer_ids(cli *c, const char *typed, const char *noun)
{
    enum { OFFERED = 50 };
    const pn_op *op = pn_op_find(noun, "list");
    pn_page page = {0};
    if (!op || !cli_is_list(op))
        return;
    const char *token = cli_token_path(c);
    FILE *quiet = token ? freopen("/dev/null", "w", stderr) : NULL;
    if (!quiet || cli_sign_in(c))
        return;
    pn_set_timeout(c->p, 2000);
    const pn_col *code = short_name(op, typed), *key = op->out->cols;
    bool plain = *typed && !typed[strspn(typed, "abcdefghijklmnopqrstuvwxyz0123456789-_")];
    const char *where =
        code && plain && cli_filterable(code) ? pn_printf(c->p, "code~%s", typed) : NULL;
    if (pn_call(c->p, op, &(pn_list){.where = where, .limit = OFFERED}, &page))
        return;
    const pn_col *name = title(op->out, code);
    while (key->name && !(key->flags & PN_KEY))
        key++;
    if (code)
        key = code;
    const char *row = page.rows.row;
    for (size_t i = 0; key->name && i < page.rows.n; i++, row += op->out->size)
        offer(typed, pn_plain(c->p, key, row), name ? pn_show(c->p, name, row) : "", false);
}

static void offer_values(cli *c, const char *typed, const pn_op *op, const pn_col *col)
{
    if (col->flags & PN_FILE) {
        puts("__files__\t");
    } else if (col->kind == PN_K_WORD && col->words) {
        for (const pn_words *w = col->words; w->name; w++)
            offer(typed, w->name, pn_tr(w->label), true);
    } else if (col->kind == PN_K_BOOL) {
        offer(typed, "yes", "", false);
        offer(typed, "no", "", false);
    } else if (col->kind == PN_K_INT && (col->ref || ((col->flags & PN_KEY) && op))) {
        offer_ids(c, typed, col->ref ? col->ref : op->noun);
    }
}

static const pn_col *flag_col(const pn_op *op, const char *flag, const char **value)
{
    char name[80];
    size_t n = strcspn(flag, "=");
    *value = flag[n] ? flag + n + 1 : NULL;
    snprintf(name, sizeof(name), "%.*s", (int)n, flag);
    const pn_col *col = op ? cli_col(op->in, name) : NULL;
    if (!col && cli_is_list(op))
        col = cli_col(op->out, name);
    return col ? col : cli_col(&cli_opts_t, !strcmp(name, "o") ? "output" : name);
}

static void offer_flags(const char *typed, const pn_op *op, const pn_type *in)
{
    for (const pn_col *col = in ? in->cols : NULL; col && col->name; col++) {
        offer_flag(typed, col, "");
        if (col->flags & PN_SECRET)
            offer_flag(typed, col, "-file");
    }
    if (cli_is_list(op))
        for (const pn_col *col = op->out->cols; col->name; col++)
            if (cli_filterable(col) && !cli_col(op->in, col->name))
                offer_flag(typed, col, "");
    for (const pn_col *col = cli_opts_t.cols; col->name; col++)
        if (strcmp(col->name, "now") != 0)
            offer_flag(typed, col, "");
}

static void offer_words(const char *typed, const char *noun)
{
    const pn_module *m = noun ? pn_module_find(noun) : NULL;
    for (const pn_op *const *op = m ? m->ops : NULL; op && *op; op++)
        offer(typed, (*op)->verb, pn_tr((*op)->brief), false);
    size_t n = noun ? strlen(noun) : 0;
    for (const cli_command *cmd = cli_commands; noun && cmd->name; cmd++)
        if (!strncmp(cmd->name, noun, n) && cmd->name[n] == ' ')
            offer(typed, cmd->name + n + 1, pn_tr(cmd->brief), false);
    if (noun)
        return;
    for (const pn_module *const *i = pn_modules(); *i; i++)
        if ((*i)->ops && (*i)->ops[0])
            offer(typed, (*i)->noun, pn_tr((*i)->title), false);
    for (const cli_command *cmd = cli_commands; cmd->name; cmd++)
        if (cmd->brief && !strchr(cmd->name, ' '))
            offer(typed, cmd->name, pn_tr(cmd->brief), false);
}

/* The positional column that the n-th free word would fill. */
static const pn_col *place_of(const pn_op *op, int n)
{
    for (const pn_col *col = op->in ? op->in->cols : NULL; col && col->name; col++)
        if (cli_positional(op, col) && n-- == 0)
            return col;
    return NULL;
}

static void command_words(const char *typed, const cli_command *cmd)
{
    char args[64], *rest = NULL;
    snprintf(args, sizeof(args), "%s", cmd->args);
    if (strstr(args, "FILE") || strstr(args, "DIR"))
        puts("__files__\t");
    else if (strchr(args, '|'))
        for (char *w = strtok_r(args, "| []", &rest); w; w = strtok_r(NULL, "| []", &rest))
            if (islower((unsigned char)*w))
                offer(typed, w, "", false);
}

/* pn __complete -- WORDS…, the last being what is typed so far. */
int cli_cmd_candidates(cli *c)
{
    if (c->at < c->argc && !strcmp(c->argv[c->at], "--"))
        c->at++;
    const char *words[2] = {NULL, NULL}, *typed = "", *before = NULL, *value = NULL;
    const pn_op *op = NULL;
    int free_words = 0;
    for (int i = c->at; i < c->argc; i++) {
        if (i + 1 == c->argc) {
            typed = c->argv[i];
            break;
        }
        const char *word = c->argv[i];
        if (before) {
            before = NULL;
        } else if (*word == '-') {
            const pn_col *col = flag_col(op, word + strspn(word, "-"), &value);
            before = col && col->kind != PN_K_BOOL && !value ? word : NULL;
        } else if (!words[0]) {
            words[0] = word;
        } else if (!words[1]) {
            words[1] = word;
            op = pn_op_find(words[0], word);
        } else {
            free_words++;
        }
    }
    const cli_command *cmd = words[0] ? cli_command_find(words[0]) : NULL;
    if (!cmd && words[1])
        cmd = cli_command_find2(words[0], words[1]);
    if (before) {
        const pn_col *col = flag_col(op, before + strspn(before, "-"), &value);
        if (col)
            offer_values(c, typed, op, col);
    } else if (*typed == '-') {
        offer_flags(typed, op, cmd ? cli_command_in(cmd) : op ? op->in : NULL);
    } else if (cmd) {
        command_words(typed, cmd);
    } else if (!op) {
        offer_words(typed, words[0]);
    } else if (place_of(op, free_words)) {
        offer_values(c, typed, op, place_of(op, free_words));
    }
    return 0;
}
