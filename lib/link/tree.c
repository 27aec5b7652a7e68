/* SPDX-License-Identifier: Apache-2.0 */
/* tree.c — a connector file as a tree whose every node knows its line and column.
 *
 * `${name}` may stand anywhere, also where YAML's braces would begin a mapping: before parsing the
 * braces of references become round ones, byte for byte, so that places stay true. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "link/engine_int.h"

enum { DEPTH_MAX = 24 };

int pni_tree_fail(pn *p, const char *file, int line, int col, const char *fmt, ...)
{
    va_list args;
    char words[400];
    va_start(args, fmt);
    vsnprintf(words, sizeof words, fmt, args);
    va_end(args);
    return pn_fail(p, PN_ECONF, NULL, "%s:%d:%d: %s", file, line, col, words);
}

const pni_tree *pni_tree_get(const pni_tree *map, const char *name)
{
    for (size_t i = 0; map && map->kind == PNI_TREE_MAP && i < map->n; i++)
        if (!strcmp(map->name[i], name))
            return map->item[i];
    return NULL;
}

const pni_tree *pni_tree_at(const pni_tree *map, const char *first, const char *second)
{
    return pni_tree_get(pni_tree_get(map, first), second);
}

const pni_tree *pni_response(const pni_link *l, const pni_tree *call, const char *name)
{
    const pni_tree *own = pni_tree_at(call, "response", name);
    return own ? own : pni_tree_get(pni_tree_at(l->root, "common", "response"), name);
}

const char *pni_tree_text(const pni_tree *map, const char *name, const char *standard)
{
    const pni_tree *t = pni_tree_get(map, name);
    return t && t->kind == PNI_TREE_TEXT ? t->text : standard;
}

int64_t pni_tree_int(const pni_tree *map, const char *name, int64_t standard)
{
    const char *text = pni_tree_text(map, name, NULL);
    return text ? strtoll(text, NULL, 10) : standard;
}

bool pni_tree_is(const pni_tree *map, const char *name)
{
    const char *text = pni_tree_text(map, name, "");
    return !strcmp(text, "true") || !strcmp(text, "yes");
}

/* ---- reading ---- */

typedef struct reader {
    pn *p;
    pni_arena *a;
    const char *file;
    yaml_document_t *doc;
} reader;

static bool in_reference(char c)
{
    return isalnum((unsigned char)c) || strchr("_.:/|?-", c);
}

static char *rounded(pn *p, const char *text, size_t len)
{
    char *out = pn_alloc(p, len + 1);
    if (!out)
        return NULL;
    memcpy(out, text, len);
    for (size_t i = 0; i + 1 < len; i++) {
        if (out[i] != '$' || out[i + 1] != '{')
            continue;
        size_t end = i + 2;
        while (end < len && out[end] && in_reference(out[end]))
            end++;
        if (end < len && out[end] == '}') {
            out[i + 1] = '(';
            out[end] = ')';
        }
    }
    return out;
}

static const char *keep(reader *r, const yaml_char_t *text, size_t len)
{
    char *out = pni_arena_alloc(r->a, len + 1);
    if (out)
        memcpy(out, text, len);
    return out;
}

static int build(reader *r, int id, int depth, pni_tree **out);

