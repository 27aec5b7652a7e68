/* SPDX-License-Identifier: Apache-2.0 */
/* term.c — ncurses writes once per cursor motion, which tears frames over slow links. It is given a
 * descriptor of its own: a terminal while it asks for modes, a memory file while it draws. What it
 * drew is then sent by one write(), between the marks of a synchronised update. */
#include "config.h"
#include "term.h"
#include "terse.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <ncurses.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <wchar.h>

static const char frame_begin[] = "\033[?2026h", frame_end[] = "\033[?2026l";
static const char modes_on[] = "\033[?1000h\033[?1002h\033[?1006h\033[?2004h";
static const char modes_off[] = "\033[?1000l\033[?1002l\033[?1006l\033[?2004l";

/* An ambiguous character at the beginning of the screen, and the question where the cursor is. */
static const char probe[] = "\0337\033[1;1H\342\224\200\033[6n\0338";

/* What the terminal's own background is: where there are no colours, a code for telephones is drawn
 * in it. */
static const char ground[] = "\0337\033]11;?\033\\\0338";

enum { MARK = sizeof frame_begin - 1, MODES = sizeof modes_on - 1 };
enum { SIZE_MOST = 1000 }; /* rows or columns: beyond it a size is a mistake, not a screen */

static struct {
    SCREEN *screen;
    FILE *stream;
    int tty, desk, memory; /* the terminal; ncurses' descriptor; the memory file */
    char *frame;
    size_t room;
    bool greet; /* the next frame also switches mouse and paste reports on */
    bool ring;  /* … and sounds the bell */
    bool asked; /* how wide ambiguous characters are */
    struct tui_canvas shown;
} term = {.tty = -1, .desk = -1, .memory = -1};

/* gettext ignores LANGUAGE in the C locale only, so a language whose locale was never generated
 * (containers, small servers) still speaks when messages run in C.UTF-8. */
static void speak(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    char language[32] = "";
    for (size_t i = 0; i < 3 && !*language; i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            snprintf(language, sizeof language, "%.*s", (int)strcspn(value, ".@"), value);
    }
    setlocale(LC_MESSAGES, "C.UTF-8");
    if (*language && strcmp(language, "C") && strcmp(language, "POSIX"))
        setenv("LANGUAGE", language, 0);
}

/* Only what characters and messages need: every other category is a file more to open. */
void term_locale(void)
{
    bool letters = setlocale(LC_CTYPE, "") != NULL, words = setlocale(LC_MESSAGES, "") != NULL;
    if (!letters || !words || !strcmp(setlocale(LC_MESSAGES, NULL), "C"))
        speak();
    if (!letters || strcmp(nl_langinfo(CODESET), "UTF-8"))
        setlocale(LC_CTYPE, "C.UTF-8");
}

static SCREEN *start(FILE *stream)
{
    static const char *const fallbacks[] = {NULL, "xterm-256color", "xterm", "vt100", "ansi"};
    for (size_t i = 0; i < sizeof fallbacks / sizeof *fallbacks; i++) {
        SCREEN *screen = newterm(fallbacks[i], stream, stdin);
        if (screen)
            return screen;
    }
    return NULL;
}

/* ncurses stops, ends and draws by itself when a signal comes; signals are the loop's. */
static void take_signals(void)
{
    static const int theirs[] = {SIGTSTP, SIGINT, SIGTERM, SIGWINCH};
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof theirs / sizeof *theirs; i++)
        sigaction(theirs[i], &action, NULL);
}

void term_environment(void)
{
    unsetenv("LINES"); /* they would freeze the size */
    unsetenv("COLUMNS");
    setenv("ESCDELAY", "25", 1);
    /* libpq brings GnuTLS with it, for directories that it may ask where a server is: whoever asks
     * one starts GnuTLS himself, and nobody else pays for it. */
    setenv("GNUTLS_NO_IMPLICIT_INIT", "1", 0);
}

int term_open(tui_theme theme)
{
    term.tty = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 10);
    term.desk = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 20);
    term.memory = memfd_create("frame", MFD_CLOEXEC);
    if (term.tty < 0 || term.desk < 0 || term.memory < 0)
        return -1;
    term.stream = fdopen(term.desk, "w");
    if (!term.stream)
        return -1;
    term.screen = start(term.stream);
    if (!term.screen) {
        errno = ENOTTY;
        return -1;
    }
    set_term(term.screen);
    take_signals();
    raw();
    noecho();
    nonl();
    scrollok(stdscr, FALSE);
    leaveok(stdscr, FALSE);
    theme_start(theme);
    term.greet = true;
    return 0;
}

static void send_bytes(const char *bytes, size_t len)
{
    while (len) {
        ssize_t n = write(term.tty, bytes, len);
        if (n < 0 && errno == EAGAIN)
            poll(&(struct pollfd){.fd = term.tty, .events = POLLOUT}, 1, -1);
        else if (n < 0 && errno != EINTR)
            return;
        if (n > 0)
            bytes += n, len -= (size_t)n;
    }
}

void term_pause(void)
{
    if (!term.screen)
        return;
    send_bytes(modes_off, sizeof modes_off - 1);
    endwin();
    fflush(term.stream);
}

void term_resume(void)
{
    if (!term.screen)
        return;
    term.greet = true;
    reset_prog_mode();
    term_forget();
}

