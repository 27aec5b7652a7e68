/* SPDX-License-Identifier: Apache-2.0 */
/* roll.c — blank tickets carry printed serials and are worth money: each is accounted for. One job
 * at a time holds a roll, because two senders would swap papers under our serials. */
#include "ticket/printer_int.h"

#include <inttypes.h>

enum { SERIALS_MAX = 1000000 };

const pn_words pn_roll_states[] = {PN_ROLL_STATES(PN_WORD_ROW){0}};

static PN_TYPE(roll_t, "roll", pn_roll,
    PN_COL(pn_roll, id, N_("ID"), .flags = PN_KEY | PN_SORT, .sql = "k.id"),
    PN_COL(pn_roll, roll, N_("Roll"), .flags = PN_BRIEF | PN_SORT, .sql = "k.roll"),
    PN_COL(pn_roll, printer_id, N_("Printer ID"), .ref = "printer", .sql = "k.printer_id"),
    PN_COL(pn_roll, printer, N_("Printer"), .flags = PN_BRIEF, .sql = "x.code"),
    PN_COL(pn_roll, serial_from, N_("First serial"), .flags = PN_BRIEF, .sql = "k.serial_from"),
    PN_COL(pn_roll, serial_to, N_("Last serial"), .flags = PN_BRIEF, .sql = "k.serial_to"),
    PN_COL(pn_roll, next_serial, N_("Next serial"), .flags = PN_BRIEF, .sql = "k.next_serial"),
    PN_COL(pn_roll, state, N_("State"), .flags = PN_BRIEF, .words = pn_roll_states,
           .sql = "k.state"),
    PN_COL(pn_roll, missing, N_("Missing"), .flags = PN_BRIEF, .sql = "k.missing"),
    PN_COL(pn_roll, created_at, N_("Loaded at"), .sql = "k.created_at"),
    PN_COL(pn_roll, updated_at, N_("Changed"), .sql = "k.updated_at"));

static PN_TYPE(account_t, "roll.account", pn_roll_balance,
    PN_COL(pn_roll_balance, id, N_("ID"), .flags = PN_KEY),
    PN_COL(pn_roll_balance, roll, N_("Roll"), .flags = PN_BRIEF),
    PN_COL(pn_roll_balance, total, N_("Blanks"), .flags = PN_BRIEF),
    PN_COL(pn_roll_balance, ok, N_("Printed"), .flags = PN_BRIEF),
    PN_COL(pn_roll_balance, spoiled, N_("Spoiled"), .flags = PN_BRIEF),
    PN_COL(pn_roll_balance, test, N_("Test"), .flags = PN_BRIEF),
    PN_COL(pn_roll_balance, pending, N_("Not known yet"), .flags = PN_BRIEF),
    PN_COL(pn_roll_balance, missing, N_("Missing"), .flags = PN_BRIEF),
    PN_COL(pn_roll_balance, unused, N_("Unused"), .flags = PN_BRIEF),
    PN_COL(pn_roll_balance, difference, N_("Unexplained"), .flags = PN_BRIEF));

static PN_TYPE(load_t, "roll.load", struct pn_roll_load,
    PN_COL(struct pn_roll_load, printer, N_("Printer"), .flags = PN_REQ | PN_ARG,
           .ref = "printer"),
    PN_COL(struct pn_roll_load, roll, N_("Roll"), .flags = PN_REQ, .max = 20,
           .hint = N_("the name printed on the roll")),
    PN_COL(struct pn_roll_load, serial_from, N_("First serial"), .flags = PN_REQ, .min = 1,
           .max = 999999999999),
    PN_COL(struct pn_roll_load, serial_to, N_("Last serial"), .flags = PN_REQ, .min = 1,
           .max = 999999999999));
static PN_TYPE(close_t, "roll.close", struct pn_roll_close,
    PN_COL(struct pn_roll_close, id, N_("Roll"), .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "roll"),
    PN_COL(struct pn_roll_close, next_serial, N_("First blank left"), .flags = PN_OPT,
           .hint = N_("default: the one we expect; blanks in between are missing")),
    PN_COL(struct pn_roll_close, reason, N_("Reason"), .max = 200));
static PN_TYPE(show_in_t, "roll.show", struct pn_roll_show,
    PN_COL(struct pn_roll_show, id, N_("Roll"), .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "roll"));

