/* SPDX-License-Identifier: Apache-2.0 */
/* xml.c — XML as vendors send it, as the tree that JSON becomes, too: an element is a member, its
 * attributes are members called @name, and each keeps the bytes it came from. Namespaces are left
 * out. Nothing may define anything: a document type is refused, whatever is in it. expat is loaded
 * when the first document comes. */
#include <dlfcn.h>
#include <expat.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "link/engine_int.h"

enum { DEEPEST = 32, NODES = 200000 };

typedef struct walk {
    pn *p;
    XML_Parser parser;
    const char *body;
    struct { pni_doc *d, **end; pn_buf text; } at[DEEPEST + 1];
    int depth, nodes;
    const char *why;
    bool bad; /* out of memory */
} walk;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct {
    bool ready;
    __typeof__(&XML_ParserCreate) make;
    __typeof__(&XML_ParserFree) drop;
    __typeof__(&XML_SetUserData) data;
    __typeof__(&XML_SetElementHandler) elements;
    __typeof__(&XML_SetCharacterDataHandler) texts;
    __typeof__(&XML_SetStartDoctypeDeclHandler) doctype;
    __typeof__(&XML_Parse) parse;
    __typeof__(&XML_StopParser) stop;
    __typeof__(&XML_GetCurrentByteIndex) index;
    __typeof__(&XML_GetCurrentByteCount) count;
    __typeof__(&XML_GetCurrentLineNumber) line;
    __typeof__(&XML_GetCurrentColumnNumber) column;
    __typeof__(&XML_GetErrorCode) code;
    __typeof__(&XML_ErrorString) words;
} lib;

