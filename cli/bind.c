/* SPDX-License-Identifier: Apache-2.0 */
/* bind.c — one column from the text of a flag. The library converts; this file adds what only a
 * command line has: files, repeated flags, and names of things that the database must look up. */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MAX = 256 << 20 }; /* an import larger than this should be split */

int cli_slurp(cli *c, const char *path, const char *field, char **data, size_t *len)
{
    bool standard = !strcmp(path, "-");
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    size_t cap = 65536, n = 0;
    char *text = fd < 0 ? NULL : malloc(cap);
    ssize_t got = fd < 0 ? -1 : 1;
    while (text && (got = read(fd, text + n, cap - n - 1)) > 0) {
        n += (size_t)got;
        if (n > FILE_MAX) {
            got = -1;
            errno = EFBIG;
            break;
        }
        if (cap - n < 4096) {
            char *more = realloc(text, cap *= 2);
            if (!more)
                free(text);
            text = more;
        }
    }
    int why = text ? errno : fd < 0 ? errno : ENOMEM;
    if (fd >= 0 && !standard)
        close(fd);
    char *copy = text && got == 0 ? pn_alloc(c->p, n + 1) : NULL;
    if (copy)
        memcpy(copy, text, n);
    free(text);
    if (!copy) {
        (void)pn_fail(c->p, why == EFBIG ? PN_ETOO_BIG : PN_EIO, field,
                      pn_tr("Cannot read '%s': %s"), path, strerror(why ? why : ENOMEM));
        return cli_fail(c);
    }
    *data = copy;
    *len = n;
    return 0;
}

static void *at(void *row, const pn_col *col)
{
    return (char *)row + col->offset;
}

/* Spreadsheets save "Unicode text" as UTF-16, which no C string can hold: it becomes UTF-8 here.
 * Other encodings are told apart by whoever reads the content. */
static int from_utf16(cli *c, const pn_col *col, const char *path, char **data, size_t *len)
{
    bool little = *len > 1 && !memcmp(*data, "\xff\xfe", 2);
    bool big = *len > 1 && !memcmp(*data, "\xfe\xff", 2);
    if (!little && !big) {
        if (!memchr(*data, '\0', *len))
            return 0;
        (void)pn_fail(c->p, PN_EARG, col->name, pn_tr("'%s' is not text"), path);
        return cli_fail(c);
    }
    size_t from = *len - 2, room = *len * 2;
    char *in = *data + 2, *text = pn_alloc(c->p, room + 1), *out = text;
    iconv_t cd = iconv_open("UTF-8", little ? "UTF-16LE" : "UTF-16BE");
    bool bad = !text || cd == (iconv_t)-1 || iconv(cd, &in, &from, &out, &room) == (size_t)-1;
    if (cd != (iconv_t)-1)
        iconv_close(cd);
    if (bad || memchr(text, '\0', (size_t)(out - text))) {
        (void)pn_fail(c->p, PN_EARG, col->name, pn_tr("'%s' is not text"), path);
        return cli_fail(c);
    }
    *data = text;
    *len = (size_t)(out - text);
    return 0;
}

static int from_file(cli *c, const pn_type *type, void *row, const pn_col *col, const char *path)
{
    char *data;
    size_t len;
    int rc = cli_slurp(c, path, col->name, &data, &len);
    if (rc)
        return rc;
    if (col->kind == PN_K_BYTES) {
        *(pn_bytes *)at(row, col) = (pn_bytes){data, len};
        return 0;
    }
    rc = from_utf16(c, col, path, &data, &len);
    if (rc)
        return rc;
    if (col->kind == PN_K_TEXT) {
        *(const char **)at(row, col) = data;
        return 0;
    }
    return pn_set(c->p, type, row, col, data) ? cli_fail(c) : 0;
}

/* tier=1,qty=2 → one row. */
static int pairs(cli *c, const pn_col *col, void *row, const char *text)
{
    char *copy = pn_strdup(c->p, text), *rest = NULL;
    if (!copy)
        return cli_fail(c);
    for (char *pair = strtok_r(copy, ",", &rest); pair; pair = strtok_r(NULL, ",", &rest)) {
        char *eq = strchr(pair, '=');
        if (!eq) {
            (void)pn_fail(c->p, PN_EARG, col->name, pn_tr("'%s' is not of the form name=value"),
                          pair);
            return cli_fail(c);
        }
        *eq = '\0';
        const pn_col *part = cli_col(col->of, pair);
        if (!part) {
            (void)pn_fail(c->p, PN_EARG, col->name, pn_tr("Unknown key '%s'"), pair);
            return cli_fail(c);
        }
        int rc = cli_bind(c, col->of, row, part, eq + 1, false);
        if (rc)
            return rc;
    }
    return 0;
}

