/* SPDX-License-Identifier: Apache-2.0 */
/* value.c — one column as text: what people type, what people read, what scripts read. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sodium.h>

#include "base/sql_int.h"
#include "base/unit_int.h"
#include "base/value_int.h"
#include "base/when_int.h"

enum { TEXT_MAX = 4000, LONG_MAX_CHARS = 1 << 24 };

bool pn_absent(const pn_col *col, const void *row)
{
    const void *f = pni_field(col, row);
    bool opt = col->flags & (PN_OPT | PN_REQ);
    switch ((pn_kind)col->kind) {
    case PN_K_INT:
        return !*(const int64_t *)f && (opt || col->ref || col->flags & PN_KEY);
    case PN_K_INT4:
        return !*(const int *)f && opt;
    case PN_K_BOOL:
        return !*(const bool *)f && col->flags & PN_OPT;
    case PN_K_REAL: {
        double real = *(const double *)f;
        return !(real < 0 || real > 0) && opt;
    }
    case PN_K_TEXT:
        return !*(const char *const *)f;
    case PN_K_MONEY:
        return !((const pn_money *)f)->fen && opt;
    case PN_K_TIME:
        return !((const pn_time *)f)->us;
    case PN_K_DATE:
        return !((const pn_date *)f)->days;
    case PN_K_WORD:
        return !((const pn_word *)f)->v;
    case PN_K_JSON:
        return !((const pn_json *)f)->text;
    case PN_K_BYTES:
        return !((const pn_bytes *)f)->data;
    case PN_K_TEXTS:
        return !((const pn_texts *)f)->v;
    case PN_K_ROWS:
        return !((const pn_rows *)f)->row;
    }
    return true;
}

bool pni_money_parse(const char *text, int64_t *fen)
{
    const char *s = text;
    bool minus = *s == '-';
    int64_t v = 0;
    int cents = 0, digits = 0;
    s += minus;
    if (!strncmp(s, "¥", 2))
        s += 2;
    for (; isdigit((unsigned char)*s) || (*s == ',' && digits); s++)
        if (*s != ',') {
            v = v * 10 + (*s - '0');
            if (++digits > 15)
                return false;
        }
    if (!digits)
        return false;
    v *= 100;
    if (*s == '.') {
        for (s++; isdigit((unsigned char)*s); s++) {
            if (++cents > 2)
                return false;
            v += (*s - '0') * (cents == 1 ? 10 : 1);
        }
        if (!cents)
            return false;
    }
    if (*s)
        return false;
    *fen = minus ? -v : v;
    return true;
}

static bool int_parse(const char *text, int64_t *out)
{
    char *end;
    errno = 0;
    long long v = strtoll(text, &end, 10);
    *out = v;
    return end != text && !*end && !errno && !isspace((unsigned char)*text);
}

static int bool_parse(const char *text)
{
    static const char *const yes[] = {"true", "yes", "on", "1", "t", "y", "是", NULL};
    static const char *const no[] = {"false", "no", "off", "0", "f", "n", "否", NULL};
    for (int i = 0; yes[i]; i++) {
        if (!strcasecmp(text, yes[i]))
            return 1;
        if (!strcasecmp(text, no[i]))
            return 0;
    }
    return -1;
}

static const char *words_list(pn *p, const pn_words *words)
{
    pn_buf b = pn_buf_new(p);
    for (int i = 0; words && words[i].name; i++)
        pn_buf_putf(&b, "%s%s", i ? ", " : "", words[i].name);
    return b.bad || !b.text ? "" : b.text;
}

static int bad(pn *p, const pn_col *col, const char *text, const char *expected)
{
    if (strlen(text) > 80)
        text = pn_printf(p, "%.60s…", text);
    return pn_fail(p, PN_EARG, col->name, pn_tr("%s: \"%s\" is not valid, expected %s"), col->name,
                   text ? text : "", expected);
}

/* Numbers and codes are resolved before anything is done; a refusal later says what was typed. Of a
 * whole file only its first few are kept: its rows are named by their line. */
enum { SAID_MAX = 64 };
struct pni_said {
    struct pni_said *next;
    const char *noun, *text;
    int64_t id;
};

