/* SPDX-License-Identifier: Apache-2.0 */
/* layout.c — reading a face file. A face is edited by people who look at paper, not at code, so
 * every refusal points at the place and says what may stand there. */
#include "ticket/layout.h"

#include <inttypes.h>
#include <math.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

const pn_face_field pn_face_fields[] = {
#define FIELD(name, text, sample) {#name, text, sample},
    PN_FACE_FIELDS(FIELD)
#undef FIELD
    {0}};

enum { FACE_MAX = 512 * 1024, ELEMENTS_MAX = 500, IMAGE_MAX = 256 * 1024 };

struct reading {
    pn *p;
    const char *file;
    yaml_document_t *doc;
    pn_layout *out;
};

/* ---- refusals ---- */

static int refuse(const struct reading *r, const yaml_node_t *at, const char *words)
{
    if (!words)
        return pn_fail(r->p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    return pn_fail(r->p, PN_EARG, "file", "%s:%zu:%zu: %s", r->file, at->start_mark.line + 1,
                   at->start_mark.column + 1, words);
}

#define REFUSE(r, at, ...) refuse(r, at, pn_printf((r)->p, __VA_ARGS__))

static const char *scalar(const yaml_node_t *node)
{
    return node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : NULL;
}

/* ---- values ---- */

static int take_number(const struct reading *r, const yaml_node_t *node, double min, double max,
                       double *out)
{
    const char *text = scalar(node);
    char *end = NULL;
    double v = text ? strtod(text, &end) : 0;
    if (!text || end == text || *end || !isfinite(v) || v < min || v > max)
        return REFUSE(r, node, pn_tr("expected a number from %g to %g"), min, max);
    *out = v;
    return 0;
}

static int take_numbers(const struct reading *r, const yaml_node_t *node, int n, double *out)
{
    if (node->type != YAML_SEQUENCE_NODE ||
        node->data.sequence.items.top - node->data.sequence.items.start != n)
        return REFUSE(r, node, pn_tr("expected %d numbers, like [1, 2.5]"), n);
    for (int i = 0; i < n; i++)
        PN_TRY(take_number(r, yaml_document_get_node(r->doc, node->data.sequence.items.start[i]),
                           0, 2000, &out[i]));
    return 0;
}

static int take_text(const struct reading *r, const yaml_node_t *node, const char **out)
{
    const char *text = scalar(node);
    if (!text || !*text)
        return REFUSE(r, node, pn_tr("expected a text"));
    *out = pn_strdup(r->p, text);
    return *out ? 0 : refuse(r, node, NULL);
}

/* One of "a b c": its place, from 0. */
static int take_word(const struct reading *r, const yaml_node_t *node, const char *words, int *out)
{
    const char *text = scalar(node), *at = words;
    size_t len = text ? strlen(text) : 0;
    for (int i = 0; len && *at; i++) {
        size_t n = strcspn(at, " ");
        if (n == len && !memcmp(at, text, n)) {
            *out = i;
            return 0;
        }
        at += n + (at[n] == ' ');
    }
    return REFUSE(r, node, pn_tr("expected one of: %s"), words);
}

int pn_face_field_find(const char *name, size_t len)
{
    for (int i = 0; i < PN_F_COUNT; i++)
        if (strlen(pn_face_fields[i].name) == len && !memcmp(pn_face_fields[i].name, name, len))
            return i;
    return -1;
}

static int refuse_field(const struct reading *r, const yaml_node_t *at, const char *name,
                        size_t len)
{
    pn_buf all = pn_buf_new(r->p);
    for (int i = 0; i < PN_F_COUNT; i++)
        pn_buf_putf(&all, "%s%s", i ? " " : "", pn_face_fields[i].name);
    REFUSE(r, at, pn_tr("unknown field '%.*s'"), (int)len, name);
    return pn_hint(r->p, pn_tr("fields are: %s"), all.bad ? "" : all.text);
}

/* "{field}" inside a text; "{{" is a brace. */
static int check_fields(const struct reading *r, const yaml_node_t *node, const char *text)
{
    for (const char *at = text; (at = strchr(at, '{')); at++) {
        if (at[1] == '{') {
            at++;
            continue;
        }
        const char *end = strchr(at, '}');
        if (!end)
            return REFUSE(r, node, pn_tr("'{' without '}'; write '{{' for a brace"));
        if (pn_face_field_find(at + 1, (size_t)(end - at - 1)) < 0)
            return refuse_field(r, node, at + 1, (size_t)(end - at - 1));
        at = end;
    }
    return 0;
}

static int take_template(const struct reading *r, const yaml_node_t *node, const char **out)
{
    PN_TRY(take_text(r, node, out));
    return check_fields(r, node, *out);
}

static int take_image(const struct reading *r, const yaml_node_t *node, pn_bytes *out)
{
    const char *text = scalar(node);
    size_t len = text ? strlen(text) : 0, n = 0;
    unsigned char *data = len && len < IMAGE_MAX ? pn_alloc(r->p, len) : NULL;
    if (!data || sodium_base642bin(data, len, text, len, " \n\r\t", &n, NULL,
                                   sodium_base64_VARIANT_ORIGINAL))
        return REFUSE(r, node, pn_tr("expected a PNG image in base64, at most %d KiB"),
                      IMAGE_MAX / 1024);
    static const unsigned char png[] = {0x89, 'P', 'N', 'G'};
    if (n < sizeof(png) || memcmp(data, png, sizeof(png)))
        return REFUSE(r, node, pn_tr("the image is not a PNG"));
    *out = (pn_bytes){data, n};
    return 0;
}

/* ---- one element ---- */

enum {
    T = 1 << PN_EL_TEXT,
    L = 1 << PN_EL_LINE,
    B = 1 << PN_EL_BOX,
    I = 1 << PN_EL_IMAGE,
    Q = 1 << PN_EL_QR,
    C = 1 << PN_EL_CODE128,
};

enum key_no {
    K_AT, K_W, K_H, K_ROTATE, K_ALIGN, K_FIT, K_SIZE, K_WEIGHT, K_FONT, K_LINES, K_INVERT,
    K_STROKE, K_DASH, K_RADIUS, K_FILL, K_LEVEL, K_SHOW_TEXT, K_WHEN,
};

/* Which key may stand in which element. */
static const struct key {
    const char *name;
    enum key_no no;
    int kinds;
} keys[] = {
    {"at", K_AT, T | I | Q | C},       {"w", K_W, T | I | Q | C},
    {"h", K_H, T | I | C},             {"rotate", K_ROTATE, T | I | C},
    {"align", K_ALIGN, T | C},         {"fit", K_FIT, T},
    {"size", K_SIZE, T},               {"weight", K_WEIGHT, T},
    {"font", K_FONT, T},               {"lines", K_LINES, T},
    {"invert", K_INVERT, T},           {"stroke", K_STROKE, L | B},
    {"dash", K_DASH, L},               {"radius", K_RADIUS, B},
    {"fill", K_FILL, B},               {"level", K_LEVEL, Q},
    {"show_text", K_SHOW_TEXT, C},     {"when", K_WHEN, T | L | B | I | Q | C},
};

static const struct kind_key {
    const char *name;
    pn_element_kind kind;
} kind_keys[] = {
    {"text", PN_EL_TEXT}, {"field", PN_EL_TEXT}, {"line", PN_EL_LINE},   {"box", PN_EL_BOX},
    {"image", PN_EL_IMAGE}, {"qr", PN_EL_QR},    {"code128", PN_EL_CODE128},
};

static int take_flag(const struct reading *r, const yaml_node_t *v, bool *out)
{
    int word = 0;
    PN_TRY(take_word(r, v, "false true", &word));
    *out = word == 1;
    return 0;
}

static int take_when(const struct reading *r, const yaml_node_t *v, pn_element *e)
{
    PN_TRY(take_text(r, v, &e->when));
    e->when_field = pn_face_field_find(e->when, strlen(e->when));
    return e->when_field < 0 ? refuse_field(r, v, e->when, strlen(e->when)) : 0;
}

static int take_look(const struct reading *r, enum key_no no, const yaml_node_t *v, pn_element *e)
{
    int word = 0;
    double number = 0;
    switch (no) {
    case K_ROTATE:
        PN_TRY(take_word(r, v, "0 90 180 270", &word));
        e->rotate = word * 90;
        return 0;
    case K_ALIGN:
        PN_TRY(take_word(r, v, "left center right", &word));
        e->align = (pn_align)word;
        return 0;
    case K_FIT:
        PN_TRY(take_word(r, v, "shrink wrap", &word));
        e->fit = (pn_fit)word;
        return 0;
    case K_WEIGHT:
        PN_TRY(take_word(r, v, "normal bold", &word));
        e->bold = word == 1;
        return 0;
    case K_LINES:
        PN_TRY(take_number(r, v, 1, 20, &number));
        e->lines = (int)number;
        return 0;
    case K_LEVEL:
        PN_TRY(take_word(r, v, "L M Q H", &word));
        e->level = "LMQH"[word];
        return 0;
    case K_AT: case K_W: case K_H: case K_SIZE: case K_FONT: case K_INVERT: case K_STROKE:
    case K_DASH: case K_RADIUS: case K_FILL: case K_SHOW_TEXT: case K_WHEN:
        break;
    }
    return 0;
}

static int take_key(const struct reading *r, enum key_no no, const yaml_node_t *v, pn_element *e)
{
    double at[2];
    switch (no) {
    case K_AT:
        PN_TRY(take_numbers(r, v, 2, at));
        e->x = at[0], e->y = at[1];
        return 0;
    case K_W: return take_number(r, v, 0.1, 1000, &e->w);
    case K_H: return take_number(r, v, 0.1, 1000, &e->h);
    case K_SIZE: return take_number(r, v, 3, 200, &e->size);
    case K_STROKE: return take_number(r, v, 0.05, 20, &e->stroke);
    case K_DASH: return take_number(r, v, 0.1, 50, &e->dash);
    case K_RADIUS: return take_number(r, v, 0, 50, &e->radius);
    case K_FONT: return take_text(r, v, &e->font);
    case K_INVERT: return take_flag(r, v, &e->invert);
    case K_FILL: return take_flag(r, v, &e->fill);
    case K_SHOW_TEXT: return take_flag(r, v, &e->show_text);
    case K_WHEN: return take_when(r, v, e);
    case K_ROTATE: case K_ALIGN: case K_FIT: case K_WEIGHT: case K_LINES: case K_LEVEL:
        break;
    }
    return take_look(r, no, v, e);
}

static int take_kind(const struct reading *r, const struct kind_key *kind, const yaml_node_t *v,
                     pn_element *e)
{
    double box[4];
    e->kind = kind->kind;
    switch (kind->kind) {
    case PN_EL_LINE:
    case PN_EL_BOX:
        PN_TRY(take_numbers(r, v, 4, box));
        e->x = box[0], e->y = box[1], e->w = box[2], e->h = box[3];
        return 0;
    case PN_EL_IMAGE:
        return take_image(r, v, &e->image);
    case PN_EL_TEXT:
    case PN_EL_QR:
    case PN_EL_CODE128:
        break;
    }
    if (strcmp(kind->name, "field"))
        return take_template(r, v, &e->text);
    const char *name = scalar(v);
    if (!name || pn_face_field_find(name, strlen(name)) < 0)
        return refuse_field(r, v, name ? name : "", name ? strlen(name) : 0);
    e->text = pn_printf(r->p, "{%s}", name);
    return e->text ? 0 : refuse(r, v, NULL);
}

static const struct kind_key *kind_of(const char *name)
{
    for (size_t i = 0; name && i < sizeof(kind_keys) / sizeof(kind_keys[0]); i++)
        if (!strcmp(kind_keys[i].name, name))
            return &kind_keys[i];
    return NULL;
}

static int find_kind(const struct reading *r, const yaml_node_t *node, pn_element *e)
{
    if (node->type != YAML_MAPPING_NODE)
        return REFUSE(r, node, pn_tr("expected an element, like {text: \"{show}\", at: [4, 8]}"));
    for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top; pair++) {
        const yaml_node_t *k = yaml_document_get_node(r->doc, pair->key);
        const struct kind_key *kind = kind_of(scalar(k));
        if (kind && e->kind)
            return REFUSE(r, k,
                          pn_tr("an element has one of: text field line box image qr code128"));
        if (kind)
            PN_TRY(take_kind(r, kind, yaml_document_get_node(r->doc, pair->value), e));
    }
    if (!e->kind)
        return REFUSE(r, node,
                      pn_tr("an element needs one of: text field line box image qr code128"));
    return 0;
}