static void load(void)
{
    void *so = dlopen("libexpat.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!so)
        return;
#define FIND(field, symbol) lib.field = (__typeof__(lib.field))dlsym(so, #symbol)
    FIND(make, XML_ParserCreate);
    FIND(drop, XML_ParserFree);
    FIND(data, XML_SetUserData);
    FIND(elements, XML_SetElementHandler);
    FIND(texts, XML_SetCharacterDataHandler);
    FIND(doctype, XML_SetStartDoctypeDeclHandler);
    FIND(parse, XML_Parse);
    FIND(stop, XML_StopParser);
    FIND(index, XML_GetCurrentByteIndex);
    FIND(count, XML_GetCurrentByteCount);
    FIND(line, XML_GetCurrentLineNumber);
    FIND(column, XML_GetCurrentColumnNumber);
    FIND(code, XML_GetErrorCode);
    FIND(words, XML_ErrorString);
#undef FIND
    lib.ready = lib.make && lib.drop && lib.data && lib.elements && lib.texts && lib.doctype &&
                lib.parse && lib.stop && lib.index && lib.count && lib.line && lib.column &&
                lib.code && lib.words;
}

static void refuse(walk *w, const char *why)
{
    w->why = w->why ? w->why : why;
    lib.stop(w->parser, XML_FALSE);
}

static void out_of_memory(walk *w)
{
    w->bad = true;
    lib.stop(w->parser, XML_FALSE);
}

static pni_doc *member(walk *w, int depth, const char *name)
{
    pni_doc *d = pn_alloc(w->p, sizeof *d);
    const char *local = strrchr(name, ':');
    char *copy = d ? pn_strdup(w->p, local ? local + 1 : name) : NULL;
    if (!copy)
        return NULL;
    *d = (pni_doc){.kind = PNI_DOC_TEXT, .name = copy, .text = {"", 0}};
    *w->at[depth].end = d;
    w->at[depth].end = &d->next;
    return d;
}

static void attributes(walk *w, const XML_Char **attr)
{
    for (; *attr && !w->bad; attr += 2) {
        const char *local = strrchr(attr[0], ':');
        const char *name = pn_printf(w->p, "@%s", local ? local + 1 : attr[0]);
        pni_doc *d = name ? member(w, w->depth, name) : NULL;
        if (!d || pni_span_copy(w->p, attr[1], strlen(attr[1]), &d->text))
            out_of_memory(w);
        else
            d->raw = d->text;
    }
}

static void XMLCALL begin(void *self, const XML_Char *name, const XML_Char **attr)
{
    walk *w = self;
    if (w->bad || w->why)
        return;
    if (w->depth >= DEEPEST || ++w->nodes > NODES) {
        refuse(w, pn_tr("nested too deeply, or too long"));
        return;
    }
    pni_doc *d = member(w, w->depth, name);
    if (!d) {
        out_of_memory(w);
        return;
    }
    w->at[w->depth].d->kind = PNI_DOC_MAP;
    d->raw.s = w->body + lib.index(w->parser);
    w->depth++;
    w->at[w->depth].d = d;
    w->at[w->depth].end = &d->first;
    w->at[w->depth].text = pn_buf_new(w->p);
    pn_buf_puts(&w->at[w->depth].text, "");
    attributes(w, attr);
}

static void XMLCALL over(void *self, const XML_Char *name)
{
    walk *w = self;
    pn_buf *text = &w->at[w->depth].text;
    pni_doc *d = w->at[w->depth].d;
    (void)name;
    if (w->bad || w->why)
        return;
    const char *end = w->body + lib.index(w->parser) + lib.count(w->parser);
    d->raw.n = (size_t)(end - d->raw.s);
    d->text = d->kind == PNI_DOC_TEXT ? (pni_span){text->text, text->len} : (pni_span){NULL, 0};
    w->depth--;
    if (text->bad)
        out_of_memory(w);
}

static void XMLCALL letters(void *self, const XML_Char *text, int n)
{
    walk *w = self;
    if (w->depth)
        pn_buf_put(&w->at[w->depth].text, text, (size_t)n);
}

static void XMLCALL typed(void *self, const XML_Char *name, const XML_Char *sys,
                          const XML_Char *pub, int has)
{
    (void)name, (void)sys, (void)pub, (void)has;
    refuse(self, pn_tr("a document type is not taken"));
}

/* expat knows no Chinese encodings: what says that it is in one is turned into UTF-8 first. */
static int in_utf8(pn *p, pni_span *body, const char **encoding)
{
    char head[120] = "";
    memcpy(head, body->s, body->n < sizeof head - 1 ? body->n : sizeof head - 1);
    const char *said = !strncmp(head, "<?xml", 5) ? strstr(head, "encoding=") : NULL;
    *encoding = NULL;
    if (!said || strncasecmp(said + 10, "gb", 2) != 0)
        return 0;
    *encoding = "UTF-8";
    return pni_iconv(p, "gb18030", "utf-8", *body, body);
}

static int parse(walk *w, pni_span body)
{
    lib.data(w->parser, w);
    lib.elements(w->parser, begin, over);
    lib.texts(w->parser, letters);
    lib.doctype(w->parser, typed);
    if (lib.parse(w->parser, body.s, (int)body.n, XML_TRUE) == XML_STATUS_OK && !w->bad && !w->why)
        return 0;
    if (w->bad || lib.code(w->parser) == XML_ERROR_NO_MEMORY)
        return pn_fail(w->p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    return pn_fail(w->p, PN_EARG, "body", pn_tr("Line %d, column %d: not valid XML: %s"),
                   (int)lib.line(w->parser), (int)lib.column(w->parser) + 1,
                   w->why ? w->why : lib.words(lib.code(w->parser)));
}

int pni_doc_xml(pn *p, pni_span body, pni_doc **out)
{
    const char *encoding;
    pthread_once(&once, load);
    if (!lib.ready) {
        pn_fail(p, PN_ECONF, NULL, "%s", pn_tr("The library that reads XML is missing"));
        return pn_hint(p, "%s", pn_tr("Install libexpat1"));
    }
    if (!body.s)
        body = pni_span_of("");
    PN_TRY(in_utf8(p, &body, &encoding));
    walk w = {.p = p, .body = body.s};
    pni_doc *root = pn_alloc(p, sizeof *root);
    w.parser = root ? lib.make(encoding) : NULL;
    if (!w.parser)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    *root = (pni_doc){.kind = PNI_DOC_MAP, .raw = body};
    w.at[0].d = root;
    w.at[0].end = &root->first;
    int rc = parse(&w, body);
    lib.drop(w.parser);
    *out = root;
    return rc;
}
