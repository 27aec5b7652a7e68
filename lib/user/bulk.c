/* SPDX-License-Identifier: Apache-2.0 */
/* bulk.c — asking for one operation over many rows, watching it, stopping it, taking it back. What
 * each row is given is put together and checked here, so that nothing is begun that the operation
 * could not read; whether it may be done is the operation's own answer, row by row. */
#include "bulk_int.h"

#include "base/policy_int.h"
#include "guard_int.h"

#include <inttypes.h>
#include <string.h>

const pn_words pn_bulk_states[] = {PN_BULK_STATES(PN_WORD_ROW){0}};
const pn_words pn_bulk_row_states[] = {PN_BULK_ROW_STATES(PN_WORD_ROW){0}};

#define C(field, label, ...) PN_COL(pn_bulk, field, label, __VA_ARGS__)
const pn_type pn_bulk_t = {"bulk", sizeof(pn_bulk), (const pn_col[]){
    C(id, N_("ID"), .flags = PN_KEY | PN_SORT, .sql = "w.id"),
    C(created_at, N_("Asked"), .flags = PN_BRIEF | PN_SORT, .sql = "w.created_at"),
    C(op, N_("Operation"), .flags = PN_BRIEF | PN_TITLED, .sql = "w.noun || '.' || w.verb"),
    C(reason, N_("Reason"), .flags = PN_BRIEF, .sql = "w.reason"),
    C(staff, N_("Asked by"), .flags = PN_BRIEF, .sql = "s.name"),
    C(mine, N_("By yourself"), .sql = "coalesce(w.staff_id = :me, false)"),
    C(state, N_("State"), .flags = PN_BRIEF, .words = pn_bulk_states, .sql = "w.state"),
    C(rows, N_("Rows"), .flags = PN_BRIEF, .sql = "w.rows"),
    C(done, N_("Rows done"), .flags = PN_BRIEF, .sql = "w.done"),
    C(refused, N_("Rows refused"), .flags = PN_BRIEF, .sql = "w.refused"),
    C(amount_fen, N_("Amount"), .sql = "w.amount_fen"),
    C(done_fen, N_("Amount done"), .sql = "w.done_fen"),
    C(of, N_("Takes back"), .flags = PN_OPT, .ref = "bulk", .sql = "w.of_id"),
    C(started_at, N_("Started"), .sql = "w.started_at"),
    C(ended_at, N_("Ended at"), .sql = "w.ended_at"),
    C(undo_until, N_("Can be taken back until"), .flags = PN_NOFILTER,
      .sql = "NULL::timestamptz"),
    C(lasting, N_("Not taken back"), .flags = PN_NOFILTER, .sql = "NULL::text"),
    {0}}};
#undef C

#define C(field, label, ...) PN_COL(pn_bulk_row, field, label, __VA_ARGS__)
const pn_type pn_bulk_row_t = {"bulk.row", sizeof(pn_bulk_row), (const pn_col[]){
    C(id, N_("ID"), .flags = PN_KEY | PN_SORT, .sql = "r.id"),
    C(work, N_("Work"), .ref = "bulk", .sql = "r.work_id"),
    C(key, N_("Key"), .sql = "r.key"), /* people have the name */
    C(name, N_("Name"), .flags = PN_BRIEF, .sql = "r.name"),
    C(amount_fen, N_("Amount"), .flags = PN_BRIEF, .sql = "r.amount_fen"),
    C(state, N_("State"), .flags = PN_BRIEF, .words = pn_bulk_row_states, .sql = "r.state"),
    C(code, N_("Code"), .sql = "r.code"),
    C(words, N_("Result"), .flags = PN_BRIEF, .sql = "r.words"),
    C(command, N_("Command"), .sql = "r.command"),
    C(ended_at, N_("Ended at"), .sql = "r.ended_at"),
    {0}}};
#undef C

static PN_TYPE(item_t, "bulk.item", pn_bulk_item,
    PN_COL(pn_bulk_item, key, N_("Key"), .flags = PN_REQ, .max = 64),
    PN_COL(pn_bulk_item, name, N_("Name"), .max = 200),
    PN_COL(pn_bulk_item, amount_fen, N_("Amount"), .flags = PN_OPT),
    PN_COL(pn_bulk_item, values, N_("Values"),
           .hint = N_("What else the operation is given: {\"column\": \"value\"}")),
    PN_COL(pn_bulk_item, before, N_("Before"),
           .hint = N_("What these columns said before: then it can be taken back")),
    PN_COL(pn_bulk_item, command, N_("Command"), .max = 400));
