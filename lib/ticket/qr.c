/* SPDX-License-Identifier: Apache-2.0 */
/* qr.c — codes for screens. */
#include "ticket/qr.h"

#include "ticket/pen_int.h"

QRecLevel pni_qr_level(char level)
{
    return level == 'L'   ? QR_ECLEVEL_L
           : level == 'Q' ? QR_ECLEVEL_Q
           : level == 'H' ? QR_ECLEVEL_H
                          : QR_ECLEVEL_M;
}

bool pn_qr_make(const char *text, char level, pn_qr *out)
{
    QRcode *made = text && *text && pni_pen_load_codes()
                       ? QRcode_encodeString(text, 0, pni_qr_level(level), QR_MODE_8, 1)
                       : NULL;
    if (!made)
        return false;
    out->side = made->width;
    for (int i = 0; i < made->width * made->width; i++)
        out->dark[i] = made->data[i] & 1;
    QRcode_free(made);
    return true;
}