#define ROLL                                                                                       \
    "SELECT k.id, k.roll, k.printer_id, x.code AS printer, k.serial_from, k.serial_to,"           \
    "  k.next_serial, k.state, k.missing, k.created_at, k.updated_at"                             \
    " FROM ticket_stock k JOIN printer x ON x.id = k.printer_id"

static const pn_sql by_id = {"roll_by_id", &show_in_t, &roll_t,
    ROLL " WHERE k.sk = 0 AND k.id = :id"};
static const pn_sql by_name = {"roll_by_name", &roll_t, &roll_t,
    ROLL " WHERE k.sk = 0 AND k.roll = :roll"};
static const pn_sql loaded = {"roll_loaded", &roll_t, &roll_t,
    ROLL " WHERE k.sk = 0 AND k.printer_id = :printer_id AND k.state = 'LOADED'"};
static const pn_sql put = {"roll_put", &roll_t, NULL,
    "INSERT INTO ticket_stock (sk, id, roll, printer_id, serial_from, serial_to,"
    "  next_serial, state,"
    "  created_at, updated_at)"
    " SELECT 0, :id, :roll, :printer_id, :serial_from, :serial_to, :serial_from, 'LOADED',"
    "  :now, :now"
    " WHERE NOT EXISTS (SELECT FROM ticket_stock k WHERE k.sk = 0 AND k.printer_id = :printer_id"
    "  AND k.state = 'LOADED') ON CONFLICT (sk, roll) DO NOTHING"};
static const pn_sql shut = {"roll_shut", &roll_t, NULL,
    "UPDATE ticket_stock SET state = 'CLOSED', next_serial = :next_serial, missing = :missing,"
    "  updated_at = :now WHERE sk = 0 AND id = :id AND state <> 'CLOSED'"
    "  AND (busy_job IS NULL OR busy_until < :now)"};
static const pn_sql count_serials = {"roll_count", &show_in_t, &account_t,
    "SELECT count(*) FILTER (WHERE result = 'OK') AS ok,"
    "  count(*) FILTER (WHERE result = 'SPOILED') AS spoiled,"
    "  count(*) FILTER (WHERE result = 'TEST') AS test,"
    "  count(*) FILTER (WHERE result = 'PENDING') AS pending"
    " FROM stock_serial WHERE sk = 0 AND stock_id = :id"};
static const pn_list_spec all = {.row = &roll_t,
    .from = "ticket_stock k JOIN printer x ON x.id = k.printer_id", .key = "k.id", .sort = "-id"};

/* ---- claims ---- */

typedef struct claim_row {
    pni_claim c;
    int64_t next_serial;
} claim_row;
static const pn_type claim_t = {"roll.claim", sizeof(claim_row), (const pn_col[]){
    {.name = "stock_id", .offset = offsetof(claim_row, c.stock_id), .kind = PN_K_INT},
    {.name = "printer_id", .offset = offsetof(claim_row, c.printer_id), .kind = PN_K_INT},
    {.name = "job_id", .offset = offsetof(claim_row, c.job_id), .kind = PN_K_INT},
    {.name = "first", .offset = offsetof(claim_row, c.first), .kind = PN_K_INT},
    {.name = "count", .offset = offsetof(claim_row, c.count), .kind = PN_K_INT},
    {.name = "until", .offset = offsetof(claim_row, c.until), .kind = PN_K_TIME},
    {.name = "roll", .offset = offsetof(claim_row, c.roll), .kind = PN_K_TEXT},
    {.name = "next_serial", .offset = offsetof(claim_row, next_serial), .kind = PN_K_INT},
    {0}}};

static const pn_sql take = {"roll_take", &claim_t, &claim_t,
    "UPDATE ticket_stock SET next_serial = next_serial + :count, busy_job = :job_id,"
    "  busy_until = :until, updated_at = :now"
    " WHERE sk = 0 AND printer_id = :printer_id AND state = 'LOADED'"
    "  AND next_serial + :count - 1 <= serial_to AND (busy_job IS NULL OR busy_until < :now)"
    " RETURNING id AS stock_id, roll, next_serial"};
static const pn_sql free_roll = {"roll_free", &claim_t, NULL,
    "UPDATE ticket_stock SET busy_job = NULL, busy_until = NULL, updated_at = :now,"
    "  state = CASE WHEN next_serial > serial_to THEN 'USED_UP' ELSE state END"
    " WHERE sk = 0 AND id = :stock_id AND busy_job = :job_id"};
