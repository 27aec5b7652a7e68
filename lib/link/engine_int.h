/* SPDX-License-Identifier: Apache-2.0 */
/* engine_int.h — the inside of lib/link: files as trees, messages, scopes, steps. */
#ifndef PNI_ENGINE_H
#define PNI_ENGINE_H

#include <stdio.h>

#include "base/arena_int.h"
#include "link/link_int.h"

#pragma GCC visibility push(hidden)

/* ---- the file ---- */

enum { PNI_TREE_TEXT = 1, PNI_TREE_LIST, PNI_TREE_MAP };
/** A node of the file, with its place for complaints. */
typedef struct pni_tree {
    int kind, line, col;
    const char *text, *tag;  /* text: of a text; tag "!int" "!each" …, "" = plain */
    size_t n;                /* members of a list or a map */
    struct pni_tree **item;
    const char **name;       /* keys of a map … */
    int *name_line, *name_col;
} pni_tree;

/** A request's text in a file of its own, in the folder of the connector's name. */
typedef struct pni_template {
    const char *name, *path, *text;
    int context; /* what ${…} in it is escaped for */
    int64_t stamp;
    struct pni_template *next;
} pni_template;

struct pni_link {
    pni_arena arena;
    const char *name, *file;
    const pni_tree *root;
    pni_template *templates;
    int64_t stamp;
};

/** Read YAML into a tree of the arena; `file` is for complaints. PN_ECONF. */
PN_MUST int pni_tree_read(pn *p, pni_arena *a, const char *file, const char *text, size_t len,
                          pni_tree **out);
/** Fail at a place of the file. */
int pni_tree_fail(pn *p, const char *file, int line, int col, const char *fmt, ...)
    PN_PRINTF(5, 6);
const pni_tree *pni_tree_get(const pni_tree *map, const char *name); /* NULL: not there */
const char *pni_tree_text(const pni_tree *map, const char *name, const char *standard);
int64_t pni_tree_int(const pni_tree *map, const char *name, int64_t standard);
bool pni_tree_is(const pni_tree *map, const char *name); /* true and yes */
/** The child under a path of names: ("calls", "pay"). */
const pni_tree *pni_tree_at(const pni_tree *map, const char *first, const char *second);

/** What a call says about its response, else what the file says about all of them. */
const pni_tree *pni_response(const pni_link *l, const pni_tree *call, const char *name);
/** Hold the whole file against the grammar. */
PN_MUST int pni_spec_check(pn *p, pni_link *l);
/** Load one file, without looking anywhere else. */
PN_MUST int pni_link_load(pn *p, const char *file, const char *name, pni_link **out);
void pni_link_free(pni_link *l);
/** Is the first word of a reference one that exists, in its form? */
bool pni_ref_known(const char *ref);
/** Is it a form of time ("compact", "compact.utc"), a filter? */
bool pni_time_form_known(const char *form);
bool pni_filter_known(const char *filter);

/** Read a template that the file names, unless it was read before. PN_ECONF. */
PN_MUST int pni_template_load(pn *p, pni_link *l, const pni_tree *at, const pni_template **out);
/** Hold one against the grammar: `ref` judges each reference in it. */
typedef int pni_template_ref(const void *self, const char *file, int line, int col,
                             const char *name);
PN_MUST int pni_template_check(pn *p, const pni_template *t, pni_template_ref *ref,
                               const void *self);
const pni_template *pni_template_find(const pni_link *l, const char *name);
/** Are they still the files that were read? */
bool pni_templates_fresh(const pni_link *l);

/* ---- documents: JSON, forms, XML; a number as written, every value with its own bytes ---- */

enum { PNI_DOC_NULL = 1, PNI_DOC_TEXT, PNI_DOC_BARE, PNI_DOC_LIST, PNI_DOC_MAP };
typedef struct pni_doc {
    int kind;              /* BARE: number, true, false */
    const char *name;      /* as a member */
    pni_span text, raw;    /* text: decoded; raw: exactly as it came */
    struct pni_doc *first, *next;
} pni_doc;
PN_MUST int pni_doc_json(pn *p, pni_span body, pni_doc **out);
PN_MUST int pni_doc_form(pn *p, pni_span body, pni_doc **out);
PN_MUST int pni_doc_xml(pn *p, pni_span body, pni_doc **out);
/** By what it is in: "json", "form", "xml". */
PN_MUST int pni_doc_read(pn *p, const char *how, pni_span body, pni_doc **out);
/** "/a/b/0" or "a.b.0", in XML "/a/b[2]/@c"; NULL when there is none. */
const pni_doc *pni_doc_at(pn *p, const pni_doc *d, const char *path);
/** The first row of a list, and the next: members of a list, elements of one name. */
const pni_doc *pni_doc_rows(const pni_doc *d);
const pni_doc *pni_doc_next(const pni_doc *row);

/* ---- messages ---- */