static int remember(pn *p, const char *noun, const char *text, int64_t id)
{
    if (p->said_n == SAID_MAX)
        return 0;
    struct pni_said *s = pn_alloc(p, sizeof *s);
    if (!s || !(s->noun = pn_strdup(p, noun)) || !(s->text = pn_strdup(p, text)))
        return pni_oom(p);
    s->id = id;
    s->next = p->said;
    p->said = s;
    p->said_n++;
    return 0;
}

const char *pni_called(pn *p, const char *noun, int64_t id)
{
    for (const struct pni_said *s = p->said; s; s = s->next)
        if (s->id == id && !strcmp(s->noun, noun))
            return s->text;
    const char *text = pn_printf(p, "%lld", (long long)id);
    return text ? text : "?";
}

/* Ids: a decimal, or whatever the noun's module understands. */
static int set_id(pn *p, const pn_type *type, const pn_col *col, const char *text, int64_t *out)
{
    if (int_parse(text, out))
        return 0;
    const char *noun = col->ref;
    char own[64];
    if (!noun && col->flags & PN_KEY) {
        snprintf(own, sizeof own, "%.*s", (int)strcspn(type->name, "."), type->name);
        noun = own;
    }
    const pn_module *m = noun ? pn_module_find(noun) : NULL;
    if (!m || !m->resolve)
        return bad(p, col, text, pn_tr("a whole number"));
    int rc = m->resolve(p, text, out);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ENONE, col->name, pn_tr("There is no %s \"%s\""),
                       pni_noun_word(noun), text);
    if (rc == PN_EARG) /* whatever it was called there: this input told it */
        p->err.field = col->name;
    return rc ? rc : remember(p, noun, text, *out);
}

/* No text is none of them. */
static int set_texts(pn *p, const char *text, pn_texts *out)
{
    size_t n = 1;
    for (const char *s = text; *s; s++)
        n += *s == ',';
    char *copy = pn_strdup(p, text);
    const char **v = pn_alloc(p, (n + 1) * sizeof *v);
    if (!copy || !v)
        return pni_oom(p);
    n = 0;
    for (char *s = copy, *next; s && *s; s = next) {
        next = strchr(s, ',');
        if (next)
            *next++ = 0;
        v[n++] = s;
    }
    *out = (pn_texts){v, *text ? n : 0};
    return 0;
}

static const pn_col *part_of(pn *p, const pn_col *col, const char *name)
{
    const pn_col *part = pn_type_col(col->of, name);
    const char *fen = pn_printf(p, "%s_fen", name);
    return part || !fen ? part : pn_type_col(col->of, fen);
}

/* "tier=1,qty=2": one row. */
static int set_row(pn *p, const pn_col *col, char *text, void *row)
{
    for (char *rest = NULL, *pair = strtok_r(text, ",", &rest); pair;
         pair = strtok_r(NULL, ",", &rest)) {
        char *eq = strchr(pair, '=');
        if (!eq)
            return pn_fail(p, PN_EARG, col->name, pn_tr("'%s' is not of the form name=value"),
                           pair);
        *eq = 0;
        pair += strspn(pair, " ");
        const pn_col *part = part_of(p, col, pair);
        if (!part)
            return pn_fail(p, PN_EARG, col->name, pn_tr("Unknown key '%s'"), pair);
        PN_TRY(pn_set(p, col->of, row, part, eq + 1));
    }
    return 0;
}

/* As JSON, or typed: pairs of one row with commas, rows with semicolons between. */
static int set_rows(pn *p, const pn_col *col, const char *text, pn_rows *out)
{
    size_t n = 1, size = col->of->size;
    text += strspn(text, " \n");
    if (*text == '[' || !*text)
        return pni_rows_from_json(p, col, text, strlen(text), out);
    for (const char *s = text; *s; s++)
        n += *s == ';';
    char *copy = pn_strdup(p, text), *row = pn_alloc(p, n * size);
    if (!copy || !row)
        return pni_oom(p);
    n = 0;
    for (char *rest = NULL, *one = strtok_r(copy, ";", &rest); one;
         one = strtok_r(NULL, ";", &rest))
        PN_TRY(set_row(p, col, one, row + size * n++));
    *out = (pn_rows){row, n};
    return 0;
}

