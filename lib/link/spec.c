/* SPDX-License-Identifier: Apache-2.0 */
/* spec.c — the grammar of connector files. A file is held against it when it is loaded, so that a
 * mistake is told with its line and column before the first call, not during one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf_int.h"
#include "link/engine_int.h"

enum { TEXT, NUMBER, RATE, BOOL, REF, REFS, TEMPLATE, JSON, TEXTS, PAIRS, RULES, NAMED, LIST, STEPS,
       RECIPES, WORD, CALL, CONDS, MAPS, COLUMNS, FILE_NAME, KEY };

typedef struct rule {
    const char *name;
    int kind;
    bool must;
    const struct rule *sub; /* RULES, NAMED, LIST */
    const char *words;      /* WORD */
} rule;

// clang-format off
static const rule limits[] = {{"rate", RATE}, {"burst", NUMBER}, {"timeout_ms", NUMBER},
    {"concurrency", NUMBER}, {0}};
static const rule tls[] = {{"ca", TEMPLATE}, {"pin", TEMPLATE}, {0}};
static const rule fixed[] = {{"id", TEMPLATE, true}, {"key", TEMPLATE, true}, {0}};
static const rule ring[] = {{"fixed", LIST, false, fixed}, {"fetch", CALL}, {"list", TEXT},
    {"id", TEXT}, {"one", REF}, {"open", RECIPES}, {"every_h", NUMBER}, {"again_s", NUMBER},
    {0}};
static const rule cond[] = {{"at", REF}, {"equals", TEXTS}, {"starts", TEXTS}, {"matches", TEXTS},
    {"status", TEXTS}, {0}};
static const rule error[] = {{"at", REF}, {"equals", TEXTS}, {"starts", TEXTS}, {"matches", TEXTS},
    {"status", TEXTS}, {"as", WORD, true, NULL, "pending unknown retryable rate_limited sold_out "
    "price_changed duplicate not_found declined auth bad_request ok"}, {0}};
static const rule mapped[] = {{"at", REFS, true}, {"as", TEXT}, {"words", PAIRS},
    {"standard", TEXT}, {0}};
static const rule request[] = {{"method", WORD, true, NULL, "GET POST PUT DELETE PATCH"},
    {"path", TEMPLATE}, {"url", TEMPLATE}, {"query", PAIRS}, {"form", PAIRS}, {"header", PAIRS},
    {"json", JSON}, {"template", FILE_NAME}, {"into", TEXT},
    {"encode", WORD, false, NULL, "json form xml text"}, {0}};
static const rule rows[] = {{"at", REF, true}, {"map", MAPS, true}, {0}};
static const rule response[] = {{"verify", RECIPES}, {"decode", WORD, false, NULL,
    "json form xml none"}, {"ok", CONDS}, {"map", MAPS}, {"rows", RULES, false, rows},
    {"errors", LIST, false, error}, {"code", REFS}, {"message", REFS}, {0}};
static const rule idempotency[] = {{"key", KEY}, {"on_unknown", CALL}, {0}};
static const rule retry[] = {{"times", NUMBER, true}, {"first_ms", NUMBER}, {"cap_ms", NUMBER},
    {0}};
static const rule call[] = {{"request", RULES, true, request}, {"sign", RECIPES}, {"send", BOOL},
    {"reads", BOOL}, {"finish", RECIPES}, {"response", RULES, false, response},
    {"idempotency", RULES, false, idempotency}, {"retry", RULES, false, retry},
    {"limits", RULES, false, limits}, {"map", MAPS}, {"page", STEPS}, {0}};
static const rule token[] = {{"call", CALL, true}, {"at", TEXT}, {"expires", TEXT},
    {"lasts_s", NUMBER}, {"early_s", NUMBER}, {"invalid", CONDS}, {0}};
static const rule match[] = {{"path", TEXT, true}, {"method", WORD, false, NULL, "GET POST"}, {0}};
static const rule ack[] = {{"status", NUMBER, true}, {"type", TEXT}, {"body", TEXT}, {0}};
static const rule acks[] = {{"ok", RULES, true, ack}, {"fail", RULES, true, ack},
    {"probe", RULES, false, ack}, {0}};