static const pn_sql give_back = {"roll_give_back", &claim_t, NULL,
    "UPDATE ticket_stock SET next_serial = :first, updated_at = :now"
    " WHERE sk = 0 AND id = :stock_id AND busy_job = :job_id AND next_serial = :next_serial"};

static int explain(pn *p, const pn_printer *printer, int64_t count)
{
    pn_roll roll = {.printer_id = printer->id};
    int rc = pn_one(p, &loaded, &roll, &roll);
    if (rc && rc != PN_ENONE)
        return rc;
    if (rc) {
        pn_fail(p, PN_ESTATE, "printer", pn_tr("No roll is loaded in printer %s"), printer->code);
        return pn_hint(p, "pn roll load %s --roll … --serial-from … --serial-to …", printer->code);
    }
    int64_t left = roll.serial_to - roll.next_serial + 1;
    if (left < count)
        return pn_fail(p, PN_ESTOCK, "printer",
                       pn_tr("Roll %s has %" PRId64 " blanks left, %" PRId64 " are needed"),
                       roll.roll, left, count);
    return pn_fail(p, PN_EBUSY, "printer", pn_tr("Printer %s is busy with another job"),
                   printer->code);
}

int pni_roll_claim(pn *p, const pn_printer *printer, pni_claim *claim)
{
    claim_row row = {.c = *claim};
    row.c.printer_id = printer->id;
    int rc = pn_one(p, &take, &row, &row);
    if (rc == PN_ENONE && printer->kind.v == PN_PRINTER_FILE && !printer->roll) {
        claim->stock_id = 0;
        return 0;
    }
    if (rc)
        return rc == PN_ENONE ? explain(p, printer, claim->count) : rc;
    claim->stock_id = row.c.stock_id;
    claim->roll = row.c.roll;
    claim->first = row.next_serial - claim->count;
    return 0;
}

int pni_roll_release(pn *p, const pni_claim *claim)
{
    return claim->stock_id ? pn_exec(p, &free_roll, &(claim_row){.c = *claim}, NULL) : 0;
}

int pni_roll_give_back(pn *p, const pni_claim *claim, int64_t first, bool *done)
{
    claim_row row = {.c = *claim, .next_serial = claim->first + claim->count};
    int64_t changed = 0;
    row.c.first = first;
    *done = true;
    if (!claim->stock_id)
        return 0;
    PN_TRY(pn_exec(p, &give_back, &row, &changed));
    *done = changed == 1;
    return 0;
}

/* ---- operations ---- */

static int roll_resolve(pn *p, const char *text, int64_t *id)
{
    pn_roll roll = {.roll = text};
    int rc = pn_one(p, &by_name, &roll, &roll);
    if (rc)
        return rc == PN_ENONE ? pn_fail(p, rc, "roll", pn_tr("There is no roll '%s'"), text) : rc;
    *id = roll.id;
    return 0;
}

static int fetch(pn *p, int64_t id, pn_roll *out)
{
    int rc = pn_one(p, &by_id, &(struct pn_roll_show){id}, out);
    return rc == PN_ENONE ? pn_fail(p, rc, "id", pn_tr("There is no roll %" PRId64), id) : rc;
}

static int load(pn *p, const struct pn_roll_load *in, pn_roll *out)
{
    pn_printer printer;
    pn_roll row = {.roll = in->roll, .printer_id = in->printer,
                   .serial_from = in->serial_from, .serial_to = in->serial_to};
    int64_t made = 0;
    if (in->serial_to < in->serial_from || in->serial_to - in->serial_from >= SERIALS_MAX)
        return pn_fail(p, PN_EARG, "serial_to", pn_tr("A roll has 1 to %d blanks"), SERIALS_MAX);
    PN_TRY(pni_printer_get(p, in->printer, &printer));
    PN_TRY(pn_new_id(p, 0, &row.id));
    PN_TRY(pn_exec(p, &put, &row, &made));
    if (!made && printer.roll) {
        pn_fail(p, PN_ESTATE, "printer", pn_tr("Roll %s is loaded in printer %s"),
                printer.roll, printer.code);
        return pn_hint(p, "pn roll close %s", printer.roll);
    }
    if (!made)
        return pn_fail(p, PN_EEXISTS, "roll", pn_tr("There is a roll '%s' already"), in->roll);
    PN_TRY(fetch(p, row.id, out));
    return pn_audit(p, "roll", out->id, &roll_t, NULL, out, NULL);
}