static int take_pair(const struct reading *r, const yaml_node_t *k, const yaml_node_t *v,
                     pn_element *e)
{
    const char *name = scalar(k);
    for (size_t i = 0; name && i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (strcmp(keys[i].name, name))
            continue;
        if (!(keys[i].kinds & 1 << e->kind))
            return REFUSE(r, k, pn_tr("'%s' has no meaning in this element"), name);
        return take_key(r, keys[i].no, v, e);
    }
    pn_buf all = pn_buf_new(r->p);
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (keys[i].kinds & 1 << e->kind)
            pn_buf_putf(&all, " %s", keys[i].name);
    return REFUSE(r, k, pn_tr("unknown key '%s'; expected one of:%s"), name ? name : "?",
                  all.bad ? "" : all.text);
}

/* The box of an element after its rotation must lie on the paper. */
static int check_place(const struct reading *r, const yaml_node_t *node, const pn_element *e)
{
    double h = e->kind == PN_EL_QR ? e->w : e->h;
    double dx[] = {e->w, -h, -e->w, h}, dy[] = {h, e->w, -h, -e->w};
    double x2 = e->kind == PN_EL_LINE ? e->w : e->x + dx[e->rotate / 90];
    double y2 = e->kind == PN_EL_LINE ? e->h : e->y + dy[e->rotate / 90];
    const pn_layout *f = r->out;
    if (fmin(e->x, x2) < 0 || fmin(e->y, y2) < 0 || fmax(e->x, x2) > f->width + 1e-6 ||
        fmax(e->y, y2) > f->height + 1e-6)
        return REFUSE(r, node, pn_tr("the element leaves the paper of %g x %g mm"), f->width,
                      f->height);
    return 0;
}

