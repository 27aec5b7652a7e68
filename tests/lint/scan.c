/* SPDX-License-Identifier: Apache-2.0 */
/* scan.c — what the lints ask of a C file that grep cannot answer, because it must tell code from
 * comments and literals.
 *
 *   scan tidy FILE...     sizes, widths, banned calls: one "FILE:LINE: rule: words" per finding
 *   scan money FILE...    statements that mix money with floating point
 *   scan strings FILE...  "FILE:LINE:<tab>text" per literal, adjacent ones joined to one
 *
 * Exit status: 0 nothing found, 1 findings, 2 a file cannot be read. */
#include <ctype.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

enum { FILE_LINES = 600, FUNCTION_LINES = 70, COLUMNS = 100, TAB = 8 };

/* A file three times: as it is, code only (comments and literal contents blanked), and code
 * without preprocessor lines. All have the same length and newlines in the same places. */
struct source {
    const char *name;
    char *raw, *code, *bare;
    size_t len;
};

static int findings;

static void report(const struct source *s, int line, const char *rule, const char *words)
{
    printf("%s:%d: %s: %s\n", s->name, line, rule, words);
    findings++;
}

static char *slurp(const char *name, size_t *len)
{
    FILE *f = fopen(name, "rb");
    size_t cap = 1 << 16;
    char *text = f ? malloc(cap) : NULL;
    *len = 0;
    while (text) {
        *len += fread(text + *len, 1, cap - *len - 1, f);
        if (*len < cap - 1)
            break;
        char *more = realloc(text, cap *= 2);
        if (!more)
            free(text);
        text = more;
    }
    if (f)
        fclose(f);
    if (text)
        text[*len] = '\0';
    return text;
}

static void blank(char *text, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (text[i] != '\n')
            text[i] = ' ';
}

/* The end of the comment or literal that starts at `i`, or `i` when none does. */
static size_t skip(const char *t, size_t i)
{
    if (t[i] == '/' && t[i + 1] == '/') {
        while (t[i] && t[i] != '\n')
            i++;
    } else if (t[i] == '/' && t[i + 1] == '*') {
        const char *end = strstr(t + i + 2, "*/");
        i = end ? (size_t)(end - t) + 2 : strlen(t);
    } else if (t[i] == '"' || t[i] == '\'') {
        char quote = t[i++];
        while (t[i] && t[i] != quote && t[i] != '\n')
            i += t[i] == '\\' && t[i + 1] ? 2 : 1;
        i += t[i] == quote;
    }
    return i;
}

/* Blank the insides; the quotes of literals stay, so that a literal remains visible as a token. */
static void strip(struct source *s)
{
    for (size_t i = 0; i < s->len;) {
        size_t end = skip(s->raw, i);
        bool literal = s->raw[i] == '"' || s->raw[i] == '\'';
        if (end == i) {
            i++;
            continue;
        }
        if (literal)
            blank(s->code, i + 1, end - 1);
        else
            blank(s->code, i, end);
        i = end;
    }
    memcpy(s->bare, s->code, s->len + 1);
    for (size_t i = 0; i < s->len;) {
        size_t at = i + strspn(s->bare + i, " \t");
        size_t end = i + strcspn(s->bare + i, "\n");
        if (s->bare[at] == '#') {
            while (s->bare[end] && s->bare[end - 1] == '\\')
                end += 1 + strcspn(s->bare + end + 1, "\n");
            blank(s->bare, i, end);
        }
        i = end + (s->bare[end] == '\n');
    }
}

static bool load(struct source *s, const char *name)
{
    *s = (struct source){.name = name};
    s->raw = slurp(name, &s->len);
    s->code = s->raw ? malloc(s->len + 1) : NULL;
    s->bare = s->raw ? malloc(s->len + 1) : NULL;
    if (!s->code || !s->bare)
        return false;
    memcpy(s->code, s->raw, s->len + 1);
    strip(s);
    return true;
}

static void unload(struct source *s)
{
    free(s->raw);
    free(s->code);
    free(s->bare);
}

/* ---- widths and file size: any text file ---- */

static int width(const char *line, size_t len, bool *valid)
{
    mbstate_t state = {0};
    int columns = 0;
    for (size_t i = 0; i < len;) {
        wchar_t c;
        size_t n = mbrtowc(&c, line + i, len - i, &state);
        if (n == (size_t)-1 || n == (size_t)-2) {
            *valid = false;
            return columns;
        }
        int w = wcwidth(c);
        columns += c == L'\t' ? TAB - columns % TAB : w > 0 ? w : 0;
        i += n ? n : 1;
    }
    return columns;
}