static PN_TYPE(begin_t, "bulk.begin", struct pn_bulk_begin,
    PN_COL(struct pn_bulk_begin, noun, N_("Object"), .flags = PN_REQ | PN_ARG, .max = 40),
    PN_COL(struct pn_bulk_begin, verb, N_("Operation"), .flags = PN_REQ | PN_ARG, .max = 40),
    PN_COL(struct pn_bulk_begin, rows, N_("Rows"), .of = &item_t,
           .hint = N_("[{\"key\": \"4096\"}, …]")),
    PN_COL(struct pn_bulk_begin, reason, N_("Reason"), .max = 200));
static PN_TYPE(show_t, "bulk.show", struct pn_bulk_show,
    PN_COL(struct pn_bulk_show, id, N_("ID"), .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "bulk"));
static PN_TYPE(cancel_t, "bulk.cancel", struct pn_bulk_cancel,
    PN_COL(struct pn_bulk_cancel, id, N_("ID"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "bulk"));
static PN_TYPE(undo_t, "bulk.undo", struct pn_bulk_undo,
    PN_COL(struct pn_bulk_undo, id, N_("ID"), .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "bulk"),
    PN_COL(struct pn_bulk_undo, reason, N_("Reason"), .max = 200));

#define C(field, ...) PN_COL(pni_bulk, field, "", __VA_ARGS__)
PN_TYPE(pni_bulk_t, "bulk.work", pni_bulk, C(sk), C(id), C(staff),
    C(merchant, .flags = PN_OPT), C(organiser, .flags = PN_OPT), C(of), C(noun), C(verb),
    C(reason), C(english), C(state, .words = pn_bulk_states), C(rows), C(amount_fen), C(ended_at),
    C(lease_until), C(done));
#undef C
#define C(field, ...) PN_COL(pni_bulk_task, field, "", __VA_ARGS__)
PN_TYPE(pni_bulk_task_t, "bulk.task", pni_bulk_task, C(sk), C(id), C(work), C(key), C(name),
    C(amount_fen), C(input), C(before), C(command), C(state, .words = pn_bulk_row_states),
    C(code), C(words), C(tries));
#undef C

/* One's own, and those of the house one works for: ours is the platform. */
#define SCOPE                                                                                      \
    "(w.staff_id = :me or (w.merchant_id is not distinct from :my_merchant"                        \
    " and w.organiser_id is not distinct from :my_organiser))"
#define WORKS "bulk_work w left join staff s on s.id = w.staff_id"

static const pn_sql show_sql = {"bulk_show", &show_t, &pn_bulk_t,
    "select w.id, w.created_at, w.noun || '.' || w.verb as op, w.reason, s.name as staff,"
    " coalesce(w.staff_id = :me, false) as mine, w.state,"
    " w.rows, w.done, w.refused, w.amount_fen, w.done_fen, w.of_id as of, w.started_at, w.ended_at"
    " from " WORKS " where w.sk = :id# and w.id = :id and " SCOPE};
static const pn_sql load_sql = {"bulk_load", &show_t, &pni_bulk_t,
    "select sk, id, staff_id as staff, merchant_id as merchant, organiser_id as organiser,"
    " of_id as of, noun, verb, reason, english, state, rows, amount_fen, ended_at, done"
    " from bulk_work where sk = :id# and id = :id"};
/* Who takes it back does so alone. */
static const pn_sql lock_sql = {"bulk_lock", &show_t, &pni_bulk_t,
    "select id from bulk_work where sk = :id# and id = :id for update"};
static const pn_sql put_work = {"bulk_put", &pni_bulk_t, NULL,
    "insert into bulk_work (sk, id, staff_id, merchant_id, organiser_id, noun, verb, reason, of_id,"
    " english, state, rows, amount_fen, created_at) values (:sk, :id, :staff, :merchant,"
    " :organiser, :noun, :verb, coalesce(:reason, ''), :of, :english, 'OPEN', :rows, :amount_fen,"
    " :now)"};
static const pn_sql put_rows = {"bulk_put_rows", &pni_bulk_task_t, NULL,
    "insert into bulk_row (sk, id, work_id, key, name, amount_fen, input, before, command, state)"
    " select u.sk, u.id, u.work, u.key, coalesce(u.name, ''), u.amount_fen, u.input::json,"
    "  u.before::json, u.command, 'WAITING' from unnest(:sk, :id, :work, :key, :name, :amount_fen,"
    "  :input, :before, :command) u(sk, id, work, key, name, amount_fen, input, before, command)",
    .array = true};
static const pn_sql put_due = {"bulk_put_due", &pni_bulk_t, NULL,
    "insert into bulk_due (sk, work_id) values (:sk, :id)"};
static const pn_sql move_sql = {"bulk_move", &pn_move_t, NULL,
    "update bulk_work set state = :to, ended_at = :now where sk = :id# and id = :id"
    " and state = :from"};
static const pn_sql end_due = {"bulk_end_due", &show_t, NULL,
    "delete from bulk_due where sk = :id# and work_id = :id"};
static const pn_sql undone = {"bulk_undone", &show_t, &pni_bulk_t,
    "select id from bulk_work where sk = :id# and of_id = :id limit 1"};
static const pn_sql done_rows = {"bulk_done_rows", &show_t, &pni_bulk_task_t,
    "select key, name, amount_fen, before::text as before from bulk_row where sk = :id#"
    " and work_id = :id and state = 'DONE' order by id desc"};

static const pn_edge edges[] = {{.from = "OPEN", .event = "end", .to = "DONE"},
                                {.from = "OPEN", .event = "stop", .to = "STOPPED"}, {0}};
const pn_fsm pni_bulk_flow = {N_("work on many rows"), pn_bulk_states, edges, &move_sql};

static const pn_list_spec all = {.row = &pn_bulk_t, .from = WORKS, .scope = SCOPE,
                                 .key = "w.id", .sort = "-created_at"};
static const pn_list_spec rows_all = {.row = &pn_bulk_row_t,
    .from = "bulk_row r join bulk_work w on w.sk = r.sk and w.id = r.work_id", .scope = SCOPE,
    .key = "r.id", .sort = "id"};

/* ---- asking ---- */

/* The column that says to which row it is done: the key, else the first argument, when that is a
 * row of another noun ("refund apply ORDER"). */
static const pn_col *key_of(const pn_type *type)
{
    const pn_col *first = NULL;
    for (const pn_col *c = type ? type->cols : NULL; c && c->name; c++) {
        if (c->flags & PN_KEY)
            return c;
        if (c->flags & PN_ARG && !first)
            first = c;
    }
    return first && first->ref && first->flags & PN_REQ ? first : NULL;
}

/* Something that is done to one row, here or anywhere, and whose answer is found again. */
static const pn_op *op_of(pn *p, const char *noun, const char *verb)
{
    const pn_op *op = pn_op_find(noun, verb);
    uint32_t needs = PN_WRITE | PN_ONCE;
    if (op && !(op->flags & (PN_LOCAL | PN_ALONE)) && (op->flags & needs) == needs &&
        key_of(op->in) &&
        strcmp(noun, "bulk") != 0)
        return op;
    (void)pn_fail(p, PN_EARG, "verb", pn_tr("\"%.40s %.40s\" cannot be done to many rows"), noun,
                  verb);
    return NULL;
}

/* The row's input: its key, the reason where there is one, and what it is given. */
static int compose(pn *p, const pn_op *op, const pn_bulk_item *item, const char *reason,
                   const char *values, const char **out)
{
    pn_buf b = pn_buf_new(p);
    const pn_col *key = key_of(op->in); /* op_of() has seen it */
    pn_buf_puts(&b, "{");
    pn_buf_json(&b, key ? key->name : "id");
    pn_buf_puts(&b, ":");
    pn_buf_json(&b, item->key);
    if (reason && *reason && pn_type_col(op->in, "reason")) {
        pn_buf_puts(&b, ",\"reason\":");
        pn_buf_json(&b, reason);
    }
    const char *body = values ? strchr(values, '{') : NULL;
    if (body && body[1 + strspn(body + 1, " ")] != '}')
        pn_buf_putf(&b, ",%s", body + 1);
    else
        pn_buf_puts(&b, "}");
    *out = b.text;
    return b.bad ? pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM)) : 0;
}