static int take_element(const struct reading *r, const yaml_node_t *node, pn_element *e)
{
    *e = (pn_element){.size = 9, .lines = 1, .stroke = 0.3, .level = 'M', .when_field = -1,
                      .line_no = (int)node->start_mark.line + 1};
    PN_TRY(find_kind(r, node, e));
    for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top; pair++) {
        const yaml_node_t *k = yaml_document_get_node(r->doc, pair->key);
        if (!kind_of(scalar(k)))
            PN_TRY(take_pair(r, k, yaml_document_get_node(r->doc, pair->value), e));
    }
    if (e->kind == PN_EL_TEXT && e->fit == PN_FIT_WRAP && e->lines == 1)
        e->lines = 2;
    if (e->kind != PN_EL_LINE && e->kind != PN_EL_BOX && e->w <= 0)
        return REFUSE(r, node, pn_tr("'%s' is missing"), "w");
    if ((e->kind == PN_EL_CODE128 || e->kind == PN_EL_IMAGE) && e->h <= 0)
        return REFUSE(r, node, pn_tr("'%s' is missing"), "h");
    return check_place(r, node, e);
}

/* ---- the whole file ---- */

static int take_paper(const struct reading *r, const yaml_node_t *node)
{
    if (node->type != YAML_MAPPING_NODE)
        return REFUSE(r, node, pn_tr("expected a mapping with %s"), "width, height");
    for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top; pair++) {
        const yaml_node_t *k = yaml_document_get_node(r->doc, pair->key);
        const yaml_node_t *v = yaml_document_get_node(r->doc, pair->value);
        const char *name = scalar(k);
        if (name && !strcmp(name, "width"))
            PN_TRY(take_number(r, v, 20, 220, &r->out->width));
        else if (name && !strcmp(name, "height"))
            PN_TRY(take_number(r, v, 20, 400, &r->out->height));
        else
            return REFUSE(r, k, pn_tr("unknown key '%s'; expected one of:%s"), name ? name : "?",
                          " width height");
    }
    return r->out->width && r->out->height
               ? 0
               : REFUSE(r, node, pn_tr("'%s' is missing"), r->out->width ? "height" : "width");
}