static int none(reader *r)
{
    return pn_fail(r->p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

static int build_list(reader *r, const yaml_node_t *n, int depth, pni_tree *t)
{
    const yaml_node_item_t *from = n->data.sequence.items.start;
    t->n = (size_t)(n->data.sequence.items.top - from);
    t->item = pni_arena_alloc(r->a, (t->n + 1) * sizeof *t->item);
    if (!t->item)
        return none(r);
    for (size_t i = 0; i < t->n; i++)
        PN_TRY(build(r, from[i], depth + 1, &t->item[i]));
    return 0;
}

static int build_map(reader *r, const yaml_node_t *n, int depth, pni_tree *t)
{
    const yaml_node_pair_t *from = n->data.mapping.pairs.start;
    t->n = (size_t)(n->data.mapping.pairs.top - from);
    t->item = pni_arena_alloc(r->a, (t->n + 1) * sizeof *t->item);
    t->name = pni_arena_alloc(r->a, (t->n + 1) * sizeof *t->name);
    t->name_line = pni_arena_alloc(r->a, (t->n + 1) * sizeof(int));
    t->name_col = pni_arena_alloc(r->a, (t->n + 1) * sizeof(int));
    if (!t->item || !t->name || !t->name_line || !t->name_col)
        return none(r);
    for (size_t i = 0; i < t->n; i++) {
        const yaml_node_t *key = yaml_document_get_node(r->doc, from[i].key);
        t->name_line[i] = (int)key->start_mark.line + 1;
        t->name_col[i] = (int)key->start_mark.column + 1;
        if (key->type != YAML_SCALAR_NODE)
            return pni_tree_fail(r->p, r->file, t->name_line[i], t->name_col[i], "%s",
                                 pn_tr("expected a key"));
        t->name[i] = keep(r, key->data.scalar.value, key->data.scalar.length);
        if (!t->name[i])
            return none(r);
        for (size_t k = 0; k < i; k++)
            if (!strcmp(t->name[k], t->name[i]))
                return pni_tree_fail(r->p, r->file, t->name_line[i], t->name_col[i],
                                     pn_tr("key '%s' is given twice"), t->name[i]);
        PN_TRY(build(r, from[i].value, depth + 1, &t->item[i]));
    }
    return 0;
}

static int build(reader *r, int id, int depth, pni_tree **out)
{
    const yaml_node_t *n = yaml_document_get_node(r->doc, id);
    pni_tree *t = pni_arena_alloc(r->a, sizeof *t);
    if (!t)
        return none(r);
    *out = t;
    t->line = (int)n->start_mark.line + 1;
    t->col = (int)n->start_mark.column + 1;
    if (depth > DEPTH_MAX)
        return pni_tree_fail(r->p, r->file, t->line, t->col, "%s", pn_tr("nested too deeply"));
    const char *tag = n->tag ? (const char *)n->tag : "";
    t->tag = *tag == '!' ? keep(r, n->tag, strlen(tag)) : "";
    if (!t->tag)
        return none(r);
    if (n->type == YAML_SEQUENCE_NODE) {
        t->kind = PNI_TREE_LIST;
        return build_list(r, n, depth, t);
    }
    if (n->type == YAML_MAPPING_NODE) {
        t->kind = PNI_TREE_MAP;
        return build_map(r, n, depth, t);
    }
    t->kind = PNI_TREE_TEXT;
    t->text = keep(r, n->data.scalar.value, n->data.scalar.length);
    return t->text ? 0 : none(r);
}

static void drop_parser(yaml_parser_t *parser)
{
    yaml_parser_delete(parser);
}
static void drop_document(yaml_document_t *doc)
{
    yaml_document_delete(doc);
}

static int syntax(pn *p, const char *file, const yaml_parser_t *y)
{
    if (y->error == YAML_MEMORY_ERROR)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    return pni_tree_fail(p, file, (int)y->problem_mark.line + 1, (int)y->problem_mark.column + 1,
                         pn_tr("not valid YAML: %s"), y->problem ? y->problem : "?");
}

int pni_tree_read(pn *p, pni_arena *a, const char *file, const char *text, size_t len,
                  pni_tree **out)
{
    char *plain = rounded(p, text, len);
    __attribute__((cleanup(drop_parser))) yaml_parser_t parser = {0};
    if (!plain || !yaml_parser_initialize(&parser))
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    yaml_parser_set_input_string(&parser, (const unsigned char *)plain, len);
    __attribute__((cleanup(drop_document))) yaml_document_t doc = {0};
    if (!yaml_parser_load(&parser, &doc))
        return syntax(p, file, &parser);
    const yaml_node_t *root = yaml_document_get_root_node(&doc);
    if (!root || root->type != YAML_MAPPING_NODE)
        return pni_tree_fail(p, file, 1, 1, "%s", pn_tr("expected 'key: value' lines"));
    reader r = {p, a, file, &doc};
    return build(&r, 1, 0, out); /* libyaml counts nodes from 1, the root first */
}
