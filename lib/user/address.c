/* SPDX-License-Identifier: Apache-2.0 */
/* address.c — the address book of a buyer. What names somebody is sealed; its owner reads it in
 * clear, and whatever is stored or told of it elsewhere is masked. */
#include "user/address_int.h"

#include <string.h>

#include "base/crypt_int.h"
#include "base/policy_int.h"
#include "base/search_int.h"
#include "base/unit_int.h"
#include "user/phone_int.h"

#define COL(f, label, ...) PN_COL(pn_address, f, label, __VA_ARGS__)
PN_TYPE(pn_address_t, "address", pn_address,
    COL(id, N_("Number"), .flags = PN_KEY | PN_BRIEF, .ref = "address"),
    COL(receiver, N_("Receiver"), .flags = PN_BRIEF), COL(phone, N_("Telephone"),
    .flags = PN_BRIEF), COL(region, N_("Region"), .flags = PN_BRIEF),
    COL(street, N_("Street"), .flags = PN_BRIEF), COL(created_at, N_("Created")));
#undef COL
static PN_TYPE(book_t, "address.book", pn_address_book,
    PN_COL(pn_address_book, addresses, N_("Addresses"), .of = &pn_address_t));

typedef struct row {
    int64_t id, buyer_id;
    int no;
    pn_bytes receiver, phone, street;
    const char *region, *receiver_mask, *phone_mask;
    pn_time created_at;
} row;
#define R(f) PN_COL(row, f, #f)
static PN_TYPE(row_t, "address.row", row, R(id), R(buyer_id), R(no), R(receiver), R(phone),
    R(street), R(region), R(receiver_mask), R(phone_mask), R(created_at));
#undef R

static const pn_sql mine_sql = {"address_mine", &row_t, &row_t,
    "select id, receiver, phone, region, street, created_at from buyer_address"
    " where sk = :buyer_id# and buyer_id = :buyer_id order by id desc", false};
static const pn_sql get_sql = {"address_get", &row_t, &row_t,
    "select id, receiver, phone, region, street, created_at from buyer_address"
    " where sk = :id# and id = :id and buyer_id = :buyer_id", false};
static const pn_sql some_sql = {"address_some", &row_t, &row_t,
    "select u.no, a.id, a.receiver, a.phone, a.region, a.street"
    " from unnest(:no, :id, :buyer_id) u(no, id, buyer)"
    " join buyer_address a on a.sk = (u.id & 4095)::int and a.id = u.id and a.buyer_id = u.buyer",
    .array = true};
static const pn_sql put_sql = {"address_put", &row_t, NULL,
    "insert into buyer_address (sk, id, buyer_id, receiver, phone, region, street, receiver_mask,"
    "  phone_mask, created_at, updated_at) values (:id#, :id, :buyer_id, :receiver, :phone,"
    "  :region, :street, :receiver_mask, :phone_mask, :now, :now)", false};
static const pn_sql change_sql = {"address_change", &row_t, NULL,
    "update buyer_address set receiver = :receiver, phone = :phone, region = :region,"
    " street = :street, receiver_mask = :receiver_mask, phone_mask = :phone_mask,"
    " updated_at = :now, version = version + 1"
    " where sk = :id# and id = :id and buyer_id = :buyer_id", false};
static const pn_sql remove_sql = {"address_remove", &row_t, NULL,
    "delete from buyer_address where sk = :id# and id = :id and buyer_id = :buyer_id", false};
const pn_sql pni_address_forget_sql = {"address_forget", &row_t, NULL,
    "delete from buyer_address where sk = :id# and buyer_id = :id", false};
/* Whoever counts his own waits for another of his requests: two cannot both be the last. */
static const pn_sql lock_sql = {"address_lock", &row_t, &row_t,
    "select id from buyer where sk = :id# and id = :id for update", false};

static int seal(pn *p, int64_t id, const char *text, pn_bytes *out)
{
    return pni_seal(p, "buyer.address", id, (pn_bytes){text, strlen(text)}, out);
}

static int unseal(pn *p, int64_t id, pn_bytes sealed, const char **out)
{
    pn_bytes clear;
    PN_TRY(pni_unseal(p, "buyer.address", id, sealed, &clear));
    *out = pn_printf(p, "%.*s", (int)clear.len, (const char *)clear.data);
    return *out ? 0 : pni_oom(p);
}

static int in_clear(pn *p, const row *r, pn_address *out)
{
    *out = (pn_address){.id = r->id, .region = r->region, .created_at = r->created_at};
    PN_TRY(unseal(p, r->id, r->receiver, &out->receiver));
    PN_TRY(unseal(p, r->id, r->phone, &out->phone));
    return unseal(p, r->id, r->street, &out->street);
}

