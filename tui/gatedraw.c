/* SPDX-License-Identifier: Apache-2.0 */
/* gatedraw.c — the verdict as large as the screen allows: a word, a colour and the shape of the
 * border say the same, so neither bright sun nor colour blindness hides it. */
#include "config.h"
#include "gate.h"

#include <stdlib.h>
#include <string.h>

enum { DOTS = 16, SCALE_MOST = 6, BESIDE = 30, LITTLE = 10 };

/* Sixteen rows of sixteen dots, the highest bit on the left. */
typedef struct glyph { uint16_t row[DOTS]; } glyph;
struct word { const char *text; glyph glyph[2]; };
/* What stands there is the msgid's translation, when it is drawn here; else the first. */
static const struct word pass_words[] = {
    {"GO", {{{0x03f0, 0x07f8, 0x0ff8, 0x1e00, 0x1c00, 0x3800, 0x3800, 0x387c, 0x387c, 0x3c1c,
              0x1c1c, 0x1e1c, 0x0ffc, 0x07fc, 0x03f0, 0}},
            {{0x07c0, 0x1ff0, 0x1ff8, 0x3c38, 0x781c, 0x701c, 0x701c, 0x701c, 0x701c, 0x701c,
              0x381c, 0x3c38, 0x1ff8, 0x0ff0, 0x07c0, 0}}}},
    {"通过", {{{0, 0x63fc, 0x3098, 0x10f0, 0x03fe, 0x0266, 0x0266, 0x73fe, 0x1266, 0x13fe, 0x1266,
              0x1266, 0x126e, 0x7e00, 0x47fe, 0}},
            {{0x0018, 0x6018, 0x3018, 0x17fe, 0x03fe, 0x0018, 0x0318, 0x7118, 0x1198, 0x1098,
              0x1018, 0x1078, 0x3870, 0x7c00, 0x67fe, 0}}}}};
static const struct word stop_words[] = {
    {"NO", {{{0x3838, 0x3c38, 0x3c38, 0x3e38, 0x3e38, 0x3738, 0x3b38, 0x3bb8, 0x39b8, 0x39f8,
              0x38f8, 0x38f8, 0x3878, 0x3878, 0x3838, 0}},
            {{0x07c0, 0x1ff0, 0x1ff8, 0x3c38, 0x781c, 0x701c, 0x701c, 0x701c, 0x701c, 0x701c,
              0x381c, 0x3c38, 0x1ff8, 0x0ff0, 0x07c0, 0}}}},
    {"拒绝", {{{0x1000, 0x11fe, 0x11fe, 0x3900, 0x7d00, 0x11fc, 0x118c, 0x1104, 0x3f04, 0x798c,
              0x51fc, 0x1100, 0x1100, 0x11fe, 0x31fe, 0x7000}},
            {{0, 0x1840, 0x18c0, 0x10fc, 0x3198, 0x2718, 0x7ffe, 0x79b6, 0x1126, 0x3126, 0x7dfe,
              0x7180, 0x0100, 0x0f02, 0x7d82, 0x41fe}}}}};

static const struct word *word_of(bool good)
{
    const struct word *words = good ? pass_words : stop_words;
    const char *text = good ? pn_tr(N_("GO")) : pn_tr(N_("NO"));
    return !strcmp(words[1].text, text) ? &words[1] : &words[0];
}

static bool dot(const glyph *g, int y, int x)
{
    return g->row[y] >> (DOTS - 1 - x) & 1;
}

/* A cell is two dots high, or so many halves of one. */
static void draw_glyph(const glyph *g, struct tui_canvas *canvas, int y, int x, int scale,
                       unsigned look)
{
    for (int r = 0; r < DOTS * scale / 2; r++) {
        for (int c = 0; c < DOTS * scale; c++) {
            bool upper = dot(g, 2 * r / scale, c / scale);
            bool lower = dot(g, (2 * r + 1) / scale, c / scale);
            if (upper || lower)
                row_put(canvas, y + r, x + c, 1, upper && lower ? "█" : upper ? "▀" : "▄", look);
        }
    }
}

static int word_width(int scale)
{
    return (2 * DOTS + 2) * scale;
}

/* The greatest size that leaves the words beside it room; 0: not even the least fits. */
static int scale_of(int rows, int cols)
{
    for (int k = SCALE_MOST; k > 0; k--)
        if (DOTS * k / 2 + 2 <= rows && word_width(k) + 4 + BESIDE <= cols)
            return k;
    return DOTS / 2 + 6 <= rows && word_width(1) + 4 <= cols ? 1 : 0;
}

/* What the person at the gate needs; numbers of rows and devices are for the record. */
static bool is_told(const pn_col *col)
{
    static const char *const untold[] = {"result", "message", "direction", "at", "gate"};
    for (size_t i = 0; i < sizeof untold / sizeof *untold; i++)
        if (!strcmp(col->name, untold[i]))
            return false;
    return col->kind == PN_K_TEXT || col->kind == PN_K_TIME || col->kind == PN_K_WORD;
}

static void draw_facts(const struct gate *g, struct tui_canvas *canvas, int y, int x, int end,
                       unsigned look)
{
    const struct tui_table *t = g->verdict;
    int width = canvas->cols - x - 2;
    const char *result = g->refused ? g->words : t ? table_show(t, 0, "result") : "";
    const char *message = g->refused || !t ? "" : table_show(t, 0, "message");
    if (y < end)
        row_put(canvas, y++, x, width, result, look);
    if (*message && strcmp(result, message) != 0 && y < end)
        row_put(canvas, y++, x, width, message, look);
    y++;
    for (int c = 0; !g->refused && t && c < t->cols && y < end; c++) {
        const struct tui_value *v = table_at(t, 0, c);
        if (!v->absent && *v->show && is_told(&t->type->cols[c]))
            row_putf(canvas, y++, x, width, look, "%s  %s", pn_tr(t->type->cols[c].label),
                     v->show);
    }
}

