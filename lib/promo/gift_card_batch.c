/* SPDX-License-Identifier: Apache-2.0 */
/* gift_card_batch.c — cards are issued in batches. They are worth nothing until the batch is paid;
 * then they are a debt of ours, not an income. */
#include <string.h>

#include "base/policy_int.h"
#include "catalog/row_int.h"
#include "ledger/ledger_int.h"
#include "merchant/wallet_int.h"
#include "promo/gift_card_int.h"

const pn_words pn_card_batch_states[] = {PN_CARD_BATCH_STATES(PN_WORD_ROW){0}};

// clang-format off
static const pn_edge edges[] = {
    {"DRAFT",  "activate", "ACTIVE", 0, NULL},
    {"ACTIVE", "pause",    "PAUSED", 0, NULL},
    {"PAUSED", "resume",   "ACTIVE", 0, NULL},
    {0}};
// clang-format on
static const pn_sql move_sql = {"gift_card_batch_move", &pn_move_t, NULL,
    "update gift_card_batch set state = :to, updated_at = :now, version = version + 1"
    " where id = :id and state = :from", false};
static const pn_fsm fsm = {N_("gift card batch"), pn_card_batch_states, edges, &move_sql};

#define B(f, label, ...) PN_COL(pn_gift_card_batch, f, label, __VA_ARGS__)
PN_TYPE(pn_gift_card_batch_t, "gift_card_batch", pn_gift_card_batch,
    B(id, N_("Number"), .flags = PN_KEY | PN_SORT | PN_BRIEF, .sql = "b.id",
      .ref = "gift_card_batch"),
    B(name, N_("Name"), .flags = PN_BRIEF, .sql = "b.name"),
    B(face_fen, N_("Face value"), .flags = PN_BRIEF | PN_EACH, .sql = "b.face_fen"),
    B(price_fen, N_("Price"), .sql = "b.price_fen"),
    B(cards, N_("Cards"), .flags = PN_BRIEF, .sql = "b.count_n"),
    B(valid_months, N_("Months valid"), .sql = "b.valid_months"),
    B(category, N_("Category"), .sql = "b.category"),
    B(state, N_("State"), .flags = PN_BRIEF, .words = pn_card_batch_states, .sql = "b.state"),
    B(reference, N_("Reference"), .sql = "b.reference"),
    B(activated_at, N_("Active since"), .sql = "b.activated_at"),
    B(created_at, N_("Created"), .flags = PN_SORT, .sql = "b.created_at"));
#undef B
static const pn_list_spec list_spec = {&pn_gift_card_batch_t, "gift_card_batch b",
    ":my_merchant::bigint is null and :my_organiser::bigint is null", "b.id", "-id", NULL};

#define N(f, label, ...) PN_COL(struct pn_gift_card_batch_create, f, label, __VA_ARGS__)
static PN_TYPE(create_t, "gift_card_batch.create", struct pn_gift_card_batch_create,
    N(name, N_("Name"), .flags = PN_REQ | PN_ARG, .max = PNI_TITLE_MAX),
    N(face_fen, N_("Face value"), .flags = PN_REQ, .min = 100, .max = 10000000),
    N(price_fen, N_("Price"), .flags = PN_OPT, .min = 1, .max = 10000000,
      .hint = N_("What a card is sold for; default: its value")),
    N(cards, N_("Cards"), .flags = PN_REQ, .min = 1, .max = 10000),
    N(valid_months, N_("Months valid"), .flags = PN_OPT, .min = 1, .max = 1200),
    N(category, N_("Category"), .max = 20, .hint = N_("Only for shows of this one")));
#undef N
#define ID(s)                                                                                      \
    PN_COL(s, id, N_("Batch"), .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "gift_card_batch")
static PN_TYPE(activate_t, "gift_card_batch.activate", struct pn_gift_card_batch_activate,
    ID(struct pn_gift_card_batch_activate),
    PN_COL(struct pn_gift_card_batch_activate, reference, N_("Reference"), .flags = PN_REQ,
           .max = 100, .hint = N_("Line of the bank statement by which the batch was paid")));
static PN_TYPE(pause_t, "gift_card_batch.pause", struct pn_gift_card_batch_pause,
    ID(struct pn_gift_card_batch_pause),
    PN_COL(struct pn_gift_card_batch_pause, reason, N_("Reason"), .flags = PN_REQ, .max = 200));