/* Said of one row among many. */
static int of_row(pn *p, int rc, size_t i)
{
    const char *why = pn_strdup(p, pn_error(p)->message);
    return pn_fail(p, (pn_code)rc, "rows", pn_tr("Row %zu: %s"), i + 1, why ? why : "");
}

/* What is secret or personal would lie about until the row's turn. */
static int check_input(pn *p, const pn_op *op, const char *input)
{
    void *row = pn_alloc(p, op->in->size);
    if (!row)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    PN_TRY(pn_from_json(p, op->in, input, strlen(input), row));
    for (const pn_col *c = op->in->cols; c->name; c++)
        if (c->flags & (PN_SECRET | PN_PII | PN_FILE) && !pn_absent(c, row))
            return pn_fail(p, PN_EARG, "rows", pn_tr("%s is not given to many rows"), c->name);
    return pn_validate(p, op->in, row);
}

static int make_tasks(pn *p, const pn_op *op, const struct pn_bulk_begin *in, pni_bulk *work,
                      pni_bulk_task tasks[])
{
    size_t i = 0;
    pn_each(pn_bulk_item, item, &in->rows)
    {
        pni_bulk_task *t = &tasks[i];
        *t = (pni_bulk_task){.sk = work->sk, .work = work->id, .key = item->key,
                             .name = item->name, .amount_fen = item->amount_fen,
                             .before = item->before.text, .command = item->command};
        if (!t->command && !(t->command = pn_printf(p, "pn %s %s %s", op->noun, op->verb, t->key)))
            return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
        PN_TRY(compose(p, op, item, in->reason, item->values.text, &t->input));
        int rc = check_input(p, op, t->input);
        if (rc)
            return of_row(p, rc, i);
        PN_TRY(pn_new_id(p, work->sk, &t->id));
        work->amount_fen.fen += item->amount_fen.fen;
        i++;
    }
    return 0;
}

