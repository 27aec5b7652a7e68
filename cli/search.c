/* SPDX-License-Identifier: Apache-2.0 */
/* search.c — finding what one cannot name: the nearest word for a typing error, and `pn help WORD`
 * over names and labels in both languages. */
#include "cli.h"

#include <ctype.h>
#include <string.h>

enum { WORD_MAX = 40 };

/* Edits between two words, swapped neighbours counting once (optimal string alignment). */
static int distance(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);
    if (n > WORD_MAX || m > WORD_MAX)
        return WORD_MAX;
    int rows[3][WORD_MAX + 1];
    for (size_t j = 0; j <= m; j++)
        rows[0][j] = (int)j;
    for (size_t i = 1; i <= n; i++) {
        int *now = rows[i % 3], *up = rows[(i + 2) % 3], *upup = rows[(i + 1) % 3];
        now[0] = (int)i;
        for (size_t j = 1; j <= m; j++) {
            int best =
                up[j - 1] + (tolower((unsigned char)a[i - 1]) != tolower((unsigned char)b[j - 1]));
            if (up[j] + 1 < best)
                best = up[j] + 1;
            if (now[j - 1] + 1 < best)
                best = now[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                upup[j - 2] + 1 < best)
                best = upup[j - 2] + 1;
            now[j] = best;
        }
    }
    return rows[n % 3][m];
}

void cli_near_try(cli_near *near, const char *candidate)
{
    int d = distance(near->word, candidate);
    size_t len = strlen(near->word);
    if (len >= 3 && !strncmp(near->word, candidate, len))
        d = 1; /* the beginning of the word */
    if (d > 1 + (int)len / 4 || d >= (int)strlen(candidate) || (*near->best && d >= near->distance))
        return;
    near->distance = d;
    snprintf(near->best, sizeof(near->best), "%s", candidate);
}

cli_near cli_near_noun(const char *word)
{
    cli_near near = {.word = word};
    for (const pn_module *const *m = pn_modules(); *m; m++)
        if ((*m)->ops && (*m)->ops[0])
            cli_near_try(&near, (*m)->noun);
    for (const cli_command *cmd = cli_commands; cmd->name; cmd++)
        if (cmd->brief)
            cli_near_try(&near, cmd->name);
    return near;
}

cli_near cli_near_verb(const pn_module *m, const char *word)
{
    cli_near near = {.word = word};
    for (const pn_op *const *op = m->ops; *op; op++)
        cli_near_try(&near, (*op)->verb);
    return near;
}

static bool has(const char *text, const char *word)
{
    return text && *text && (strcasestr(text, word) || strcasestr(pn_tr(text), word));
}

static bool op_has(const pn_module *m, const pn_op *op, const char *word)
{
    if (has(m->noun, word) || has(m->title, word) || has(op->verb, word) || has(op->brief, word) ||
        has(op->help, word))
        return true;
    const pn_type *types[] = {op->in, op->out};
    for (size_t i = 0; i < 2; i++)
        for (const pn_col *col = types[i] ? types[i]->cols : NULL; col && col->name; col++) {
            if (has(col->name, word) || has(col->label, word) || has(col->hint, word))
                return true;
            for (const pn_words *w = col->words; w && w->name; w++)
                if (has(w->name, word) || has(w->label, word))
                    return true;
        }
    return false;
}

enum { FOUND_MAX = 4096 };

/* Every operation that mentions the word, each once, whichever language found it. */
int cli_help_search(cli *c, const char *word)
{
    static bool found[FOUND_MAX];
    size_t hits = 0, at;
    static const char *const langs[] = {NULL, "zh_CN", "en"};
    for (size_t l = 0; l < 3; l++) {
        if (langs[l])
            cli_lang(langs[l]);
        at = 0;
        for (const pn_module *const *m = pn_modules(); *m; m++)
            for (const pn_op *const *op = (*m)->ops; op && *op && at < FOUND_MAX; op++, at++)
                if (!found[at] && op_has(*m, *op, word))
                    found[at] = true;
    }
    cli_lang(c->opts.lang);
    at = 0;
    for (const pn_module *const *m = pn_modules(); *m; m++)
        for (const pn_op *const *op = (*m)->ops; op && *op && at < FOUND_MAX; op++, at++)
            if (found[at] && ++hits)
                printf("pn %s %s%*s  %s\n", (*op)->noun, (*op)->verb,
                       24 - (int)(strlen((*op)->noun) + strlen((*op)->verb)), "",
                       pn_tr((*op)->brief));
    for (const cli_command *cmd = cli_commands; cmd->name; cmd++)
        if (cmd->brief && (has(cmd->name, word) || has(cmd->brief, word) || has(cmd->help, word))) {
            printf("pn %-26s %s\n", cmd->name, pn_tr(cmd->brief));
            hits++;
        }
    if (!hits)
        return cli_usage(c, _("Nothing mentions '%s'"), word);
    return 0;
}