static bool ends(const char *name, const char *suffix)
{
    size_t n = strlen(name), m = strlen(suffix);
    return n >= m && !strcmp(name + n - m, suffix);
}

static bool is_c(const char *name)
{
    return ends(name, ".c") || ends(name, ".h") || ends(name, ".def");
}

static void check_lines(const struct source *s)
{
    int line = 0;
    char words[80];
    for (size_t i = 0; i < s->len; line++) {
        size_t len = strcspn(s->raw + i, "\n");
        bool valid = true;
        int columns = width(s->raw + i, len, &valid);
        snprintf(words, sizeof words, "%d columns, at most %d", columns, COLUMNS);
        if (!valid)
            report(s, line + 1, "utf-8", "not valid UTF-8");
        else if (columns > COLUMNS)
            report(s, line + 1, "width", words);
        if (len && (s->raw[i + len - 1] == ' ' || s->raw[i + len - 1] == '\t'))
            report(s, line + 1, "blank", "blanks at the end of the line");
        if (is_c(s->name) && memchr(s->raw + i, '\t', len))
            report(s, line + 1, "tab", "tab in a C file");
        i += len + 1;
    }
    if (s->len && s->raw[s->len - 1] != '\n')
        report(s, line, "newline", "the last line has no newline");
    snprintf(words, sizeof words, "%d lines, at most %d", line, FILE_LINES);
    if (line > FILE_LINES)
        report(s, line, "file-size", words);
}

/* A reminder without an owner; spelt in pieces so that this file passes its own rule. */
static void check_reminders(const struct source *s)
{
    static const char *const words[] = {"TO" "DO", "FIX" "ME", "XX" "X"};
    int line = 1;
    for (size_t i = 0; i < s->len; i++) {
        line += s->raw[i] == '\n';
        if (i && (isalnum((unsigned char)s->raw[i - 1]) || s->raw[i - 1] == '_'))
            continue;
        for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
            size_t n = strlen(words[w]);
            char after = s->raw[i + (i + n <= s->len ? n : 0)];
            if (!strncmp(s->raw + i, words[w], n) && !isalnum((unsigned char)after) &&
                after != '_' && after != '\\')
                report(s, line, "reminder", words[w]);
        }
    }
}

/* ---- identifiers ---- */

static bool one_of(const char *const *list, const char *word, size_t len)
{
    for (; *list; list++)
        if (strlen(*list) == len && !strncmp(*list, word, len))
            return true;
    return false;
}

static bool ident(char c) { return isalnum((unsigned char)c) || c == '_'; }

static const char *const banned[] = {"sprintf", "vsprintf", "strcpy", "strcat", "strncpy",
                                     "atoi",    "atol",     "gets",   "system", "rand",
                                     "srand",   "localtime", "gmtime", "strtok", "alloca", NULL};
/* The library speaks through its return values only. Without stdout and stderr, fprintf() reaches
 * nothing but files it opened; _exit() ends a child it forked. */
static const char *const loud[] = {"printf", "vprintf", "puts",       "putchar", "perror",
                                   "exit",   "abort",   "quick_exit", "err",     "errx",
                                   "warn",   "warnx",   "syslog",     NULL};
static const char *const streams[] = {"stdout", "stderr", NULL};
static const char *const environment[] = {"getenv", "secure_getenv", "setenv", "putenv", "environ",
                                          NULL};

static void check_word(const struct source *s, int line, size_t at, size_t len)
{
    const char *word = s->code + at;
    bool call = word[len + strspn(word + len, " ")] == '(';
    bool member = at && (s->code[at - 1] == '.' || (s->code[at - 1] == '>' && at > 1 &&
                                                    s->code[at - 2] == '-'));
    bool lib = !strncmp(s->name, "lib/", 4) || strstr(s->name, "/lib/");
    char words[80];
    if (member)
        return;
    snprintf(words, sizeof words, "%.*s", (int)(len < 60 ? len : 60), word);
    if (len == 4 && !strncmp(word, "goto", 4))
        report(s, line, "goto", "goto");
    if (call && one_of(banned, word, len))
        report(s, line, "banned", words);
    if (lib && ((call && one_of(loud, word, len)) || one_of(streams, word, len)))
        report(s, line, "library-speaks", words);
    if (lib && !ends(s->name, "lib/base/conf.c") && one_of(environment, word, len))
        report(s, line, "library-environment", words);
}

