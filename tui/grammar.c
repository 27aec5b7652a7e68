/* SPDX-License-Identifier: Apache-2.0 */
/* grammar.c — reading the typed line. What it cannot know (times, names of things) it leaves to the
 * library; what it can, it says at the word that is wrong before anything is asked. */
#include "config.h"
#include "grammar.h"
#include "names.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* What the command line takes beside the columns of a list. */
static const pn_col options[] = {
    {.name = "sort", .label = N_("Sort"), .kind = PN_K_TEXT},
    {.name = "columns", .label = N_("Columns"), .kind = PN_K_TEXT},
    {.name = "where", .label = "", .kind = PN_K_TEXT},
    {.name = "q", .label = "", .kind = PN_K_TEXT},
    {.name = "limit", .label = N_("Rows at most"), .kind = PN_K_TEXT},
    {.name = "after", .label = "", .kind = PN_K_TEXT}, {0},
};
enum { SORT, COLUMNS, WHERE, Q, LIMIT };

const pn_col *grammar_option(int n)
{
    return n >= 0 && n < (int)(sizeof options / sizeof *options) - 1 ? &options[n] : NULL;
}

bool grammar_is_option(const pn_col *col)
{
    return col >= options && col < options + sizeof options / sizeof *options;
}

/* Split at blanks; quotes protect them. Double ones stay, for the library reads them too. */
static void split(struct words *w, const char *line)
{
    char *to = w->line;
    int at = 0;
    w->n = 0;
    while (line[at] && w->n < WORDS_MOST) {
        at += (int)strspn(line + at, " ");
        if (!line[at])
            break;
        struct word *word = &w->word[w->n++];
        *word = (struct word){.at = at, .text = to};
        for (char quote = 0; line[at] && (quote || line[at] != ' '); at++) {
            if (line[at] == quote)
                quote = 0;
            else if (!quote && (line[at] == '"' || line[at] == '\''))
                quote = line[at];
            else if (line[at] == '\'')
                continue;
            if (line[at] != '\'')
                *to++ = line[at];
        }
        *to++ = 0;
        word->len = at - word->at;
    }
}

static void complain(struct reading *r, int word, const char *fmt, ...) PN_PRINTF(3, 4);
static void complain(struct reading *r, int word, const char *fmt, ...)
{
    va_list args;
    if (*r->wrong)
        return;
    va_start(args, fmt);
    vsnprintf(r->wrong, sizeof r->wrong, fmt, args);
    va_end(args);
    r->wrong_at = word < r->words.n ? r->words.word[word].at : 0;
    r->wrong_len = word < r->words.n ? r->words.word[word].len : 0;
}

/* ---- nouns ---- */

const char *grammar_noun(const struct tui_app *app, const char *word)
{
    const char *found = NULL;
    char name[64];
    snprintf(name, sizeof name, "%s", word);
    for (char *c = name; *c; c++)
        *c = *c == '-' ? '_' : *c;
    if (pn_module_find(name))
        return pn_module_find(name)->noun;
    for (const pn_module *const *m = pn_modules(); *m; m++) {
        if (!names_means(app, (*m)->title, word))
            continue;
        if (found)
            return NULL;
        found = (*m)->noun;
    }
    return found;
}

const pn_col *grammar_col(const pn_type *type, const char *name)
{
    static const char *const units[] = {"", "_fen", "_id"};
    char whole[80];
    for (size_t i = 0; type && i < sizeof units / sizeof *units; i++) {
        snprintf(whole, sizeof whole, "%.64s%s", name, units[i]);
        for (char *c = whole; *c; c++)
            *c = *c == '-' ? '_' : *c;
        const pn_col *col = pn_type_col(type, whole);
        if (col)
            return col;
    }
    for (const pn_col *c = type ? type->cols : NULL; c && c->name; c++)
        if (*c->label && (!strcmp(pn_tr(c->label), name) || !strcasecmp(c->label, name)))
            return c;
    return NULL;
}

/* ---- values ---- */

