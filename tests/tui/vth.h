/* SPDX-License-Identifier: Apache-2.0 */
/* vth.h — a terminal in the test's own process: a program on a pty, its bytes in libvterm. A frame
 * ends at the mark of a synchronised update, so nothing here sleeps and hopes. */
#ifndef VTH_H
#define VTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>
#include <vterm.h>

struct vth {
    VTerm *vt;
    VTermScreen *screen;
    int fd, rows, cols;
    pid_t pid;
    bool gone;  /* the program has ended, or closed the terminal */
    int status; /* of waitpid(), once gone */
    uint64_t bytes, frames;
    int reports; /* answers the terminal has given */
    char tail[8]; /* the beginning of a character whose end has not come yet */
    size_t tail_len;
    bool in_frame, alt, mouse, paste; /* what the program has switched on */
    unsigned left;                    /* how often it has given the screen back */
    FILE *record; /* what comes is written there, too */
    bool wide; /* says that ambiguous characters take two columns */
    bool light; /* is black on white, and says so */
    char modes[64];
    size_t modes_len;
};

/** Start argv on a terminal of that size. `env` holds NAME=VALUE strings ended by NULL that are set
 * on top of the environment; a bare NAME is unset. */
int vth_start(struct vth *t, int rows, int cols, const char *term, char *const argv[],
              const char *const env[]);
/** Hang up, wait, free. */
void vth_stop(struct vth *t);
void vth_send(struct vth *t, const char *bytes, size_t len);
/** Keys by name: "Down Enter F1 C-s 订单", separated by blanks; each waits for the input to be read
 *  by a frame or for 60 ms without one. */
void vth_keys(struct vth *t, const char *names);
/** The same, and what each key asked for has been answered too: 60 ms of silence after it. */
void vth_keys_slow(struct vth *t, const char *names);
/** One key by name, without waiting for anything. */
void vth_keys_fast(struct vth *t, const char *name);
void vth_paste(struct vth *t, const char *text);
void vth_resize(struct vth *t, int rows, int cols);
/** Read what comes for up to `ms`; true when at least one frame ended. Returns at the frame's end.
 */
bool vth_frame(struct vth *t, int ms);
/** Read what comes first within `ms`; false when nothing came. */
bool vth_some(struct vth *t, int ms);
/** Until the screen shows the text, at most `ms`. */
bool vth_expect(struct vth *t, const char *text, int ms);
/** Until nothing has come for `ms`. */
void vth_settle(struct vth *t, int ms);
/** Read until the program ends, at most `ms`. */
bool vth_wait(struct vth *t, int ms);
/** One row as UTF-8 without trailing blanks. */
void vth_row(const struct vth *t, int row, char *out, size_t size);
bool vth_has(const struct vth *t, const char *text);
/** The whole grid; with `attrs`, a second block with one letter per cell (. plain, B bold, R
 * reverse, U underline, a-p colours). Caller frees. */
char *vth_snap(const struct vth *t, bool attrs);
/** Every cell on a line: row, column, width, colours (-1: the terminal's), attributes, text. */
void vth_cells(const struct vth *t, FILE *out);
/** The console's own process behind its guard: the only child of pid. 0 when there is none. */
pid_t vth_child(const struct vth *t);
int64_t vth_now_us(void);

#endif
