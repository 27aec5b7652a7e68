/* SPDX-License-Identifier: Apache-2.0 */
/* board_int.h — what the files of the board share. */
#ifndef PNI_BOARD_H
#define PNI_BOARD_H

#include "base/sql_int.h"
#include "board.h"

extern const pn_type pni_board_waiting_t;
PN_MUST int pni_board_waits(pn *p, pn_board_waiting *out);

#endif
