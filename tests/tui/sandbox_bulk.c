/* SPDX-License-Identifier: Apache-2.0 */
/* sandbox_bulk.c — the sandbox's server at work on many rows: with each look it does as many as the
 * file "pace" says, all without one; "idle" leaves it without a worker. */
#include "config.h"
#include "sandbox_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORKS = 6, ROWS = 600 };

#define STATES(W) W(BULK, OPEN, N_("At work"), 'w') W(BULK, DONE, N_("Finished"), 'g')             \
    W(BULK, STOPPED, N_("Stopped"), 'd')
enum { BULK_UNSET, STATES(PN_WORD_ENUM) };
static const pn_words states[] = {STATES(PN_WORD_ROW){0}};
#define ROW_STATES(W) W(ROW, WAITING, N_("To do"), 'w') W(ROW, DONE, N_("Done"), 'g')              \
    W(ROW, REFUSED, N_("Refused"), 'b')
enum { ROW_UNSET, ROW_STATES(PN_WORD_ENUM) };
static const pn_words row_states[] = {ROW_STATES(PN_WORD_ROW){0}};

typedef struct {
    int64_t id;
    const char *op;
    pn_word state;
    int rows, done, refused;
    pn_money done_fen;
    pn_time started_at;
} bulk;
static PN_TYPE(bulk_t, "bulk", bulk, PN_COL(bulk, id, N_("Id"), .flags = PN_KEY),
               PN_COL(bulk, op, N_("Operation"), .flags = PN_BRIEF),
               PN_COL(bulk, state, N_("State"), .flags = PN_BRIEF, .words = states),
               PN_COL(bulk, rows, N_("Rows"), .flags = PN_BRIEF),
               PN_COL(bulk, done, N_("Done"), .flags = PN_BRIEF),
               PN_COL(bulk, refused, N_("Refused"), .flags = PN_BRIEF),
               PN_COL(bulk, done_fen, N_("Amount")), PN_COL(bulk, started_at, N_("Started")));
typedef struct {
    int64_t id, work;
    const char *key, *name;
    pn_word state;
    const char *words, *command;
} bulk_row;
static PN_TYPE(row_t, "bulk.row", bulk_row, PN_COL(bulk_row, id, N_("Id"), .flags = PN_KEY),
               PN_COL(bulk_row, work, N_("Work"), .ref = "bulk"),
               PN_COL(bulk_row, key, N_("Key")),
               PN_COL(bulk_row, name, N_("Name"), .flags = PN_BRIEF),
               PN_COL(bulk_row, state, N_("State"), .flags = PN_BRIEF, .words = row_states),
               PN_COL(bulk_row, words, N_("Result"), .flags = PN_BRIEF),
               PN_COL(bulk_row, command, N_("Command"), .flags = PN_BRIEF));
typedef struct {
    const char *key, *name;
    pn_money amount_fen;
    pn_json values, before;
    const char *command;
} item;
static PN_TYPE(item_t, "bulk.item", item, PN_COL(item, key, N_("Key"), .flags = PN_REQ),
               PN_COL(item, name, N_("Name")),
               PN_COL(item, amount_fen, N_("Amount"), .flags = PN_OPT),
               PN_COL(item, values, N_("Values")), PN_COL(item, before, N_("Before")),
               PN_COL(item, command, N_("Command")));
struct begin { const char *noun, *verb; pn_rows rows; const char *reason; };
static PN_TYPE(begin_t, "bulk.begin", struct begin,
               PN_COL(struct begin, noun, N_("Object"), .flags = PN_REQ | PN_ARG),
               PN_COL(struct begin, verb, N_("Operation"), .flags = PN_REQ | PN_ARG),
               PN_COL(struct begin, rows, N_("Rows"), .of = &item_t),
               PN_COL(struct begin, reason, N_("Reason")));
struct id { int64_t id; };
static PN_TYPE(id_t_, "bulk.id", struct id,
               PN_COL(struct id, id, N_("Id"), .flags = PN_KEY | PN_REQ | PN_ARG));

static struct work {
    bulk told;
    const pn_op *op;
    struct { char key[64], name[200], command[400], input[400], words[240]; int64_t fen;
             int state; } row[ROWS];
} *works[WORKS];
static int n;

static void do_row(pn *p, struct work *w, int i)
{
    void *in = pn_alloc(p, w->op->in->size), *out = pn_alloc(p, w->op->out->size);
    int rc = pn_from_json(p, w->op->in, w->row[i].input, strlen(w->row[i].input), in);
    rc = rc ? rc : w->op->run(p, in, out);
    const pn_err *e = pn_error(p);
    const pn_col *state = pn_type_col(w->op->out, "state");
    w->row[i].state = rc ? PN_ROW_REFUSED : PN_ROW_DONE;
    snprintf(w->row[i].words, sizeof w->row[i].words, "%s",
             rc ? e->message : state ? pn_show(p, state, out) : "");
    w->told.done += !rc;
    w->told.refused += rc != 0;
    w->told.done_fen.fen += rc ? 0 : w->row[i].fen;
}