static void check_words(const struct source *s)
{
    int line = 1;
    for (size_t i = 0; i < s->len;) {
        size_t n = 0;
        while (ident(s->code[i + n]))
            n++;
        if (n)
            check_word(s, line, i, n);
        line += !n && s->code[i] == '\n';
        i += n ? n : 1;
    }
}

/* ---- functions: a brace after a closing parenthesis, outside everything ---- */

static void check_functions(const struct source *s)
{
    int depth = 0, parens = 0, line = 1, start = 0, opened = 0;
    char last = 0;
    for (size_t i = 0; i < s->len; i++) {
        char c = s->bare[i];
        if (c == '\n')
            line++;
        if (isspace((unsigned char)c))
            continue;
        if (!depth && !parens && (last == 0 || last == ';' || last == '}'))
            start = line;
        parens += (c == '(') - (c == ')');
        if (c == '{' && !depth++)
            opened = last == ')' && !parens ? start : 0;
        if (c == '}' && depth && !--depth && opened && line - opened + 1 > FUNCTION_LINES) {
            char words[80];
            snprintf(words, sizeof words, "%d lines, at most %d", line - opened + 1,
                     FUNCTION_LINES);
            report(s, opened, "function-size", words);
        }
        last = c;
    }
}

static void tidy(const struct source *s)
{
    check_lines(s);
    check_reminders(s);
    if (!is_c(s->name))
        return;
    check_words(s);
    check_functions(s);
}

/* ---- money ---- */

/* Does the statement name money and floating point? */
static bool mixed(const char *text, size_t len)
{
    bool real = false, money = false;
    for (size_t i = 0; i < len;) {
        size_t n = 0;
        while (i + n < len && ident(text[i + n]))
            n++;
        const char *word = text + i;
        real |= (n == 5 && !strncmp(word, "float", 5)) || (n == 6 && !strncmp(word, "double", 6)) ||
                (n == 5 && !strncmp(word, "round", 5)) || (n == 5 && !strncmp(word, "floor", 5));
        money |= (n == 8 && !strncmp(word, "pn_money", 8)) ||
                 (n > 4 && !strncmp(word + n - 4, "_fen", 4)) ||
                 (n == 3 && !strncmp(word, "fen", 3));
        i += n ? n : 1;
    }
    return real && money;
}

static void money(const struct source *s)
{
    int line = 1, start_line = 1;
    size_t start = 0;
    for (size_t i = 0; i < s->len; i++) {
        char c = s->bare[i];
        if (c == ';' || c == '{' || c == '}') {
            if (mixed(s->bare + start, i - start))
                report(s, start_line, "money", "money and floating point in one statement");
            start = i + 1;
            start_line = line;
        }
        if (c == '\n') {
            line++;
            if (start == i || strspn(s->bare + start, " \n") > i - start)
                start_line = line;
        }
    }
}

/* ---- literals ---- */

static void put_literal(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\\' && i + 1 < len) {
            i++;
            putchar(text[i] == 'n' || text[i] == 't' ? ' ' : text[i]);
        } else {
            putchar(text[i]);
        }
    }
}

static void strings(const struct source *s)
{
    int line = 1;
    bool open = false; /* a literal was printed and may go on */
    for (size_t i = 0; i < s->len;) {
        size_t end = skip(s->raw, i);
        if (s->raw[i] == '"' && end > i) {
            if (!open)
                printf("%s:%d:\t", s->name, line);
            put_literal(s->raw + i + 1, end - i - 2);
            open = true;
        } else if (end == i && open && !isspace((unsigned char)s->raw[i])) {
            putchar('\n');
            open = false;
        }
        end = end == i ? i + 1 : end;
        for (; i < end; i++)
            line += s->raw[i] == '\n';
    }
    if (open)
        putchar('\n');
}

int main(int argc, char **argv)
{
    static const struct { const char *name; void (*run)(const struct source *s); } modes[] = {
        {"tidy", tidy}, {"money", money}, {"strings", strings}};
    void (*run)(const struct source *s) = NULL;
    setlocale(LC_ALL, "C.UTF-8");
    for (size_t i = 0; argc > 1 && i < sizeof modes / sizeof *modes; i++)
        if (!strcmp(argv[1], modes[i].name))
            run = modes[i].run;
    if (!run)
        return fprintf(stderr, "usage: scan tidy|money|strings FILE...\n"), 2;
    for (int i = 2; i < argc; i++) {
        struct source s;
        if (!load(&s, argv[i]))
            return fprintf(stderr, "scan: %s: cannot read\n", argv[i]), 2;
        run(&s);
        unload(&s);
    }
    return findings ? 1 : 0;
}
