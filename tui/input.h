/* SPDX-License-Identifier: Apache-2.0 */
/* input.h — bytes of the terminal to events, without terminfo: every TERM sends the same forms. */
#ifndef TUI_INPUT_H
#define TUI_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Keys that are not characters stand above Unicode. Control characters are themselves. */
enum {
    TK_ENTER = '\r',
    TK_TAB = '\t',
    TK_ESC = 27,
    TK_UP = 0x110000,
    TK_DOWN,
    TK_RIGHT,
    TK_LEFT,
    TK_HOME,
    TK_END,
    TK_INSERT,
    TK_DELETE,
    TK_PGUP,
    TK_PGDN,
    TK_BACKTAB,
    TK_BACKSPACE,
    TK_F1,
    TK_F12 = TK_F1 + 11,
};

typedef enum { IN_KEY, IN_PASTE, IN_SCAN, IN_MOUSE, IN_REPORT, IN_GROUND } tui_event_kind;
typedef enum { MOUSE_PRESS, MOUSE_RELEASE, MOUSE_DRAG, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN } tui_mouse;

struct tui_event {
    tui_event_kind kind;
    uint32_t key;    /* IN_KEY: as typed (fullwidth forms unfolded) */
    char *text;      /* IN_PASTE, IN_SCAN: valid during the handler */
    int leaked;      /* IN_SCAN: characters of `text` that were already delivered as keys */
    tui_mouse mouse; /* IN_MOUSE */
    int row, col;    /* IN_MOUSE; IN_REPORT: the cursor, from 0 */
    int button;
    bool light; /* IN_GROUND: the terminal's own background */
};

enum { INPUT_PASTE_MOST = 1 << 20, INPUT_BURST_MOST = 512 };

struct tui_input {
    void (*handle)(void *who, const struct tui_event *event);
    void *who;
    /** Is this character, were it the first of a scan, better kept waiting? NULL: none is. */
    bool (*patient)(void *who, uint32_t key);
    int state;
    char seq[64]; /* of an escape sequence */
    size_t seq_len;
    bool mute; /* the sequence's Esc was already delivered: swallow the rest */
    char utf8[4];
    size_t utf8_len, utf8_need;
    char *paste;
    size_t paste_len, paste_room;
    uint32_t burst[INPUT_BURST_MOST]; /* characters held back: perhaps a scanner */
    size_t burst_len, burst_leaked;
    int64_t last_char, last_esc, due; /* milliseconds; due 0: nothing to wait for */
};

void input_start(struct tui_input *input, void (*handle)(void *, const struct tui_event *),
                 void *who);
void input_stop(struct tui_input *input);
/** Bytes as they were read, and the time of reading in milliseconds. */
void input_feed(struct tui_input *input, const char *bytes, size_t len, int64_t now);
/** To be called when input->due is reached. */
void input_tick(struct tui_input *input, int64_t now);

#endif
