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
    {0x1100, 0x115f},   {0x2e80, 0x302d},   {0x3030, 0x303e}, {0x3041, 0x33ff}, {0x3400, 0x4dbf},
    {0x4e00, 0xa4cf},   {0xa960, 0xa97f},   {0xac00, 0xd7a3}, {0xf900, 0xfaff}, {0xfe10, 0xfe19},
    {0xfe30, 0xfe6f},   {0xff01, 0xff60},   {0xffe0, 0xffe6}, {0x20000, 0x2fffd},
    {0x30000, 0x3fffd},
};

/* Never drawn: they reorder, join or hide what stands around them. Sorted. */
static const struct range banned[] = {
    {0x0000, 0x001f}, {0x007f, 0x009f}, {0x00ad, 0x00ad},   {0x034f, 0x034f},
    {0x0600, 0x0605}, {0x061c, 0x061c}, {0x06dd, 0x06dd},   {0x070f, 0x070f},
    {0x08e2, 0x08e2}, {0x115f, 0x1160}, {0x17b4, 0x17b5},   {0x180b, 0x180f},
    {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f},   {0x3164, 0x3164},
    {0xd800, 0xdfff}, {0xfe00, 0xfe0f}, {0xfeff, 0xfeff},   {0xffa0, 0xffa0},
    {0xfff0, 0xfffb}, {0xfffe, 0xffff}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a},
    {0xe0000, 0xe0fff},
};

/* The combining marks all engines know. */
static const struct range marks[] = {{0x0300, 0x036f}, {0x20d0, 0x20dc}};

/* One column for some, none for others. Sorted. */
static const struct range unsure[] = {
    {0x06de, 0x06de}, {0x1734, 0x1734}, {0x302e, 0x302f}, {0x1f93b, 0x1f93b}, {0x1f946, 0x1f946},
};

/* One column everywhere but on terminals that were told to draw them as wide as hanzi. Sorted. */
static const struct range ambiguous[] = {
    {0x00a1, 0x00a1}, {0x00a4, 0x00a4}, {0x00a7, 0x00aa}, {0x00ae, 0x00bf}, {0x00c6, 0x00c6},
    {0x00d0, 0x00d0}, {0x00d7, 0x00d8}, {0x00de, 0x00e1}, {0x00e6, 0x00ed}, {0x00f0, 0x00f3},
    {0x00f7, 0x00fe}, {0x0101, 0x0101}, {0x0111, 0x0113}, {0x011b, 0x011b}, {0x0126, 0x0127},
    {0x012b, 0x012b}, {0x0131, 0x0133}, {0x0138, 0x0138}, {0x013f, 0x0144}, {0x0148, 0x014d},
    {0x0152, 0x0153}, {0x0166, 0x0167}, {0x016b, 0x016b}, {0x01ce, 0x01dc}, {0x0251, 0x0251},
    {0x0261, 0x0261}, {0x02c4, 0x02c4}, {0x02c7, 0x02cd}, {0x02d0, 0x02d0}, {0x02d8, 0x02df},
    {0x0391, 0x03a9}, {0x03b1, 0x03c9}, {0x0401, 0x0401}, {0x0410, 0x0451}, {0x2010, 0x2010},
    {0x2013, 0x2019}, {0x201c, 0x201d}, {0x2020, 0x2027}, {0x2030, 0x2035}, {0x203b, 0x203b},
    {0x203e, 0x203e}, {0x2074, 0x2074}, {0x207f, 0x2084}, {0x20ac, 0x20ac}, {0x2103, 0x2105},
    {0x2109, 0x2109}, {0x2113, 0x2113}, {0x2116, 0x2116}, {0x2121, 0x2122}, {0x2126, 0x2126},
    {0x212b, 0x212b}, {0x2153, 0x2154}, {0x215b, 0x216b}, {0x2170, 0x2179}, {0x2189, 0x2189},
    {0x2190, 0x2199}, {0x21b8, 0x21b9}, {0x21d2, 0x21d4}, {0x21e7, 0x21e7}, {0x2200, 0x2203},
    {0x2207, 0x2208}, {0x220b, 0x220b}, {0x220f, 0x2211}, {0x2215, 0x2215}, {0x221a, 0x221a},
    {0x221d, 0x2220}, {0x2223, 0x222e}, {0x2234, 0x2237}, {0x223c, 0x223d}, {0x2248, 0x2248},
    {0x224c, 0x224c}, {0x2252, 0x2252}, {0x2260, 0x2261}, {0x2264, 0x2267}, {0x226a, 0x226b},
    {0x226e, 0x226f}, {0x2282, 0x2283}, {0x2286, 0x2287}, {0x2295, 0x2295}, {0x2299, 0x2299},
    {0x22a5, 0x22a5}, {0x22bf, 0x22bf}, {0x2312, 0x2312}, {0x2460, 0x254b}, {0x2550, 0x2573},
    {0x2580, 0x258f}, {0x2592, 0x2595}, {0x25a0, 0x25a9}, {0x25b2, 0x25b3}, {0x25b6, 0x25b7},
    {0x25bc, 0x25bd}, {0x25c0, 0x25c1}, {0x25c6, 0x25c8}, {0x25cb, 0x25cb}, {0x25ce, 0x25d1},
    {0x25e2, 0x25e5}, {0x25ef, 0x25ef}, {0x2605, 0x2606}, {0x2609, 0x2609}, {0x260e, 0x260f},
    {0x261c, 0x261e}, {0x2640, 0x2642}, {0x2660, 0x266f}, {0x269e, 0x269f}, {0x26bf, 0x26bf},
    {0x26c6, 0x26e3}, {0x26e8, 0x26f1}, {0x26f4, 0x26ff}, {0x273d, 0x273d}, {0x2776, 0x277f},
    {0x2b56, 0x2b59}, {0x3248, 0x324f}, {0xe000, 0xf8ff}, {0xfffd, 0xfffd},
};

static bool ambiguous_is_wide;

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

void tui_ambiguous(bool is_wide)
{
    ambiguous_is_wide = is_wide;
}

bool tui_ambiguous_wide(void)
{
    return ambiguous_is_wide;
}

/* What says the same in ASCII. */
static uint32_t ascii(uint32_t cp)
{
    static const struct { uint32_t from; char to; } forms[] = {
        {0x2026, '~'}, {0x00b7, '.'}, {0x2010, '-'}, {0x2013, '-'}, {0x2014, '-'}, {0x2018, '\''},
        {0x2019, '\''}, {0x201c, '"'}, {0x201d, '"'}, {0x2022, '*'}, {0x2190, '<'}, {0x2191, '^'},
        {0x2192, '>'}, {0x2193, 'v'}, {0x2500, '-'}, {0x2502, '|'}, {0x00d7, 'x'}, {0x2605, '*'},
        {0x25cf, '*'}, {0x25cb, 'o'},
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (forms[i].from == cp)
            return (unsigned char)forms[i].to;
    if (cp >= 0x2500 && cp < 0x2580)
        return '+';
    return cp >= 0x2580 && cp < 0x25a0 ? '#' : TUI_SUBSTITUTE;
}

uint32_t tui_drawable(uint32_t cp)
{
    if (cp >= 0x20 && cp < 0x7f)
        return cp;
    if (ambiguous_is_wide && WITHIN(ambiguous, cp))
        return ascii(cp);
    int libc = wcwidth((wchar_t)cp);
    if (!libc) /* a mark some emulators know as one and others as a character */
        return WITHIN(marks, cp) ? cp : TUI_SUBSTITUTE;
    if (WITHIN(unsure, cp))
        return TUI_SUBSTITUTE;
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