static int set_json(pn *p, const pn_col *col, const char *text, void *field)
{
    if (col->kind == PN_K_ROWS)
        return set_rows(p, col, text, field);
    PN_TRY(pni_json_check(p, col->name, text));
    ((pn_json *)field)->text = pn_strdup(p, text);
    return ((pn_json *)field)->text ? 0 : pni_oom(p);
}

bool pni_utf8(const char *s, size_t *chars)
{
    size_t n = 0;
    for (const unsigned char *c = (const unsigned char *)s; *c; n++) {
        int more = *c < 0x80 ? 0 : *c >= 0xc2 && *c < 0xe0 ? 1 : *c >= 0xe0 && *c < 0xf0 ? 2
                   : *c >= 0xf0 && *c < 0xf5 ? 3 : -1;
        if (more < 0 || (*c == 0xe0 && c[1] < 0xa0) || (*c == 0xed && c[1] >= 0xa0) ||
            (*c == 0xf0 && c[1] < 0x90) || (*c == 0xf4 && c[1] >= 0x90))
            return false;
        for (c++; more; more--, c++)
            if ((*c & 0xc0) != 0x80)
                return false;
    }
    if (chars)
        *chars = n;
    return true;
}

static int check_range(pn *p, const pn_col *col, int64_t v, bool money)
{
    if (col->max <= col->min || (v >= col->min && v <= col->max))
        return 0;
    if (money)
        return pn_fail(p, PN_EARG, col->name, pn_tr("%s must be between %s and %s yuan"), col->name,
                       pni_money_text(p, col->min), pni_money_text(p, col->max));
    return pn_fail(p, PN_EARG, col->name, pn_tr("%s must be between %lld and %lld"), col->name,
                   (long long)col->min, (long long)col->max);
}

/* Nothing given is nothing, a nought is a number: where the least is more, it is refused and not
 * taken for the default. */
static int set_counted(pn *p, const pn_col *col, int64_t v)
{
    int rc = v ? 0 : check_range(p, col, v, col->kind == PN_K_MONEY);
    if (rc && col->flags & PN_OPT)
        return pn_hint(p, pn_tr("Leave %s out for what is usual"), col->name);
    return rc;
}

static int set_number(pn *p, const pn_type *type, const pn_col *col, const char *text, void *f)
{
    int64_t v = 0;
    char *end;
    switch (col->kind) {
    case PN_K_INT:
        if (col->ref || col->flags & PN_KEY)
            return set_id(p, type, col, text, f);
        if (!int_parse(text, f))
            return bad(p, col, text, pn_tr("a whole number"));
        return set_counted(p, col, *(int64_t *)f);
    case PN_K_INT4:
        if (!int_parse(text, &v) || v != (int)v)
            return bad(p, col, text, pn_tr("a whole number"));
        *(int *)f = (int)v;
        return set_counted(p, col, v);
    case PN_K_MONEY:
        if (!pni_money_parse(text, &((pn_money *)f)->fen))
            return bad(p, col, text, pn_tr("an amount in yuan such as 1280 or 19.90"));
        return set_counted(p, col, ((pn_money *)f)->fen);
    default:
        *(double *)f = strtod(text, &end);
        return end == text || *end ? bad(p, col, text, pn_tr("a number")) : 0;
    }
}

static int set_moment(pn *p, const pn_col *col, const char *text, void *f)
{
    bool ok = col->kind == PN_K_TIME ? pni_when_parse(text, p->now, f)
                                     : pni_date_parse(text, p->now, f);
    return ok ? 0 : bad(p, col, text, pn_tr("a time such as 2026-12-01 19:30, today, 2h"));
}

/* As pn_plain() and JSON write them. */
static int set_bytes(pn *p, const pn_col *col, const char *text, pn_bytes *out)
{
    size_t most = strlen(text), n = 0;
    unsigned char *data = pn_alloc(p, most + 1);
    if (!data)
        return pni_oom(p);
    if (sodium_base642bin(data, most + 1, text, most, " \r\n\t", &n, NULL,
                          sodium_base64_VARIANT_ORIGINAL))
        return pn_fail(p, PN_EARG, col->name, pn_tr("%s: expected bytes in base64"), col->name);
    *out = (pn_bytes){data, n};
    return 0;
}

