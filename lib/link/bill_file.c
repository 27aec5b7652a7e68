/* SPDX-License-Identifier: Apache-2.0 */
/* bill_file.c — bills of providers, line by line, as the block `bill` of the connector's file says.
 *
 * Columns are found by their printed names, in UTF-8 or GB18030: whichever of both the heading line
 * is in. The bytes between are only cut at commas, which no character of either has inside, so a
 * bill is never converted. A file that has no heading, that ends without its end, or a line that
 * cannot be understood refuses the whole bill: half a bill would show differences that are none. */
#include <ctype.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "base/when_int.h"
#include "link/bill_file_int.h"
#include "link/engine_int.h"
#include "link/unpack_int.h"

enum { PROVIDER_NO, OUT_NO, KIND, AMOUNT, REQUEST_NO, REFUND, FEE, AT, CURRENCY, WAY, COLUMNS };
static const char *const names[COLUMNS] = {"provider_no", "out_trade_no", "kind", "amount",
                                           "out_request_no", "refund", "fee", "at",
                                           "currency", "way"};
enum { BUFFER = 256 << 10, NAME_MAX_BYTES = 200, WORDS_MAX = 20, ENDS_MAX = 8,
       FINE = 1000000 /* of a fen's parts while amounts are read */ };

typedef struct text2 { char utf8[NAME_MAX_BYTES], gb[NAME_MAX_BYTES]; } text2;
typedef struct word { text2 text; int meaning; } word;
typedef struct column { text2 name; bool there, fen, minus; int at; } column;

struct pni_bill_file {
    const char *what; /* the connector, for complaints */
    bool fund;        /* movements of an account, each by itself */
    pni_unpack *u;
    column col[COLUMNS];
    word words[WORDS_MAX];
    text2 ends[ENDS_MAX];
    size_t words_n, ends_n;
    bool count, gb, in_rows, ended, any, bom, over;
    int width, other; /* other: what words that are not listed mean; 0: nothing */
    int64_t line, rows, counted; /* counted: rows the bill says it has; -1: not told yet */
    char *from, *to, *end;       /* what is read and not cut up yet; *end is kept free */
    char buffer[BUFFER + 1];
};
enum { PAY = 1, BACK, SKIP, COST, OTHER, IN, OUT };

static int meaning_of(const char *says)
{
    static const char *const words[] = {[PAY] = "PAY", [BACK] = "REFUND", [SKIP] = "SKIP",
        [COST] = "FEE", [OTHER] = "OTHER", [IN] = "IN", [OUT] = "OUT"};
    for (int i = PAY; i <= OUT; i++)
        if (!strcmp(words[i], says))
            return i;
    return 0;
}

void pni_bill_close(pni_bill_file *b)
{
    if (b)
        pni_unpack_close(b->u);
    free(b);
}

int pni_bill_done(const pni_bill_file *b)
{
    return pni_unpack_done(b->u);
}

bool pni_link_has_bill(const pni_link *l)
{
    return pni_tree_get(l->root, "bill") != NULL;
}

bool pni_link_has_fund(const pni_link *l)
{
    return pni_tree_get(l->root, "fund") != NULL;
}

/* ---- what the connector's file says ---- */

/* A name as both encodings have it. */
static bool both(const char *text, text2 *out)
{
    char *in = (char *)(uintptr_t)text, *to = out->gb;
    size_t n = strlen(text), room = sizeof out->gb - 1;
    iconv_t c = iconv_open("GB18030", "UTF-8");
    if (c == (iconv_t)-1 || n >= sizeof out->utf8)
        return false;
    memcpy(out->utf8, text, n + 1);
    bool fine = iconv(c, &in, &n, &to, &room) != (size_t)-1;
    iconv_close(c);
    *to = 0;
    return fine;
}

static int spoiled(pn *p, const pni_link *l, const pni_tree *t)
{
    return pni_tree_fail(p, l->file, t->line, t->col, "%s", pn_tr("this name cannot be used"));
}