static const rule payee[] = {{"at", REF, true}, {"own", TEMPLATE}, {0}};
static const rule cases[] = {{"when", CONDS}, {"kind", TEXT, true}, {"map", MAPS}, {0}};
static const rule callback[] = {{"match", RULES, false, match},
    {"decode", WORD, false, NULL, "json form xml none"},
    {"verify", RECIPES, true}, {"open", RECIPES}, {"ours", CONDS},
    {"payee", RULES, false, payee}, {"map", MAPS},
    {"cases", LIST, false, cases}, {"then", CALL}, {"dedupe", REFS, true},
    {"ack", RULES, true, acks}, {0}};
static const rule common[] = {{"query", PAIRS}, {"form", PAIRS}, {"header", PAIRS},
    {"response", RULES, false, response}, {0}};
static const rule golden[] = {{"name", TEXT, true}, {"call", CALL}, {"callback", TEXT},
    {"recipe", RECIPES}, {"bill", TEXT}, {"fund", TEXT}, {"clock", TEXT}, {"nonce", TEXT},
    {"given", PAIRS},
    {"in", PAIRS},
    {"header", PAIRS}, {"form", PAIRS}, {"query", PAIRS}, {"body", TEXT}, {"status", NUMBER},
    {"answer", PAIRS}, {"expect", PAIRS}, {0}};
static const rule column[] = {{"at", TEXT, true}, {"as", WORD, false, NULL, "yuan fen -yuan -fen"},
    {"words", PAIRS}, {"standard", TEXT}, {0}};
static const rule list[] = {{"call", CALL, true}, {"kind", WORD, true, NULL, "PAY REFUND"},
    {"columns", PAIRS, true}, {0}};
static const rule bill[] = {{"columns", COLUMNS, true}, {"end", TEXTS}, {"count", BOOL},
    {"lists", LIST, false, list}, {0}};
static const rule fund[] = {{"columns", COLUMNS, true}, {"end", TEXTS}, {"count", BOOL}, {0}};
static const rule root[] = {{"connector", TEXT, true}, {"title", TEXT},
    {"base_url", TEMPLATE, true},
    {"limits", RULES, false, limits}, {"tls", RULES, false, tls}, {"vars", PAIRS},
    {"values", NAMED}, {"tokens", NAMED, false, token}, {"common", RULES, false, common},
    {"redact", TEXTS},
    {"sign", STEPS}, {"recipes", NAMED},
    {"ring", RULES, false, ring}, {"calls", NAMED, true, call},
    {"callbacks", NAMED, false, callback},
    {"bill", RULES, false, bill}, {"fund", RULES, false, fund},
    {"golden", LIST, false, golden}, {0}};
// clang-format on

static bool among(const char *words, const char *name)
{
    size_t n = strlen(name);
    for (const char *w = words; *w; w += strcspn(w, " "), w += *w == ' ')
        if (strcspn(w, " ") == n && !strncmp(w, name, n))
            return true;
    return false;
}

typedef struct check { pn *p; pni_link *link; } check;

static int at(const check *c, const pni_tree *t, const char *words)
{
    return pni_tree_fail(c->p, c->link->file, t->line, t->col, "%s", words);
}

/* ---- references in texts ---- */

typedef struct place { const char *file; int line, col; } place;

static int no_such(const check *c, const place *w, const char *name)
{
    return pni_tree_fail(c->p, w->file, w->line, w->col, pn_tr("there is nothing called '%s'"),
                         name);
}

/* "vars.x" is a member of vars; `word` is the reference without what follows its name. */
static bool member_there(const check *c, const char *word)
{
    static const struct { const char *head, *key; } maps[] = {
        {"vars.", "vars"}, {"value.", "values"}, {"token.", "tokens"}};
    if (!strncmp(word, "time.", 5))
        return pni_time_form_known(word + 5);
    if (!strncmp(word, "page.", 5))
        return among("number next size", word + 5);
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
        if (!strncmp(word, maps[i].head, strlen(maps[i].head)))
            return pni_tree_at(c->link->root, maps[i].key, word + strlen(maps[i].head)) != NULL;
    return true;
}

