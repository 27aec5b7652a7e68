/* SPDX-License-Identifier: Apache-2.0 */
/* Rows written as YAML: a list of mappings, or such lists under the names of their nouns. A list
 * inside a row becomes texts, a mapping becomes JSON. */
#include "import_int.h"
#include "base/where_int.h"

#include <string.h>
#include <yaml.h>

enum { DEPTH_MAX = 16, JSON_MAX = 1 << 20 }; /* anchors can make a small file large */

static const char *scalar(const yaml_node_t *n)
{
    return n && n->type == YAML_SCALAR_NODE ? (const char *)n->data.scalar.value : NULL;
}

static void json_of(pn_buf *b, yaml_document_t *doc, const yaml_node_t *n, int depth)
{
    if (depth > DEPTH_MAX || b->len > JSON_MAX)
        b->bad = true;
    if (b->bad)
        return;
    if (n->type == YAML_SCALAR_NODE) {
        pn_buf_json(b, scalar(n));
    } else if (n->type == YAML_SEQUENCE_NODE) {
        pn_buf_puts(b, "[");
        for (yaml_node_item_t *i = n->data.sequence.items.start; i < n->data.sequence.items.top;
             i++) {
            pn_buf_puts(b, i > n->data.sequence.items.start ? "," : "");
            json_of(b, doc, yaml_document_get_node(doc, *i), depth + 1);
        }
        pn_buf_puts(b, "]");
    } else {
        pn_buf_puts(b, "{");
        for (yaml_node_pair_t *i = n->data.mapping.pairs.start; i < n->data.mapping.pairs.top;
             i++) {
            const char *key = scalar(yaml_document_get_node(doc, i->key));
            pn_buf_puts(b, i > n->data.mapping.pairs.start ? "," : "");
            pn_buf_json(b, key ? key : "");
            pn_buf_puts(b, ":");
            json_of(b, doc, yaml_document_get_node(doc, i->value), depth + 1);
        }
        pn_buf_puts(b, "}");
    }
}

static int texts_of(pn *p, yaml_document_t *doc, const yaml_node_t *n, pn_texts *out)
{
    const yaml_node_item_t *from = n->data.sequence.items.start;
    size_t count = (size_t)(n->data.sequence.items.top - from);
    out->v = pn_alloc(p, (count + 1) * sizeof *out->v);
    if (!out->v)
        return pni_mem(p);
    for (size_t i = 0; i < count; i++) {
        const char *text = scalar(yaml_document_get_node(doc, from[i]));
        if (!text)
            return pn_fail(p, PN_EARG, NULL, pn_tr("A list of texts may not hold anything else"));
        out->v[i] = pn_strdup(p, text);
        if (!out->v[i])
            return pni_mem(p);
    }
    out->n = count;
    return 0;
}

static int field(pni_sheet *s, yaml_document_t *doc, const yaml_node_pair_t *pair, void *row)
{
    const char *name = scalar(yaml_document_get_node(doc, pair->key));
    const yaml_node_t *value = yaml_document_get_node(doc, pair->value);
    const pn_col *col = name ? pni_col_said(s->type, name) : NULL;
    if (!col || !strcmp(col->name, "id") || !strcmp(col->name, "version"))
        return pn_fail(s->p, PN_EARG, NULL, pn_tr("There is no column “%s”"), name ? name : "?");
    if (col->kind == PN_K_TEXTS && value->type == YAML_SEQUENCE_NODE)
        return texts_of(s->p, doc, value, (pn_texts *)((char *)row + col->offset));
    if (scalar(value))
        return pni_sheet_cell(s, row, col, scalar(value));
    if (col->kind != PN_K_JSON)
        return pn_fail(s->p, PN_EARG, name, pn_tr("“%s” takes one value"), name);
    pn_buf b = pn_buf_new(s->p);
    json_of(&b, doc, value, 0);
    if (b.bad)
        return pn_fail(s->p, PN_EARG, name, pn_tr("“%s” is nested too deeply"), name);
    return pn_set(s->p, s->type, row, col, b.text);
}

static int one_row(pni_sheet *s, yaml_document_t *doc, const yaml_node_t *n)
{
    void *row;
    int64_t line = (int64_t)n->start_mark.line + 1;
    const char *code = NULL;
    if (n->type != YAML_MAPPING_NODE) {
        PN_TRY(pni_report(s, line, NULL, PN_IMPORTED_FAILED, pn_tr("Not a mapping of columns")));
        return pni_sheet_done(s, 0);
    }
    PN_TRY(pni_sheet_next(s, &row));
    for (yaml_node_pair_t *i = n->data.mapping.pairs.start; i < n->data.mapping.pairs.top; i++) {
        const char *name = scalar(yaml_document_get_node(doc, i->key));
        if (name && !strcmp(name, "code"))
            code = scalar(yaml_document_get_node(doc, i->value));
    }
    for (yaml_node_pair_t *i = n->data.mapping.pairs.start; i < n->data.mapping.pairs.top; i++) {
        int rc = field(s, doc, i, row);
        if (rc == PN_EMEM || rc == PN_EDATABASE)
            return rc;
        if (rc) {
            PN_TRY(pni_report_error(s, line, code ? pn_strdup(s->p, code) : NULL));
            return pni_sheet_done(s, 0);
        }
    }
    return pni_sheet_done(s, line);
}

static int document(pni_sheet *s, yaml_document_t *doc)
{
    const yaml_node_t *root = yaml_document_get_root_node(doc);
    if (root && root->type == YAML_MAPPING_NODE)
        for (yaml_node_pair_t *i = root->data.mapping.pairs.start;
             i < root->data.mapping.pairs.top; i++) {
            const char *name = scalar(yaml_document_get_node(doc, i->key));
            if (name && !strcmp(name, s->noun)) {
                root = yaml_document_get_node(doc, i->value);
                break;
            }
        }
    if (!root || root->type != YAML_SEQUENCE_NODE)
        return pn_fail(s->p, PN_EARG, "file", pn_tr("The file has no list of “%s”"), s->noun);
    for (yaml_node_item_t *i = root->data.sequence.items.start;
         i < root->data.sequence.items.top; i++)
        PN_TRY(one_row(s, doc, yaml_document_get_node(doc, *i)));
    return 0;
}

int pni_sheet_yaml(pni_sheet *s, const char *text)
{
    yaml_parser_t parser;
    yaml_document_t doc;
    if (!yaml_parser_initialize(&parser))
        return pni_mem(s->p);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, strlen(text));
    if (!yaml_parser_load(&parser, &doc)) {
        int rc = pn_fail(s->p, PN_EARG, "file", "%zu:%zu: %s", parser.problem_mark.line + 1,
                         parser.problem_mark.column + 1,
                         parser.problem ? parser.problem : pn_tr("The YAML cannot be read"));
        yaml_parser_delete(&parser);
        return rc;
    }
    int rc = document(s, &doc);
    yaml_document_delete(&doc);
    yaml_parser_delete(&parser);
    return rc;
}