typedef struct pni_message {
    const char *method, *url; /* url: without query */
    pni_pairs query, header, form;
    pni_span body;
    int status;
    const pni_doc *doc;
} pni_message;
/** Percent-encoding: "rfc3986", "form" (blank is +), "java" (form, but * stays). */
PN_MUST int pni_url_encode(pn *p, pni_span in, const char *how, pni_span *out);
PN_MUST int pni_url_decode(pn *p, pni_span in, bool plus, pni_span *out);
PN_MUST int pni_pairs_encode(pn *p, const pni_pairs *list, const char *how, pni_span *out);
PN_MUST int pni_pairs_decode(pn *p, pni_span text, pni_pairs *out);
/** Path of a URL with its query, as it goes on the request line. */
PN_MUST int pni_message_target(pn *p, const pni_message *m, pni_span *out);
PN_MUST int pni_span_copy(pn *p, const char *data, size_t n, pni_span *out);
PN_MUST int pni_iconv(pn *p, const char *from, const char *to, pni_span in, pni_span *out);
PN_MUST int pni_xml_escape(pn *p, pni_span in, pni_span *out);
/** Does `${vars.x}` in it name a secret that was used? All of those, and what the file says to
 *  hide, blanked; without `l` the secrets alone. */
PN_MUST int pni_redact(pn *p, const pni_link *l, const pni_pairs *secrets, pni_span in,
                       const char **out);

/* ---- scopes: what a reference can name ---- */

enum { PNI_VAL_NONE, PNI_VAL_TEXT, PNI_VAL_PAIRS };
typedef struct pni_val { int kind; pni_span text; pni_pairs pairs; } pni_val;

/** Where a list that comes in pages is: pages behind us, the key of the next. */
typedef struct pni_page { int64_t number; pni_span next; bool more; } pni_page;

typedef struct pni_scope {
    pn *p;
    pni_link *link;
    const pni_pairs *in;
    const char *call;
    pni_message *msg;     /* what is being signed or checked */
    const pni_doc *doc;   /* its body, decoded or opened */
    pni_val it;           /* the value on the stack */
    pni_pairs let;        /* named by `set` */
    pni_pairs secrets;    /* those that were used */
    const pni_pairs *given; /* golden: variables instead of the file's */
    const char *golden;   /* golden: folder of its keys; NULL otherwise */
    pn_time now;
    const char *nonce;
    const pni_doc *line;  /* of the list that a template or a map goes through */
    pni_page *page;
    const char *token;    /* that was used */
    int depth;
    bool no_fetch;        /* a key ring may not be fetched from in here */
    int verdict;          /* of a recipe that said no: PNI_NOTICE_… */
} pni_scope;

PN_MUST int pni_scope_make(pn *p, pni_link *l, const pni_pairs *in, pni_scope *out);
/** The bytes a reference names; out->s NULL when there are none. */
PN_MUST int pni_ref(pni_scope *s, const char *ref, pni_span *out);
/** The document node it names; NULL when it is none. */
PN_MUST int pni_ref_doc(pni_scope *s, const char *ref, const pni_doc **out);
/** The first row of the list it names; "x?" may be absent. */
PN_MUST int pni_ref_rows(pni_scope *s, const char *ref, const pni_doc **out);
/** The same as pni_ref(), but what is not there is no mistake. */
PN_MUST int pni_ref_may(pni_scope *s, const char *ref, pni_span *out);
/** ${page.NAME}, ${token.NAME}, a number larger than all before. */
PN_MUST int pni_page_ref(const pni_scope *s, const char *name, pni_span *out);
PN_MUST int pni_token_ref(pni_scope *s, const char *name, pni_span *out);
PN_MUST int pni_seq(pni_scope *s, pni_span *out);
/** Does the answer say that the token of its request is void? It is dropped then. */
PN_MUST int pni_token_void(pni_scope *s, bool *is_void);
void pni_tokens_forget(void); /* tests */
PN_MUST int pni_template_fill(pni_scope *s, const char *name, pni_span *out);
/** Put a value at a path of the body that was made. */
PN_MUST int pni_splice(pni_scope *s, const char *path, pni_span v);
/** A text with its ${…} filled in. out->s NULL: it was one reference, optional and absent. */
PN_MUST int pni_expand(pni_scope *s, const char *text, pni_span *out);
/** A template of values as JSON; absent optional members are left out. */
PN_MUST int pni_expand_json(pni_scope *s, const pni_tree *t, pni_span *out);
/** Every member of a map of texts, expanded. */
PN_MUST int pni_expand_pairs(pni_scope *s, const pni_tree *map, pni_pairs *out);

/* ---- recipes ---- */

/** A complaint about the file is a code; a check that says no is too (PN_EPERM, s->verdict). */
PN_MUST int pni_recipe(pni_scope *s, const char *name);
PN_MUST int pni_steps(pni_scope *s, const pni_tree *list);
typedef int pni_step_fn(pni_scope *s, const pni_tree *step);
typedef struct pni_step {
    const char *name;
    pni_step_fn *run;
    const char *must, *may; /* names of its options, by blanks */
    const char *words;      /* what an option may be: "alg md5 sha1|zone utc" */
} pni_step;
const pni_step *pni_step_find(const char *name);
const pni_step *pni_step_all(void);
/** Steps of step_crypto.c. */
pni_step_fn pni_step_digest, pni_step_hmac, pni_step_derive, pni_step_sign, pni_step_verify,
    pni_step_encrypt, pni_step_decrypt, pni_step_cert, pni_step_compare, pni_step_encode,
    pni_step_decode;