static int ref_at(const void *self, const char *file, int line, int col, const char *name)
{
    const check *c = self;
    const place w = {file, line, col};
    const char *pipe = strstr(name, ":-") ? NULL : strchr(name, '|');
    char word[120] = "";
    size_t n = strcspn(name, "?|:");
    memcpy(word, name, n < sizeof word ? n : sizeof word - 1);
    if (!pni_ref_known(name))
        return pni_tree_at(c->link->root, "vars", word) ? 0 : no_such(c, &w, name);
    if (*name != '/' && !member_there(c, word))
        return no_such(c, &w, name);
    return pipe && !pni_filter_known(pipe + 1) ? no_such(c, &w, pipe + 1) : 0;
}

static int ref(const check *c, const pni_tree *t, const char *name)
{
    return ref_at(c, c->link->file, t->line, t->col, name);
}

static int template(const check *c, const pni_tree *t)
{
    char name[120];
    if (t->kind != PNI_TREE_TEXT)
        return at(c, t, pn_tr("expected a text"));
    for (const char *d = t->text; (d = strstr(d, "$(")); d++) {
        const char *end = strchr(d, ')');
        if (!end || end - d >= (int)sizeof name || end == d + 2)
            return at(c, t, pn_tr("a reference is not closed"));
        memcpy(name, d + 2, (size_t)(end - d - 2));
        name[end - d - 2] = 0;
        PN_TRY(ref(c, t, name));
    }
    return 0;
}

static int templates(const check *c, const pni_tree *t)
{
    if (t->kind == PNI_TREE_TEXT)
        return template(c, t);
    for (size_t i = 0; i < t->n; i++)
        PN_TRY(templates(c, t->item[i]));
    return 0;
}

/* JSON as a tree; `!each {of: LIST, give: …}` repeats. */
static int json(const check *c, const pni_tree *t)
{
    const pni_tree *of = pni_tree_get(t, "of");
    if (t->kind == PNI_TREE_TEXT)
        return template(c, t);
    if (!strcmp(t->tag, "!each") && (t->n != 2 || !of || of->kind != PNI_TREE_TEXT ||
                                     !pni_tree_get(t, "give")))
        return at(c, t, pn_tr("expected '!each {of: LIST, give: …}'"));
    if (!strcmp(t->tag, "!each"))
        PN_TRY(ref(c, of, of->text));
    for (size_t i = 0; i < t->n; i++)
        PN_TRY(json(c, t->item[i]));
    return 0;
}

static int file_name(const check *c, const pni_tree *t)
{
    const pni_template *text;
    PN_TRY(pni_template_load(c->p, c->link, t, &text));
    return pni_template_check(c->p, text, ref_at, c);
}

/* ---- recipes ---- */

/* Options of this kind name something, bare: "secret.key", "/a/b". */
static bool names_something(const char *op, const char *option)
{
    static const char always[] = "of key signature ring nonce aad with list next";
    return among(always, option) || (!strcmp(option, "from") && strcmp(op, "select") != 0);
}

/* What the table says an option may be: "alg md5 sha1|zone utc". */
static int option_word(const check *c, const pni_step *known, const char *name, const pni_tree *t)
{
    char words[160];
    for (const char *w = known->words; *w; w += strcspn(w, "|"), w += *w == '|') {
        size_t n = strlen(name), len = strcspn(w, "|");
        if (len <= n || strncmp(w, name, n) != 0 || w[n] != ' ')
            continue;
        memcpy(words, w + n + 1, len - n - 1);
        words[len - n - 1] = 0;
        if (t->kind == PNI_TREE_TEXT && *t->text && among(words, t->text))
            return 0;
        return pni_tree_fail(c->p, c->link->file, t->line, t->col, pn_tr("expected one of: %s"),
                             words);
    }
    return 0;
}

