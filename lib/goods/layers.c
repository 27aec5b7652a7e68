/* SPDX-License-Identifier: Apache-2.0 */
/* The layers of a price: ask → sale → settle. */
#include "price_int.h"

enum { BP = 10000 };

int64_t pni_up_yuan(int64_t fen)
{
    return fen > 0 ? (fen + 99) / 100 * 100 : 0;
}

/* base·(1 + rate) + fixed, up to whole yuan: one division, so nothing is rounded twice. */
static int64_t marked_up(int64_t base, int64_t rate_bp, int64_t fixed)
{
    __int128 x = (__int128)base * (BP + rate_bp) + (__int128)fixed * BP;
    const __int128 yuan = 100 * BP;
    return x > 0 ? (int64_t)((x + yuan - 1) / yuan) * 100 : 0;
}

static int64_t part(int64_t fen, int64_t rate_bp)
{
    return (int64_t)(((__int128)fen * rate_bp + BP / 2) / BP); /* half up */
}

static int64_t settle(const pni_price_facts *f)
{
    int64_t commission = part(f->ask_fen, f->commission_bp);
    if (f->net)
        return f->ask_fen;
    return f->ask_fen - (commission > f->commission_min_fen ? commission : f->commission_min_fen);
}

int64_t pni_least_fen(const pni_price_facts *f, int64_t settle_fen)
{
    int64_t fen = pni_up_yuan(settle_fen + f->min_margin_fen);
    while (fen < settle_fen + part(fen, f->pay_fee_bp) + f->min_margin_fen)
        fen += 100;
    return fen;
}

/* In the place of the marked-up price, never outside the bounds. */
static int64_t followed(const pni_price_facts *f, const pni_prices *o)
{
    int64_t fen = pni_up_yuan(f->follow_fen), least = pni_least_fen(f, o->settle_fen);
    int64_t most = o->cap_fen - o->cap_fen % 100;
    return fen > most ? most : fen < least ? least : fen;
}

pn_code pni_price(const pni_price_facts *f, pni_prices *out)
{
    out->sale_fen = marked_up(f->ask_fen, f->mb_bp, f->mf_fen);
    out->settle_fen = settle(f);
    out->cap_fen = f->face_cap ? f->face_fen
                               : (int64_t)((__int128)f->face_fen * f->max_multiple_bp / BP);
    if (f->follow_fen)
        out->sale_fen = followed(f, out);
    out->floor_fen = out->settle_fen + part(out->sale_fen, f->pay_fee_bp) + f->min_margin_fen;
    if (out->sale_fen > out->cap_fen)
        return PN_ECAP;
    if (out->settle_fen <= 0 || out->sale_fen < out->floor_fen)
        return PN_EFLOOR;
    return PN_OK;
}

int64_t pni_channel_fen(int64_t sale_fen, int64_t kb_bp, int64_t kf_fen)
{
    return marked_up(sale_fen, kb_bp, kf_fen);
}

static const char *yuan(pn *p, int64_t fen)
{
    const char *text = pn_printf(p, "%lld.%02lld", (long long)(fen / 100), (long long)(fen % 100));
    return text ? text : "";
}

int pni_cannot_price(pn *p, pn_code code, const pni_price_facts *f, const pni_prices *o)
{
    if (code == PN_ECAP) {
        pn_fail(p, code, "ask_fen", pn_tr("Buyers would see %s; at most %s is permitted"),
                yuan(p, o->sale_fen), yuan(p, o->cap_fen));
        return pn_hint(p, f->face_cap ? pn_tr("The show may not be resold above face, %s")
                                      : pn_tr("The face price is %s; ask for less"),
                       yuan(p, f->face_fen));
    }
    if (o->settle_fen <= 0) {
        pn_fail(p, code, "ask_fen", "%s", pn_tr("Nothing would be left after the commission"));
        return pn_hint(p, "%s", pn_tr("Ask for more"));
    }
    pn_fail(p, code, "ask_fen", pn_tr("Buyers would see %s; it cannot be sold below %s"),
            yuan(p, o->sale_fen), yuan(p, o->floor_fen));
    return pn_hint(p, "%s", pn_tr("Settlement, payment fee and margin must be covered; a price"
                                  " rule may be missing"));
}