static int take_column(pn *p, const pni_link *l, pni_bill_file *b, int i, const pni_tree *t)
{
    column *c = &b->col[i];
    const pni_tree *words = pni_tree_get(t, "words");
    const char *as = pni_tree_text(t, "as", "yuan");
    const char *name = t->kind == PNI_TREE_TEXT ? t->text : pni_tree_text(t, "at", "");
    const pni_tree *other = pni_tree_get(t, "standard");
    c->there = true;
    c->minus = *as == '-';
    c->fen = strstr(as, "fen") != NULL;
    if (!both(name, &c->name))
        return spoiled(p, l, t);
    if (other && !(b->other = meaning_of(other->text)))
        return spoiled(p, l, other);
    for (size_t k = 0; words && k < words->n; k++) {
        word *w = &b->words[b->words_n];
        w->meaning = meaning_of(words->item[k]->text);
        if (!w->meaning || ++b->words_n >= WORDS_MAX || !both(words->name[k], &w->text))
            return spoiled(p, l, words->item[k]);
    }
    return 0;
}

static int take_spec(pn *p, const pni_link *l, pni_bill_file *b)
{
    const pni_tree *bill = pni_tree_get(l->root, b->fund ? "fund" : "bill");
    const pni_tree *ends = pni_tree_get(bill, "end");
    const pni_tree *columns = pni_tree_get(bill, "columns");
    for (int i = 0; i < COLUMNS; i++) {
        const pni_tree *t = pni_tree_get(columns, names[i]);
        if (t)
            PN_TRY(take_column(p, l, b, i, t));
        else if (i <= AMOUNT || i == REQUEST_NO || (i == WAY && b->fund))
            return pni_tree_fail(p, l->file, columns->line, columns->col,
                                 pn_tr("key '%s' is missing"), names[i]);
    }
    for (size_t i = 0; ends && i < (ends->kind == PNI_TREE_TEXT ? 1 : ends->n); i++) {
        const pni_tree *t = ends->kind == PNI_TREE_TEXT ? ends : ends->item[i];
        if (b->ends_n >= ENDS_MAX || !both(t->text, &b->ends[b->ends_n++]))
            return spoiled(p, l, t);
    }
    b->count = pni_tree_is(bill, "count");
    return 0;
}

int pni_bill_open(pn *p, const pni_link *l, bool fund, const char *path, pni_bill_file **out)
{
    if (!(fund ? pni_link_has_fund : pni_link_has_bill)(l))
        return pn_fail(p, PN_ENONE, "method", pn_tr("Connector %s has no bills"), l->name);
    pni_bill_file *b = calloc(1, sizeof *b);
    if (!b)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    b->what = l->name;
    b->fund = fund;
    b->from = b->to = b->buffer;
    b->end = b->buffer + BUFFER;
    b->over = true; /* the first file begins */
    b->counted = -1;
    int rc = take_spec(p, l, b);
    if (!rc)
        rc = pni_unpack_open(p, path, &b->u);
    if (rc) {
        pni_bill_close(b);
        return rc;
    }
    *out = b;
    return 0;
}

/* ---- lines ---- */

static int refuse(pn *p, const pni_bill_file *b, const char *words)
{
    return pn_fail(p, PN_EARG, "file", pn_tr("Line %lld of the bill: %s"), (long long)b->line,
                   words);
}

/* More bytes behind those that are left; *n = 0: there are none. */
static int fill(pn *p, pni_bill_file *b, size_t *n)
{
    size_t left = (size_t)(b->to - b->from);
    if (left == BUFFER)
        return refuse(p, b, pn_tr("it is too long"));
    memmove(b->buffer, b->from, left);
    b->from = b->buffer;
    b->to = b->buffer + left;
    PN_TRY(pni_unpack_read(p, b->u, b->to, (size_t)(b->end - b->to), n));
    b->to += *n;
    return 0;
}