static int take_elements(const struct reading *r, const yaml_node_t *node)
{
    if (node->type != YAML_SEQUENCE_NODE)
        return REFUSE(r, node, pn_tr("expected a list of elements"));
    ptrdiff_t n = node->data.sequence.items.top - node->data.sequence.items.start;
    if (n < 1 || n > ELEMENTS_MAX)
        return REFUSE(r, node, pn_tr("expected 1 to %d elements"), ELEMENTS_MAX);
    r->out->elements = pn_alloc(r->p, (size_t)n * sizeof(pn_element));
    if (!r->out->elements)
        return refuse(r, node, NULL);
    r->out->n = (int)n;
    for (ptrdiff_t i = 0; i < n; i++)
        PN_TRY(take_element(
            r, yaml_document_get_node(r->doc, node->data.sequence.items.start[i]),
            &r->out->elements[i]));
    return 0;
}

static int take_weekdays(const struct reading *r, const yaml_node_t *node)
{
    if (node->type != YAML_SEQUENCE_NODE ||
        node->data.sequence.items.top - node->data.sequence.items.start != 7)
        return REFUSE(r, node, pn_tr("expected seven words, Sunday first"));
    for (int i = 0; i < 7; i++)
        PN_TRY(take_text(r, yaml_document_get_node(r->doc, node->data.sequence.items.start[i]),
                         &r->out->weekdays[i]));
    return 0;
}

