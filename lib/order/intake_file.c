/* SPDX-License-Identifier: Apache-2.0 */
/* intake_file.c — a channel's file: its rows parsed, known numbers left out, items turned into
 * tiers, thousands of rows a statement. Nothing is bought here: rows wait to be accepted. */
#include <string.h>

#include "base/crypt_int.h"
#include "catalog/import_int.h"
#include "channel/channel_int.h"
#include "order/intake_int.h"

enum { BATCH = 1000 };

typedef struct line {
    const char *ext_no, *item, *sku;
    pn_time start_at;
    int qty;
    pn_money unit_fen;
    const char *buyer, *phone, *address, *ids, *remark;
    /* found out here */
    int64_t id, intake_id, channel_id, tier_id;
    int line_no;
    const char *state, *note;
    pn_bytes buyer_sealed, phone_sealed, address_sealed, docs;
} line;

// clang-format off
#define FILE_COLS                                                                                  \
    PN_COL(line, ext_no, N_("Channel's order no."), .flags = PN_REQ, .max = 64),                   \
    PN_COL(line, item, N_("Item"), .flags = PN_REQ, .max = 200),                                   \
    PN_COL(line, sku, N_("Kind of item"), .max = 200),                                             \
    PN_COL(line, start_at, N_("Start"), .flags = PN_REQ),                                          \
    PN_COL(line, qty, N_("Tickets"), .flags = PN_REQ, .min = 1, .max = 100),                       \
    PN_COL(line, unit_fen, N_("Unit price"), .flags = PN_OPT, .min = 0, .max = 10000000),          \
    PN_COL(line, buyer, N_("Buyer"), .flags = PN_PII, .max = 60),                                  \
    PN_COL(line, phone, N_("Telephone"), .flags = PN_PII, .max = 20),                              \
    PN_COL(line, address, N_("Address"), .flags = PN_PII, .max = 300),                             \
    PN_COL(line, ids, N_("Documents"), .flags = PN_PII, .max = 2000),                              \
    PN_COL(line, remark, N_("Remark"), .max = 500)
// clang-format on
static PN_TYPE(file_t, "intake.line", line, FILE_COLS);
#define L(f, ...) PN_COL(line, f, #f, __VA_ARGS__)
static PN_TYPE(line_t, "intake.line", line, L(ext_no), L(item), L(sku), L(start_at), L(qty),
    L(unit_fen), L(remark), L(id), L(intake_id), L(channel_id), L(tier_id, .flags = PN_OPT),
    L(line_no), L(state), L(note), L(buyer_sealed), L(phone_sealed), L(address_sealed), L(docs));
#undef L

typedef struct file_row {
    int64_t id, channel_id, rows_n;
    pn_bytes file_hash;
} file_row;
#define F(f) PN_COL(file_row, f, #f)
static PN_TYPE(file_row_t, "intake.file", file_row, F(id), F(channel_id), F(rows_n), F(file_hash));
#undef F
const pn_sql pni_intake_file_sql = {"intake_file", &file_row_t, &file_row_t,
    "insert into intake (sk, id, channel_id, file_hash, rows_n, created_at, actor_id)"
    " values (:channel_id#, :id, :channel_id, :file_hash, :rows_n, :now, :me)"
    " on conflict (sk, channel_id, file_hash) do nothing returning id", false};
const pn_sql pni_intake_seen_sql = {"intake_seen", &file_row_t, &file_row_t,
    "select i.id, i.rows_n::bigint as rows_n from intake i where i.sk = :channel_id#"
    " and i.channel_id = :channel_id and i.file_hash = :file_hash", false};

const pn_sql pni_intake_rows_sql = {"intake_rows", &file_row_t, NULL,
    "update intake set rows_n = :rows_n where sk = :channel_id# and id = :id", false};

/* Of two equal numbers of one statement the first is taken. */
const pn_sql pni_intake_claim_sql = {"intake_claim", &line_t, &line_t,
    "insert into channel_ext (sk, channel_id, ext_no, target_id)"
    " select (u.c & 4095)::int, u.c, u.ext, u.id from unnest(:channel_id, :ext_no, :id)"
    "  u(c, ext, id) on conflict do nothing returning target_id as id", .array = true};
/* The tier of each, if it is known and still sold. */
const pn_sql pni_intake_sku_sql = {"intake_sku", &line_t, &line_t,
    "select u.id, m.tier_id, case when h.status = 'PUBLISHED' and s.stop_sale_at > :now"
    "  and s.status in ('SCHEDULED', 'PRESALE', 'ON_SALE', 'TAIL') then 'MAPPED'"
    "  else 'UNMAPPED' end as state"
    " from unnest(:id, :channel_id, :item, :sku, :start_at) u(id, c, item, sku, start_at)"
    " join sku_map m on m.sk = (u.c & 4095)::int and m.channel_id = u.c and m.item = u.item"
    "  and m.sku = coalesce(u.sku, '') and m.start_at = u.start_at"
    " join tier t on t.id = m.tier_id join session s on s.id = t.session_id"
    " join show h on h.id = s.show_id", .array = true};