static bool is_number(const char *text)
{
    text += *text == '-';
    bool any = isdigit((unsigned char)*text);
    while (isdigit((unsigned char)*text))
        text++;
    return any && !*text;
}

static void list_words(char *out, size_t size, const pn_words *words)
{
    size_t len = 0;
    *out = 0;
    for (; words->name && len + 40 < size; words++)
        len += (size_t)snprintf(out + len, size - len, "%s%s", len ? ", " : "", words->name);
}

static void check_one(struct reading *r, const struct argument *a, const char *value)
{
    char known[160];
    if (a->col->kind == PN_K_WORD && a->col->words && !pn_word_find(a->col->words, value)) {
        list_words(known, sizeof known, a->col->words);
        complain(r, a->first + a->words - 1, pn_tr("“%.40s” is none of %s"), value, known);
    } else if ((a->col->kind == PN_K_INT || a->col->kind == PN_K_INT4) && !a->col->ref &&
               !is_number(value)) {
        complain(r, a->first + a->words - 1, pn_tr("“%.40s” is no whole number"), value);
    }
}

/* Filters take several values, ranges and nothing at all; an operation's column takes one. */
static void check_value(struct reading *r, const struct argument *a)
{
    char text[512];
    grammar_value(a, text, sizeof text);
    bool plain = !r->op->list || !strcmp(a->op, "!=") || !strcmp(a->op, "=");
    if (!*text || (r->op->list && (!plain || a->col->flags & PN_KEY || *a->value == '"')))
        return;
    for (char *at = text, *next; at; at = next) {
        char *dots = strstr(at, "..");
        next = r->op->list ? strchr(at, ',') : NULL;
        if (next)
            *next++ = 0;
        if (!(r->op->list && dots) && *at)
            check_one(r, a, at);
    }
}

void grammar_value(const struct argument *a, char *out, size_t size)
{
    size_t n = 0;
    for (const char *c = a->value; *c && n + 1 < size; c++)
        if (*c != '"')
            out[n++] = *c;
    out[n] = 0;
}

static bool many(const pn_col *col)
{
    return col->kind == PN_K_ROWS || col->kind == PN_K_TEXTS;
}

void grammar_values(const struct reading *r, int last, char *out, size_t size)
{
    const pn_col *col = r->argument[last].col;
    size_t n = 0;
    for (int i = many(col) ? 0 : last; i <= last; i++) {
        if (r->argument[i].col != col)
            continue;
        if (n && n + 1 < size)
            out[n++] = col->kind == PN_K_ROWS ? ';' : ',';
        grammar_value(&r->argument[i], out + n, size - n);
        n += strlen(out + n);
    }
}

/* ---- arguments ---- */

static const char *operator_at(const char *text)
{
    static const char *const ops[] = {"!~", "!=", ">=", "<=", "=", "~", ">", "<"};
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        if (!strncmp(text, ops[i], strlen(ops[i])))
            return ops[i];
    return NULL;
}

static const pn_col *column_of(const struct reading *r, const char *name, bool flag)
{
    for (const pn_col *o = options; r->op->list && o->name; o++) {
        bool bare = o - options <= WHERE || o - options == LIMIT;
        if ((!strcmp(o->name, name) && (flag || bare)) ||
            (*o->label && !strcmp(pn_tr(o->label), name)))
            return o;
    }
    return grammar_col(r->op->list ? r->op->out : r->op->in, name);
}

