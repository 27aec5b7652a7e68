/* SPDX-License-Identifier: Apache-2.0 */
/* template.c — requests that are long texts lie in files of their own, in a folder of the
 * connector's name: ${…} is filled in, escaped as the file's ending asks (.xml .json .form .txt),
 * ${for LIST} … ${end} repeats what is between for every line of a list, ${if X} … ${end} keeps it
 * when X is there. They are read and checked with the connector's file. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "link/engine_int.h"

enum { FILE_MAX = 256 << 10, TAG_MAX = 120, DEEPEST = 8 };
enum { PLAIN, XML, JSON, FORM };

static int none(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

/* ---- the marks of a text ---- */

typedef struct tag {
    const char *from, *end; /* "${" and what follows "}" */
    char word[TAG_MAX];
} tag;

/* The next mark in [at, end). False: none, or one that is not closed (t->end NULL). */
static bool next_tag(const char *at, const char *end, tag *t)
{
    *t = (tag){.from = at < end ? memmem(at, (size_t)(end - at), "${", 2) : NULL};
    const char *close = t->from ? memchr(t->from, '}', (size_t)(end - t->from)) : NULL;
    size_t n = close ? (size_t)(close - t->from) - 2 : 0;
    if (!close || !n || n >= TAG_MAX)
        return false;
    memcpy(t->word, t->from + 2, n);
    t->end = close + 1;
    return true;
}

/* "for in.lines" is a block of `what`; its reference. */
static const char *block(const tag *t, const char *what)
{
    size_t n = strlen(what);
    return !strncmp(t->word, what, n) && t->word[n] == ' ' ? t->word + n + 1 : NULL;
}

/* Where the block that begins before `at` ends: its ${end}. */
static bool closing(const char *at, const char *end, tag *t)
{
    int deep = 1;
    for (; next_tag(at, end, t); at = t->end) {
        deep += block(t, "for") || block(t, "if");
        deep -= !strcmp(t->word, "end");
        if (!deep)
            return true;
    }
    return false;
}

/* ---- loading ---- */

static int context_of(const char *name)
{
    const char *dot = strrchr(name, '.');
    return !dot                     ? PLAIN
           : !strcmp(dot, ".xml")   ? XML
           : !strcmp(dot, ".json")  ? JSON
           : !strcmp(dot, ".form")  ? FORM
                                    : PLAIN;
}

static int64_t stamp_of(const char *path)
{
    struct stat st;
    return stat(path, &st) ? 0 : st.st_size ^ ((int64_t)st.st_mtim.tv_sec * 1000000000 +
                                               st.st_mtim.tv_nsec);
}

bool pni_templates_fresh(const pni_link *l)
{
    for (const pni_template *t = l->templates; t; t = t->next)
        if (stamp_of(t->path) != t->stamp)
            return false;
    return true;
}

const pni_template *pni_template_find(const pni_link *l, const char *name)
{
    const pni_template *t = l->templates;
    while (t && strcmp(t->name, name) != 0)
        t = t->next;
    return t;
}

static char *keep(pni_arena *a, const char *text)
{
    char *out = pni_arena_alloc(a, strlen(text) + 1);
    return out ? memcpy(out, text, strlen(text)) : NULL;
}

static int slurp(pn *p, pni_link *l, const pni_tree *at, pni_template *t)
{
    FILE *f = fopen(t->path, "re");
    if (!f)
        return pni_tree_fail(p, l->file, at->line, at->col, pn_tr("%s cannot be read: %s"), t->path,
                             strerrordesc_np(errno));
    char *text = pni_arena_alloc(&l->arena, FILE_MAX + 1);
    size_t n = text ? fread(text, 1, FILE_MAX, f) : 0;
    fclose(f);
    if (!text)
        return none(p);
    while (n && text[n - 1] == '\n') /* the newline at its end is the editor's */
        text[--n] = 0;
    t->text = text;
    return n < FILE_MAX && strlen(text) == n
               ? 0
               : pni_tree_fail(p, l->file, at->line, at->col, pn_tr("%s cannot be read: %s"),
                               t->path, strerrordesc_np(EFBIG));
}

int pni_template_load(pn *p, pni_link *l, const pni_tree *at, const pni_template **out)
{
    const char *slash = strrchr(l->file, '/');
    *out = at->kind == PNI_TREE_TEXT ? pni_template_find(l, at->text) : NULL;
    if (*out)
        return 0;
    if (at->kind != PNI_TREE_TEXT || !*at->text || *at->text == '.' || strchr(at->text, '/'))
        return pni_tree_fail(p, l->file, at->line, at->col, "%s",
                             pn_tr("expected the name of a file"));
    char *path = pn_printf(p, "%.*s%s/%s", slash ? (int)(slash + 1 - l->file) : 0, l->file,
                           l->name, at->text);
    pni_template *t = pni_arena_alloc(&l->arena, sizeof *t);
    if (!path || !t || !(t->path = keep(&l->arena, path)))
        return none(p);
    t->name = at->text;
    t->context = context_of(at->text);
    t->stamp = stamp_of(path);
    PN_TRY(slurp(p, l, at, t));
    t->next = l->templates;
    l->templates = t;
    *out = t;
    return 0;
}

