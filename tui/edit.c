/* SPDX-License-Identifier: Apache-2.0 */
/* edit.c — own line editor: ncurses' forms library refuses hanzi and corrupts growing fields. */
#include "config.h"
#include "edit.h"

#include <stdlib.h>
#include <string.h>

enum { CTRL_A = 1, CTRL_B, CTRL_D = 4, CTRL_E, CTRL_F, CTRL_H = 8, CTRL_K = 11, CTRL_U = 21,
       CTRL_W = 23, CTRL_UNDERSCORE = 31 };

void edit_set(struct tui_edit *edit, const char *text)
{
    size_t n = strlen(text);
    if (n > EDIT_MOST - 1)
        n = EDIT_MOST - 1;
    while (n && ((unsigned char)text[n] & 0xc0) == 0x80)
        n--;
    memmove(edit->text, text, n);
    edit->text[n] = 0;
    edit->len = edit->at = n;
    edit->scroll = 0;
}

void edit_free(struct tui_edit *edit)
{
    free(edit->undo);
    edit->undo = NULL;
}

static void remember(struct tui_edit *edit)
{
    free(edit->undo);
    edit->undo = strdup(edit->text);
}

/* A character with its combining marks moves and dies as one. */
static size_t before(const struct tui_edit *edit, size_t at)
{
    uint32_t cp = 0;
    do {
        while (at && ((unsigned char)edit->text[--at] & 0xc0) == 0x80)
            continue;
        tui_decode(edit->text + at, edit->len - at, &cp);
    } while (at && tui_width(cp) <= 0);
    return at;
}

static size_t after(const struct tui_edit *edit, size_t at)
{
    uint32_t cp;
    if (at < edit->len)
        at += tui_decode(edit->text + at, edit->len - at, &cp);
    while (at < edit->len) {
        size_t used = tui_decode(edit->text + at, edit->len - at, &cp);
        if (tui_width(cp) > 0)
            break;
        at += used;
    }
    return at;
}

static void cut(struct tui_edit *edit, size_t from, size_t to)
{
    memmove(edit->text + from, edit->text + to, edit->len - to + 1);
    edit->len -= to - from;
    edit->at = from;
}

static bool put(struct tui_edit *edit, uint32_t cp)
{
    char bytes[4];
    size_t n = tui_encode(cp, bytes);
    if (edit->len + n >= EDIT_MOST || tui_width(cp) < 0)
        return false;
    memmove(edit->text + edit->at + n, edit->text + edit->at, edit->len - edit->at + 1);
    memcpy(edit->text + edit->at, bytes, n);
    edit->len += n;
    edit->at += n;
    return true;
}

static size_t word_before(const struct tui_edit *edit)
{
    size_t at = edit->at;
    while (at && edit->text[at - 1] == ' ')
        at--;
    while (at && edit->text[at - 1] != ' ')
        at--;
    return at;
}

static bool move_key(struct tui_edit *edit, uint32_t key)
{
    switch (key) {
    case TK_LEFT:
    case CTRL_B:
        edit->at = before(edit, edit->at);
        return true;
    case TK_RIGHT:
    case CTRL_F:
        edit->at = after(edit, edit->at);
        return true;
    case TK_HOME:
    case CTRL_A:
        edit->at = 0;
        return true;
    case TK_END:
    case CTRL_E:
        edit->at = edit->len;
        return true;
    default:
        return false;
    }
}

bool edit_key(struct tui_edit *edit, uint32_t key)
{
    if (move_key(edit, key))
        return true;
    switch (key) {
    case TK_BACKSPACE:
    case CTRL_H:
        cut(edit, before(edit, edit->at), edit->at);
        return true;
    case TK_DELETE:
    case CTRL_D:
        cut(edit, edit->at, after(edit, edit->at));
        return true;
    case CTRL_K:
        remember(edit);
        cut(edit, edit->at, edit->len);
        return true;
    case CTRL_U:
        remember(edit);
        cut(edit, 0, edit->at);
        return true;
    case CTRL_W:
        remember(edit);
        cut(edit, word_before(edit), edit->at);
        return true;
    case CTRL_UNDERSCORE:
        if (edit->undo) {
            char *old = edit->undo;
            edit->undo = NULL;
            edit_set(edit, old);
            free(old);
        }
        return true;
    default:
        if (key < ' ' || key > 0x10ffff)
            return false;
        put(edit, key);
        return true;
    }
}

void edit_insert(struct tui_edit *edit, const char *text)
{
    size_t left = strlen(text);
    uint32_t cp;
    remember(edit);
    while (left) {
        size_t used = tui_decode(text, left, &cp);
        text += used;
        left -= used;
        if (cp == '\r' && *text == '\n')
            continue;
        put(edit, cp == '\n' || cp == '\r' || cp == '\t' ? ' ' : cp);
    }
}

void edit_unleak(struct tui_edit *edit, int n)
{
    while (n-- > 0)
        cut(edit, before(edit, edit->at), edit->at);
}

const char *edit_folded(const struct tui_edit *edit, char *out, size_t size)
{
    size_t len = 0, left = edit->len;
    const char *text = edit->text;
    while (left && len + 5 < size) {
        uint32_t cp;
        size_t used = tui_decode(text, left, &cp);
        len += tui_encode(tui_fold(cp), out + len);
        text += used;
        left -= used;
    }
    out[len] = 0;
    return out;
}

/* Columns of the text up to a byte. */
static int column_of(const struct tui_edit *edit, size_t to)
{
    int columns = 0;
    uint32_t cp;
    for (size_t at = 0; at < to;) {
        at += tui_decode(edit->text + at, edit->len - at, &cp);
        int w = tui_width(cp);
        columns += w < 0 ? 0 : edit->secret && w ? 1 : w;
    }
    return columns;
}

void edit_draw(struct tui_edit *edit, struct tui_canvas *canvas, int row, int col, int width,
               bool focus)
{
    int caret = column_of(edit, edit->at), from = 0;
    uint32_t cp;
    size_t start = 0;
    if (width < 1)
        return;
    if (caret < edit->scroll)
        edit->scroll = caret;
    if (caret - edit->scroll > width - 1)
        edit->scroll = caret - width + 1;
    row_fill(canvas, row, col, width, LOOK_FIELD);
    while (from < edit->scroll && start < edit->len) {
        start += tui_decode(edit->text + start, edit->len - start, &cp);
        int w = tui_width(cp);
        from += w < 0 ? 0 : edit->secret && w ? 1 : w;
    }
    int at = col + from - edit->scroll, end = col + width;
    while (start < edit->len && at < end) {
        char one[8] = {0};
        size_t used = tui_decode(edit->text + start, edit->len - start, &cp);
        memcpy(one, edit->text + start, used);
        start += used;
        if (tui_width(cp) > 0 && at + (edit->secret ? 1 : tui_width(cp)) <= end)
            at += row_put(canvas, row, at, end - at, edit->secret ? "*" : one, LOOK_FIELD);
        else if (tui_width(cp) > 0)
            break;
    }
    if (focus)
        canvas_caret(canvas, row, col + caret - edit->scroll, true);
}
