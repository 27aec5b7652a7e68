/* SPDX-License-Identifier: Apache-2.0 */
/* claimed.c — what comes free at the organiser's while a merchant offers it stays held. */
#include "seating/claimed_int.h"
#include "seating/hold_int.h"

typedef struct kept { int64_t session; pn_texts lots; } kept;
static PN_TYPE(kept_t, "seat_hold.keep", kept, PN_COL(kept, session, "session"),
    PN_COL(kept, lots, "lots"));
typedef struct found { int64_t listing, lot_id, block_id, seats; int qty; } found;
static PN_TYPE(found_t, "seat_hold.kept", found, PN_COL(found, listing, "listing"),
    PN_COL(found, lot_id, "lot_id"), PN_COL(found, block_id, "block_id"),
    PN_COL(found, seats, "seats"), PN_COL(found, qty, "qty"));
/* Nobody buys of a cancelled session. */
const pn_sql pni_seats_keep_sql = {"seat_hold_keep", &kept_t, &found_t,
    "select c.listing_id as listing, b.lot_id, b.id as block_id,"
    " bit_or(1::bigint << (i - 1)) as seats, count(*)::int as qty from seat_claim c"
    " join seat_block b on b.sk = :session# and b.lot_id = any ((:lots)::bigint[])"
    "  and b.plan_row_id is not null and " PNI_KEY_ROW("c.seat_key", "b")
    " cross join generate_subscripts(b.labels, 1) i"
    " where c.sk = :session# and c.session_id = :session"
    " and " PNI_KEY_SEAT("c.seat_key", "b.labels[i]")
    " and (b.mask & ~(b.held | b.busy | b.sold)) >> (i - 1) & 1 = 1"
    " and " PNI_CLAIM_LIVES("c")
    " and exists (select from session s where s.id = :session and s.status <> 'CANCELLED')"
    " group by c.listing_id, b.lot_id, b.id order by c.listing_id, b.lot_id, b.id", false};

/* The rows of one offer from `first` on. */
static int keep(pn *p, int64_t session, const pn_rows *rows, size_t first, size_t *next)
{
    const found *all = rows->row;
    pn_rows parts = {pn_alloc(p, (rows->n - first) * sizeof(pni_hold_part)), 0};
    const char *why = pn_printf(p, pn_tr("On offer by a merchant: listing %lld"),
                                (long long)all[first].listing);
    if (!parts.row || !why)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    for (*next = first; *next < rows->n && all[*next].listing == all[first].listing; ++*next) {
        const found *f = &all[*next];
        ((pni_hold_part *)parts.row)[parts.n++] = (pni_hold_part){
            .lot_id = f->lot_id, .block_id = f->block_id, .seats = f->seats, .qty = f->qty};
    }
    return pni_hold_put(p, session, PN_HOLD_MERCHANT, why, &parts);
}

int pni_seats_keep(pn *p, int64_t session, pn_texts lots, bool tell)
{
    pn_rows rows;
    if (!lots.n)
        return 0;
    PN_TRY(pn_all(p, &pni_seats_keep_sql, &(kept){session, lots}, &rows));
    for (size_t i = 0, next = 0; i < rows.n; i = next) {
        PN_TRY(keep(p, session, &rows, i, &next));
        if (tell)
            PN_TRY(pn_outbox(p, PNI_SEATS_KEPT, ((const found *)rows.row)[i].listing, NULL, NULL,
                             NULL));
    }
    return 0;
}