int pni_template_check(pn *p, const pni_template *t, pni_template_ref *ref, const void *self)
{
    const char *at = t->text, *end = at + strlen(at), *line = at;
    const tag *open[DEEPEST];
    tag found, kept[DEEPEST];
    int deep = 0, no = 1;
    for (; next_tag(at, end, &found); at = found.end) {
        const char *name = block(&found, "for") ? block(&found, "for") : block(&found, "if");
        for (const char *c = line; c < found.from; c++)
            if (*c == '\n') {
                no++;
                line = c + 1;
            }
        int col = (int)(found.from - line) + 1;
        if (name && deep == DEEPEST)
            return pni_tree_fail(p, t->path, no, col, "%s", pn_tr("nested too deeply"));
        if (name) {
            kept[deep] = found;
            open[deep] = &kept[deep];
            deep++;
        }
        if (!strcmp(found.word, "end") && --deep < 0)
            return pni_tree_fail(p, t->path, no, col, "%s",
                                 pn_tr("nothing is open that could end"));
        if (strcmp(found.word, "end") != 0)
            PN_TRY(ref(self, t->path, no, col, name ? name : found.word));
    }
    if (!found.from && !deep)
        return 0;
    const char *bad = found.from ? found.from : open[deep - 1]->from;
    for (no = 1, line = at = t->text; at < bad; at++)
        if (*at == '\n') {
            no++;
            line = at + 1;
        }
    return pni_tree_fail(p, t->path, no, (int)(bad - line) + 1, "%s",
                         found.from ? pn_tr("a reference is not closed")
                                    : pn_tr("there is no ${end} to this"));
}

/* ---- filling in ---- */

int pni_ref_rows(pni_scope *s, const char *ref, const pni_doc **out)
{
    pni_span text;
    pni_doc *d = NULL;
    const char *name = pn_printf(s->p, "%.*s", (int)strcspn(ref, "?"), ref);
    if (!name)
        return none(s->p);
    PN_TRY(pni_ref_doc(s, name, out));
    if (!*out) {
        PN_TRY(pni_ref(s, ref, &text));
        if (text.s && text.n)
            PN_TRY(pni_doc_json(s->p, text, &d));
        *out = d;
        if (d && d->kind != PNI_DOC_LIST)
            return pn_fail(s->p, PN_EARG, NULL, pn_tr("Connector %s: %s is no list"),
                           s->link->name, ref);
    }
    *out = pni_doc_rows(*out);
    return 0;
}

static int escaped(pni_scope *s, int context, pni_span v, pn_buf *b)
{
    if (context == XML)
        PN_TRY(pni_xml_escape(s->p, v, &v));
    if (context == FORM)
        PN_TRY(pni_url_encode(s->p, v, "form", &v));
    if (context == JSON) {
        pn_buf quoted = pn_buf_new(s->p);
        pn_buf_json(&quoted, v.s);
        if (quoted.bad)
            return none(s->p);
        v = (pni_span){quoted.text + 1, quoted.len - 2};
    }
    pn_buf_put(b, v.s, v.n);
    return 0;
}

static int fill(pni_scope *s, const pni_template *t, const char *at, const char *end, pn_buf *b);

static int repeat(pni_scope *s, const pni_template *t, const char *ref, const char *from,
                  const char *to, pn_buf *b)
{
    const pni_doc *row, *outer = s->line;
    int rc = pni_ref_rows(s, ref, &row);
    for (; !rc && row; row = pni_doc_next(row)) {
        s->line = row;
        rc = fill(s, t, from, to, b);
        s->line = outer;
    }
    return rc;
}

static int keep_if(pni_scope *s, const pni_template *t, const char *ref, const char *from,
                   const char *to, pn_buf *b)
{
    pni_span v;
    PN_TRY(pni_ref_may(s, ref, &v));
    return v.s && v.n ? fill(s, t, from, to, b) : 0;
}

static int fill(pni_scope *s, const pni_template *t, const char *at, const char *end, pn_buf *b)
{
    tag found, last;
    while (next_tag(at, end, &found)) {
        const char *each = block(&found, "for"), *maybe = block(&found, "if");
        pni_span v = {NULL, 0};
        pn_buf_put(b, at, (size_t)(found.from - at));
        at = found.end;
        if (each || maybe) {
            if (!closing(at, end, &last))
                return pn_fail(s->p, PN_ECONF, NULL, "%s", pn_tr("there is no ${end} to this"));
            PN_TRY((each ? repeat : keep_if)(s, t, each ? each : maybe, at, last.from, b));
            at = last.end;
            continue;
        }
        PN_TRY(pni_ref(s, found.word, &v));
        if (v.s)
            PN_TRY(escaped(s, t->context, v, b));
    }
    pn_buf_put(b, at, (size_t)(end - at));
    return b->bad ? none(s->p) : 0;
}

int pni_template_fill(pni_scope *s, const char *name, pni_span *out)
{
    const pni_template *t = pni_template_find(s->link, name);
    pn_buf b = pn_buf_new(s->p);
    if (!t)
        return pn_fail(s->p, PN_ECONF, NULL, pn_tr("There is no template “%s”"), name);
    pn_buf_puts(&b, "");
    PN_TRY(fill(s, t, t->text, t->text + strlen(t->text), &b));
    *out = (pni_span){b.text, b.len};
    return 0;
}