/* "--qty 2", "--qty=2", "qty=2" and, in a list, "qty>=2". */
static bool read_named(struct reading *r, int i, struct argument *a)
{
    const struct word *w = &r->words.word[i];
    bool flag = !strncmp(w->text, "--", 2) && w->text[2];
    const char *name = w->text + (flag ? 2 : 0), *op = NULL, *at = name;
    char text[64];
    while (*at && *at != '"' && !(op = operator_at(at)))
        at++;
    if ((!flag && !op) || at == name || at - name >= (int)sizeof text)
        return false;
    snprintf(text, sizeof text, "%.*s", (int)(at - name), name);
    *a = (struct argument){.first = i, .words = 1, .col = column_of(r, text, flag)};
    if (!a->col && !flag && !r->op->list && !pn_type_col(r->op->in ? r->op->in : &pn_list_t, text))
        return false; /* a bare value that has a sign in it */
    if (!a->col)
        complain(r, i, pn_tr("“%.40s” is no column of %s %s"), text, r->op->noun, r->op->verb);
    if (op) {
        snprintf(a->op, sizeof a->op, "%s", op);
        a->value = at + strlen(op);
        a->value_at = w->at + (int)(a->value - w->text);
    } else if (a->col && a->col->kind == PN_K_BOOL &&
               (i + 1 >= r->words.n || !strncmp(r->words.word[i + 1].text, "--", 2))) {
        *a->op = '=';
        a->value = "yes";
        a->value_at = w->at + w->len;
    } else if (i + 1 < r->words.n) {
        const struct word *next = &r->words.word[i + 1];
        op = r->op->list && !grammar_is_option(a->col) ? operator_at(next->text) : NULL;
        snprintf(a->op, sizeof a->op, "%s", op ? op : "=");
        a->value = next->text + (op ? strlen(op) : 0);
        a->value_at = next->at;
        a->words = 2;
    } else {
        *a->op = '=';
        a->value = "";
        a->value_at = w->at + w->len;
    }
    return true;
}

/* Names with commas between: what a list may be sorted by, what it can show. */
static void check_names(struct reading *r, const struct argument *a)
{
    char text[256];
    bool sort = a->col == &options[SORT];
    grammar_value(a, text, sizeof text);
    for (char *at = text, *next; at && *at; at = next) {
        next = strchr(at, ',');
        if (next)
            *next++ = 0;
        at += sort && *at == '-';
        const pn_col *col = *at ? grammar_col(r->op->out, at) : NULL;
        if (*at && !col)
            complain(r, a->first + a->words - 1, pn_tr("“%.40s” is no column of %s %s"), at,
                     r->op->noun, r->op->verb);
        else if (sort && col && !(col->flags & (PN_SORT | PN_KEY)))
            complain(r, a->first + a->words - 1, pn_tr("%s cannot be sorted by %s"), r->op->noun,
                     col->name);
    }
}

/* (a,b,c) is a,b,c: one of them. */
static void take_brackets(struct reading *r, struct argument *a)
{
    size_t n = a->value ? strlen(a->value) : 0;
    if (!r->op->list || n < 2 || *a->value != '(' || a->value[n - 1] != ')')
        return;
    r->words.line[a->value + n - 1 - r->words.line] = 0;
    a->value++;
    a->value_at++;
}

static void check_option(struct reading *r, const struct argument *a)
{
    if (a->col == &options[SORT] || a->col == &options[COLUMNS])
        check_names(r, a);
    else if (a->col == &options[LIMIT] && !is_number(a->value))
        complain(r, a->first + a->words - 1, pn_tr("“%.40s” is no whole number"), a->value);
}

/* What pn has and a screen has not. */
static void check_bare(struct reading *r, int i)
{
    const char *word = r->words.word[i].text;
    if (r->op->list && !strncmp(word, "-o", 2) && (!word[2] || word[2] == ' '))
        complain(r, i, "%s", pn_tr("-o is for pn: here x writes the list to a file"));
}

static const pn_col *positional(const pn_type *type, int n)
{
    for (const pn_col *c = type ? type->cols : NULL; c && c->name; c++)
        if (c->flags & (PN_ARG | PN_KEY) && n-- == 0)
            return c;
    return NULL;
}

/* Said twice, the second would silently win. */
static void check_twice(struct reading *r, const struct argument *a)
{
    for (const struct argument *b = r->argument; b < a; b++)
        if (b->col == a->col && !many(a->col) && !r->op->list)
            complain(r, a->first, pn_tr("%s is given twice"), a->col->name);
}