static PN_TYPE(resume_t, "gift_card_batch.resume", struct pn_gift_card_batch_resume,
    ID(struct pn_gift_card_batch_resume));
static PN_TYPE(codes_t, "gift_card_batch.codes", struct pn_gift_card_batch_codes,
    ID(struct pn_gift_card_batch_codes));
static PN_TYPE(code_t, "gift_card.code", pn_gift_card_code,
    PN_COL(pn_gift_card_code, no, N_("No."), .flags = PN_BRIEF),
    PN_COL(pn_gift_card_code, code, N_("Code"), .flags = PN_BRIEF),
    PN_COL(pn_gift_card_code, pin, N_("Pin"), .flags = PN_BRIEF));
static PN_TYPE(all_codes_t, "gift_card.codes", pn_gift_card_codes,
    PN_COL(pn_gift_card_codes, id, N_("Batch"), .ref = "gift_card_batch"),
    PN_COL(pn_gift_card_codes, codes, N_("Codes"), .of = &code_t));

typedef struct id_in { int64_t id; } id_in;
static PN_TYPE(by_id_t, "gift_card_batch.id", id_in, PN_COL(id_in, id, N_("Number")));
static const pn_sql row_sql = {"gift_card_batch_row", &by_id_t, &pn_gift_card_batch_t,
    "select b.id, b.name, b.face_fen, b.price_fen, b.count_n as cards, b.valid_months, b.category,"
    " b.reference, b.state, b.activated_at, b.created_at from gift_card_batch b where b.id = :id",
    false};

static int batch_row(pn *p, int64_t id, pn_gift_card_batch *out)
{
    int rc = pn_one(p, &row_sql, &(id_in){id}, out);
    return rc == PN_ENONE ? pn_fail(p, PN_ENONE, "id", pn_tr("There is no batch %lld"),
                                    (long long)id)
                          : rc;
}

/* ---- made ---- */

typedef struct put {
    int64_t id;
    const char *name, *category;
    pn_money face_fen, price_fen;
    int cards, valid_months;
} put;
#define P(f) PN_COL(put, f, #f)
static PN_TYPE(put_t, "gift_card_batch.put", put, P(id), P(name), P(category), P(face_fen),
    P(price_fen), P(cards), P(valid_months));
#undef P
static const pn_sql put_sql = {"gift_card_batch_put", &put_t, NULL,
    "insert into gift_card_batch (id, name, face_fen, price_fen, count_n, valid_months, category,"
    " state, author_id, created_at, updated_at) values (:id, :name, :face_fen, :price_fen,"
    " :cards, :valid_months, coalesce(:category, ''), 'DRAFT', :me, :now, :now)", false};
typedef struct blank {
    int64_t id, batch_id, face;
    int no;
    pn_bytes hash;
    const char *tail;
} blank;
#define K(f) PN_COL(blank, f, #f)
static PN_TYPE(blank_t, "gift_card.blank", blank, K(id), K(batch_id), K(face), K(no), K(hash),
    K(tail));
#undef K
static const pn_sql cards_sql = {"gift_card_put", &blank_t, NULL,
    "insert into gift_card (sk, id, batch_id, no, code_hash, tail, face_fen, balance_fen, state,"
    " created_at, updated_at) select (u.id & 4095)::int, u.id, u.batch_id, u.no, u.hash, u.tail,"
    " u.face, u.face, 'INACTIVE', :now, :now from unnest(:id, :batch_id, :no, :hash, :tail, :face)"
    " u(id, batch_id, no, hash, tail, face)", true};

static int blanks(pn *p, const put *b)
{
    blank *card = pn_alloc(p, (size_t)b->cards * sizeof *card);
    if (!card)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    for (int i = 0; i < b->cards; i++) {
        const char *code;
        int sk;
        card[i] = (blank){.batch_id = b->id, .face = b->face_fen.fen, .no = i + 1};
        PN_TRY(pni_card_code(p, b->id, i + 1, &code));
        PN_TRY(pni_card_hash(p, code, &card[i].hash, &sk));
        PN_TRY(pn_new_id(p, sk, &card[i].id));
        card[i].tail = code + PNI_CARD_DIGITS - 4;
    }
    return pn_exec_many(p, &cards_sql, card, (size_t)b->cards, NULL);
}

