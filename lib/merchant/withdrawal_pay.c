/* SPDX-License-Identifier: Apache-2.0 */
/* withdrawal_pay.c — the file for the bank and its answer. Whatever is in a file is with the bank
 * until the answer says what became of it; a second answer changes nothing. */
#include <string.h>

#include "base/crypt_int.h"
#include "base/csv_int.h"
#include "catalog/import_int.h"
#include "catalog/row_int.h"
#include "merchant/wallet_int.h"
#include "merchant/withdrawal_int.h"

enum { FILE_ROWS = 1000 };

typedef struct due {
    int64_t id, card_id;
    const char *no, *bank, *holder, *from;
    pn_bytes number;
    pn_money pay_fen;
    pn_word state;
    bool fit;
} due;
#define D(f, ...) PN_COL(due, f, "", __VA_ARGS__)
static PN_TYPE(due_t, "withdrawal.due", due, D(id), D(card_id), D(no), D(bank), D(holder),
    D(from), D(number), D(pay_fen), D(state, .words = pn_withdrawal_states),
    D(fit));
#undef D
const pn_sql pni_withdrawal_due = {"withdrawal_due", &due_t, &due_t,
    "select w.id, w.card_id, w.no, b.bank, b.holder, b.number, w.amount_fen - w.fee_fen as pay_fen,"
    " w.state, f.fit from withdrawal w join bank_card b on b.sk = w.sk and b.id = w.card_id"
    " join merchant m on m.id = w.merchant_id cross join lateral (select b.state = 'VERIFIED'"
    "  and m.status in ('ACTIVE', 'RESTRICTED', 'CLOSED') as fit) f"
    " where w.state = :from order by f.fit desc, w.created_at, w.id limit 1000", false};
typedef struct told { int64_t id; const char *bank_no; } told;
static PN_TYPE(told_t, "withdrawal.told", told, PN_COL(told, id, ""), PN_COL(told, bank_no, ""));
const pn_sql pni_withdrawal_told = {"withdrawal_told", &told_t, NULL,
    "update withdrawal set bank_no = :bank_no, paid_at = case when state = 'PAID' then :now end"
    " where sk = :id# and id = :id", false};

/* ---- the file ---- */

static void put_field(pn_buf *b, const char *text)
{
    pn_buf_puts(b, "\"");
    for (; *text; text++)
        pn_buf_putf(b, *text == '"' ? "\"%c" : "%c", *text);
    pn_buf_puts(b, "\",");
}

static int put_line(pn *p, pn_buf *b, const due *d)
{
    pn_bytes clear;
    PN_TRY(pni_unseal(p, "bank_card.number", d->card_id, d->number, &clear));
    put_field(b, d->no);
    put_field(b, d->bank);
    put_field(b, d->holder);
    pn_buf_put(b, clear.data, clear.len);
    pn_buf_putf(b, ",%lld.%02d\n", (long long)(d->pay_fen.fen / 100), (int)(d->pay_fen.fen % 100));
    return 0;
}

static int export(pn *p, const void *in_, void *out_)
{
    const struct pn_withdrawal_export *in = in_;
    pn_withdrawal_file *out = out_;
    pn_rows rows;
    pn_buf b = pn_buf_new(p);
    PN_TRY(pn_all(p, &pni_withdrawal_due, &(due){.from = in->again ? "PAYING" : "APPROVED"},
                  &rows));
    pn_buf_puts(&b, "no,bank,holder,number,amount\n");
    pn_each(due, d, &rows)
    {
        out->left_out += !d->fit; /* since it was approved */
        if (!d->fit)
            continue;
        if (!in->again)
            PN_TRY(pn_step(p, &pni_withdrawal_fsm, d->id, d->state, "pay", NULL, NULL));
        PN_TRY(put_line(p, &b, d));
        out->payments++;
        out->amount_fen.fen += d->pay_fen.fen;
    }
    out->file = b.text;
    if (b.bad)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    pn_withdrawal_file seen = *out;
    seen.file = NULL; /* account numbers stay out of the trail */
    return pn_audit(p, "withdrawal", 0, pni_withdrawal_export_op.out, NULL, &seen,
                    in->again ? "again" : NULL);
}

