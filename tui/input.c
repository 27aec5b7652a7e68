/* SPDX-License-Identifier: Apache-2.0 */
/* input.c — one parser for keys in both arrow forms, SGR mouse reports, bracketed paste and split
 * UTF-8, with its own clocks. Esc is a key when nothing follows within 25 ms; a late tail of a
 * sequence is swallowed, so on a slow line an arrow at worst goes back one step. A sequence that
 * has begun has a second for its rest: the end of F2 must not become the Q that leaves. Characters
 * closer together than 30 ms are held until a pause (then they are keys) or Enter (then they are a
 * scan): a scanner gun must never type commands. */
#include "config.h"
#include "input.h"
#include "width.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GROUND, ESCAPE, SEQUENCE, SINGLE, PASTE, STRING };
enum { ESC_MS = 25, ESC_TAIL_MS = 100, REST_MS = 1000, BURST_MS = 30, SCAN_LEAST = 6 };

static const char paste_end[] = "\033[201~";

void input_start(struct tui_input *input, void (*handle)(void *, const struct tui_event *),
                 void *who)
{
    *input =
        (struct tui_input){.handle = handle, .who = who, .last_char = -1000, .last_esc = -1000};
}

void input_stop(struct tui_input *input)
{
    free(input->paste);
    input->paste = NULL;
}

static void key(struct tui_input *input, uint32_t code)
{
    input->handle(input->who, &(struct tui_event){.kind = IN_KEY, .key = code});
}

static void replay(struct tui_input *input)
{
    size_t n = input->burst_len, from = input->burst_leaked;
    input->burst_len = input->burst_leaked = 0;
    uint32_t held[INPUT_BURST_MOST];
    memcpy(held, input->burst, n * sizeof *held);
    for (size_t i = from; i < n; i++)
        key(input, held[i]);
}

static bool scan_char(uint32_t c)
{
    return c > ' ' && c < 0x7f;
}