static int roll_close(pn *p, const struct pn_roll_close *in, pn_roll *out)
{
    pn_roll before, row;
    int64_t changed = 0;
    PN_TRY(fetch(p, in->id, &before));
    if (before.state.v == PN_ROLL_CLOSED)
        return pn_fail(p, PN_ESTATE, "id", pn_tr("Roll %s is closed already"), before.roll);
    row = before;
    if (in->next_serial)
        row.next_serial = in->next_serial;
    if (row.next_serial < before.next_serial || row.next_serial > before.serial_to + 1)
        return pn_fail(p, PN_EARG, "next_serial",
                       pn_tr("The first blank left is from %" PRId64 " to %" PRId64),
                       before.next_serial, before.serial_to + 1);
    row.missing = (int)(row.next_serial - before.next_serial);
    if (row.missing && !in->reason)
        return pn_fail(p, PN_EARG, "reason", pn_tr("%d blanks are missing: say why"), row.missing);
    PN_TRY(pn_exec(p, &shut, &row, &changed));
    if (!changed)
        return pn_fail(p, PN_EBUSY, "id", pn_tr("A job is printing on roll %s"), before.roll);
    PN_TRY(fetch(p, in->id, out));
    return pn_audit(p, "roll", out->id, &roll_t, &before, out, in->reason);
}

static int show(pn *p, const struct pn_roll_show *in, pn_roll *out)
{
    return fetch(p, in->id, out);
}

static int account(pn *p, const struct pn_roll_account *in, pn_roll_balance *out)
{
    pn_roll roll;
    PN_TRY(fetch(p, in->id, &roll));
    PN_TRY(pn_one(p, &count_serials, in, out));
    out->id = roll.id;
    out->roll = roll.roll;
    out->total = roll.serial_to - roll.serial_from + 1;
    out->missing = roll.missing;
    out->unused = roll.serial_to - roll.next_serial + 1;
    out->difference = out->total - out->ok - out->spoiled - out->test - out->pending -
                      out->missing - out->unused;
    return 0;
}

PN_OP_LIST(roll, list, all, .brief = N_("List rolls of blank tickets"), .out = &roll_t,
    .may = PN_ROLE_OPS | PN_ROLE_BOXOFFICE | PN_ROLE_FINANCE | PN_ROLE_SYSTEM)
PN_OP(roll, show, pn_roll, .brief = N_("Show a roll of blank tickets"), .in = &show_in_t,
    .out = &roll_t, .may = PN_ROLE_OPS | PN_ROLE_BOXOFFICE | PN_ROLE_FINANCE | PN_ROLE_SYSTEM)
PN_OP(roll, load, pn_roll, .brief = N_("Load a roll of blank tickets into a printer"),
    .in = &load_t, .out = &roll_t, .may = PN_ROLE_OPS | PN_ROLE_BOXOFFICE | PN_ROLE_SYSTEM,
    .flags = PN_WRITE | PN_ONCE,
    .example = "pn roll load hall-1 --roll A17 --serial-from 1 --serial-to 500")
PN_OP(roll, account, pn_roll_balance, .brief = N_("Account for every blank of a roll"),
    .in = &show_in_t, .out = &account_t,
    .may = PN_ROLE_OPS | PN_ROLE_BOXOFFICE | PN_ROLE_FINANCE | PN_ROLE_SYSTEM)

/* By hand: unistd.h has the short name. */
static int roll_close_run(pn *p, const void *in, void *out)
{
    return roll_close(p, in, out);
}
static const pn_op roll_close_op = {.noun = "roll", .verb = "close", .run = roll_close_run,
    .brief = N_("Take a roll out of its printer"), .in = &close_t, .out = &roll_t,
    .may = PN_ROLE_OPS | PN_ROLE_BOXOFFICE, .flags = PN_WRITE | PN_ONCE};
int pn_roll_close(pn *p, const struct pn_roll_close *in, pn_roll *out)
{
    return pn_call(p, &roll_close_op, in, out);
}

const pn_module pn_roll_module = {"roll", N_("Rolls of blank tickets"),
    .ops = PN_LIST(pn_op, &roll_list_op, &roll_show_op, &roll_load_op, &roll_account_op,
                   &roll_close_op),
    .sql = PN_LIST(pn_sql, &by_id, &by_name, &loaded, &put, &shut, &count_serials, &take,
                   &free_roll, &give_back),
    .resolve = roll_resolve};