static int option(const check *c, const pni_step *known, const pni_tree *t, size_t i)
{
    const char *name = t->name[i];
    const pni_tree *value = t->item[i];
    if (!among(known->must, name) && !among(known->may, name))
        return pni_tree_fail(c->p, c->link->file, t->name_line[i], t->name_col[i],
                             pn_tr("step '%s' has no option '%s'"), known->name, name);
    PN_TRY(templates(c, value));
    PN_TRY(option_word(c, known, name, value));
    if (names_something(known->name, name) && value->kind == PNI_TREE_TEXT &&
        !strchr(value->text, '$'))
        PN_TRY(ref(c, value, value->text));
    bool number = among("times size first most length", name) ||
                  (!strcmp(name, "seconds") && !strcmp(known->name, "window"));
    bool digits = value->kind == PNI_TREE_TEXT && *value->text && strlen(value->text) < 10 &&
                  strspn(value->text, "0123456789") == strlen(value->text);
    if (number && !digits)
        return at(c, value, pn_tr("expected a number"));
    if (!strcmp(known->name, "time") && !strcmp(name, "as") &&
        !(value->kind == PNI_TREE_TEXT && pni_time_form_known(value->text)))
        return pni_tree_fail(c->p, c->link->file, value->line, value->col,
                             pn_tr("there is nothing called '%s'"),
                             value->kind == PNI_TREE_TEXT ? value->text : "?");
    if (!strcmp(known->name, "token") && !strcmp(name, "name") &&
        !(value->kind == PNI_TREE_TEXT && pni_tree_at(c->link->root, "tokens", value->text)))
        return at(c, value, pn_tr("there is no such token"));
    return 0;
}

static int step(const check *c, const pni_tree *t)
{
    const char *op = pni_tree_text(t, "op", NULL);
    const pni_step *known = op ? pni_step_find(op) : NULL;
    if (!op)
        return at(c, t, pn_tr("a step needs 'op'"));
    if (!known)
        return pni_tree_fail(c->p, c->link->file, t->line, t->col, pn_tr("there is no step '%s'"),
                             op);
    for (size_t i = 0; i < t->n; i++)
        if (strcmp(t->name[i], "op") != 0)
            PN_TRY(option(c, known, t, i));
    for (const char *w = known->must; *w; w += strcspn(w, " "), w += *w == ' ') {
        char name[40] = "";
        memcpy(name, w, strcspn(w, " "));
        if (!pni_tree_get(t, name))
            return pni_tree_fail(c->p, c->link->file, t->line, t->col,
                                 pn_tr("step '%s' needs '%s'"), op, name);
    }
    if (!strcmp(op, "page") && !pni_tree_get(t, "next") && !pni_tree_get(t, "list"))
        return at(c, t, pn_tr("step 'page' needs 'next' or 'list'"));
    return 0;
}

static int steps(const check *c, const pni_tree *t)
{
    if (t->kind != PNI_TREE_LIST)
        return at(c, t, pn_tr("expected a list of steps"));
    for (size_t i = 0; i < t->n; i++)
        PN_TRY(step(c, t->item[i]));
    return 0;
}

static int recipe_name(const check *c, const pni_tree *t)
{
    if (t->kind == PNI_TREE_TEXT &&
        ((!strcmp(t->text, "sign") && pni_tree_get(c->link->root, "sign")) ||
         pni_tree_at(c->link->root, "recipes", t->text)))
        return 0;
    return pni_tree_fail(c->p, c->link->file, t->line, t->col, pn_tr("there is no recipe '%s'"),
                         t->kind == PNI_TREE_TEXT ? t->text : "?");
}

/* ---- values ---- */

static int rules(const check *c, const pni_tree *t, const rule *r);

/* What makes a repetition the same is an input: "in.out_trade_no", or its bare name. */
static int key(const check *c, const pni_tree *t)
{
    if (t->kind != PNI_TREE_TEXT || !*t->text)
        return at(c, t, pn_tr("expected a text"));
    return pni_ref_known(t->text) && strncmp(t->text, "in.", 3) != 0
               ? at(c, t, pn_tr("expected the name of an input"))
               : 0;
}

static int number(const check *c, const pni_tree *t, bool rate)
{
    const char *text = t->kind == PNI_TREE_TEXT ? t->text : "";
    const char *end = text + strspn(text, "0123456789");
    bool unit = !strcmp(end, "/s") || !strcmp(end, "/m");
    if (end == text || end - text > 9 || (rate ? !unit : *end != 0))
        return at(c, t, rate ? pn_tr("expected a rate like 5/s") : pn_tr("expected a number"));
    return 0;
}