/** Steps of step_make.c, bearer.c and paging.c. */
pni_step_fn pni_step_time, pni_step_nonce, pni_step_uuid, pni_step_seq, pni_step_token,
    pni_step_page;
/** The key at `ref` is none (PNI_KEY_…): which file that is, and what to do. Always a failure. */
int pni_key_refused(pni_scope *s, const char *ref, int why, bool with_password);
PN_MUST int pni_step_fail(pni_scope *s, const pni_tree *step, const char *fmt, ...)
    PN_PRINTF(3, 4);
/** What the step works on: its `of` or `from`, else the value on the stack. */
PN_MUST int pni_step_input(pni_scope *s, const pni_tree *step, pni_span *out);
/** The result of a step. */
int pni_step_give(pni_scope *s, pni_span text);

PN_MUST int pni_base64(pn *p, pni_span in, bool url, pni_span *out);
PN_MUST int pni_base64_read(pn *p, pni_span in, pni_span *out); /* PN_EARG */

/* ---- keys (ring.c) ---- */

/** The key with that id: fixed in the file, fetched before, or fetched now. PEM in *out. */
PN_MUST int pni_ring_key(pni_scope *s, const char *id, pni_span *out);
/** Is there a key of the ring that fits, whatever its id? The newest that the vendor gives is
 *  fetched when none does. */
typedef int pni_ring_try(pni_scope *s, pni_span key, void *arg, bool *good);
PN_MUST int pni_ring_any(pni_scope *s, pni_ring_try *fits, void *arg, bool *good);
/** Believe the keys in the answer of the ring's own call, which is signed with one of them. */
PN_MUST int pni_ring_take(pni_scope *s);
void pni_ring_drop(const pni_link *l);
/** Forget what was fetched; as if the last time were so much longer ago (tests). */
void pni_ring_forget(void);
void pni_ring_age(int64_t seconds);

/* ---- the wire ---- */

typedef struct pni_wire {
    const char *url;
    bool foreign; /* somebody else named the address: never one of this network's own */
    int64_t timeout_ms;
    const char *ca, *pin;
    FILE *save;   /* the body goes there instead of into the answer */
} pni_wire;
enum { PNI_WIRE_OK, PNI_WIRE_NOT_SENT, PNI_WIRE_NO_ANSWER };
/** Send and wait; *how tells whether it can have arrived. Words in *why. */
PN_MUST int pni_wire_send(pn *p, const pni_wire *w, const pni_message *req, pni_message *res,
                          int *how, const char **why);

/** May a call go out now? Waits for at most half a second. False: too many. pni_gate_leave() when
 *  it is over. */
bool pni_gate_enter(const pni_link *l, const char *call);
void pni_gate_leave(const pni_link *l);

/** Record or replay exchanges (link.record, link.replay). *found: *res was filled from a record. */
PN_MUST int pni_record_find(pn *p, pni_scope *s, const pni_message *req, pni_message *res,
                            bool *found);
/** A request as people may see it. */
PN_MUST int pni_note_request(pni_scope *s, const pni_message *req, const char **out);
PN_MUST int pni_record_put(pn *p, pni_scope *s, const pni_message *req,
                           const pni_message *res);

/** One case of a file's golden block. */
typedef struct pni_golden {
    const char *name, *problem; /* problem: what differs, NULL = as it should be */
} pni_golden;
/** Run them all; `folder` holds the keys they name. */
PN_MUST int pni_golden_run(pn *p, pni_link *l, const char *folder, pni_golden **out, size_t *n);
/** Check a notice in a scope of one's own. */
PN_MUST int pni_hear_in(pni_scope *s, const pni_tree *cb, const pni_inbound *msg, pni_heard *out);
/** Is this an address of this machine itself? */
bool pni_url_here(const char *url);
/** Nobody outside is there: loopback, private, link-local … */
struct sockaddr;
bool pni_address_own(const struct sockaddr *sa);
/** Put a request together and sign it. */
PN_MUST int pni_request_make(pni_scope *s, const pni_tree *call, pni_message *m);
/** Does a condition of the file hold? */
PN_MUST int pni_holds(pni_scope *s, const pni_tree *cond, bool *out);
PN_MUST int pni_map(pni_scope *s, const pni_tree *map, pni_pairs *out);
/** The rows of an answer; whether another page follows. */
PN_MUST int pni_rows_take(pni_scope *s, const pni_tree *call, pni_answer *out);
PN_MUST int pni_page_turn(pni_scope *s, const pni_tree *call);
PN_MUST int pni_finish(pni_scope *s, const pni_tree *call, pni_message *req, pni_answer *out);
/** Decode an answer, check its signature and judge it. */
PN_MUST int pni_receive(pni_scope *s, const pni_tree *call, pni_message *res, pni_answer *out);
/** What an answer means. */
PN_MUST int pni_judge(pni_scope *s, const pni_tree *call, pni_answer *out);

#pragma GCC visibility pop
#endif