const pn_sql pni_intake_put_sql = {"intake_put", &line_t, NULL,
    "insert into intake_row (sk, id, intake_id, channel_id, line, ext_no, item, sku, start_at, qty,"
    "  unit_fen, buyer, phone, address, docs, remark, state, tier_id, note, created_at, updated_at)"
    " select (u.c & 4095)::int, u.id, u.file, u.c, u.line, u.ext, u.item, coalesce(u.sku, ''),"
    "  u.start_at, u.qty, coalesce(u.unit, 0), u.buyer, u.phone, u.address, u.docs,"
    "  coalesce(u.remark, ''), u.state, u.tier, coalesce(u.note, ''), :now, :now"
    " from unnest(:id, :intake_id, :channel_id, :line_no, :ext_no, :item, :sku, :start_at, :qty,"
    "  :unit_fen, :buyer_sealed, :phone_sealed, :address_sealed, :docs, :remark, :state, :tier_id,"
    "  :note) u(id, file, c, line, ext, item, sku, start_at, qty, unit, buyer, phone, address,"
    "  docs, remark, state, tier, note)", .array = true};

typedef struct importer {
    int64_t intake, channel;
    pn_intake_result out;
} importer;

static int seal(pn *p, line *l)
{
    PN_TRY(pni_pii_seal(p, l->id, l->buyer, &l->buyer_sealed));
    PN_TRY(pni_pii_seal(p, l->id, l->phone, &l->phone_sealed));
    PN_TRY(pni_pii_seal(p, l->id, l->address, &l->address_sealed));
    return pni_pii_seal(p, l->id, l->ids, &l->docs);
}

static int known(pni_sheet *s, importer *im, const line *l, int64_t at)
{
    im->out.duplicates++;
    return pni_report(s, at, l->ext_no, PN_IMPORTED_UNCHANGED,
                      pn_tr("This number of the channel is known"));
}

static int by_id(pni_map *ids, line *l)
{
    const char *key = pn_printf(ids->p, "%llx", (long long)l->id);
    return key ? pni_map_put(ids, key, l) : pni_mem(ids->p);
}

static line *of_id(pni_map *ids, int64_t id)
{
    const char *key = pn_printf(ids->p, "%llx", (long long)id);
    return key ? pni_map_get(ids, key) : NULL;
}

/* New rows only: the others are told as known. *n shrinks to them. */
static int claim(pni_sheet *s, importer *im, line *rows, const int64_t *lines, size_t *n)
{
    pn_rows mine;
    pni_map ids = {.p = s->p};
    for (size_t i = 0; i < *n; i++) {
        rows[i].channel_id = im->channel;
        rows[i].intake_id = im->intake;
        rows[i].line_no = (int)lines[i];
        PN_TRY(pn_new_id(s->p, pn_sk(im->channel), &rows[i].id));
    }
    PN_TRY(pn_exec_many(s->p, &pni_intake_claim_sql, rows, *n, &mine));
    pn_each(line, l, &mine)
        PN_TRY(by_id(&ids, l));
    size_t kept = 0;
    for (size_t i = 0; i < *n; i++) {
        if (!of_id(&ids, rows[i].id)) {
            PN_TRY(known(s, im, &rows[i], lines[i]));
            continue;
        }
        rows[kept++] = rows[i];
    }
    *n = kept;
    return 0;
}

static int map(pni_sheet *s, importer *im, line *rows, size_t n)
{
    pn_rows found;
    pni_map ids = {.p = s->p};
    PN_TRY(pn_exec_many(s->p, &pni_intake_sku_sql, rows, n, &found));
    pn_each(line, l, &found)
        PN_TRY(by_id(&ids, l));
    for (size_t i = 0; i < n; i++) {
        line *l = &rows[i];
        const line *m = of_id(&ids, l->id);
        bool good = m && strcmp(m->state, "MAPPED") == 0;
        l->state = good ? "MAPPED" : "UNMAPPED";
        l->tier_id = m ? m->tier_id : 0;
        l->note = good ? NULL : m ? pn_tr("The session is not sold") : pn_tr("The item is unknown");
        PN_TRY(seal(s->p, l));
        PN_TRY(pni_state_log(s->p, "intake", l->id, NULL, "IMPORTED", "import", NULL));
        PN_TRY(pni_stepped(s->p, &pni_intake_fsm, l->id, "IMPORTED",
                           good ? "map_ok" : "map_fail", NULL));
        good ? im->out.mapped++ : im->out.unmapped++;
        PN_TRY(pni_report(s, l->line_no, l->ext_no, PN_IMPORTED_CREATED, l->note));
    }
    return 0;
}