/* One text, or a list of them. */
static int texts(const check *c, const pni_tree *t, int (*each)(const check *, const pni_tree *))
{
    if (t->kind == PNI_TREE_MAP)
        return at(c, t, pn_tr("expected a text or a list of texts"));
    if (t->kind == PNI_TREE_TEXT)
        return each(c, t);
    for (size_t i = 0; i < t->n; i++)
        PN_TRY(t->item[i]->kind == PNI_TREE_TEXT ? each(c, t->item[i])
                                                 : at(c, t->item[i], pn_tr("expected a text")));
    return 0;
}

static int ref_text(const check *c, const pni_tree *t)
{
    return ref(c, t, t->text);
}

static int word(const check *c, const pni_tree *t, const char *words)
{
    if (t->kind == PNI_TREE_TEXT && *t->text && among(words, t->text))
        return 0;
    return pni_tree_fail(c->p, c->link->file, t->line, t->col, pn_tr("expected one of: %s"), words);
}

static int pairs(const check *c, const pni_tree *t)
{
    if (t->kind != PNI_TREE_MAP)
        return at(c, t, pn_tr("expected 'name: text' lines"));
    for (size_t i = 0; i < t->n; i++)
        PN_TRY(template(c, t->item[i]));
    return 0;
}

static int maps(const check *c, const pni_tree *t)
{
    if (t->kind != PNI_TREE_MAP)
        return at(c, t, pn_tr("expected 'name: place' lines"));
    for (size_t i = 0; i < t->n; i++)
        PN_TRY(t->item[i]->kind == PNI_TREE_MAP ? rules(c, t->item[i], mapped)
                                                : texts(c, t->item[i], ref_text));
    return 0;
}

/* Printed names of a bill's columns. */
static int columns(const check *c, const pni_tree *t)
{
    if (t->kind != PNI_TREE_MAP)
        return at(c, t, pn_tr("expected 'name: text' lines"));
    for (size_t i = 0; i < t->n; i++)
        PN_TRY(t->item[i]->kind == PNI_TREE_MAP ? rules(c, t->item[i], column)
                                                : template(c, t->item[i]));
    return 0;
}

static int conds(const check *c, const pni_tree *t)
{
    if (t->kind == PNI_TREE_MAP)
        return rules(c, t, cond);
    for (size_t i = 0; i < t->n; i++)
        PN_TRY(rules(c, t->item[i], cond));
    return t->kind == PNI_TREE_LIST ? 0 : at(c, t, pn_tr("expected a condition"));
}

static int many(const check *c, const pni_tree *t, const rule *r)
{
    if (t->kind != (r->kind == NAMED ? PNI_TREE_MAP : PNI_TREE_LIST))
        return at(c, t, r->kind == NAMED ? pn_tr("expected nested keys")
                                         : pn_tr("expected a list"));
    for (size_t i = 0; i < t->n; i++)
        PN_TRY(r->sub ? rules(c, t->item[i], r->sub) : steps(c, t->item[i]));
    return 0;
}

static int value(const check *c, const pni_tree *t, const rule *r)
{
    switch (r->kind) {
    case NUMBER: return number(c, t, false);
    case RATE: return number(c, t, true);
    case BOOL: return word(c, t, "true false yes no");
    case REF: return t->kind == PNI_TREE_TEXT ? ref_text(c, t) : at(c, t, pn_tr("expected a text"));
    case REFS: return texts(c, t, ref_text);
    case JSON: return json(c, t);
    case FILE_NAME: return file_name(c, t);
    case KEY: return key(c, t);
    case TEXTS: return texts(c, t, template);
    case PAIRS: return pairs(c, t);
    case RULES: return rules(c, t, r->sub);
    case NAMED:
    case LIST: return many(c, t, r);
    case STEPS: return steps(c, t);
    case RECIPES: return texts(c, t, recipe_name);
    case WORD: return word(c, t, r->words);
    case CONDS: return conds(c, t);
    case MAPS: return maps(c, t);
    case COLUMNS: return columns(c, t);
    case CALL:
        if (t->kind == PNI_TREE_TEXT && pni_tree_at(c->link->root, "calls", t->text))
            return 0;
        return at(c, t, pn_tr("there is no such call"));
    default: return template(c, t);
    }
}