/* What answers and the audit trail keep. */
static int masked(pn *p, const pn_address *a, pn_address *out)
{
    *out = (pn_address){.id = a->id, .receiver = pni_mask_name(p, a->receiver),
                        .phone = pni_mask_phone(p, a->phone), .region = a->region,
                        .created_at = a->created_at};
    return out->receiver && out->phone ? 0 : pni_oom(p);
}

static int none(pn *p, int64_t id)
{
    pn_fail(p, PN_ENONE, "id", pn_tr("There is no address %lld in your book"), (long long)id);
    return pn_hint(p, "%s", pn_tr("Look what is in it: address mine"));
}

static int get(pn *p, int64_t id, pn_address *out)
{
    row r;
    int rc = pn_one(p, &get_sql, &(row){.id = id, .buyer_id = pn_who(p)->id}, &r);
    if (rc == PN_ENONE)
        return none(p, id);
    PN_TRY(rc);
    return in_clear(p, &r, out);
}

static int mine(pn *p, const void *in, pn_address_book *out)
{
    pn_rows rows;
    (void)in;
    PN_TRY(pn_all(p, &mine_sql, &(row){.buyer_id = pn_who(p)->id}, &rows));
    pn_address *a = pn_alloc(p, (rows.n + 1) * sizeof *a);
    if (!a)
        return pni_oom(p);
    out->addresses = (pn_rows){a, rows.n};
    pn_each(row, r, &rows)
        PN_TRY(in_clear(p, r, a++));
    return 0;
}

int pni_addresses(pn *p, pni_address a[], size_t n)
{
    row *in = pn_alloc(p, (n + 1) * sizeof *in);
    pn_rows rows = {0};
    if (!in)
        return pni_oom(p);
    for (size_t i = 0; i < n; i++)
        in[i] = (row){.no = (int)i, .id = a[i].id, .buyer_id = a[i].buyer_id};
    if (n)
        PN_TRY(pn_exec_many(p, &some_sql, in, n, &rows));
    pn_each(row, r, &rows)
    {
        pn_address clear;
        PN_TRY(in_clear(p, r, &clear));
        a[r->no].found = true;
        a[r->no].receiver = clear.receiver;
        a[r->no].phone = clear.phone;
        a[r->no].region = clear.region;
        a[r->no].street = clear.street;
    }
    return 0;
}

int pni_address_hash(pn *p, const char *region, const char *street, pn_bytes *out)
{
    const char *text = pn_printf(p, "%s%s", region, street), *folded;
    if (!text)
        return pni_oom(p);
    PN_TRY(pni_fold(p, text, &folded));
    pn_buf words = pn_buf_new(p);
    for (const char *s = folded; *s; s++)
        if (*s != ' ')
            pn_buf_put(&words, s, 1);
    return words.bad ? pni_oom(p) : pni_keyed_hash(p, "address", words.text, out);
}

/* ---- keeping it ---- */

#define TEXTS(s, required)                                                                         \
    PN_COL(s, receiver, N_("Receiver"), .flags = PN_PII | (required), .max = PNI_RECEIVER_MAX),    \
        PN_COL(s, phone, N_("Telephone"), .flags = PN_PII | (required), .max = 20,                 \
               .hint = N_("11 digits of a mobile, or + and the number with country")),             \
        PN_COL(s, region, N_("Region"), .flags = (required), .max = PNI_REGION_MAX,                \
               .hint = N_("Province, city, district")),                                            \
        PN_COL(s, street, N_("Street"), .flags = PN_PII | (required), .max = PNI_STREET_MAX,       \
               .hint = N_("Street, number, floor, door"))
static PN_TYPE(create_in_t, "address.create", struct pn_address_create,
    TEXTS(struct pn_address_create, PN_REQ));
