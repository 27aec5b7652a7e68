/* SPDX-License-Identifier: Apache-2.0 */
/* qr.h — a code for telephones, drawn in cells. */
#ifndef TUI_QR_H
#define TUI_QR_H

#include "row.h"

#include <ticket/qr.h>

/** As large as it can be in that part of the screen, in the middle, with its quiet zone. False:
 *  there is no room, and nothing was drawn. */
bool qr_draw(struct tui_canvas *canvas, int top, int rows, int left, int cols, const pn_qr *qr);
/** The cells it needs at least. */
void qr_need(const pn_qr *qr, int *rows, int *cols);

#endif
