/* SPDX-License-Identifier: Apache-2.0 */
/* col.h — columns and types: the one description of a struct that every reader shares.
 *
 * A field's C type decides its kind (PN_COL infers it with _Generic), so a wrong table does not
 * compile. The zero value of text, word, time, date, JSON, bytes and of any column flagged PN_OPT
 * or PN_REQ means "absent": SQL NULL, JSON null, a missing flag. Numbers, money and booleans
 * without PN_OPT are always present. */
#ifndef PN_COL_H
#define PN_COL_H

#include "api.h"

PN_BEGIN

typedef struct { int64_t fen; } pn_money;        /* 1/100 yuan */
typedef struct { int64_t us; } pn_time;          /* microseconds since 1970-01-01 UTC; 0 = none */
typedef struct { int32_t days; } pn_date;        /* business days since 1970-01-01; 0 = none */
typedef struct { int16_t v; } pn_word;           /* 1-based place in the word list; 0 = none */
typedef struct { const char *text; } pn_json;    /* JSON text */
typedef struct { const void *data; size_t len; } pn_bytes;
typedef struct { const char **v; size_t n; } pn_texts; /* text[] */
typedef struct { void *row; size_t n; } pn_rows; /* n structs of the column's `of` type, in a row */

typedef enum pn_kind {
    PN_K_INT = 1, /* int64_t */
    PN_K_INT4,    /* int */
    PN_K_BOOL,
    PN_K_REAL,    /* double; never money */
    PN_K_TEXT,
    PN_K_MONEY,
    PN_K_TIME,
    PN_K_DATE,
    PN_K_WORD,
    PN_K_JSON,
    PN_K_BYTES,
    PN_K_TEXTS,
    PN_K_ROWS,
} pn_kind;

enum {
    PN_KEY = 1 << 0,    /* identifies the row; in an input: the row the operation is about */
    PN_REQ = 1 << 1,    /* input must be given */
    PN_BRIEF = 1 << 2,  /* shown in lists and tables, not only in details */
    PN_OPT = 1 << 3,    /* number, money or boolean that may be absent (0 = absent) */
    PN_SORT = 1 << 4,   /* lists may sort by it (its SQL expression is NOT NULL) */
    PN_SECRET = 1 << 5, /* input never stored, logged or echoed (password, TOTP code) */
    PN_PII = 1 << 6,    /* personal data: masked unless the actor may read it */
    PN_LONG = 1 << 7,   /* many lines: an editor in forms, details only */
    PN_FILE = 1 << 8,   /* input: the command line reads the named file and passes its content */
    PN_NOFILTER = 1 << 9, /* lists cannot filter by it (computed outside SQL) */
    PN_ARG = 1 << 10,   /* input: may be given without its flag, in column order */
    PN_TITLED = 1 << 11, /* names an operation, a noun or a job: shown as people call it */
    PN_EACH = 1 << 12,  /* money of one piece, a rate, a limit: it is never added up over rows */
};

/** One word of an enumerated column. `tone`: g good, w waiting, b bad, d done/dim, 0 plain. */
typedef struct pn_words { const char *name, *label; char tone; } pn_words;

/* One list of words makes the enum and the table, so they cannot drift apart:
 *   #define PN_ORDER_STATES(W) W(ORDER, PAID, N_("Paid"), 'g') W(ORDER, CLOSED, N_("Closed"), 'd')
 *   enum { PN_ORDER_UNSET, PN_ORDER_STATES(PN_WORD_ENUM) };            -> PN_ORDER_PAID = 1 …
 *   const pn_words pn_order_states[] = { PN_ORDER_STATES(PN_WORD_ROW) {0} }; */
#define PN_WORD_ENUM(prefix, word, text, colour) PN_##prefix##_##word,
#define PN_WORD_ROW(prefix, word, text, colour) {#word, text, colour},

typedef struct pn_type pn_type;

typedef struct pn_col {
    const char *name;   /* snake_case: SQL name, flag (with -), JSON key */
    const char *label;  /* msgid for people */
    uint32_t offset;
    uint16_t kind;      /* pn_kind */
    uint32_t flags;
    const pn_words *words; /* PN_K_WORD: ended by {0}; PN_K_TEXT(S): labels of the values known */
    const pn_type *of;     /* PN_K_ROWS: type of the rows */
    const char *ref;       /* this id names a row of that noun ("show") */
    const char *hint;      /* msgid: one line of help, e.g. format and unit */
    const char *sql;       /* lists: SQL expression when it is not the bare column name */
    int64_t min, max;      /* numbers/money: allowed range when max > min; text: longest in
                              characters when max > 0 (default 4000); bytes: so many at most */
} pn_col;

struct pn_type {
    const char *name;   /* "show", "show.create" */
    size_t size;
    const pn_col *cols; /* ended by {0} */
};

// clang-format off
#define PN_KIND(x) _Generic((x), int64_t: PN_K_INT, int: PN_K_INT4, bool: PN_K_BOOL,               \
    double: PN_K_REAL, const char *: PN_K_TEXT, pn_money: PN_K_MONEY, pn_time: PN_K_TIME,          \
    pn_date: PN_K_DATE, pn_word: PN_K_WORD, pn_json: PN_K_JSON, pn_bytes: PN_K_BYTES,              \
    pn_texts: PN_K_TEXTS, pn_rows: PN_K_ROWS)
// clang-format on

/** A column of struct `s`: PN_COL(pn_show, title, N_("Title"), .flags = PN_BRIEF). */
#define PN_COL(s, field, text, ...)                                                                \
    {.name = #field, .label = text, .offset = offsetof(s, field),                                  \
     .kind = PN_KIND(((s *)0)->field), __VA_ARGS__}

/** PN_TYPE(show_t, "show", pn_show, PN_COL(…), PN_COL(…)) — static; add `extern` ones by hand. */
#define PN_TYPE(var, type_name, s, ...)                                                            \
    const pn_type var = {type_name, sizeof(s), (const pn_col[]){__VA_ARGS__, {0}}}

const pn_col *pn_type_col(const pn_type *type, const char *name); /* NULL when there is none */
/** 1-based place of a word by its name (any case) or its label in the current language; 0: none. */
int pn_word_find(const pn_words *words, const char *text);
const char *pn_word_name(const pn_words *words, pn_word w);  /* "" for none */
const char *pn_word_label(const pn_words *words, pn_word w); /* translated; "" for none */
static inline bool pn_word_is(const pn_words *words, pn_word w, const char *name)
{
    const char *a = pn_word_name(words, w);
    while (*a && *a == *name)
        a++, name++;
    return *a == *name;
}

PN_END
#endif