static int unknown(const check *c, const pni_tree *t, size_t i, const rule *r)
{
    const char *best = NULL;
    int least = 3;
    for (; r->name; r++) {
        int far = pni_text_distance(t->name[i], r->name);
        if (far < least) {
            least = far;
            best = r->name;
        }
    }
    int rc = pni_tree_fail(c->p, c->link->file, t->name_line[i], t->name_col[i],
                           pn_tr("key '%s' is unknown"), t->name[i]);
    return best ? pn_hint(c->p, pn_tr("Did you mean '%s'?"), best) : rc;
}

static int rules(const check *c, const pni_tree *t, const rule *r)
{
    if (t->kind != PNI_TREE_MAP)
        return at(c, t, pn_tr("expected nested keys"));
    for (size_t i = 0; i < t->n; i++) {
        const rule *k = r;
        while (k->name && strcmp(k->name, t->name[i]) != 0)
            k++;
        if (!k->name)
            return unknown(c, t, i, r);
        PN_TRY(value(c, t->item[i], k));
    }
    for (const rule *k = r; k->name; k++)
        if (k->must && !pni_tree_get(t, k->name))
            return pni_tree_fail(c->p, c->link->file, t->line, t->col, pn_tr("key '%s' is missing"),
                                 k->name);
    return 0;
}

/* ---- what no single key can say ---- */

/* Does anything in here refer to that input? */
static bool refers(const check *c, const pni_tree *t, const char *input)
{
    char bare[128], file[128];
    if (!t)
        return false;
    snprintf(bare, sizeof bare, "$(%s", input);
    snprintf(file, sizeof file, "${%s", input);
    if (t->kind == PNI_TREE_TEXT) {
        const pni_template *text = pni_template_find(c->link, t->text);
        return strstr(t->text, bare) || (text && strstr(text->text, file));
    }
    for (size_t i = 0; i < t->n; i++)
        if (refers(c, t->item[i], input))
            return true;
    return false;
}

/* A key that is not sent makes nothing the same; a text has one origin. */
static int whole_call(const check *c, const pni_tree *t)
{
    const pni_tree *req = pni_tree_get(t, "request"), *file = pni_tree_get(req, "template");
    const pni_tree *idem = pni_tree_at(t, "idempotency", "key");
    char input[120];
    if (file && pni_tree_get(req, "json"))
        return at(c, file, pn_tr("either 'json' or 'template'"));
    snprintf(input, sizeof input, "%s%s", idem && strncmp(idem->text, "in.", 3) != 0 ? "in." : "",
             idem ? idem->text : "");
    if (idem && !refers(c, req, input))
        return at(c, idem, pn_tr("the request does not hold its key"));
    return 0;
}

static int whole_callback(const check *c, const pni_tree *t)
{
    return pni_tree_get(t, "cases") || pni_tree_get(t, "then")
               ? 0
               : at(c, t, pn_tr("needs 'cases' or 'then'"));
}

/* A token that is fetched with itself would never be there. */
static int whole_token(const check *c, const pni_tree *t, const char *name)
{
    char self[120];
    const pni_tree *by = pni_tree_get(t, "call");
    snprintf(self, sizeof self, "token.%s", name);
    return refers(c, pni_tree_at(c->link->root, "calls", by->text), self)
               ? at(c, by, pn_tr("this call needs the token itself"))
               : 0;
}

int pni_spec_check(pn *p, pni_link *l)
{
    check c = {p, l};
    PN_TRY(rules(&c, l->root, root));
    if (strcmp(pni_tree_text(l->root, "connector", ""), l->name) != 0)
        return at(&c, pni_tree_get(l->root, "connector"), pn_tr("the file has another name"));
    const pni_tree *calls = pni_tree_get(l->root, "calls");
    const pni_tree *backs = pni_tree_get(l->root, "callbacks");
    const pni_tree *tokens = pni_tree_get(l->root, "tokens");
    for (size_t i = 0; i < calls->n; i++)
        PN_TRY(whole_call(&c, calls->item[i]));
    for (size_t i = 0; backs && i < backs->n; i++)
        PN_TRY(whole_callback(&c, backs->item[i]));
    for (size_t i = 0; tokens && i < tokens->n; i++)
        PN_TRY(whole_token(&c, tokens->item[i], tokens->name[i]));
    return 0;
}