/* Rules that a column alone does not tell. */
static int check(pni_sheet *s, line *rows, int64_t *lines, size_t *n)
{
    size_t kept = 0;
    for (size_t i = 0; i < *n; i++) {
        int rc = pn_validate(s->p, s->type, &rows[i]);
        const char *clean;
        if (!rc && rows[i].phone)
            rc = pni_phone_check(s->p, rows[i].phone, "phone", &clean);
        if (rc == PN_EMEM)
            return rc;
        if (rc) {
            PN_TRY(pni_report_error(s, lines[i], rows[i].ext_no));
            continue;
        }
        lines[kept] = lines[i];
        rows[kept++] = rows[i];
    }
    *n = kept;
    return 0;
}

static int take(pni_sheet *s, void *rows_, const int64_t *lines_, size_t n)
{
    importer *im = s->state;
    line *rows = rows_;
    int64_t *lines = pn_alloc(s->p, (n + 1) * sizeof *lines);
    if (!lines)
        return pni_mem(s->p);
    memcpy(lines, lines_, n * sizeof *lines);
    PN_TRY(check(s, rows, lines, &n));
    if (n)
        PN_TRY(claim(s, im, rows, lines, &n));
    if (!n)
        return 0;
    PN_TRY(map(s, im, rows, n));
    return pn_exec_many(s->p, &pni_intake_put_sql, rows, n, NULL);
}

static int import(pn *p, const void *in_, void *out_)
{
    const struct pn_intake_import *in = in_;
    pn_intake_result *out = out_;
    struct pn_import file = {.file = in->file, .report = in->report,
                             .format = {PN_IMPORT_CSV}};
    unsigned char hash[PNI_HASH];
    importer im = {0};
    pn_import_result sheet;
    file_row row = {0}, made;
    PN_TRY(pni_channel_of_actor(p, in->channel, &im.channel));
    pni_sha256(in->file, hash);
    row.channel_id = im.channel;
    row.file_hash = (pn_bytes){hash, sizeof hash};
    PN_TRY(pn_new_id(p, pn_sk(im.channel), &row.id));
    int rc = pn_one(p, &pni_intake_file_sql, &row, &made);
    if (rc == PN_ENONE) { /* the same file again */
        PN_TRY(pn_one(p, &pni_intake_seen_sql, &row, &made));
        *out = (pn_intake_result){.id = made.id, .seen = true, .rows_read = made.rows_n,
                                  .duplicates = made.rows_n};
        return 0;
    }
    PN_TRY(rc);
    im.intake = row.id;
    pni_sheet s = {.p = p, .noun = "intake", .type = &file_t, .in = &file, .take = take,
                   .batch = BATCH, .state = &im, .key = "ext_no"};
    PN_TRY(pni_sheet_read(&s, &sheet));
    row.rows_n = sheet.rows_read;
    PN_TRY(pn_queue(p, &pni_intake_rows_sql, &row, 0, NULL, NULL));
    *out = im.out;
    out->id = im.intake;
    out->rows_read = sheet.rows_read;
    out->failed = sheet.failed;
    out->rows = sheet.rows;
    return pn_audit(p, "intake", im.intake, NULL, NULL, NULL,
                    pn_printf(p, "%lld rows", (long long)sheet.rows_read));
}

static PN_TYPE(import_t, "intake.import", struct pn_intake_import,
    PN_COL(struct pn_intake_import, file, N_("File"), .flags = PN_REQ | PN_ARG | PN_FILE,
           .max = PN_IMPORT_BYTES_MAX, .hint = N_("CSV with a header line")),
    PN_COL(struct pn_intake_import, channel, N_("Channel"), .flags = PN_OPT, .ref = "channel",
           .hint = N_("Default: the one you act for")),
    PN_COL(struct pn_intake_import, report, N_("Report"), .words = pn_import_reports,
           .hint = N_("Rows to list in the result")));
#define R(f, label, ...) PN_COL(pn_intake_result, f, label, __VA_ARGS__)
static PN_TYPE(result_t, "intake.result", pn_intake_result,
    R(id, N_("File number")), R(rows_read, N_("Rows"), .flags = PN_BRIEF),
    R(mapped, N_("Mapped"), .flags = PN_BRIEF), R(unmapped, N_("Not mapped"), .flags = PN_BRIEF),
    R(duplicates, N_("Known already"), .flags = PN_BRIEF),
    R(failed, N_("Failed"), .flags = PN_BRIEF), R(seen, N_("The same file again")),
    R(rows, N_("Rows"), .of = &pn_import_row_t));
#undef R

const pn_op pni_intake_import_op = {
    .noun = "intake", .verb = "import", .brief = N_("Take over a channel's orders from a file"),
    .help = N_("Columns: ext_no, item, sku, start_at, qty, unit_fen (the price of one, in yuan: "
               "680 or 680.00), and where there are any buyer, phone, address, ids "
               "(name/document, several by |), remark. A number that is known is no new order."),
    .in = &import_t, .out = &result_t, .may = PN_ROLE_OPS | PN_ROLE_CHANNEL,
    .flags = PN_WRITE | PN_ONCE, .run = import,
    .example = "pn intake import orders.csv --channel tmall"};

int pn_intake_import(pn *p, const struct pn_intake_import *in, pn_intake_result *out)
{
    return pn_call(p, &pni_intake_import_op, in, out);
}