static int create(pn *p, const struct pn_gift_card_batch_create *in, pn_gift_card_batch *out)
{
    int64_t months;
    put b = {.name = in->name, .category = in->category, .face_fen = in->face_fen,
             .price_fen = in->price_fen.fen ? in->price_fen : in->face_fen,
             .cards = in->cards, .valid_months = in->valid_months};
    PN_TRY(pni_policy(p, "gift_card.min_months", &months));
    if (!b.valid_months)
        b.valid_months = (int)months;
    if (b.valid_months < months)
        return pn_fail(p, PN_EARG, "valid_months", pn_tr("Gift cards are valid for %lld months at"
                       " least"), (long long)months);
    if (b.price_fen.fen > b.face_fen.fen)
        return pn_fail(p, PN_EARG, "price_fen", "%s", pn_tr("A card costs no more than its value"));
    PN_TRY(pn_new_id(p, 0, &b.id));
    PN_TRY(pn_exec(p, &put_sql, &b, NULL));
    PN_TRY(blanks(p, &b));
    PN_TRY(batch_row(p, b.id, out));
    return pn_audit(p, "gift_card_batch", b.id, &pn_gift_card_batch_t, NULL, out, NULL);
}

/* ---- paid, paused ---- */

typedef struct live { int64_t id; const char *reference; pn_time until; } live;
static PN_TYPE(live_t, "gift_card_batch.live", live, PN_COL(live, id, "id"),
    PN_COL(live, reference, "reference"), PN_COL(live, until, "until"));
static const pn_sql until_sql = {"gift_card_batch_until", &by_id_t, &live_t,
    "select b.id, :now::timestamptz + make_interval(months => b.valid_months) as until"
    " from gift_card_batch b where b.id = :id", false};
static const pn_sql activate_sql = {"gift_card_batch_activate", &live_t, NULL,
    "update gift_card_batch set reference = :reference, activated_by = :me, activated_at = :now"
    " where id = :id and author_id <> :me", false};
static const pn_sql live_sql = {"gift_card_live", &live_t, NULL,
    "update gift_card set state = 'ACTIVE', updated_at = :now, version = version + 1,"
    " expires_at = :until where batch_id = :id and state = 'INACTIVE'", false};
static const pn_sql freeze_sql = {"gift_card_pause", &by_id_t, NULL,
    "update gift_card c set state = 'FROZEN', frozen_from = c.state, paused = true,"
    " updated_at = :now, version = c.version + 1 where c.batch_id = :id"
    " and c.state in ('ACTIVE', 'BOUND') and c.balance_fen = c.face_fen and c.held_fen = 0", false};
static const pn_sql thaw_sql = {"gift_card_resume", &by_id_t, NULL,
    "update gift_card c set state = c.frozen_from, frozen_from = null, paused = false,"
    " updated_at = :now, version = c.version + 1 where c.batch_id = :id and c.state = 'FROZEN'"
    " and c.paused", false};

static int activate(pn *p, const struct pn_gift_card_batch_activate *in, pn_gift_card_batch *out)
{
    pn_gift_card_batch b;
    live l;
    int64_t mine = 0;
    PN_TRY(batch_row(p, in->id, &b));
    PN_TRY(pn_one(p, &until_sql, &(id_in){in->id}, &l));
    l.reference = in->reference;
    PN_TRY(pn_step(p, &fsm, in->id, b.state, "activate", in->reference, NULL));
    PN_TRY(pn_exec(p, &activate_sql, &l, &mine));
    if (!mine)
        return pn_fail(p, PN_EDUAL, "id", "%s",
                       pn_tr("Whoever made the batch may not say that it is paid"));
    PN_TRY(pni_bank_line(p, in->reference, "GIFT_CARD_BATCH", in->id));
    PN_TRY(pn_exec(p, &live_sql, &l, NULL));
    pni_doc d = {.rule = "CARD_SOLD", .biz_kind = "GIFT_CARD_BATCH", .biz_id = in->id,
                 .sale = pn_sk(in->id), .memo = in->reference,
                 .amount_fen = {b.price_fen.fen * b.cards},
                 .subsidy_fen = {(b.face_fen.fen - b.price_fen.fen) * b.cards}};
    PN_TRY(pni_post_later(p, &d));
    PN_TRY(batch_row(p, in->id, out));
    return pn_audit(p, "gift_card_batch", in->id, &pn_gift_card_batch_t, &b, out, in->reference);
}

