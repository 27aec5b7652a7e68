/* SPDX-License-Identifier: Apache-2.0 */
/* code128.c — Code 128, sets B and C: digits go in pairs, which halves the bars of a ticket
 * number, so that they stay two dots wide on an 80 mm head. */
#include "ticket/render.h"

#include <string.h>

enum { START_B = 104, START_C = 105, TO_C = 99, TO_B = 100, STOP = 106, SYMBOLS_MAX = 128 };

static const char patterns[][7] = {
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212",
    "221213", "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221",
    "223211", "221132", "221231", "213212", "223112", "312131", "311222", "321122", "321221",
    "312212", "322112", "322211", "212123", "212321", "232121", "111323", "131123", "131321",
    "112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331", "132131",
    "113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311", "213131",
    "311123", "311321", "331121", "312113", "312311", "332111", "314111", "221411", "431111",
    "111224", "111422", "121124", "121421", "141122", "141221", "112214", "112412", "122114",
    "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111", "111242",
    "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311",
    "113141", "114131", "311141", "411131", "211412", "211214", "211232",
};

static size_t digit_run(const char *text)
{
    return strspn(text, "0123456789");
}

/* The symbols of a text, without check and stop. 0 when it cannot be written. */
static size_t symbols_of(const char *text, int *sym)
{
    size_t n = 0;
    bool pairs = digit_run(text) >= 4 && digit_run(text) % 2 == 0;
    sym[n++] = pairs ? START_C : START_B;
    while (*text) {
        if (n > SYMBOLS_MAX - 4)
            return 0;
        size_t run = digit_run(text);
        if (pairs && run >= 2) {
            sym[n++] = (text[0] - '0') * 10 + (text[1] - '0');
            text += 2;
            continue;
        }
        if (pairs) {
            sym[n++] = TO_B;
            pairs = false;
        } else if (run >= 4 && run % 2 == 0) {
            sym[n++] = TO_C;
            pairs = true;
            continue;
        }
        if (*text < 32 || *text > 126)
            return 0;
        sym[n++] = *text++ - 32;
    }
    return n;
}

size_t pn_code128(const char *text, uint8_t *widths, size_t size)
{
    int sym[SYMBOLS_MAX];
    size_t n = *text ? symbols_of(text, sym) : 0, at = 0;
    if (!n || size < (n + 1) * 6 + 7)
        return 0;
    int sum = sym[0];
    for (size_t i = 1; i < n; i++)
        sum += (int)i * sym[i];
    sym[n++] = sum % 103;
    for (size_t i = 0; i < n; i++)
        for (int k = 0; k < 6; k++)
            widths[at++] = (uint8_t)(patterns[sym[i]][k] - '0');
    for (const char *c = "2331112"; *c; c++)
        widths[at++] = (uint8_t)(*c - '0');
    return at;
}