static void read_arguments(struct reading *r)
{
    int bare = 0;
    for (int i = r->from; i < r->words.n;) {
        struct argument *a = &r->argument[r->arguments];
        bool search = r->op->list && !strcmp(r->words.word[i].text, "-q") && i + 1 < r->words.n;
        if (search) {
            *a = (struct argument){.first = i, .words = 2, .value = r->words.word[i + 1].text};
        } else if (!read_named(r, i, a)) {
            *a = (struct argument){.first = i, .words = 1, .value = r->words.word[i].text,
                                   .value_at = r->words.word[i].at};
            if (*a->value == '#' && !r->op->list)
                a->value++;
            a->col = r->op->list ? NULL : positional(r->op->in, bare++);
            if (!r->op->list && !a->col)
                complain(r, i, pn_tr("“%.40s” is one word too many"), a->value);
        }
        take_brackets(r, a);
        if (!a->col && !search)
            check_bare(r, i);
        if (a->col && grammar_is_option(a->col))
            check_option(r, a);
        else if (a->col)
            check_value(r, a);
        if (a->col)
            check_twice(r, a);
        i += a->words;
        r->arguments++;
    }
}

/* The operation the first words name, and where its columns begin. */
static void read_op(const struct tui_app *app, struct reading *r)
{
    const struct word *w = r->words.word;
    const char *noun = grammar_noun(app, w[0].text);
    if (!noun) {
        complain(r, 0, pn_tr("Unknown word “%s”: Tab shows what there is"), w[0].text);
        return;
    }
    bool verbed = r->words.n > 1 && pn_op_find(noun, w[1].text);
    bool term = r->words.n > 1 && !verbed && (strpbrk(w[1].text, "=~<>!") || *w[1].text == '-');
    bool number = r->words.n == 2 && !verbed && *w[1].text == '#';
    const char *verb = verbed ? w[1].text : number ? "show" : "list";
    if (r->words.n > 1 && !verbed && !term && !number) {
        complain(r, 1, pn_tr("%s cannot “%s”: Tab shows what it can"), noun, w[1].text);
        return;
    }
    const pn_op *op = pn_op_find(noun, verb);
    if (!op) {
        complain(r, 0, pn_tr("%s cannot “%s”: Tab shows what it can"), noun, verb);
    } else if (!app_may(app, op)) {
        complain(r, verbed ? 1 : 0, "%s: %s %s", pn_code_text(PN_EPERM), op->noun, op->verb);
    } else {
        r->op = op;
        r->from = verbed ? 2 : 1;
    }
}

void grammar_read(const struct tui_app *app, const pn_op *list, const char *line,
                  struct reading *out)
{
    *out = (struct reading){.op = list};
    split(&out->words, line);
    if (!list && out->words.n)
        read_op(app, out);
    if (out->op)
        read_arguments(out);
}

static void append(char *to, size_t size, const char *fmt, ...) PN_PRINTF(3, 4);
static void append(char *to, size_t size, const char *fmt, ...)
{
    size_t len = strlen(to);
    va_list args;
    va_start(args, fmt);
    if (len && len + 1 < size)
        to[len++] = ' ', to[len] = 0;
    vsnprintf(to + len, size - len, fmt, args);
    va_end(args);
}

void grammar_list(const struct reading *r, char filter[256], char sort[64], char columns[256])
{
    *filter = *sort = *columns = 0;
    for (int i = 0; i < r->arguments; i++) {
        const struct argument *a = &r->argument[i];
        char value[256];
        grammar_value(a, value, sizeof value);
        if (a->col == &options[SORT])
            snprintf(sort, 64, "%.63s", value);
        else if (a->col == &options[COLUMNS])
            snprintf(columns, 256, "%s", value);
        else if (a->col == &options[WHERE])
            append(filter, 256, "%s", a->value);
        else if (!a->col || a->col == &options[Q])
            append(filter, 256, "%s", value);
        else if (!grammar_is_option(a->col)) /* limit and after: our lists have no end to see */
            append(filter, 256, "%s%s%s%s%s", a->col->name, a->op,
                   strchr(a->value, ' ') && *a->value != '"' ? "\"" : "", a->value,
                   strchr(a->value, ' ') && *a->value != '"' ? "\"" : "");
    }
}