static int change(pn *p, int64_t id, const char *event, const char *reason, const pn_sql *cards,
                  pn_gift_card_batch *out)
{
    pn_gift_card_batch b;
    PN_TRY(batch_row(p, id, &b));
    PN_TRY(pn_step(p, &fsm, id, b.state, event, reason, NULL));
    PN_TRY(pn_exec(p, cards, &(id_in){id}, NULL));
    PN_TRY(batch_row(p, id, out));
    return pn_audit(p, "gift_card_batch", id, &pn_gift_card_batch_t, &b, out, reason);
}

static int pause(pn *p, const struct pn_gift_card_batch_pause *in, pn_gift_card_batch *out)
{
    return change(p, in->id, "pause", in->reason, &freeze_sql, out);
}

static int resume(pn *p, const struct pn_gift_card_batch_resume *in, pn_gift_card_batch *out)
{
    return change(p, in->id, "resume", NULL, &thaw_sql, out);
}

/* ---- for the printer ---- */

static int codes(pn *p, const struct pn_gift_card_batch_codes *in, pn_gift_card_codes *out)
{
    pn_gift_card_batch b;
    PN_TRY(batch_row(p, in->id, &b));
    pn_gift_card_code *row = pn_alloc(p, (size_t)b.cards * sizeof *row);
    if (!row)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    for (int i = 0; i < b.cards; i++) {
        row[i].no = i + 1;
        PN_TRY(pni_card_code(p, in->id, i + 1, &row[i].code));
        PN_TRY(pni_card_pin(p, row[i].code, &row[i].pin));
    }
    *out = (pn_gift_card_codes){in->id, {row, (size_t)b.cards}};
    return pn_audit(p, "gift_card_batch", in->id, &pn_gift_card_batch_t, &b, &b, "codes");
}

PN_OP_LIST(gift_card_batch, list, list_spec, .brief = N_("List batches of gift cards"),
           .out = &pn_gift_card_batch_t, .may = PN_ROLE_OPS | PN_ROLE_FINANCE)
PN_OP(gift_card_batch, create, pn_gift_card_batch, .brief = N_("Make a batch of gift cards"),
      .in = &create_t, .out = &pn_gift_card_batch_t, .may = PN_ROLE_OPS | PN_ROLE_FINANCE,
      .flags = PN_WRITE | PN_ONCE,
      .example = "pn gift_card_batch create 周年卡 --face 500 --cards 100")
PN_OP(gift_card_batch, activate, pn_gift_card_batch,
      .brief = N_("Say that a batch is paid: its cards can be used"), .in = &activate_t,
      .out = &pn_gift_card_batch_t, .may = PN_ROLE_FINANCE,
      .flags = PN_WRITE | PN_ONCE | PN_DANGER)
PN_OP(gift_card_batch, pause, pn_gift_card_batch,
      .brief = N_("Freeze the cards of a batch that nobody used yet"), .in = &pause_t,
      .out = &pn_gift_card_batch_t, .may = PN_ROLE_OPS | PN_ROLE_FINANCE,
      .flags = PN_WRITE | PN_ONCE,
      .undo = "resume")
PN_OP(gift_card_batch, resume, pn_gift_card_batch,
      .brief = N_("Let the cards of a paused batch be used again"), .in = &resume_t,
      .out = &pn_gift_card_batch_t, .may = PN_ROLE_OPS | PN_ROLE_FINANCE,
      .flags = PN_WRITE | PN_ONCE,
      .undo = "pause")
/* Not answered from memory: what it tells is kept nowhere. */
PN_OP(gift_card_batch, codes, pn_gift_card_codes,
      .brief = N_("Tell the codes and pins of a batch, for the printer"),
      .help = N_("Each look is in the audit trail."), .in = &codes_t, .out = &all_codes_t,
      .may = PN_ROLE_FINANCE, .flags = PN_WRITE | PN_DANGER | PN_ALONE,
      .lasting = N_("What was seen stays seen; the audit trail knows by whom"))

const pn_module pn_gift_card_batch_module = {
    "gift_card_batch", N_("Batches of gift cards"),
    .ops = PN_LIST(pn_op, &gift_card_batch_list_op, &gift_card_batch_create_op,
                   &gift_card_batch_activate_op, &gift_card_batch_pause_op,
                   &gift_card_batch_resume_op, &gift_card_batch_codes_op),
    .sql = PN_LIST(pn_sql, &row_sql, &move_sql, &put_sql, &cards_sql, &activate_sql, &until_sql,
                   &live_sql, &freeze_sql, &thaw_sql),
    .fsm = PN_LIST(pn_fsm, &fsm)};