static int check_rows(pn *p, const pn_rows *rows)
{
    int64_t most = 0;
    PN_TRY(pni_policy(p, "bulk.rows_max", &most));
    if (!rows->n)
        return pn_fail(p, PN_EARG, "rows", pn_tr("No row is named"));
    if ((int64_t)rows->n <= most)
        return 0;
    pn_fail(p, PN_ETOO_BIG, "rows", pn_tr("%zu rows are more than the %" PRId64 " of one plan"),
            rows->n, most);
    return pn_hint(p, "%s", pn_tr("Narrow the filter, or ask in parts"));
}

static int detail(pn *p, int64_t id, pn_bulk *out);

/* `of`: the work that is taken back, 0: none. */
static int start(pn *p, const struct pn_bulk_begin *in, int64_t of, pn_bulk *out)
{
    const pn_actor *me = pn_who(p);
    PN_TRY(pni_guard_signed_in(p));
    const pn_op *op = op_of(p, in->noun, in->verb);
    if (!op)
        return PN_EARG;
    if (!pn_may(p, op))
        return pn_fail(p, PN_EPERM, NULL, pn_tr("%s may not use \"%s %s\""), me->login, op->noun,
                       op->verb);
    PN_TRY(check_rows(p, &in->rows));
    pni_bulk work = {.sk = pn_sk(of ? of : me->id), .staff = me->id, .merchant = me->merchant,
                     .organiser = me->organiser, .noun = op->noun, .verb = op->verb,
                     .reason = in->reason, .rows = (int)in->rows.n, .of = of,
                     .english = pn_tr(pn_bulk_states->label) == pn_bulk_states->label};
    pni_bulk_task *tasks = pn_alloc(p, in->rows.n * sizeof *tasks);
    if (!tasks)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    PN_TRY(pn_new_id(p, work.sk, &work.id));
    PN_TRY(make_tasks(p, op, in, &work, tasks));
    PN_TRY(pn_queue(p, &put_work, &work, 0, NULL, NULL));
    PN_TRY(pn_queue(p, &put_rows, tasks, in->rows.n, NULL, NULL));
    PN_TRY(pn_exec(p, &put_due, &work, NULL));
    PN_TRY(detail(p, work.id, out));
    PN_TRY(pn_outbox(p, pni_bulk_begun.event, work.id, NULL, NULL, NULL));
    return pn_audit(p, "bulk", work.id, &pn_bulk_t, NULL, out, in->reason);
}