/* A straight line lets pass, a barred one stops. */
static void draw_border(struct tui_canvas *canvas, int top, int rows, bool good, unsigned look)
{
    for (int r = 0; r < rows; r++) {
        bool whole = r == 0 || r == rows - 1;
        for (int c = 0; c < canvas->cols; c++)
            if (whole || c == 0 || c == canvas->cols - 1)
                row_put(canvas, top + r, c, 1, good ? (whole ? "=" : "|") : "/", look);
    }
}

static void draw_verdict(const struct gate *g, struct tui_canvas *canvas, int top, int rows)
{
    bool good = gate_is_good(g);
    unsigned look = good ? LOOK_PASS : LOOK_STOP;
    int scale = scale_of(rows, canvas->cols), width = word_width(scale);
    bool beside = width + 4 + BESIDE <= canvas->cols;
    const struct word *word = word_of(good);
    for (int r = 0; r < rows; r++)
        row_fill(canvas, top + r, 0, canvas->cols, look);
    if (rows >= LITTLE)
        draw_border(canvas, top, rows, good, look);
    int high = DOTS * scale / 2, y = top + (beside ? (rows - high) / 2 : 1);
    if (!scale) { /* too small for the glyphs: the word and its sign, as they are */
        y = top + (rows >= LITTLE);
        row_putf(canvas, y, 2, canvas->cols - 4, look, good ? "=== %s ===" : "/// %s ///",
                 good ? pn_tr("GO") : pn_tr("NO"));
        draw_facts(g, canvas, y + 1, 2, top + rows, look);
        return;
    }
    for (int i = 0; i < 2; i++)
        draw_glyph(&word->glyph[i], canvas, y, 2 + i * (DOTS + 2) * scale, scale, look);
    if (beside)
        draw_facts(g, canvas, y, width + 4, top + rows - 1, look);
    else
        draw_facts(g, canvas, y + high, 2, top + rows - 1, look);
}

/* Which gate this is, of which session, in which direction, and who is inside. */
static void draw_head(const struct gate *g, struct tui_canvas *canvas, int y)
{
    char right[120] = "";
    long long inside, sold;
    if (gate_inside(g, &inside, &sold) && sold > 0)
        snprintf(right, sizeof right, pn_tr("inside %lld/%lld  %lld%%"), inside, sold,
                 inside * 100 / sold);
    int width = tui_text_width(right);
    row_put_right(canvas, y, canvas->cols - width - 1, width, right, LOOK_BOLD);
    row_putf(canvas, y, 1, canvas->cols - width - 4, g->out ? LOOK_WAIT : LOOK_HEAD, "%s%s%s%s%s",
             g->out ? pn_tr("Way out") : pn_tr("Way in"), *g->gate ? "  " : "", g->gate_name,
             "  ", *g->session_name ? g->session_name : pn_tr("Every session"));
}

static int by_number(const void *a, const void *b)
{
    return ((const struct gate_why *)b)->n - ((const struct gate_why *)a)->n;
}

/* What happened here: how fast, how many, and why not. */
static void draw_counts(const struct gate *g, struct tui_canvas *canvas, int y)
{
    char text[400];
    struct gate_why why[WHY_MOST];
    memcpy(why, g->why, sizeof why);
    qsort(why, WHY_MOST, sizeof *why, by_number);
    size_t len = (size_t)snprintf(text, sizeof text, pn_tr("%d a minute, passed %d, refused %d"),
                                  gate_rate(g), g->passed, g->stopped);
    for (int i = 0; i < WHY_MOST && why[i].n && len < sizeof text - 80; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%s %d", i ? ", " : ": ",
                                why[i].name, why[i].n);
    row_put(canvas, y, 1, canvas->cols - 2, text, LOOK_DIM);
}

const char *gate_asks(const struct gate *g)
{
    return g->op ? pn_tr("Scan a ticket, or type its code and press Enter")
                 : pn_tr("Verifying is not open to you");
}

void gate_draw(struct tui_view *view, struct tui_canvas *canvas, int top, int rows)
{
    struct gate *g = (struct gate *)view;
    bool roomy = rows >= 16;
    int log = roomy ? GATE_LOG : 1, big = rows - log - 2 - roomy, y = top + 1 + big;
    draw_head(g, canvas, top);
    if (g->verdict || g->refused)
        draw_verdict(g, canvas, top + 1, big);
    else
        row_put_centre(canvas, top + big / 2, 0, canvas->cols,
                       gate_asks(g), LOOK_BOLD);
    for (int i = 0; i < log; i++)
        if (*g->log[i])
            row_put(canvas, y + i, 1, canvas->cols - 2, g->log[i],
                    g->log_good[i] ? LOOK_GOOD : LOOK_BAD);
    y += log;
    if (roomy)
        draw_counts(g, canvas, y++);
    int x = 1 + row_put(canvas, y, 1, 20, pn_tr("Ticket code"), LOOK_LABEL) + 1;
    edit_draw(&g->edit, canvas, y, x, canvas->cols - x - 2, !view->app->prompt.sign);
}