/* ---- the answer ---- */

enum { NO, RESULT, BANK_NO, REASON, FIELDS };
static const char *const header[FIELDS] = {"no", "result", "bank_no", "reason"};

static int find(pn *p, const char *no, int64_t line, pn_withdrawal *out)
{
    pn_page page;
    pn_list by = {.where = pn_printf(p, "no=\"%.40s\"", no)};
    PN_TRY(pn_withdrawal_list(p, &by, &page));
    if (page.rows.n != 1) {
        pn_fail(p, PN_ENONE, "file", pn_tr("Line %lld: there is no withdrawal %.40s"),
                (long long)line, no);
        return pn_hint(p, "%s", pn_tr("Nothing of the file was taken: take the line out, ask the "
                                      "bank what it is, and load the file again"));
    }
    *out = *(const pn_withdrawal *)page.rows.row;
    return 0;
}

/* An answer that was given before is no news; one that contradicts it is. */
static int settled(pn *p, const pn_withdrawal *w, bool paid, int64_t line, bool *known)
{
    *known = w->state.v == (paid ? PN_WITHDRAWAL_PAID : PN_WITHDRAWAL_FAILED);
    if (*known || w->state.v == PN_WITHDRAWAL_PAYING)
        return 0;
    pn_fail(p, PN_ESTATE, "file", pn_tr("Line %lld: %s is not with the bank (%s)"),
            (long long)line, w->no, pn_word_label(pn_withdrawal_states, w->state));
    if (w->state.v == PN_WITHDRAWAL_PAID)
        return pn_hint(p, "%s", pn_tr("Money that the bank sent back later is paid in by its own "
                                      "line: wallet recharge"));
    return PN_ESTATE;
}

static int by_line(pn *p, const pn_withdrawal *w, const char *bank_no, int64_t line)
{
    if (!*bank_no)
        return 0;
    int rc = pni_bank_line(p, bank_no, "WITHDRAWAL", w->id);
    if (rc != PN_EEXISTS)
        return rc;
    return pn_fail(p, rc, "file", pn_tr("Line %lld: line %s of the bank's statement is booked "
                   "already"), (long long)line, bank_no);
}

static int take(pn *p, const char *const field[FIELDS], int64_t line, pn_withdrawal_answer *out)
{
    bool paid = strcmp(field[RESULT], "OK") == 0, known;
    pn_withdrawal w;
    PN_TRY(find(p, field[NO], line, &w));
    if (!paid && strcmp(field[RESULT], "FAIL") != 0) {
        if (strcmp(field[RESULT], "UNKNOWN") != 0)
            return pn_fail(p, PN_EARG, "file", pn_tr("Line %lld: the result is OK, FAIL or UNKNOWN"
                           ", not %.20s"), (long long)line, field[RESULT]);
        out->open++;
        return 0;
    }
    PN_TRY(settled(p, &w, paid, line, &known));
    out->known += known;
    if (known)
        return 0;
    if (paid)
        PN_TRY(by_line(p, &w, field[BANK_NO], line));
    PN_TRY(pn_step(p, &pni_withdrawal_fsm, w.id, w.state, paid ? "ok" : "fail",
                   *field[REASON] ? field[REASON] : NULL, NULL));
    PN_TRY(pn_exec(p, &pni_withdrawal_told, &(told){w.id, field[BANK_NO]}, NULL));
    out->paid += paid;
    out->failed += !paid;
    return pni_withdrawal_post(p, &w, paid ? "WITHDRAW_PAID" : "WITHDRAW_BACK");
}

