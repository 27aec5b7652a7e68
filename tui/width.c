/* SPDX-License-Identifier: Apache-2.0 */
/* width.c — eight width engines agree on hanzi, kana, hangul and fullwidth forms (2) and on
 * everything ambiguous (1). They disagree on emoji, variation selectors and joined families, so
 * those never reach a terminal. The C library's wcwidth() is asked as a second opinion, because
 * ncurses believes it: where it differs from this table the character is substituted too. */
#include "config.h"
#include "width.h"

#include <wchar.h>

struct range { uint32_t first, last; };

/* The wide characters all engines agree on. Sorted. */
static const struct range wide[] = {
    {0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0x33ff},   {0x3400, 0x4dbf},
    {0x4e00, 0xa4cf},   {0xa960, 0xa97f},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},
    {0xfe10, 0xfe19},   {0xfe30, 0xfe6f},   {0xff01, 0xff60},   {0xffe0, 0xffe6},
    {0x20000, 0x2fffd}, {0x30000, 0x3fffd},
};

/* Never drawn: they reorder, join or hide what stands around them. Sorted. */
static const struct range banned[] = {
    {0x0000, 0x001f}, {0x007f, 0x009f}, {0x00ad, 0x00ad},   {0x034f, 0x034f},
    {0x061c, 0x061c}, {0x115f, 0x1160}, {0x17b4, 0x17b5},   {0x180b, 0x180f},
    {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f},   {0x3164, 0x3164},
    {0xd800, 0xdfff}, {0xfe00, 0xfe0f}, {0xfeff, 0xfeff},   {0xffa0, 0xffa0},
    {0xfff0, 0xfffb}, {0xfffe, 0xffff}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a},
    {0xe0000, 0xe0fff},
};

static int within(const struct range *table, size_t n, uint32_t cp)
{
    size_t low = 0;
    while (low < n) {
        size_t middle = (low + n) / 2;
        if (cp > table[middle].last)
            low = middle + 1;
        else if (cp < table[middle].first)
            n = middle;
        else
            return 1;
    }
    return 0;
}

#define WITHIN(table, cp) within(table, sizeof(table) / sizeof(table)[0], cp)

size_t tui_decode(const char *text, size_t left, uint32_t *cp)
{
    const unsigned char *s = (const unsigned char *)text;
    uint32_t c = s[0], least;
    size_t need;
    if (c < 0x80) {
        *cp = c;
        return 1;
    }
    *cp = 0xfffd;
    if (c >= 0xc2 && c < 0xe0)
        need = 1, c &= 0x1f, least = 0x80;
    else if (c >= 0xe0 && c < 0xf0)
        need = 2, c &= 0x0f, least = 0x800;
    else if (c >= 0xf0 && c < 0xf5)
        need = 3, c &= 0x07, least = 0x10000;
    else
        return 1;
    if (left <= need)
        return 1;
    for (size_t i = 1; i <= need; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 1;
        c = c << 6 | (s[i] & 0x3f);
    }
    if (c < least || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
        return 1;
    *cp = c;
    return need + 1;
}

size_t tui_encode(uint32_t cp, char out[4])
{
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xc0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3f));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xe0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
        out[2] = (char)(0x80 | (cp & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
    out[3] = (char)(0x80 | (cp & 0x3f));
    return 4;
}

int tui_width(uint32_t cp)
{
    if (cp >= 0x20 && cp < 0x7f)
        return 1;
    if (WITHIN(banned, cp) || cp > 0x10ffff)
        return -1;
    int libc = wcwidth((wchar_t)cp);
    if (libc == 0)
        return 0;
    return WITHIN(wide, cp) && libc == 2 ? 2 : 1;
}

uint32_t tui_drawable(uint32_t cp)
{
    if (cp >= 0x20 && cp < 0x7f)
        return cp;
    int libc = wcwidth((wchar_t)cp);
    return libc >= 0 && libc == tui_width(cp) ? cp : TUI_SUBSTITUTE;
}

int tui_text_width(const char *text)
{
    int columns = 0;
    uint32_t cp;
    size_t left = 0;
    while (text[left])
        left++;
    while (left) {
        size_t used = tui_decode(text, left, &cp);
        int w = tui_width(cp);
        columns += w > 0 ? w : 0;
        text += used;
        left -= used;
    }
    return columns;
}

uint32_t tui_fold(uint32_t cp)
{
    if (cp >= 0xff01 && cp <= 0xff5e)
        return cp - 0xff01 + '!';
    switch (cp) {
    case 0x3000:
        return ' ';
    case 0x3002:
        return '.';
    case 0x3001:
        return ',';
    case 0x3010:
        return '[';
    case 0x3011:
        return ']';
    case 0x2018:
    case 0x2019:
        return '\'';
    case 0x201c:
    case 0x201d:
        return '"';
    case 0x00b7:
        return '`';
    case 0xffe5:
    case 0x00a5:
        return '$';
    default:
        return cp;
    }
}
