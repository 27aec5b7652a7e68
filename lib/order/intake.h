/* SPDX-License-Identifier: Apache-2.0 */
/* intake.h — orders copied from a channel's back office: a file's rows become orders. */
#ifndef PN_INTAKE_H
#define PN_INTAKE_H

#include "catalog/import.h"
#include "order/order.h"

PN_BEGIN

/** One row on its way. `state` is the order's: MAPPED, UNMAPPED, PAID once it is an order of ours,
 *  CHANNEL_REJECTED. `short_of` says that its tickets are not to be had at the moment. */
typedef struct pn_intake {
    int64_t id, channel_id;
    const char *channel, *ext_no, *item, *sku;
    pn_time start_at;
    int line, qty;
    pn_money unit_fen, loss_fen;
    pn_word state;
    bool short_of;
    int64_t tier_id, order_id;
    const char *remark, *note;
    pn_time created_at;
} pn_intake;
extern const pn_type pn_intake_t;

/** A CSV: ext_no, item, sku, start_at, qty, unit_fen (price of one, yuan), and, where there are
 *  any, buyer, phone, address, ids ("name/document|…"), remark. The same file again changes
 *  nothing; a number that is known is no new order, whatever the file. */
struct pn_intake_import {
    int64_t channel;
    const char *file;
    pn_word report;
};
typedef struct pn_intake_result {
    int64_t id, rows_read, mapped, unmapped, duplicates, failed;
    bool seen;   /* the file was here before */
    pn_rows rows; /* pn_import_row */
} pn_intake_result;

struct pn_intake_show { int64_t id; };
/** Say which tier it is; every row of the same item is mapped, now and in future files. */
struct pn_intake_map { int64_t id, tier; };
/** Lock, pay and issue. PN_EBUDGET when the channel's price is below the floor and no budget
 *  covers the loss; PN_EARG when it is far above the face price, unless that is `dear`. */
struct pn_intake_accept { int64_t id, loss_budget; bool dear; };
struct pn_intake_reject { int64_t id; const char *reason; };
/** Money set aside for a channel's sales below the floor. */
struct pn_intake_budget { int64_t channel; const char *name; pn_money total_fen; };
typedef struct pn_intake_money {
    int64_t id, channel_id;
    const char *name;
    pn_money total_fen, used_fen;
} pn_intake_money;

PN_MUST int pn_intake_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_intake_show(pn *p, const struct pn_intake_show *in, pn_intake *out);
PN_MUST int pn_intake_import(pn *p, const struct pn_intake_import *in, pn_intake_result *out);
PN_MUST int pn_intake_map(pn *p, const struct pn_intake_map *in, pn_intake *out);
PN_MUST int pn_intake_accept(pn *p, const struct pn_intake_accept *in, pn_intake *out);
PN_MUST int pn_intake_reject(pn *p, const struct pn_intake_reject *in, pn_intake *out);
PN_MUST int pn_intake_budget(pn *p, const struct pn_intake_budget *in, pn_intake_money *out);
PN_MUST int pn_intake_budgets(pn *p, const pn_list *in, pn_page *out);

PN_END
#endif