static int begin(pn *p, const struct pn_bulk_begin *in, pn_bulk *out)
{
    return start(p, in, 0, out);
}

/* ---- looking ---- */

int pni_bulk_load(pn *p, int64_t id, pni_bulk *out)
{
    return pn_one(p, &load_sql, &(struct pn_bulk_show){id}, out);
}

struct way_back { const pn_op *op; pn_rows rows; pn_time until; const char *why; };

/* Whether it can be taken back, and until when or why not: the operation says so itself. Values
 * that were typed over are put back by typing the old ones. */
static int way_back(pn *p, const pni_bulk *w, struct way_back *out)
{
    const pn_op *op = pn_op_find(w->noun, w->verb);
    pni_bulk again;
    int64_t minutes = 0;
    *out = (struct way_back){.why = pn_tr("It is still at work")};
    if (w->state.v == PN_BULK_OPEN)
        return 0;
    PN_TRY(pni_policy(p, "bulk.undo_min", &minutes));
    PN_TRY(pn_all(p, &done_rows, &(struct pn_bulk_show){w->id}, &out->rows));
    int rc = pn_one(p, &undone, &(struct pn_bulk_show){w->id}, &again);
    if (rc && rc != PN_ENONE)
        return rc;
    const pni_bulk_task *first = out->rows.row;
    int64_t ends = w->ended_at.us + minutes * 60000000;
    out->op = op && op->undo                             ? pn_op_find(op->noun, op->undo)
              : op && out->rows.n && first->before ? op
                                                         : NULL;
    out->why = !out->rows.n ? pn_tr("Nothing was done")
               : !rc        ? pn_tr("It was taken back already")
               : !out->op   ? pn_tr(op && op->lasting ? op->lasting : N_("nothing takes it back"))
               : ends < pn_now(p).us
                   ? pn_printf(p, pn_tr("It was done more than %lld minutes ago"),
                               (long long)minutes)
                   : NULL;
    out->until.us = out->why ? 0 : ends;
    return 0;
}

static int detail(pn *p, int64_t id, pn_bulk *out)
{
    int rc = pn_one(p, &show_sql, &(struct pn_bulk_show){id}, out);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ENONE, "id", pn_tr("There is no work on many rows %lld"),
                       (long long)id);
    return rc;
}

static int show(pn *p, const struct pn_bulk_show *in, pn_bulk *out)
{
    pni_bulk work;
    struct way_back back;
    PN_TRY(detail(p, in->id, out));
    PN_TRY(pni_bulk_load(p, in->id, &work));
    PN_TRY(way_back(p, &work, &back));
    out->undo_until = back.until;
    out->lasting = back.why;
    return 0;
}

/* ---- ending ---- */

int pni_bulk_close(pn *p, int64_t id, const char *event)
{
    pni_bulk work;
    PN_TRY(pni_bulk_load(p, id, &work));
    PN_TRY(pn_step(p, &pni_bulk_flow, id, work.state, event, NULL, NULL));
    return pn_exec(p, &end_due, &(struct pn_bulk_show){id}, NULL);
}

static int cancel(pn *p, const struct pn_bulk_cancel *in, pn_bulk *out)
{
    pn_bulk before;
    pni_bulk work;
    PN_TRY(detail(p, in->id, &before));
    PN_TRY(pni_bulk_load(p, in->id, &work));
    if (work.staff != pn_who(p)->id && !(pn_who(p)->roles & (PN_ROLE_ADMIN | PN_ROLE_OPS)))
        return pn_fail(p, PN_EPERM, "id", pn_tr("Only who asked for it, or operations, stops it"));
    if (work.state.v != PN_BULK_OPEN)
        return pn_fail(p, PN_ESTATE, "id", pn_tr("It is over: %s"),
                       pn_word_label(pn_bulk_states, work.state));
    PN_TRY(pni_bulk_close(p, in->id, "stop"));
    PN_TRY(detail(p, in->id, out));
    return pn_audit(p, "bulk", in->id, &pn_bulk_t, &before, out, NULL);
}