/* Repeated --items: the array grows by one. */
static int append(cli *c, const pn_type *type, void *row, const pn_col *col, const char *text)
{
    while (*text == ' ' || *text == '\n')
        text++;
    if (*text == '[' || !*text)
        return pn_set(c->p, type, row, col, text) ? cli_fail(c) : 0;
    pn_rows *rows = at(row, col);
    size_t size = col->of->size;
    char *grown = pn_alloc(c->p, (rows->n + 1) * size);
    if (!grown)
        return cli_fail(c);
    if (rows->n)
        memcpy(grown, rows->row, rows->n * size);
    for (cli_later *l = c->later; l; l = l->next) { /* names in the rows before go along */
        ptrdiff_t from = (char *)l->row - (char *)rows->row;
        if (rows->n && from >= 0 && (size_t)from < rows->n * size)
            l->row = grown + from;
    }
    int rc;
    if (*text == '{')
        rc = pn_from_json(c->p, col->of, text, strlen(text), grown + rows->n * size) ? cli_fail(c)
                                                                                     : 0;
    else
        rc = pairs(c, col, grown + rows->n * size, text);
    *rows = (pn_rows){grown, rows->n + 1};
    return rc;
}

static int append_text(cli *c, const pn_type *type, void *row, const pn_col *col, const char *text)
{
    pn_texts before = *(pn_texts *)at(row, col), *all = at(row, col);
    if (pn_set(c->p, type, row, col, text))
        return cli_fail(c);
    pn_texts more = *all;
    const char **v = pn_alloc(c->p, (before.n + more.n + 1) * sizeof(*v));
    if (!v)
        return cli_fail(c);
    if (before.n)
        memcpy(v, before.v, before.n * sizeof(*v));
    if (more.n)
        memcpy(v + before.n, more.v, more.n * sizeof(*v));
    *all = (pn_texts){v, before.n + more.n};
    return 0;
}

/* An id written as something else than a number: kept until there is a database to ask. */
static const pn_module *resolver(const pn_type *type, const pn_col *col, const char *text)
{
    if (col->kind != PN_K_INT || !*text || strspn(text, "0123456789@-") == strlen(text))
        return NULL;
    char noun[64];
    snprintf(noun, sizeof(noun), "%.*s", (int)strcspn(type->name, "."), type->name);
    const pn_module *m = pn_module_find(col->ref              ? col->ref
                                        : col->flags & PN_KEY ? noun
                                                              : col->name);
    return m && m->resolve ? m : NULL;
}

int cli_bind(cli *c, const pn_type *type, void *row, const pn_col *col, const char *text,
             bool again)
{
    if ((col->flags & PN_FILE) && col->kind != PN_K_BOOL)
        return from_file(c, type, row, col, text);
    if (col->kind == PN_K_ROWS)
        return append(c, type, row, col, text);
    if (col->kind == PN_K_TEXTS && again)
        return append_text(c, type, row, col, text);
    const pn_module *m = resolver(type, col, text);
    if (m) {
        cli_later *later = pn_alloc(c->p, sizeof(*later));
        if (!later)
            return cli_fail(c);
        *later = (cli_later){c->later, m, col, row, text};
        c->later = later;
        return 0;
    }
    return pn_set(c->p, type, row, col, text) ? cli_fail(c) : 0;
}

int cli_bind_later(cli *c)
{
    for (cli_later *l = c->later; l; l = l->next) {
        int64_t id = 0;
        if (l->module->resolve(c->p, l->text, &id)) {
            const pn_err *e = pn_error(c->p);
            pn_err words = *e;
            words.field = l->col->name;
            if (!words.message || !*words.message)
                words.message = pn_printf(c->p, pn_tr("No %s is called '%s'"),
                                          pn_tr(l->module->title), l->text);
            return cli_fail_with(c, &words);
        }
        *(int64_t *)at(l->row, l->col) = id;
    }
    c->later = NULL;
    return 0;
}