static int import(pn *p, const void *in_, void *out_)
{
    const struct pn_withdrawal_import *in = in_;
    pn_withdrawal_answer *out = out_;
    size_t len, n = 0;
    char *text;
    const char *field[FIELDS + 1];
    pni_csv csv;
    pni_csv_got got;
    int64_t rows = 0;
    PN_TRY(pni_file_text(p, in->file, &text, &len)); /* banks write GBK, spreadsheets a mark */
    pni_csv_begin(&csv, text, len);
    while ((got = pni_csv_next(&csv, field, FIELDS + 1, &n)) != PNI_CSV_END) {
        if (got != PNI_CSV_ROW || n != FIELDS)
            return pn_fail(p, PN_EARG, "file", pn_tr("Line %lld is not no,result,bank_no,reason"),
                           (long long)csv.row);
        for (size_t i = 0; !rows && i < FIELDS; i++)
            if (strcmp(field[i], header[i]) != 0)
                return pn_fail(p, PN_EARG, "file",
                               pn_tr("Line %lld is not no,result,bank_no,reason"),
                               (long long)csv.row);
        if (rows++)
            PN_TRY(take(p, field, csv.row, out));
        if (rows > FILE_ROWS + 1)
            return pn_fail(p, PN_ETOO_BIG, "file", pn_tr("More than %d lines"), FILE_ROWS);
    }
    return 0;
}

static PN_TYPE(export_t, "withdrawal.export", struct pn_withdrawal_export,
    PN_COL(struct pn_withdrawal_export, again, N_("Again"),
           .hint = N_("What is with the bank already and was not answered")));
static PN_TYPE(file_t, "withdrawal.file", pn_withdrawal_file,
    PN_COL(pn_withdrawal_file, payments, N_("Payments"), .flags = PN_BRIEF),
    PN_COL(pn_withdrawal_file, amount_fen, N_("Amount"), .flags = PN_BRIEF),
    PN_COL(pn_withdrawal_file, left_out, N_("Left out"), .flags = PN_BRIEF),
    PN_COL(pn_withdrawal_file, file, N_("File"), .flags = PN_BRIEF | PN_LONG));
static PN_TYPE(import_t, "withdrawal.import", struct pn_withdrawal_import,
    PN_COL(struct pn_withdrawal_import, file, N_("File"), .flags = PN_REQ | PN_ARG | PN_FILE,
           .max = 1000000, .hint = N_("CSV: no, result (OK, FAIL, UNKNOWN), bank_no, reason")));
static PN_TYPE(answer_t, "withdrawal.answer", pn_withdrawal_answer,
    PN_COL(pn_withdrawal_answer, paid, N_("Paid to merchants"), .flags = PN_BRIEF),
    PN_COL(pn_withdrawal_answer, failed, N_("Failed"), .flags = PN_BRIEF),
    PN_COL(pn_withdrawal_answer, open, N_("Not known yet"), .flags = PN_BRIEF),
    PN_COL(pn_withdrawal_answer, known, N_("Known before"), .flags = PN_BRIEF));

const pn_op pni_withdrawal_export_op = {.noun = "withdrawal", .verb = "export", .run = export,
    .brief = N_("Make the file by which the bank pays withdrawals"),
    .help = N_("Everything that is approved is in it and with the bank from then on; nothing is "
               "ever in two files unless it is asked for again. Left out is what was approved for "
               "a merchant\nwho may not draw money any more, or for a bank account that was "
               "rejected since: it waits for that to\nbe put right, or to be rejected (withdrawal "
               "reject)."),
    .in = &export_t, .out = &file_t, .may = PN_ROLE_FINANCE, .flags = PN_WRITE | PN_DANGER,
    .example = "pn withdrawal export -o json"};
const pn_op pni_withdrawal_import_op = {.noun = "withdrawal", .verb = "import", .run = import,
    .brief = N_("Take the bank's answer to withdrawals"),
    .help = N_("What was paid leaves the wallet, what failed is available again, what is unknown "
               "stays with the bank."),
    .in = &import_t, .out = &answer_t, .may = PN_ROLE_FINANCE, .flags = PN_WRITE | PN_ONCE,
    .example = "pn withdrawal import answer.csv"};

int pn_withdrawal_export(pn *p, const struct pn_withdrawal_export *in, pn_withdrawal_file *out)
{
    return pn_call(p, &pni_withdrawal_export_op, in, out);
}

int pn_withdrawal_import(pn *p, const struct pn_withdrawal_import *in, pn_withdrawal_answer *out)
{
    return pn_call(p, &pni_withdrawal_import_op, in, out);
}