int pn_set(pn *p, const pn_type *type, void *row, const pn_col *col, const char *text)
{
    void *f = pni_field(col, row);
    int v;
    if (!p)
        return PN_EMEM;
    if (col->kind != PN_K_BYTES && !pni_utf8(text, NULL))
        return pn_fail(p, PN_EARG, col->name, pn_tr("%s: not valid UTF-8 text"), col->name);
    switch ((pn_kind)col->kind) {
    case PN_K_INT: case PN_K_INT4: case PN_K_MONEY: case PN_K_REAL:
        return set_number(p, type, col, text, f);
    case PN_K_BOOL:
        if ((v = bool_parse(text)) < 0)
            return bad(p, col, text, pn_tr("yes or no"));
        *(bool *)f = v;
        return 0;
    case PN_K_TIME: case PN_K_DATE:
        return set_moment(p, col, text, f);
    case PN_K_WORD:
        if (!(v = pn_word_find(col->words, text)))
            return bad(p, col, text, pn_printf(p, pn_tr("one of %s"), words_list(p, col->words)));
        ((pn_word *)f)->v = (int16_t)v;
        return 0;
    case PN_K_TEXT:
        *(const char **)f = pn_strdup(p, text);
        return *(const char **)f ? 0 : pni_oom(p);
    case PN_K_JSON: case PN_K_ROWS:
        return set_json(p, col, text, f);
    case PN_K_TEXTS:
        return set_texts(p, text, f);
    case PN_K_BYTES:
        return set_bytes(p, col, text, f);
    }
    return 0;
}

static int validate_col(pn *p, const pn_col *col, const void *row)
{
    const void *f = pni_field(col, row);
    if (pn_absent(col, row)) {
        if (col->flags & PN_REQ)
            return pn_fail(p, PN_EARG, col->name, pn_tr("%s is required"), col->name);
        return 0;
    }
    size_t chars = 0, most = col->max > 0 ? (size_t)col->max : TEXT_MAX;
    if (col->kind == PN_K_INT)
        return check_range(p, col, *(const int64_t *)f, false);
    if (col->kind == PN_K_INT4)
        return check_range(p, col, *(const int *)f, false);
    if (col->kind == PN_K_MONEY)
        return check_range(p, col, ((const pn_money *)f)->fen, true);
    if (col->kind == PN_K_REAL) { /* whole limits; NaN is outside all of them */
        double v = *(const double *)f;
        bool in = v >= (double)col->min && v <= (double)col->max;
        return check_range(p, col, in ? col->min : col->min - 1, false);
    }
    if (col->kind == PN_K_ROWS) {
        const pn_rows *rows = f;
        for (size_t i = 0; i < rows->n; i++)
            PN_TRY(pn_validate(p, col->of, (const char *)rows->row + i * col->of->size));
    }
    if (col->kind == PN_K_BYTES && col->max > 0 && ((const pn_bytes *)f)->len > (size_t)col->max)
        return pn_fail(p, PN_ETOO_BIG, col->name, pn_tr("%s is larger than %lld KiB"), col->name,
                       (long long)(col->max >> 10));
    if (col->kind != PN_K_TEXT)
        return 0;
    if (col->flags & (PN_FILE | PN_LONG) && col->max <= 0)
        most = LONG_MAX_CHARS;
    const char *text = *(const char *const *)f;
    if (!pni_utf8(text, &chars) && !(col->flags & PN_FILE))
        return pn_fail(p, PN_EARG, col->name, pn_tr("%s: not valid UTF-8 text"), col->name);
    if (chars > most)
        return pn_fail(p, PN_ETOO_BIG, col->name, pn_tr("%s is longer than %zu characters"),
                       col->name, most);
    if (!*text && col->flags & PN_REQ)
        return pn_fail(p, PN_EARG, col->name, pn_tr("%s must not be empty"), col->name);
    return 0;
}

int pn_validate(pn *p, const pn_type *type, const void *row)
{
    for (const pn_col *c = type ? type->cols : NULL; c && c->name; c++)
        PN_TRY(validate_col(p, c, row));
    return 0;
}
