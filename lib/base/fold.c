/* SPDX-License-Identifier: Apache-2.0 */
/* Folding, pinyin and grams. Grams are made here and not by pg_trgm because that finds nothing for
 * two characters, which is how most names are typed, and depends on the server's locale. */
#include "search_int.h"
#include "icu_int.h"
#include "op.h"

#include <string.h>

enum { TEXT_MAX = 64 * 1024 }; /* of one row; longer text is not indexed as a title */

/* ICU reads single characters; these words of our trade are read otherwise. */
static const struct { const char *word, *read; } readings[] = {
    {"音乐", "yin yue"}, {"乐团", "yue tuan"}, {"乐队", "yue dui"}, {"声乐", "sheng yue"},
    {"民乐", "min yue"}, {"国乐", "guo yue"}, {"器乐", "qi yue"}, {"乐章", "yue zhang"},
    {"交响乐", "jiao xiang yue"}, {"室内乐", "shi nei yue"}, {"爵士乐", "jue shi yue"},
    {"乐器", "yue qi"}, {"管乐", "guan yue"}, {"弦乐", "xian yue"}, {"乐坊", "yue fang"},
    {"重庆", "chong qing"}, {"长安", "chang an"}, {"成都", "cheng du"}, {"厦门", "xia men"},
    {"大都会", "da du hui"}, {"长恨歌", "chang hen ge"}, {"单于", "chan yu"},
    {"角色", "jue se"}, {"银行", "yin hang"}, {"行家", "hang jia"}, {"传奇", "chuan qi"},
    {"长沙", "chang sha"}, {"长江", "chang jiang"}, {"朝阳", "chao yang"}, {"六安", "lu an"},
};

static uint32_t next_char(const char **at)
{
    const unsigned char *s = (const unsigned char *)*at;
    uint32_t c = *s++;
    int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0;
    c = more == 3 ? c & 7 : more == 2 ? c & 15 : more == 1 ? c & 31 : c;
    for (; more && (*s & 0xc0) == 0x80; more--)
        c = c << 6 | (*s++ & 63);
    *at = (const char *)s;
    return c;
}

/* Scripts written without blanks: Han with its extensions, kana, hangul. */
static bool is_cjk(uint32_t c)
{
    return (c >= 0x3400 && c <= 0x9fff) || (c >= 0xf900 && c <= 0xfaff) || c >= 0x20000 ||
           (c >= 0x3040 && c <= 0x30ff) || (c >= 0xac00 && c <= 0xd7af) || c == 0x3007;
}

static bool is_letter(uint32_t c)
{
    if (c < 0x80)
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return (c >= 0xc0 && c < 0x2000 && c != 0xd7 && c != 0xf7) || (c >= 0xff66 && c <= 0xffdc);
}

static bool is_ascii(const char *text)
{
    for (; *text; text++)
        if (*text & 0x80)
            return false;
    return true;
}

static int done(pn *p, const pn_buf *b, const char **out)
{
    if (b->bad)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    *out = b->text ? b->text : "";
    return 0;
}

/* One blank for every run of anything else; `split` also where the script changes. */
static int words_of(pn *p, const char *text, bool split, const char **out)
{
    pn_buf b = pn_buf_new(p);
    uint32_t last = 0;
    bool gap = false;
    for (const char *at = text, *from = at; *at; from = at) {
        uint32_t c = next_char(&at);
        bool cjk = is_cjk(c);
        if (!cjk && !is_letter(c)) {
            gap = true;
            continue;
        }
        bool border = last && is_cjk(last) != cjk;
        bool blank = split ? gap || border : gap && !cjk && !is_cjk(last);
        if (last && blank)
            pn_buf_puts(&b, " ");
        pn_buf_put(&b, from, (size_t)(at - from));
        last = c;
        gap = false;
    }
    return done(p, &b, out);
}

static int fold(pn *p, const char *text, bool split, const char **out)
{
    const char *same = text;
    if (strlen(text) > TEXT_MAX)
        return pn_fail(p, PN_ETOO_BIG, NULL, pn_tr("The text is longer than %d bytes"), TEXT_MAX);
    if (is_ascii(text)) {
        char *lower = pn_strdup(p, text);
        if (!lower)
            return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
        for (char *c = lower; *c; c++)
            if (*c >= 'A' && *c <= 'Z')
                *c = (char)(*c - 'A' + 'a');
        same = lower;
    } else {
        PN_TRY(pni_icu(p, PNI_ICU_FOLD, text, &same));
    }
    return words_of(p, same, split, out);
}

int pni_fold(pn *p, const char *text, const char **out)
{
    return fold(p, text ? text : "", true, out);
}

/* ---- pinyin ---- */

static const char *reading(const char *at, size_t *len)
{
    for (size_t i = 0; i < sizeof readings / sizeof readings[0]; i++) {
        *len = strlen(readings[i].word);
        if (!strncmp(at, readings[i].word, *len))
            return readings[i].read;
    }
    return NULL;
}

/* Every Chinese character becomes a word of its own, so that words are syllables afterwards. A
 * mark tells words in letters, whose initials are the whole word. */
