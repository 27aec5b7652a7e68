/* SPDX-License-Identifier: Apache-2.0 */
/* fsm.c — states change only along the edges of a table, by compare-and-swap. */
#include <string.h>

#include "base/call_int.h"
#include "base/news_int.h"

PN_TYPE(pn_move_t, "move", pn_move, PN_COL(pn_move, id, ""), PN_COL(pn_move, from, ""),
        PN_COL(pn_move, to, ""), PN_COL(pn_move, event, ""), PN_COL(pn_move, reason, ""));

typedef struct pni_state_row {
    struct pni_state_row *next;
    int sk;
    int64_t id, ref, actor_id;
    const char *noun, *from_state, *to_state, *event, *actor_kind, *reason;
} pni_state_row;

static PN_TYPE(state_t, "state_log", pni_state_row, PN_COL(pni_state_row, sk, ""),
               PN_COL(pni_state_row, id, ""), PN_COL(pni_state_row, ref, ""),
               PN_COL(pni_state_row, actor_id, ""), PN_COL(pni_state_row, noun, ""),
               PN_COL(pni_state_row, from_state, ""),
               PN_COL(pni_state_row, to_state, ""), PN_COL(pni_state_row, event, ""),
               PN_COL(pni_state_row, actor_kind, ""), PN_COL(pni_state_row, reason, ""));

static const pn_sql write_log = {"state_log_write", &state_t, NULL,
    "INSERT INTO state_log (sk, id, noun, ref, from_state, to_state, event, actor_kind, actor_id,"
    "  reason, at)"
    " SELECT u.sk, u.id, u.noun, u.ref, u.from_state, u.to_state, u.event, u.actor_kind,"
    "  u.actor_id, u.reason, :now"
    " FROM unnest(:sk, :id, :noun, :ref, :from_state, :to_state, :event, :actor_kind, :actor_id,"
    "  :reason) u(sk, id, noun, ref, from_state, to_state, event, actor_kind, actor_id, reason)",
    .array = true};

const pn_edge *pn_edge_find(const pn_fsm *fsm, pn_word from, const char *event)
{
    const char *state = pn_word_name(fsm->words, from);
    for (const pn_edge *e = fsm->edges; e->from; e++)
        if (!strcmp(e->from, state) && !strcmp(e->event, event))
            return e;
    return NULL;
}

int pni_state_log(pn *p, const char *noun, int64_t id, const char *from, const char *to,
                  const char *event, const char *reason)
{
    pni_state_row *row = pn_alloc(p, sizeof *row);
    const char *kind = pni_letter(p, p->actor.kind);
    if (!row || !kind)
        return pni_oom(p);
    *row = (pni_state_row){.sk = pn_sk(id), .ref = id, .noun = noun, .from_state = from,
                           .to_state = to, .event = event, .actor_kind = kind,
                           .actor_id = p->actor.id,
                           .reason = reason ? pn_strdup(p, reason) : NULL};
    PN_TRY(pn_new_id(p, row->sk, &row->id));
    *p->states_end = row;
    p->states_end = &row->next;
    p->state_n++;
    return 0;
}

int pni_state_flush(pn *p)
{
    if (!p->states)
        return 0;
    pni_state_row *rows = pn_alloc(p, p->state_n * sizeof *rows);
    if (!rows)
        return pni_oom(p);
    size_t n = 0;
    for (pni_state_row *r = p->states; r; r = r->next)
        rows[n++] = *r;
    return pn_queue(p, &write_log, rows, n, NULL, NULL);
}

void pni_state_note(pn *p)
{
    for (pni_state_row *r = p->states; r; r = r->next)
        pni_news_note(p, r->noun, r->ref);
}

int pn_step(pn *p, const pn_fsm *fsm, int64_t id, pn_word from, const char *event,
            const char *reason, pn_word *to)
{
    const pn_edge *e = pn_edge_find(fsm, from, event);
    if (!e) {
        pn_fail(p, PN_ESTATE, NULL, pn_tr("%s is %s: \"%s\" is not possible now"), pn_tr(fsm->noun),
                pn_word_label(fsm->words, from), event);
        return pn_hint(p, "%s", pn_tr("Look at its present state and the actions offered there"));
    }
    if (e->may && !((p->actor.roles | PN_ROLE_PUBLIC) & (e->may | PN_ROLE_ADMIN)))
        return pn_fail(p, PN_EPERM, NULL, pn_tr("%s may not do \"%s\""), p->actor.login, event);
    pn_move move = {.id = id, .from = e->from, .to = e->to, .event = event, .reason = reason};
    int64_t moved = 0;
    PN_TRY(pn_exec(p, fsm->move, &move, &moved));
    if (!moved)
        return pn_fail(p, PN_ECONFLICT, NULL, pn_tr("%s was changed by someone else meanwhile"),
                       pn_tr(fsm->noun));
    PN_TRY(pni_state_log(p, fsm->noun, id, e->from, e->to, event, reason));
    if (e->notice)
        PN_TRY(pn_outbox(p, e->notice, id, &pn_move_t, &move, NULL));
    if (to)
        to->v = (int16_t)pn_word_find(fsm->words, e->to);
    return 0;
}

int pni_stepped(pn *p, const pn_fsm *fsm, int64_t id, const char *from, const char *event,
                const char *reason)
{
    if (!from)
        return pni_state_log(p, fsm->noun, id, NULL, fsm->words[0].name, event, reason);
    const pn_edge *e = pn_edge_find(fsm, (pn_word){(int16_t)pn_word_find(fsm->words, from)}, event);
    if (!e)
        return pn_fail(p, PN_EINTERNAL, NULL, "%s: no edge %s from %s", fsm->noun, event, from);
    PN_TRY(pni_state_log(p, fsm->noun, id, e->from, e->to, event, reason));
    if (!e->notice)
        return 0;
    pn_move move = {.id = id, .from = e->from, .to = e->to, .event = event, .reason = reason};
    return pn_outbox(p, e->notice, id, &pn_move_t, &move, NULL);
}

const pn_module pn_state_module = {"state", N_("State log"), .ops = PN_LIST(pn_op, NULL),
                                   .sql = PN_LIST(pn_sql, &write_log)};