static PN_TYPE(edit_in_t, "address.edit", struct pn_address_edit,
    PN_COL(struct pn_address_edit, id, N_("Address"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "address"), TEXTS(struct pn_address_edit, 0));
static PN_TYPE(remove_in_t, "address.remove", struct pn_address_remove,
    PN_COL(struct pn_address_remove, id, N_("Address"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "address"));

/* Seal what is in clear into a row. */
static int write(pn *p, const pn_sql *sql, pn_address *a, pn_address *out)
{
    row r = {.id = a->id, .buyer_id = pn_who(p)->id, .region = a->region};
    PN_TRY(pni_phone_check(p, a->phone, "phone", &a->phone));
    PN_TRY(masked(p, a, out));
    r.receiver_mask = out->receiver;
    r.phone_mask = out->phone;
    PN_TRY(seal(p, a->id, a->receiver, &r.receiver));
    PN_TRY(seal(p, a->id, a->phone, &r.phone));
    PN_TRY(seal(p, a->id, a->street, &r.street));
    return pn_exec(p, sql, &r, NULL);
}

static int room(pn *p)
{
    int64_t most;
    pn_rows rows;
    row me = {.id = pn_who(p)->id, .buyer_id = pn_who(p)->id}, found;
    PN_TRY(pni_policy(p, "buyer.addresses", &most));
    int rc = pn_one(p, &lock_sql, &me, &found);
    if (rc && rc != PN_ENONE)
        return rc;
    PN_TRY(pn_all(p, &mine_sql, &me, &rows));
    if ((int64_t)rows.n < most)
        return 0;
    pn_fail(p, PN_ELIMIT, NULL, pn_tr("The book holds %lld addresses"), (long long)most);
    return pn_hint(p, "%s", pn_tr("Remove one that is not needed: address remove"));
}

static int create(pn *p, const struct pn_address_create *in, pn_address *out)
{
    pn_address a = {.receiver = in->receiver, .phone = in->phone, .region = in->region,
                    .street = in->street, .created_at = pn_now(p)};
    PN_TRY(room(p));
    PN_TRY(pn_new_id(p, pn_sk(pn_who(p)->id), &a.id));
    PN_TRY(write(p, &put_sql, &a, out));
    return pn_audit(p, "address", a.id, &pn_address_t, NULL, out, NULL);
}

static int edit(pn *p, const struct pn_address_edit *in, pn_address *out)
{
    pn_address a, before;
    PN_TRY(get(p, in->id, &a));
    PN_TRY(masked(p, &a, &before));
    a.receiver = in->receiver ? in->receiver : a.receiver;
    a.phone = in->phone ? in->phone : a.phone;
    a.region = in->region ? in->region : a.region;
    a.street = in->street ? in->street : a.street;
    PN_TRY(write(p, &change_sql, &a, out));
    return pn_audit(p, "address", a.id, &pn_address_t, &before, out, NULL);
}

static int remove(pn *p, const struct pn_address_remove *in, pn_address *out)
{
    pn_address a;
    PN_TRY(get(p, in->id, &a));
    PN_TRY(masked(p, &a, out));
    PN_TRY(pn_exec(p, &remove_sql, &(row){.id = a.id, .buyer_id = pn_who(p)->id}, NULL));
    return pn_audit(p, "address", a.id, &pn_address_t, out, NULL, NULL);
}

static int address_mine_run(pn *p, const void *in, void *out)
{
    return mine(p, in, out);
}
static const pn_op address_mine_op = {
    .noun = "address", .verb = "mine", .run = address_mine_run,
    .brief = N_("List one's own addresses as a buyer"), .out = &book_t, .may = PN_ROLE_BUYER};
int pn_address_mine(pn *p, const void *none, pn_address_book *out)
{
    return pn_call(p, &address_mine_op, none, out);
}

PN_OP(address, create, pn_address, .brief = N_("Put an address into one's book"),
      .help = N_("It is kept sealed. An order that is sent names it by its number."),
      .in = &create_in_t, .out = &pn_address_t, .may = PN_ROLE_BUYER, .flags = PN_WRITE | PN_ONCE,
      .example = "pn address create --receiver 李雷 --phone 13800001234 --region 上海市黄浦区 "
                 "--street 南京东路100号")
PN_OP(address, edit, pn_address, .brief = N_("Change an address of one's book"), .in = &edit_in_t,
      .out = &pn_address_t, .may = PN_ROLE_BUYER, .flags = PN_WRITE | PN_ONCE)
PN_OP(address, remove, pn_address, .brief = N_("Take an address out of one's book"),
      .help = N_("Orders that go there keep it."), .in = &remove_in_t, .out = &pn_address_t,
      .may = PN_ROLE_BUYER, .flags = PN_WRITE | PN_ONCE,
      .lasting = N_("What has ended does not come back: set up a new one"))

const pn_module pn_address_module = {
    "address", N_("Addresses of buyers"),
    .ops = PN_LIST(pn_op, &address_mine_op, &address_create_op, &address_edit_op,
                   &address_remove_op),
    .sql = PN_LIST(pn_sql, &mine_sql, &get_sql, &some_sql, &put_sql, &change_sql, &remove_sql,
                   &pni_address_forget_sql, &lock_sql),
};