static int spread(pn *p, const char *text, const char **out)
{
    pn_buf b = pn_buf_new(p);
    bool in_word = false;
    for (const char *at = text; *at;) {
        size_t len;
        const char *from = at, *read = reading(at, &len);
        if (read) {
            pn_buf_putf(&b, " %s ", read);
            at += len;
            in_word = false;
            continue;
        }
        uint32_t c = next_char(&at);
        if (is_cjk(c)) {
            pn_buf_puts(&b, " ");
            pn_buf_put(&b, from, (size_t)(at - from));
            pn_buf_puts(&b, " ");
        } else if (is_letter(c)) {
            if (!in_word)
                pn_buf_puts(&b, " =");
            pn_buf_put(&b, from, (size_t)(at - from));
        }
        in_word = !is_cjk(c) && is_letter(c);
    }
    return done(p, &b, out);
}

int pni_pinyin(pn *p, const char *text, const char **pinyin, const char **initials)
{
    const char *folded = "", *apart = "", *read;
    PN_TRY(fold(p, text ? text : "", true, &folded));
    PN_TRY(spread(p, folded, &apart));
    read = apart;
    if (!is_ascii(apart))
        PN_TRY(pni_icu(p, PNI_ICU_PINYIN, apart, &read));
    pn_buf whole = pn_buf_new(p), first = pn_buf_new(p);
    for (const char *at = read; *at;) {
        at += strspn(at, " ");
        bool letters = *at == '=';
        at += letters;
        size_t n = strcspn(at, " ");
        pn_buf_put(&whole, at, n);
        const char *after = at;
        if (n)
            next_char(&after);
        pn_buf_put(&first, at, letters ? n : (size_t)(after - at));
        at += n;
    }
    PN_TRY(done(p, &whole, pinyin));
    return done(p, &first, initials);
}

int pn_pinyin(pn *p, const char *text, const char **pinyin, const char **initials)
{
    return pni_pinyin(p, text, pinyin, initials);
}

/* ---- grams ---- */

typedef struct grams {
    pn *p;
    pn_texts list;
    size_t cap;
    bool bad;
} grams;

static void gram(grams *g, const char *from, const char *to)
{
    size_t len = (size_t)(to - from);
    for (size_t i = 0; i < g->list.n; i++)
        if (!strncmp(g->list.v[i], from, len) && !g->list.v[i][len])
            return;
    if (g->list.n == g->cap) {
        size_t cap = g->cap ? g->cap * 2 : 32;
        const char **v = pn_alloc(g->p, cap * sizeof *v);
        if (!v) {
            g->bad = true;
            return;
        }
        if (g->list.n)
            memcpy(v, g->list.v, g->list.n * sizeof *v);
        g->list.v = v;
        g->cap = cap;
    }
    char *text = pn_alloc(g->p, len + 1);
    if (!text) {
        g->bad = true;
        return;
    }
    memcpy(text, from, len);
    g->list.v[g->list.n++] = text;
}

/* Neighbouring characters of one word: every run of 1..`most` for a row, only the longest for a
 * question (all of a word that is shorter). */
static void grams_of_word(grams *g, const char *from, const char *end, int most, bool all)
{
    int len = 0;
    for (const char *at = from; at < end; len++)
        next_char(&at);
    if (most > len)
        most = len;
    for (int size = all ? 1 : most; size <= most; size++) {
        const char *at = from;
        for (int i = 0; i + size <= len; i++, next_char(&at)) {
            const char *to = at;
            for (int n = 0; n < size; n++)
                next_char(&to);
            gram(g, at, to);
        }
    }
}

static void grams_of(grams *g, const char *folded, bool all)
{
    for (const char *at = folded; *at;) {
        const char *from = at;
        uint32_t c = next_char(&at);
        if (!is_cjk(c) && !is_letter(c))
            continue;
        bool cjk = is_cjk(c);
        const char *end = at;
        while (*at) {
            c = next_char(&at);
            if (is_cjk(c) != cjk || (!cjk && !is_letter(c)))
                break;
            end = at;
        }
        grams_of_word(g, from, end, cjk ? 2 : 3, all);
        at = end;
    }
}

int pni_grams(pn *p, const char *folded, pn_texts *out)
{
    grams g = {.p = p};
    grams_of(&g, folded, false);
    if (g.bad)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    *out = g.list;
    return 0;
}

int pni_index_of(pn *p, const char *const *texts, size_t n, pni_index *out)
{
    grams g = {.p = p};
    pn_buf folded = pn_buf_new(p), pinyin = pn_buf_new(p), initials = pn_buf_new(p);
    for (size_t i = 0; i < n; i++) {
        const char *one, *whole, *first;
        if (!texts[i] || !*texts[i])
            continue;
        PN_TRY(fold(p, texts[i], false, &one));
        PN_TRY(pni_pinyin(p, texts[i], &whole, &first));
        grams_of(&g, one, true);
        grams_of(&g, whole, true);
        grams_of(&g, first, true);
        const char *gap = folded.len ? "|" : "";
        pn_buf_putf(&folded, "%s%s", gap, one);
        pn_buf_putf(&pinyin, "%s%s", gap, whole);
        pn_buf_putf(&initials, "%s%s", gap, first);
    }
    if (g.bad)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    out->grams = g.list;
    PN_TRY(done(p, &folded, &out->folded));
    PN_TRY(done(p, &pinyin, &out->pinyin));
    return done(p, &initials, &out->initials);
}