/* The next line without its end; NULL behind the last of this file. */
static int get_line(pn *p, pni_bill_file *b, char **out)
{
    size_t n = 1, seen = 0;
    char *nl;
    while (!(nl = memchr(b->from + seen, '\n', (size_t)(b->to - b->from) - seen)) && n) {
        seen = (size_t)(b->to - b->from);
        PN_TRY(fill(p, b, &n));
    }
    *out = NULL;
    if (!nl && b->from == b->to)
        return 0;
    *out = b->from;
    b->line++;
    char *stop = nl ? nl : b->to;
    b->from = nl ? nl + 1 : b->to;
    *stop = 0;
    if (stop > *out && stop[-1] == '\r')
        stop[-1] = 0;
    if (b->line == 1 && !strncmp(*out, "\xef\xbb\xbf", 3))
        *out += 3;
    return 0;
}

/* Without what stands around it, up to `end`, where its end is put. */
static char *trim(char *s, char *end)
{
    while (*s == '`' || *s == ' ' || *s == '\t')
        s++;
    while (end > s && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    *end = 0;
    return s;
}

/* A quoted field to its end; what is behind it. */
static char *unquote(char *s, char **next)
{
    char *from = s + 1, *to = s;
    for (; *from && (*from != '"' || from[1] == '"'); from++) {
        from += *from == '"';
        *to++ = *from;
    }
    *next = *from ? from + 1 : from;
    return to;
}

/* Fields of a line, cut in place. Where each begins with a back-tick, a comma alone is text. */
size_t pni_bill_cut(char *s, char *field[PNI_BILL_FIELDS])
{
    bool ticked = *s == '`';
    size_t n = 0;
    while (s && n < PNI_BILL_FIELDS) {
        char *next = s, *end = *s == '"' ? unquote(s, &next) : NULL;
        while (*next && (*next != ',' || (ticked && next[1] != '`')))
            next++;
        bool last = !*next;
        field[n++] = trim(s, end ? end : next);
        s = last ? NULL : next + 1;
    }
    return n;
}

static bool is(const pni_bill_file *b, const text2 *t, const char *s)
{
    return !strcmp(b->gb ? t->gb : t->utf8, s);
}

/* Is this the heading? In one encoding or in the other. */
static bool heading(pni_bill_file *b, char *field[], size_t n)
{
    for (int gb = 0; gb < 2; gb++) {
        bool all = true;
        b->gb = gb;
        for (int c = 0; c < COLUMNS && all; c++) {
            size_t i = 0;
            while (b->col[c].there && i < n && !is(b, &b->col[c].name, field[i]))
                i++;
            b->col[c].at = (int)i;
            all = !b->col[c].there || i < n;
        }
        if (all)
            return true;
    }
    return false;
}

static bool is_end(const pni_bill_file *b, const char *line)
{
    for (size_t i = 0; i < b->ends_n; i++) {
        const char *t = b->gb ? b->ends[i].gb : b->ends[i].utf8;
        if (!strncmp(line, t, strlen(t)))
            return true;
    }
    return false;
}

/* ---- values ---- */

/* "-12.345" yuan or fen, to the fen, half up. */
static bool amount(const char *s, bool fen, int64_t *out)
{
    bool minus = *s == '-';
    int64_t whole = 0, part = 0, unit = fen ? FINE : (int64_t)FINE * 100, scale = unit;
    int digits = 0;
    s += minus;
    for (; isdigit((unsigned char)*s); s++, digits++)
        if (digits > 12)
            return false;
        else
            whole = whole * 10 + (*s - '0');
    if (*s == '.')
        for (s++; isdigit((unsigned char)*s); s++, digits++)
            part += (scale /= 10) * (*s - '0');
    if (*s || !digits)
        return false;
    int64_t v = whole * (unit / FINE) + (part + FINE / 2) / FINE;
    *out = minus ? -v : v;
    return true;
}

static int64_t days_of(int64_t y, int64_t m, int64_t d)
{
    y -= m <= 2;
    int64_t era = y / 400, yoe = y - era * 400;
    int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

/* yyyy-MM-dd HH:mm:ss or the same digits alone, of the business zone. */
static bool moment(const char *s, int64_t *us)
{
    char d[15];
    int n = 0, v[6];
    for (; *s && n < 14; s++)
        if (isdigit((unsigned char)*s))
            d[n++] = *s;
        else if (!strchr("-/: T", *s))
            return false;
    if (n != 14 && n != 8)
        return false;
    for (; n < 14; n++)
        d[n] = '0';
    v[0] = (d[0] - '0') * 1000 + (d[1] - '0') * 100 + (d[2] - '0') * 10 + d[3] - '0';
    for (int i = 1; i < 6; i++)
        v[i] = (d[2 + 2 * i] - '0') * 10 + d[3 + 2 * i] - '0';
    if (v[1] < 1 || v[1] > 12 || v[2] < 1 || v[2] > 31 || v[3] > 23 || v[4] > 59 || v[5] > 60)
        return false;
    *us = days_of(v[0], v[1], v[2]) * PNI_DAY_US +
          ((v[3] * 60 + v[4]) * 60 + v[5]) * INT64_C(1000000) - PNI_ZONE_US;
    return true;
}

static int money(pn *p, const pni_bill_file *b, int c, char *field[], int64_t *out)
{
    const column *col = &b->col[c];
    if (!col->there || !*field[col->at])
        return 0;
    if (!amount(field[col->at], col->fen, out))
        return refuse(p, b, pn_printf(p, pn_tr("'%.40s' is no amount"), field[col->at]));
    if (col->minus)
        *out = -*out;
    return 0;
}

static int meaning(pn *p, const pni_bill_file *b, const char *text, int *out)
{
    for (size_t i = 0; i < b->words_n; i++)
        if (is(b, &b->words[i].text, text)) {
            *out = b->words[i].meaning;
            return 0;
        }
    *out = b->other; /* of what is listed alone */
    return *out ? 0 : refuse(p, b, pn_tr("nobody knows this kind of movement; name it in the "
                                         "connector's file, or skip it there"));
}

static int take_row(pn *p, pni_bill_file *b, char *field[], size_t n, pni_bill_entry *out,
                    bool *skip)
{
    int kind = 0;
    if ((int)n != b->width)
        return refuse(p, b, pn_printf(p, pn_tr("it has %d fields, the heading %d"), (int)n,
                                      b->width));
    PN_TRY(meaning(p, b, field[b->col[KIND].at], &kind));
    b->rows++;
    *skip = kind == SKIP;
    *out = (pni_bill_entry){.line = b->line, .refund = kind == BACK,
                          .provider_no = field[b->col[PROVIDER_NO].at],
                          .out_no = field[b->col[OUT_NO].at],
                          .request_no = field[b->col[REQUEST_NO].at]};
    if (!out->refund && !*out->out_no) /* some have one column for the numbers of both */
        out->out_no = out->request_no;
    PN_TRY(money(p, b, kind == BACK && b->col[REFUND].there ? REFUND : AMOUNT, field,
                 &out->amount_fen));
    PN_TRY(money(p, b, FEE, field, &out->fee_fen));
    if (out->amount_fen < 0)
        out->amount_fen = -out->amount_fen;
    if (!pni_is_yuan(b->col[CURRENCY].there ? field[b->col[CURRENCY].at] : NULL))
        out->amount_fen = out->fee_fen = 0; /* so that it differs from any of ours */
    if (b->col[AT].there && !moment(field[b->col[AT].at], &out->at_us))
        return refuse(p, b, pn_printf(p, pn_tr("'%.40s' is no time"), field[b->col[AT].at]));
    return 0;
}

/* A movement of an account: what it is says which way it should go, the other way is less. */
static int take_movement(pn *p, pni_bill_file *b, char *field[], size_t n, pni_bill_entry *out,
                         bool *skip)
{
    static const char *const kinds[] = {[PAY] = "PAID_IN", [BACK] = "PAID_OUT", [COST] = "FEE",
                                        [OTHER] = "OTHER"};
    int kind = 0, way = 0;
    if ((int)n != b->width)
        return refuse(p, b, pn_printf(p, pn_tr("it has %d fields, the heading %d"), (int)n,
                                      b->width));
    PN_TRY(meaning(p, b, field[b->col[KIND].at], &kind));
    PN_TRY(meaning(p, b, field[b->col[WAY].at], &way));
    if (way != IN && way != OUT)
        return refuse(p, b, pn_tr("it does not say whether money came or went"));
    b->rows++;
    *skip = kind == SKIP;
    if (*skip)
        return 0;
    *out = (pni_bill_entry){.line = b->line, .refund = kind == BACK, .fund = kinds[kind],
                            .provider_no = field[b->col[PROVIDER_NO].at],
                            .out_no = field[b->col[OUT_NO].at],
                            .request_no = field[b->col[REQUEST_NO].at]};
    PN_TRY(money(p, b, AMOUNT, field, &out->amount_fen));
    if ((way == IN) != (kind == PAY || kind == OTHER))
        out->amount_fen = -out->amount_fen;
    if (b->col[AT].there && !moment(field[b->col[AT].at], &out->at_us))
        return refuse(p, b, pn_printf(p, pn_tr("'%.40s' is no time"), field[b->col[AT].at]));
    return 0;
}

/* ---- the whole ---- */

/* The next file begins; what the last one lacked is told. */
static int next_file(pn *p, pni_bill_file *b, bool *more)
{
    if (b->in_rows && b->ends_n && !b->ended) {
        pn_fail(p, PN_EARG, "file", "%s", pn_tr("The bill ends without its closing lines"));
        return pn_hint(p, "%s", pn_tr("It was cut off: get it again"));
    }
    PN_TRY(pni_unpack_next(p, b->u, more));
    if (*more) {
        b->in_rows = b->ended = b->over = false;
        b->line = 0;
        b->from = b->to = b->buffer;
        return 0;
    }
    if (!b->any) {
        pn_fail(p, PN_EARG, "file", pn_tr("This is no bill of %s: no line has its columns"),
                b->what);
        return pn_hint(p, "%s", pn_tr("The columns are named in the connector's file"));
    }
    if (b->count && b->counted != b->rows)
        return pn_fail(p, PN_EARG, "file", pn_tr("The bill says that it has %lld lines, it has "
                       "%lld"), (long long)b->counted, (long long)b->rows);
    return 0;
}

/* Behind the rows: the totals, whose first number is that of the rows. */
static int after(pn *p, pni_bill_file *b, char *line)
{
    char *field[PNI_BILL_FIELDS], *end;
    if (!b->count || b->counted >= 0 || !*line)
        return 0;
    pni_bill_cut(line, field);
    b->counted = strtoll(field[0], &end, 10);
    if (end != field[0] && *end == '.') /* "45.0" is forty-five lines */
        end += 1 + strspn(end + 1, "0");
    return *end || end == field[0] ? refuse(p, b, pn_tr("it has no total")) : 0;
}

int pni_bill_next(pn *p, pni_bill_file *b, pni_bill_entry *out, bool *more)
{
    char *line, *field[PNI_BILL_FIELDS];
    for (*more = true; *more;) {
        bool skip = true;
        if (b->over) {
            PN_TRY(next_file(p, b, more));
            continue;
        }
        PN_TRY(get_line(p, b, &line));
        b->over = !line;
        if (!line || (!*line && !b->in_rows))
            continue;
        if (b->in_rows && (is_end(b, line) || (!*line && !b->ends_n))) {
            b->in_rows = false;
            b->ended = true;
        } else if (b->ended) {
            PN_TRY(after(p, b, line));
        } else if (!b->in_rows) {
            size_t n = pni_bill_cut(line, field);
            b->in_rows = heading(b, field, n);
            b->any |= b->in_rows;
            b->width = b->in_rows ? (int)n : 0;
        } else if (*line) {
            PN_TRY((b->fund ? take_movement : take_row)(p, b, field, pni_bill_cut(line, field), out,
                                                        &skip));
        }
        if (!skip)
            return 0;
    }
    return 0;
}