static int undo(pn *p, const struct pn_bulk_undo *in, pn_bulk *out)
{
    pn_bulk of;
    pni_bulk work;
    struct way_back back;
    PN_TRY(detail(p, in->id, &of));
    PN_TRY(pn_one(p, &lock_sql, &(struct pn_bulk_show){in->id}, &work));
    PN_TRY(pni_bulk_load(p, in->id, &work));
    PN_TRY(way_back(p, &work, &back));
    if (back.why)
        return pn_fail(p, PN_ESTATE, "id", "%s", back.why);
    pn_bulk_item *items = pn_alloc(p, back.rows.n * sizeof *items);
    if (!items)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    size_t n = 0;
    pn_each(pni_bulk_task, t, &back.rows)
        items[n++] = (pn_bulk_item){.key = t->key, .name = t->name, .amount_fen = t->amount_fen,
                                    .values = {t->before}};
    const char *reason = in->reason ? in->reason : pn_tr("taken back");
    return start(p, &(struct pn_bulk_begin){back.op->noun, back.op->verb, {items, n}, reason},
                 in->id, out);
}

#define STAFF                                                                                      \
    (PN_ROLE_ADMIN | PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_MERCHANT | PN_ROLE_BOXOFFICE |        \
     PN_ROLE_GATE | PN_ROLE_ORGANISER)

PN_OP_LIST(bulk, list, all, .brief = N_("List work on many rows, newest first"),
           .out = &pn_bulk_t, .may = STAFF, .example = "pn bulk list --where state=OPEN")
PN_OP_LIST(bulk, rows, rows_all, .brief = N_("List the rows of such work, each with its result"),
           .out = &pn_bulk_row_t, .may = STAFF, .example = "pn bulk rows --where work=4097")
PN_OP(bulk, show, pn_bulk, .brief = N_("Show how far work on many rows is"), .in = &show_t,
      .out = &pn_bulk_t, .may = STAFF, .example = "pn bulk show 4097")
PN_OP(bulk, begin, pn_bulk, .brief = N_("Do one operation to many rows, by the server"),
      .help = N_("It is done row by row, as whoever asks for it, by \"pn work\". A refused row\n"
                 "stops no other. \"bulk show\" tells how far it is, \"bulk cancel\" stops it."),
      .in = &begin_t, .out = &pn_bulk_t, .may = STAFF, .flags = PN_WRITE | PN_ONCE | PN_HIDDEN,
      .example = "pn bulk begin listing pause --rows '[{\"key\":\"4096\"}]' --reason rain")
PN_OP(bulk, cancel, pn_bulk, .brief = N_("Stop work on many rows before its next row"),
      .help = N_("What is done stays done: \"bulk undo\" takes it back where that can be."),
      .in = &cancel_t, .out = &pn_bulk_t, .may = STAFF, .flags = PN_WRITE | PN_ONCE,
      .lasting = N_("the rest can be asked for anew"), .example = "pn bulk cancel 4097")
PN_OP(bulk, undo, pn_bulk, .brief = N_("Take back what work on many rows has done"),
      .help = N_("That is work of its own. It can be done for some minutes after the end, where\n"
                 "an operation takes back what was done; else the answer says why not."),
      .in = &undo_t, .out = &pn_bulk_t, .may = STAFF, .flags = PN_WRITE | PN_ONCE | PN_DANGER,
      .lasting = N_("it can be asked for anew"), .example = "pn bulk undo 4097")

const pn_module pn_bulk_module = {"bulk", N_("Work on many rows"),
    .ops = PN_LIST(pn_op, &bulk_list_op, &bulk_rows_op, &bulk_show_op, &bulk_begin_op,
                   &bulk_cancel_op, &bulk_undo_op),
    .sql = PN_LIST(pn_sql, &show_sql, &load_sql, &lock_sql, &put_work, &put_rows, &put_due,
                   &move_sql, &end_due, &undone, &done_rows, &pni_bulk_due, &pni_bulk_claim,
                   &pni_bulk_next, &pni_bulk_tell, &pni_bulk_later, &pni_bulk_free,
                   &pni_bulk_sweep),
    .fsm = PN_LIST(pn_fsm, &pni_bulk_flow),
    .jobs = PN_LIST(pn_job, &pni_bulk_job, &pni_bulk_sweep_job),
    .events = PN_LIST(pn_event, &pni_bulk_begun)};