void term_close(void)
{
    if (!term.screen)
        return;
    term_pause();
    delscreen(term.screen);
    term.screen = NULL;
    fclose(term.stream);
    close(term.tty);
    close(term.memory);
    free(term.frame);
    canvas_free(&term.shown);
    memset(&term, 0, sizeof term);
    term.tty = term.desk = term.memory = -1;
}

void term_measure(int *rows, int *cols)
{
    struct winsize size = {0};
    *rows = 24;
    *cols = 80;
    if (!ioctl(term.tty, TIOCGWINSZ, &size)) {
        *rows = size.ws_row < 1 ? 1 : size.ws_row > SIZE_MOST ? SIZE_MOST : size.ws_row;
        *cols = size.ws_col < 1 ? 1 : size.ws_col > SIZE_MOST ? SIZE_MOST : size.ws_col;
    }
    if (*rows != LINES || *cols != COLS)
        resizeterm(*rows, *cols);
}

void term_forget(void)
{
    canvas_free(&term.shown);
    clearok(curscr, TRUE);
}

static void compose(const struct tui_canvas *canvas, int row)
{
    cchar_t line[SIZE_MOST + 1];
    const struct tui_cell *cell = canvas->cell + (size_t)row * (size_t)canvas->cols;
    int n = 0;
    for (int col = 0; col < canvas->cols; col++, cell++) {
        if (!cell->width)
            continue;
        wchar_t text[CELL_MARKS + 2] = {(wchar_t)cell->ch};
        for (int i = 0; i < CELL_MARKS; i++)
            text[i + 1] = (wchar_t)cell->mark[i];
        unsigned long attr;
        short pair;
        theme_attr(cell->look, &attr, &pair);
        setcchar(line + n++, text, (attr_t)attr, pair, NULL);
    }
    mvadd_wchnstr(row, 0, line, n);
}

/* Only rows that differ are handed over: ncurses then finds the cells that differ. */
static void hand_over(const struct tui_canvas *canvas)
{
    bool same = term.shown.rows == canvas->rows && term.shown.cols == canvas->cols;
    if (!same && canvas_resize(&term.shown, canvas->rows, canvas->cols))
        same = false;
    size_t width = (size_t)canvas->cols;
    for (int row = 0; row < canvas->rows; row++) {
        const struct tui_cell *now = canvas->cell + (size_t)row * width;
        if (same && !memcmp(term.shown.cell + (size_t)row * width, now, width * sizeof *now))
            continue;
        compose(canvas, row);
        if (term.shown.cell)
            memcpy(term.shown.cell + (size_t)row * width, now, width * sizeof *now);
    }
}

/* Once the screen was drawn as a whole it is known which character set is in use. */
static int send_frame(size_t drawn, bool whole)
{
    size_t need = drawn + 2 * MARK + MODES + 1;
    if (need > term.room) {
        char *bigger = realloc(term.frame, need * 2);
        if (!bigger)
            return -1;
        term.frame = bigger;
        term.room = need * 2;
    }
    size_t at = 0;
    memcpy(term.frame, frame_begin, MARK);
    at += MARK;
    if (term.greet) {
        memcpy(term.frame + at, modes_on, MODES);
        at += MODES;
        term.greet = false;
    }
    if (term.ring)
        term.frame[at++] = '\a';
    term.ring = false;
    if (pread(term.memory, term.frame + at, drawn, 0) != (ssize_t)drawn)
        return -1;
    at += whole ? drawn : frame_terse(term.frame + at, drawn);
    memcpy(term.frame + at, frame_end, MARK);
    at += MARK;
    for (size_t sent = 0; sent < at;) {
        ssize_t n = write(term.tty, term.frame + sent, at - sent);
        if (n < 0 && errno == EAGAIN)
            poll(&(struct pollfd){.fd = term.tty, .events = POLLOUT}, 1, -1);
        else if (n < 0 && errno != EINTR)
            return -1;
        sent += n > 0 ? (size_t)n : 0;
    }
    return 0;
}

/* The question goes out with the first frame, which draws over it at once: nothing is waited for,
 * and a terminal that never answers keeps what is right nearly everywhere. */
static void ask_width(void)
{
    term.asked = true;
    fflush(term.stream);
    if (write(term.desk, probe, sizeof probe - 1) < 0)
        return;
    if (theme_asks_ground() && write(term.desk, ground, sizeof ground - 1) < 0)
        return;
    wredrawln(stdscr, 0, 1);
    wnoutrefresh(stdscr);
    doupdate();
}

bool term_report(int row, int col)
{
    bool ours = term.asked && row == 0 && (col == 1 || col == 2);
    if (!ours)
        return false;
    tui_ambiguous(col == 2);
    return true;
}

int term_show(const struct tui_canvas *canvas)
{
    bool whole = !term.shown.cell;
    hand_over(canvas);
    fflush(term.stream);
    if (dup2(term.memory, term.desk) < 0)
        return -1;
    curs_set(canvas->caret ? 1 : 0);
    move(canvas->caret_row, canvas->caret_col);
    wnoutrefresh(stdscr);
    doupdate();
    if (!term.asked && tigetstr("cup"))
        ask_width();
    fflush(term.stream);
    if (dup2(term.tty, term.desk) < 0)
        return -1;
    off_t drawn = lseek(term.memory, 0, SEEK_CUR);
    if (drawn <= 0 && !term.greet && !term.ring)
        return 0;
    lseek(term.memory, 0, SEEK_SET);
    return send_frame(drawn > 0 ? (size_t)drawn : 0, whole);
}

void term_ring(void)
{
    term.ring = true;
}

int term_input_fd(void)
{
    return STDIN_FILENO;
}
