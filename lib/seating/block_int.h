/* SPDX-License-Identifier: Apache-2.0 */
/* block_int.h — the statements of blocks, for the module that registers them. */
#ifndef PNI_SEAT_BLOCK_H
#define PNI_SEAT_BLOCK_H

#include "seating/picture_int.h"

#pragma GCC visibility push(hidden)

extern const pn_sql pni_block_load, pni_block_marks;
#define PNI_BLOCK_SQL                                                                              \
    &pni_block_load, &pni_block_marks, &pni_block_lock, &pni_block_sell, &pni_block_free,          \
    &pni_block_back,                                                                               \
    &pni_orders_seats_sell, &pni_orders_seats_free

#pragma GCC visibility pop
#endif