static bool alnum(uint32_t c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

/* Enter ended a burst: is it what a scanner sends? */
static bool is_scan(const struct tui_input *input)
{
    if (input->burst_len < SCAN_LEAST || !alnum(input->burst[0]))
        return false;
    for (size_t i = 0; i < input->burst_len; i++)
        if (!scan_char(input->burst[i]))
            return false;
    return true;
}

static void scan(struct tui_input *input)
{
    char text[INPUT_BURST_MOST + 1];
    size_t n = input->burst_len;
    for (size_t i = 0; i < n; i++)
        text[i] = (char)input->burst[i];
    text[n] = 0;
    int leaked = (int)input->burst_leaked;
    input->burst_len = input->burst_leaked = 0;
    input->handle(input->who, &(struct tui_event){.kind = IN_SCAN, .text = text, .leaked = leaked});
}

static void character(struct tui_input *input, uint32_t c, int64_t now, bool more)
{
    bool quick = now - input->last_char < BURST_MS;
    input->last_char = now;
    if (c == '\n')
        c = TK_ENTER;
    if (c == TK_ENTER && input->burst_len && quick && is_scan(input)) {
        scan(input);
        return;
    }
    if (c < ' ' || c == 0x7f || input->burst_len == INPUT_BURST_MOST) {
        replay(input);
        key(input, c == 0x7f ? TK_BACKSPACE : c);
        return;
    }
    if (!quick)
        replay(input);
    input->burst[input->burst_len++] = c;
    bool wait = more || (input->patient && input->patient(input->who, c));
    if (input->burst_len == 1 && !wait) { /* the first one is not kept waiting */
        input->burst_leaked = 1;
        key(input, c);
    }
}

static void mouse(struct tui_input *input)
{
    int button, col, row;
    if (sscanf(input->seq + 1, "%d;%d;%d", &button, &col, &row) != 3)
        return;
    struct tui_event event = {
        .kind = IN_MOUSE, .row = row - 1, .col = col - 1, .button = button & 3};
    bool release = input->seq[input->seq_len - 1] == 'm';
    if (button & 64)
        event.mouse = button & 1 ? MOUSE_WHEEL_DOWN : MOUSE_WHEEL_UP;
    else if (release)
        event.mouse = MOUSE_RELEASE;
    else
        event.mouse = button & 32 ? MOUSE_DRAG : MOUSE_PRESS;
    if (!((button & 64) && release))
        input->handle(input->who, &event);
}

static uint32_t tilde(int number)
{
    static const uint32_t keys[] = {
        [1] = TK_HOME,    [2] = TK_INSERT,  [3] = TK_DELETE,  [4] = TK_END,      [5] = TK_PGUP,
        [6] = TK_PGDN,    [7] = TK_HOME,    [8] = TK_END,     [11] = TK_F1,      [12] = TK_F1 + 1,
        [13] = TK_F1 + 2, [14] = TK_F1 + 3, [15] = TK_F1 + 4, [17] = TK_F1 + 5,  [18] = TK_F1 + 6,
        [19] = TK_F1 + 7, [20] = TK_F1 + 8, [21] = TK_F1 + 9, [23] = TK_F1 + 10, [24] = TK_F12,
    };
    return number > 0 && number < (int)(sizeof keys / sizeof *keys) ? keys[number] : 0;
}

static uint32_t letter(char c)
{
    static const char letters[] = "ABCDHFPQRSZM";
    static const uint32_t keys[] = {TK_UP, TK_DOWN,   TK_RIGHT,  TK_LEFT,   TK_HOME,    TK_END,
                                    TK_F1, TK_F1 + 1, TK_F1 + 2, TK_F1 + 3, TK_BACKTAB, TK_ENTER};
    const char *at = strchr(letters, c);
    return c && at ? keys[at - letters] : 0;
}

/* A complete sequence: ESC [ seq or ESC O seq. */
static void sequence(struct tui_input *input, int64_t now)
{
    char last = input->seq[input->seq_len - 1];
    int a = 0, b = 0;
    uint32_t code = 0;
    input->seq[input->seq_len] = 0;
    input->state = GROUND;
    if (input->mute) {
        input->mute = false;
        return;
    }
    (void)now;
    if (input->seq[0] == '<') {
        mouse(input);
        return;
    }
    int n = sscanf(input->seq, "%d;%d", &a, &b);
    if (last == 'R' && n == 2) {
        input->handle(input->who,
                      &(struct tui_event){.kind = IN_REPORT, .row = a - 1, .col = b - 1});
        return;
    }
    if (last == '~' && a == 200) {
        input->state = PASTE;
        input->paste_len = 0;
        return;
    }
    if (input->seq[0] == '[') /* the Linux console's F1 to F5 */
        code = last >= 'A' && last <= 'E' ? TK_F1 + (uint32_t)(last - 'A') : 0;
    else
        code = last == '~' ? tilde(a) : letter(last);
    if (code)
        key(input, code);
}

static void paste_byte(struct tui_input *input, char byte)
{
    size_t end = sizeof paste_end - 1;
    if (input->paste_len + 1 >= input->paste_room) {
        size_t room = input->paste_room ? input->paste_room * 2 : 4096;
        char *bigger = room > 2 * INPUT_PASTE_MOST ? NULL : realloc(input->paste, room);
        if (bigger) {
            input->paste = bigger;
            input->paste_room = room;
        } else if (input->paste_len > end) { /* too much: keep room to see the end mark */
            memmove(input->paste + input->paste_len - end,
                    input->paste + input->paste_len - end + 1, end - 1);
            input->paste_len--;
        } else {
            return;
        }
    }
    input->paste[input->paste_len++] = byte;
    if (input->paste_len < end ||
        memcmp(input->paste + input->paste_len - end, paste_end, end) != 0)
        return;
    input->paste_len -= end;
    input->paste[input->paste_len] = 0;
    input->state = GROUND;
    input->handle(input->who, &(struct tui_event){.kind = IN_PASTE, .text = input->paste});
}

static void utf8(struct tui_input *input, unsigned char byte, int64_t now, bool more)
{
    uint32_t cp;
    if (input->utf8_len && (byte & 0xc0) != 0x80) {
        input->utf8_len = 0; /* broken: forget the start, keep the new byte */
        character(input, 0xfffd, now, more);
    }
    if (!input->utf8_len) {
        if (byte < 0x80) {
            character(input, byte, now, more);
            return;
        }
        input->utf8_need = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
        if (byte < 0xc2 || byte > 0xf4) {
            character(input, 0xfffd, now, more);
            return;
        }
    }
    input->utf8[input->utf8_len++] = (char)byte;
    if (input->utf8_len < input->utf8_need)
        return;
    tui_decode(input->utf8, input->utf8_len, &cp);
    input->utf8_len = 0;
    character(input, cp, now, more);
}

/* "]11;rgb:ffff/ffff/ffff": what the terminal's background is; other answers nobody asked for. */
static void answer(struct tui_input *input)
{
    unsigned rgb[3];
    input->seq[input->seq_len] = 0;
    input->state = GROUND;
    const char *at = strncmp(input->seq, "]11;rgb:", 8) ? "" : input->seq + 8;
    for (int i = 0; i < 3; i++) {
        char *end;
        size_t digits = strspn(at, "0123456789abcdefABCDEF");
        rgb[i] = (unsigned)strtoul(at, &end, 16);
        if (!digits || digits > 4 || *end != (i < 2 ? '/' : 0))
            return;
        for (size_t most = digits; most < 4; most++)
            rgb[i] = rgb[i] << 4 | (rgb[i] & 15);
        at = end + (i < 2);
    }
    input->handle(input->who, &(struct tui_event){
        .kind = IN_GROUND, .light = rgb[0] * 3 + rgb[1] * 6 + rgb[2] > 5 * 0xffff});
}

static void escape(struct tui_input *input, unsigned char byte, int64_t now, bool more)
{
    input->state = GROUND;
    input->seq_len = 0;
    if (byte == '[') {
        input->state = SEQUENCE;
    } else if (byte == 'O') {
        input->state = SINGLE;
    } else if (byte == ']' || byte == 'P' || byte == '_' || byte == '^') {
        input->state = STRING; /* a terminal's answer, asked for or not */
        input->seq[input->seq_len++] = (char)byte;
    } else if (byte == TK_ESC) {
        key(input, TK_ESC);
        input->state = ESCAPE;
        input->last_esc = now;
    } else {
        key(input, TK_ESC);
        utf8(input, byte, now, more);
    }
}

static void ground(struct tui_input *input, unsigned char byte, int64_t now, bool more)
{
    if ((byte == '[' || byte == 'O') && now - input->last_esc < ESC_TAIL_MS) {
        input->mute = true;
        input->seq_len = 0;
        input->state = byte == '[' ? SEQUENCE : SINGLE;
        return;
    }
    if (byte != TK_ESC) {
        input->last_esc = -1000;
        utf8(input, byte, now, more);
        return;
    }
    replay(input);
    input->state = ESCAPE;
    input->last_esc = now;
}

static void byte_in(struct tui_input *input, unsigned char byte, int64_t now, bool more)
{
    switch (input->state) {
    case ESCAPE:
        input->last_esc = -1000;
        escape(input, byte, now, more);
        break;
    case SINGLE:
    case SEQUENCE:
        if (byte == TK_ESC) { /* the rest never came: another one begins */
            input->state = GROUND;
            input->mute = false;
            ground(input, byte, now, more);
            break;
        }
        if (byte < ' ' || byte >= 0x7f || input->seq_len >= sizeof input->seq - 1) {
            input->state = GROUND;
            input->mute = false;
            break;
        }
        input->seq[input->seq_len++] = (char)byte;
        if (input->state == SINGLE || (byte >= 0x40 && !(byte == '[' && input->seq_len == 1)))
            sequence(input, now);
        break;
    case PASTE:
        paste_byte(input, (char)byte);
        break;
    case STRING:
        if (byte == '\a' || byte == '\\')
            answer(input);
        else if (byte != TK_ESC && input->seq_len < sizeof input->seq - 1)
            input->seq[input->seq_len++] = (char)byte;
        break;
    default:
        ground(input, byte, now, more);
    }
}

static void arm(struct tui_input *input, int64_t now)
{
    input->due = 0;
    if (input->state == ESCAPE)
        input->due = now + ESC_MS;
    else if (input->state == SEQUENCE || input->state == SINGLE)
        input->due = now + (input->mute ? ESC_TAIL_MS : REST_MS);
    else if (input->burst_len)
        input->due = input->last_char + BURST_MS;
    else if (input->state == STRING)
        input->due = now + ESC_TAIL_MS;
}

void input_feed(struct tui_input *input, const char *bytes, size_t len, int64_t now)
{
    for (size_t i = 0; i < len; i++)
        byte_in(input, (unsigned char)bytes[i], now, i + 1 < len);
    arm(input, now);
}

void input_tick(struct tui_input *input, int64_t now)
{
    if (!input->due || now < input->due)
        return;
    input->due = 0;
    if (input->state == ESCAPE) {
        input->state = GROUND;
        key(input, TK_ESC);
    } else if (input->state != PASTE) {
        input->state = GROUND;
        input->mute = false;
        replay(input);
    }
}
