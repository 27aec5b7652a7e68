/* SPDX-License-Identifier: Apache-2.0 */
/* seal.c — the chain over the audit trail: each link hashes the one before and its row, so that a
 * changed, removed or added row shows. One writer at a time: the job that holds the slot. */
#include <stdio.h>
#include <string.h>
#include <sodium.h>

#include "base/audit_int.h"
#include "base/when_int.h"

enum { PAGE = 2000, WINDOW_DAYS = 3, SETTLE_S = 5 };

typedef struct seal_in {
    pn_time from, until;
    pn_date day;
    int64_t no, sk, ref, id;
} seal_in;
static PN_TYPE(in_t, "seal", seal_in, PN_COL(seal_in, from, ""), PN_COL(seal_in, until, ""),
    PN_COL(seal_in, day, ""), PN_COL(seal_in, no, ""), PN_COL(seal_in, sk, ""),
    PN_COL(seal_in, ref, ""), PN_COL(seal_in, id, ""));

static const pn_sql unlinked = {"audit_unlinked", &in_t, &pni_audit_t,
    "SELECT a.sk, a.ref, a.id, a.hash FROM audit_log a LEFT JOIN audit_chain c ON c.audit_id = a.id"
    " WHERE a.at >= :from AND a.at < :until AND c.audit_id IS NULL ORDER BY a.at, a.id LIMIT 2000"};

static const pn_sql last = {"audit_chain_last", &in_t, &pni_audit_t,
    "SELECT day, no, hash AS chain FROM audit_chain WHERE day <= :day ORDER BY day DESC, no DESC"
    " LIMIT 1"};

static const pn_sql link_rows = {"audit_chain_link", &pni_audit_t, NULL,
    "INSERT INTO audit_chain (day, no, audit_sk, audit_ref, audit_id, hash)"
    " SELECT u.day, u.no, u.sk, u.ref, u.id, u.chain"
    " FROM unnest(:day, :no, :sk, :ref, :id, :chain) u(day, no, sk, ref, id, chain)",
    .array = true};

static const pn_sql links = {"audit_chain_page", &in_t, &pni_audit_t,
    "SELECT c.day, c.no, c.hash AS chain, c.audit_sk AS sk, c.audit_id AS ref, a.id, a.hash"
    " FROM audit_chain c LEFT JOIN audit_log a ON a.sk = c.audit_sk AND a.ref = c.audit_ref"
    "  AND a.id = c.audit_id"
    " WHERE (c.day, c.no) > (coalesce(:day, '-infinity'::date), :no)"
    " ORDER BY c.day, c.no LIMIT 2000"};

static const pn_sql contents = {"audit_page", &in_t, &pni_audit_t,
    "SELECT a.sk, a.id, a.at, a.actor_kind, a.actor_id, a.actor_name, a.via, a.op, a.noun, a.ref,"
    "  a.command, a.reason, a.input::text AS input, a.before::text AS before,"
    "  a.after::text AS after, a.code, a.hash, a.common, c.input::text AS common_input,"
    "  c.after::text AS common_after"
    " FROM audit_log a" PNI_AUDIT_COMMON
    " WHERE (a.sk, a.ref, a.id) > (:sk, :ref, :id) ORDER BY a.sk, a.ref, a.id LIMIT 2000"};

static void link_hash(const pni_audit_row *before, const pni_audit_row *row, unsigned char out[32])
{
    crypto_generichash_state st;
    char place[64];
    crypto_generichash_init(&st, NULL, 0, 32);
    if (before->chain.len == 32)
        crypto_generichash_update(&st, before->chain.data, 32);
    int len = snprintf(place, sizeof place, "%d.%lld", row->day.days, (long long)row->no);
    crypto_generichash_update(&st, (const unsigned char *)place, (size_t)len);
    if (row->hash.data)
        crypto_generichash_update(&st, row->hash.data, row->hash.len);
    crypto_generichash_final(&st, out, 32);
}

int pni_audit_seal(pn *p, int64_t *done)
{
    seal_in in = {.until = {p->now.us - SETTLE_S * 1000000LL},
                  .from = {p->now.us - WINDOW_DAYS * PNI_DAY_US},
                  .day = {(int32_t)pni_local_day(p->now)}};
    pn_rows rows;
    pni_audit_row prev = {0};
    *done = 0;
    PN_TRY(pn_all(p, &unlinked, &in, &rows));
    if (!rows.n)
        return 0;
    int rc = pn_one(p, &last, &in, &prev);
    if (rc && rc != PN_ENONE)
        return rc;
    int64_t no = prev.day.days == in.day.days ? prev.no : 0;
    pn_each(pni_audit_row, r, &rows) {
        unsigned char *chain = pn_alloc(p, 32);
        if (!chain)
            return pni_oom(p);
        r->day = in.day;
        r->no = ++no;
        link_hash(&prev, r, chain);
        r->chain = (pn_bytes){chain, 32};
        prev = *r;
    }
    PN_TRY(pn_exec_many(p, &link_rows, rows.row, rows.n, NULL));
    *done = (int64_t)rows.n;
    return 0;
}

static void wrong(int64_t *drift, int64_t *sample, int64_t id)
{
    if (!(*drift)++)
        *sample = id;
}

static int verify_contents(pn *p, int64_t *seen, int64_t *drift, int64_t *sample)
{
    seal_in in = {0};
    pn_rows rows;
    do {
        PN_AUTO_UNIT page = pn_begin(p->ctx); /* a long trail must not fill the caller's memory */
        if (!page)
            return pni_oom(p);
        pn_set_timeout(page, p->timeout_ms);
        if (pn_all(page, &contents, &in, &rows))
            return pn_fail(p, page->err.code, NULL, "%s", page->err.message);
        pn_each(pni_audit_row, r, &rows) {
            const unsigned char *hash = pni_audit_hash(page, r);
            if (!hash)
                return pni_oom(p);
            if (r->hash.len != 32 || memcmp(hash, r->hash.data, 32))
                wrong(drift, sample, r->id);
            in.sk = r->sk;
            in.ref = r->ref;
            in.id = r->id;
            (*seen)++;
        }
    } while (rows.n == PAGE);
    return 0;
}

int pni_audit_verify(pn *p, int64_t *seen, int64_t *drift, int64_t *sample)
{
    seal_in in = {0};
    pni_audit_row prev = {0};
    unsigned char kept[32], hash[32];
    pn_rows rows;
    *seen = *drift = *sample = 0;
    PN_TRY(verify_contents(p, seen, drift, sample));
    do {
        PN_AUTO_UNIT page = pn_begin(p->ctx);
        if (!page)
            return pni_oom(p);
        pn_set_timeout(page, p->timeout_ms);
        if (pn_all(page, &links, &in, &rows))
            return pn_fail(p, page->err.code, NULL, "%s", page->err.message);
        pn_each(pni_audit_row, r, &rows) {
            bool follows = r->no == (r->day.days == prev.day.days ? prev.no + 1 : 1);
            link_hash(&prev, r, hash);
            if (!follows || !r->id || r->chain.len != 32 || memcmp(hash, r->chain.data, 32))
                wrong(drift, sample, r->ref);
            prev = *r;
            if (r->chain.len == 32)
                memcpy(kept, r->chain.data, 32);
            prev.chain.data = kept;
            in.day = r->day;
            in.no = r->no;
        }
    } while (rows.n == PAGE);
    return 0;
}

const pn_module pn_seal_module = {
    "seal", N_("Chain of the audit trail"), .ops = PN_LIST(pn_op, NULL),
    .sql = PN_LIST(pn_sql, &unlinked, &last, &link_rows, &links, &contents)};