static int take_words(const struct reading *r, const yaml_node_t *node)
{
    if (node->type != YAML_MAPPING_NODE)
        return REFUSE(r, node, pn_tr("expected a mapping with %s"),
                      "weekdays, unreserved, reprint");
    for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top; pair++) {
        const yaml_node_t *k = yaml_document_get_node(r->doc, pair->key);
        const yaml_node_t *v = yaml_document_get_node(r->doc, pair->value);
        const char *name = scalar(k);
        if (name && !strcmp(name, "weekdays"))
            PN_TRY(take_weekdays(r, v));
        else if (name && !strcmp(name, "unreserved"))
            PN_TRY(take_text(r, v, &r->out->unreserved));
        else if (name && !strcmp(name, "reprint"))
            PN_TRY(take_text(r, v, &r->out->reprint));
        else
            return REFUSE(r, k, pn_tr("unknown key '%s'; expected one of:%s"), name ? name : "?",
                          " weekdays unreserved reprint");
    }
    return 0;
}

static int take_root(const struct reading *r, const yaml_node_t *root)
{
    const yaml_node_t *elements = NULL;
    if (!root || root->type != YAML_MAPPING_NODE)
        return pn_fail(r->p, PN_EARG, "file", pn_tr("%s:1:1: a face starts with 'code: NAME'"),
                       r->file);
    for (yaml_node_pair_t *pair = root->data.mapping.pairs.start;
         pair < root->data.mapping.pairs.top; pair++) {
        const yaml_node_t *k = yaml_document_get_node(r->doc, pair->key);
        const yaml_node_t *v = yaml_document_get_node(r->doc, pair->value);
        const char *name = scalar(k) ? scalar(k) : "?";
        if (!strcmp(name, "code"))
            PN_TRY(take_text(r, v, &r->out->code));
        else if (!strcmp(name, "name"))
            PN_TRY(take_text(r, v, &r->out->name));
        else if (!strcmp(name, "font"))
            PN_TRY(take_text(r, v, &r->out->font));
        else if (!strcmp(name, "paper"))
            PN_TRY(take_paper(r, v));
        else if (!strcmp(name, "words"))
            PN_TRY(take_words(r, v));
        else if (!strcmp(name, "elements"))
            elements = v;
        else
            return REFUSE(r, k, pn_tr("unknown key '%s'; expected one of:%s"), name,
                          " code name font paper words elements");
    }
    const char *missing = !r->out->code     ? "code"
                          : !r->out->width  ? "paper"
                          : !elements       ? "elements"
                                            : NULL;
    if (missing)
        return REFUSE(r, root, pn_tr("'%s' is missing"), missing);
    r->out->name = r->out->name ? r->out->name : r->out->code;
    return take_elements(r, elements);
}

int pn_layout_read(pn *p, const char *file, const char *text, size_t len, pn_layout **out)
{
    yaml_parser_t parser;
    yaml_document_t doc;
    if (len > FACE_MAX)
        return pn_fail(p, PN_ETOO_BIG, "file", pn_tr("A face has at most %d KiB"), FACE_MAX / 1024);
    pn_layout *f = pn_alloc(p, sizeof(*f));
    if (!f || !yaml_parser_initialize(&parser))
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    f->file = pn_strdup(p, file);
    f->font = "Noto Sans CJK SC";
    f->unreserved = "General admission";
    f->reprint = "REPRINT";
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    memcpy(f->weekdays, days, sizeof(days));
    struct reading r = {p, file, &doc, f};
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
    int rc;
    if (!yaml_parser_load(&parser, &doc)) {
        rc = pn_fail(p, PN_EARG, "file", "%s:%zu:%zu: %s", file, parser.problem_mark.line + 1,
                     parser.problem_mark.column + 1, parser.problem ? parser.problem : "?");
    } else {
        rc = take_root(&r, yaml_document_get_root_node(&doc));
        yaml_document_delete(&doc);
    }
    yaml_parser_delete(&parser);
    if (!rc)
        *out = f;
    return rc;
}

const char *pn_layout_expand(pn *p, const char *text, const pn_face_data *data)
{
    pn_buf b = pn_buf_new(p);
    pn_buf_puts(&b, "");
    while (*text) {
        size_t n = strcspn(text, "{");
        pn_buf_put(&b, text, n);
        text += n;
        if (!*text)
            break;
        const char *end = strchr(text, '}');
        int field = end ? pn_face_field_find(text + 1, (size_t)(end - text - 1)) : -1;
        if (field < 0) {
            pn_buf_put(&b, "{", 1);
            text += text[1] == '{' ? 2 : 1;
            continue;
        }
        if (data->v[field])
            pn_buf_puts(&b, data->v[field]);
        text = end + 1;
    }
    return b.bad ? NULL : b.text;
}

void pn_face_sample(pn_face_data *data)
{
    for (int i = 0; i < PN_F_COUNT; i++)
        data->v[i] = pn_face_fields[i].sample;
}