static void step(pn *p, struct work *w)
{
    int64_t pace = sandbox_steered("pace") ? sandbox_steered_to("pace") : ROWS;
    if (sandbox_steered("idle"))
        return;
    w->told.started_at.us = evening * 1000000;
    while (pace-- > 0 && w->told.state.v == PN_BULK_OPEN) {
        do_row(p, w, w->told.done + w->told.refused);
        if (w->told.done + w->told.refused == w->told.rows)
            w->told.state.v = PN_BULK_DONE;
    }
}

static struct work *find(pn *p, const void *in)
{
    int64_t id = ((const struct id *)in)->id;
    if (id >= 1 && id <= n)
        return works[id - 1];
    (void)pn_fail(p, PN_ENONE, "id", "There is no work on many rows %" PRId64, id);
    return NULL;
}

static int begin(pn *p, const void *in, void *out)
{
    const struct begin *b = in;
    struct work *w = n < WORKS ? calloc(1, sizeof *w) : NULL;
    int i = 0;
    if (!w || b->rows.n > ROWS) {
        free(w);
        return pn_fail(p, PN_ETOO_BIG, "rows", "No room for this");
    }
    works[n] = w;
    w->op = pn_op_find(b->noun, b->verb);
    w->told = (bulk){.id = ++n, .op = w->op->brief, .state = {PN_BULK_OPEN},
                     .rows = (int)b->rows.n};
    pn_each(item, row, &b->rows)
    {
        const char *values = row->values.text;
        snprintf(w->row[i].key, sizeof w->row->key, "%s", row->key);
        snprintf(w->row[i].name, sizeof w->row->name, "%s", row->name ? row->name : "");
        snprintf(w->row[i].command, sizeof w->row->command, "%s", row->command);
        snprintf(w->row[i].input, sizeof w->row->input, "{\"id\":\"%s\"%s%s%s", row->key,
                 b->reason && pn_type_col(w->op->in, "reason") ? ",\"reason\":\"x\"" : "",
                 values ? "," : "",
                 values ? strchr(values, '{') + 1 : "}");
        w->row[i].fen = row->amount_fen.fen;
        w->row[i++].state = PN_ROW_WAITING;
    }
    *(bulk *)out = w->told;
    return 0;
}

static int look(pn *p, const void *in, void *out)
{
    struct work *w = find(p, in);
    if (!w)
        return PN_ENONE;
    step(p, w);
    *(bulk *)out = w->told;
    return 0;
}

static int cancel(pn *p, const void *in, void *out)
{
    struct work *w = find(p, in);
    if (!w)
        return PN_ENONE;
    if (w->told.state.v != PN_BULK_OPEN)
        return pn_fail(p, PN_ESTATE, "id", "It is over");
    w->told.state.v = PN_BULK_STOPPED;
    *(bulk *)out = w->told;
    return 0;
}

static int64_t all_works(void)
{
    return n;
}

static int64_t last_rows(void)
{
    return n ? works[n - 1]->told.rows : 0;
}

static void make_work(pn *p, int64_t parent, int64_t i, void *row)
{
    (void)parent;
    step(p, works[i]);
    *(bulk *)row = works[i]->told;
}

static void make_row(pn *p, int64_t parent, int64_t i, void *row)
{
    const struct work *w = works[n - 1];
    (void)p;
    *(bulk_row *)row = (bulk_row){i + 1, parent, w->row[i].key, w->row[i].name,
                                  {(int16_t)w->row[i].state}, w->row[i].words,
                                  w->row[i].command};
}

static const pn_list_spec all = {WORKS, make_work, NULL, all_works},
                          rows = {ROWS, make_row, "work", last_rows};
OP(op_list, "bulk", "list", N_("List work on many rows, newest first"), .in = &pn_list_t,
   .out = &bulk_t, .list = &all);
OP(op_rows, "bulk", "rows", N_("List the rows of such work, each with its result"),
   .in = &pn_list_t, .out = &row_t, .list = &rows);
OP(op_look, "bulk", "show", N_("Show how far work on many rows is"), .in = &id_t_, .out = &bulk_t,
   .run = look);
OP(op_begin, "bulk", "begin", N_("Do one operation to many rows, by the server"), .in = &begin_t,
   .out = &bulk_t, .run = begin, .flags = PN_WRITE | PN_ONCE | PN_HIDDEN);
OP(op_cancel, "bulk", "cancel", N_("Stop work on many rows before its next row"), .in = &id_t_,
   .out = &bulk_t, .run = cancel, .flags = PN_WRITE | PN_ONCE);
const pn_module sandbox_bulk = {"bulk", N_("Work on many rows"),
    PN_LIST(pn_op, &op_list, &op_rows, &op_look, &op_begin, &op_cancel)};
