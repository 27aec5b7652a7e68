/* SPDX-License-Identifier: Apache-2.0 */
/* vth.c — see vth.h. */
#include "config.h"
#include "vth.h"

#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int64_t vth_now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void child(const char *term, char *const argv[], const char *const env[])
{
    setenv("TERM", term, 1);
    for (; env && *env; env++) {
        const char *equals = strchr(*env, '=');
        char name[128];
        if (!equals) {
            unsetenv(*env);
            continue;
        }
        snprintf(name, sizeof name, "%.*s", (int)(equals - *env), *env);
        setenv(name, equals + 1, 1);
    }
    execv(argv[0], argv);
    _exit(127);
}

static void make_terminal(struct vth *t)
{
    t->vt = vterm_new(t->rows < 2 ? 2 : t->rows, t->cols < 2 ? 2 : t->cols);
    vterm_set_utf8(t->vt, 1);
    t->screen = vterm_obtain_screen(t->vt);
    vterm_screen_enable_altscreen(t->screen, 1);
    vterm_screen_reset(t->screen, 1);
    VTermColor ink, paper;
    vterm_color_rgb(&ink, 0, 0, 0);
    vterm_color_rgb(&paper, 255, 255, 255);
    if (t->light)
        vterm_state_set_default_colors(vterm_obtain_state(t->vt), &ink, &paper);
}

int vth_start(struct vth *t, int rows, int cols, const char *term, char *const argv[],
              const char *const env[])
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
    *t = (struct vth){.rows = rows, .cols = cols, .wide = t->wide,
                      .light = t->light};
    t->pid = forkpty(&t->fd, NULL, NULL, &size);
    if (t->pid < 0)
        return -1;
    if (t->pid == 0)
        child(term, argv, env);
    make_terminal(t);
    return 0;
}

void vth_stop(struct vth *t)
{
    if (t->fd >= 0)
        close(t->fd);
    t->fd = -1;
    if (!t->gone && t->pid > 0) {
        kill(t->pid, SIGHUP);
        waitpid(t->pid, &t->status, 0);
    }
    if (t->vt)
        vterm_free(t->vt);
    t->vt = NULL;
}

/* Watch the stream for the private modes the console uses. */
static bool mode(struct vth *t, char c)
{
    if (c == '\033')
        t->modes_len = 0;
    if (t->modes_len < sizeof t->modes - 1)
        t->modes[t->modes_len++] = c;
    t->modes[t->modes_len] = 0;
    if ((c != 'h' && c != 'l') || strncmp(t->modes, "\033[?", 3) != 0)
        return false;
    bool on = c == 'h';
    int number = (int)strtol(t->modes + 3, NULL, 10);
    t->modes_len = 0;
    if (number == 1049 && t->alt && !on)
        t->left++;
    if (number == 1049)
        t->alt = on;
    else if (number == 1006)
        t->mouse = on;
    else if (number == 2004)
        t->paste = on;
    if (number != 2026)
        return false;
    bool ended = t->in_frame && !on;
    t->in_frame = on;
    t->frames += ended;
    return ended;
}

/* libvterm 0.1.4 forgets a character that is cut by the end of a write: keep its beginning back. */
static void write_whole(struct vth *t, const char *bytes, size_t n)
{
    while (n && t->tail_len) {
        if (((unsigned char)*bytes & 0xc0) != 0x80) {
            vterm_input_write(t->vt, t->tail, t->tail_len);
            t->tail_len = 0;
            break;
        }
        t->tail[t->tail_len++] = *bytes++;
        n--;
        unsigned char first = (unsigned char)t->tail[0];
        if (t->tail_len == (first >= 0xf0 ? 4u : first >= 0xe0 ? 3u : 2u)) {
            vterm_input_write(t->vt, t->tail, t->tail_len);
            t->tail_len = 0;
        }
    }
    size_t end = n;
    while (end && n - end < 3 && ((unsigned char)bytes[end - 1] & 0xc0) == 0x80)
        end--;
    if (end && (unsigned char)bytes[end - 1] >= 0xc0) {
        unsigned char first = (unsigned char)bytes[end - 1];
        if (n - end + 1 < (first >= 0xf0 ? 4u : first >= 0xe0 ? 3u : 2u))
            end--;
        else
            end = n;
    } else {
        end = n;
    }
    vterm_input_write(t->vt, bytes, end);
    memcpy(t->tail, bytes + end, n - end);
    t->tail_len = t->tail_len + n - end;
}

/* Feed what was read; true when a frame ended in it. */
static bool feed(struct vth *t, const char *bytes, size_t n)
{
    bool ended = false;
    for (size_t i = 0; i < n; i++)
        ended |= mode(t, bytes[i]);
    t->bytes += n;
    if (t->record)
        fwrite(bytes, 1, n, t->record);
    write_whole(t, bytes, n);
    char reply[256];
    size_t len = vterm_output_read(t->vt, reply, sizeof reply);
    t->reports += len > 0;
    if (t->wide && len == 6 && !memcmp(reply, "\033[1;2R", 6))
        reply[4] = '3';
    if (len)
        vth_send(t, reply, len);
    static const char paper[] = "\033]11;rgb:ffff/ffff/ffff\033\\";
    if (t->light && memmem(bytes, n, "\033]11;?", 6))
        vth_send(t, paper, sizeof paper - 1);
    return ended;
}

static bool read_some(struct vth *t, int ms, bool *frame)
{
    struct pollfd fd = {.fd = t->fd, .events = POLLIN};
    char bytes[65536];
    if (t->gone || poll(&fd, 1, ms) <= 0)
        return false;
    ssize_t n = read(t->fd, bytes, sizeof bytes);
    if (n <= 0) {
        t->gone = true;
        waitpid(t->pid, &t->status, 0);
        return false;
    }
    *frame |= feed(t, bytes, (size_t)n);
    return true;
}

bool vth_some(struct vth *t, int ms)
{
    bool frame = false;
    return read_some(t, ms, &frame);
}

bool vth_frame(struct vth *t, int ms)
{
    int64_t end = vth_now_us() + (int64_t)ms * 1000;
    bool frame = false;
    while (!frame || t->in_frame) {
        int64_t left = (end - vth_now_us()) / 1000;
        if (left < 0 || t->gone)
            return frame;
        read_some(t, (int)left, &frame);
    }
    return frame;
}

bool vth_expect(struct vth *t, const char *text, int ms)
{
    int64_t end = vth_now_us() + (int64_t)ms * 1000;
    bool frame = false;
    while (t->in_frame || !vth_has(t, text)) {
        int64_t left = (end - vth_now_us()) / 1000;
        if (left <= 0 || t->gone)
            return false;
        read_some(t, (int)left, &frame);
    }
    return true;
}

void vth_settle(struct vth *t, int ms)
{
    bool frame = false;
    while (read_some(t, ms, &frame))
        continue;
}

bool vth_wait(struct vth *t, int ms)
{
    int64_t end = vth_now_us() + (int64_t)ms * 1000;
    bool frame = false;
    while (!t->gone) {
        int64_t left = (end - vth_now_us()) / 1000;
        if (left <= 0)
            return false;
        read_some(t, (int)left, &frame);
    }
    return true;
}

void vth_send(struct vth *t, const char *bytes, size_t len)
{
    bool frame = false;
    while (len && !t->gone) {
        size_t some = len < 512 ? len : 512;
        struct pollfd fd = {.fd = t->fd, .events = POLLOUT};
        if (poll(&fd, 1, 0) <= 0) { /* its input is full: drink its output */
            read_some(t, 10, &frame);
            continue;
        }
        ssize_t n = write(t->fd, bytes, some);
        if (n < 0 && errno != EINTR && errno != EAGAIN)
            return;
        if (n > 0)
            bytes += n, len -= (size_t)n;
    }
}

static const struct {
    const char *name, *bytes;
} keys[] = {
    {"Enter", "\r"},     {"Esc", "\033"},       {"Tab", "\t"},         {"Up", "\033[A"},
    {"Down", "\033[B"},  {"Right", "\033[C"},   {"Left", "\033[D"},    {"Home", "\033[H"},
    {"End", "\033[F"},   {"PgUp", "\033[5~"},   {"PgDn", "\033[6~"},   {"BackTab", "\033[Z"},
    {"Space", " "},      {"Backspace", "\177"}, {"Delete", "\033[3~"}, {"F1", "\033OP"},
    {"F2", "\033OQ"},    {"F3", "\033OR"},      {"F4", "\033OS"},      {"F5", "\033[15~"},
    {"F6", "\033[17~"},  {"F7", "\033[18~"},    {"F8", "\033[19~"},    {"F9", "\033[20~"},
    {"F10", "\033[21~"}, {"F11", "\033[23~"},   {"F12", "\033[24~"},
};

static void one_key(struct vth *t, const char *name, size_t len)
{
    char bytes[256];
    snprintf(bytes, sizeof bytes, "%.*s", (int)len, name);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (!strcmp(keys[i].name, bytes))
            snprintf(bytes, sizeof bytes, "%s", keys[i].bytes);
    if (len == 3 && name[0] == 'C' && name[1] == '-')
        snprintf(bytes, sizeof bytes, "%c", name[2] & 0x1f);
    vth_send(t, bytes, strlen(bytes));
}

void vth_keys(struct vth *t, const char *names)
{
    while (*names) {
        size_t len = strcspn(names, " ");
        one_key(t, names, len);
        vth_frame(t, 60);
        names += len;
        names += strspn(names, " ");
    }
}

void vth_keys_slow(struct vth *t, const char *names)
{
    while (*names) {
        size_t len = strcspn(names, " ");
        one_key(t, names, len);
        vth_frame(t, 100);
        vth_settle(t, 60);
        names += len;
        names += strspn(names, " ");
    }
}

void vth_keys_fast(struct vth *t, const char *name)
{
    bool frame = false;
    one_key(t, name, strlen(name));
    read_some(t, 0, &frame);
}

void vth_paste(struct vth *t, const char *text)
{
    vth_send(t, "\033[200~", 6);
    vth_send(t, text, strlen(text));
    vth_send(t, "\033[201~", 6);
    vth_frame(t, 100);
}

void vth_resize(struct vth *t, int rows, int cols)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
    bool frame = false;
    while (read_some(t, 0, &frame))
        continue;
    vterm_free(t->vt); /* 0.1.4 does not survive every change; the console draws all anew */
    t->rows = rows;
    t->cols = cols;
    make_terminal(t);
    ioctl(t->fd, TIOCSWINSZ, &size);
}

static size_t put(char *out, size_t at, size_t size, uint32_t cp)
{
    unsigned char b[4];
    size_t n = 0;
    if (cp < 0x80)
        b[n++] = (unsigned char)cp;
    else if (cp < 0x800)
        b[n++] = (unsigned char)(0xc0 | cp >> 6), b[n++] = (unsigned char)(0x80 | (cp & 63));
    else if (cp < 0x10000)
        b[n++] = (unsigned char)(0xe0 | cp >> 12), b[n++] = (unsigned char)(0x80 | (cp >> 6 & 63)),
        b[n++] = (unsigned char)(0x80 | (cp & 63));
    else
        b[n++] = (unsigned char)(0xf0 | cp >> 18), b[n++] = (unsigned char)(0x80 | (cp >> 12 & 63)),
        b[n++] = (unsigned char)(0x80 | (cp >> 6 & 63)), b[n++] = (unsigned char)(0x80 | (cp & 63));
    if (at + n + 1 > size)
        return at;
    memcpy(out + at, b, n);
    return at + n;
}

void vth_row(const struct vth *t, int row, char *out, size_t size)
{
    size_t at = 0, end = 0;
    for (int col = 0; col < t->cols;) {
        VTermScreenCell cell;
        vterm_screen_get_cell(t->screen, (VTermPos){row, col}, &cell);
        uint32_t first = cell.chars[0] && cell.chars[0] != UINT32_MAX ? cell.chars[0] : ' ';
        at = put(out, at, size, first);
        for (int i = 1; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[0] && cell.chars[i]; i++)
            at = put(out, at, size, cell.chars[i]);
        if (first != ' ')
            end = at;
        col += cell.width > 0 ? cell.width : 1;
    }
    out[end] = 0;
}

bool vth_has(const struct vth *t, const char *text)
{
    char row[8192];
    for (int i = 0; i < t->rows; i++) {
        vth_row(t, i, row, sizeof row);
        if (strstr(row, text))
            return true;
    }
    return false;
}

static char letter(const struct vth *t, const VTermScreenCell *cell)
{
    VTermColor fg = cell->fg;
    (void)t;
    if (cell->attrs.reverse)
        return 'R';
    if (VTERM_COLOR_IS_INDEXED(&cell->bg) && !VTERM_COLOR_IS_DEFAULT_BG(&cell->bg))
        return (char)('a' + cell->bg.indexed.idx % 16);
    if (VTERM_COLOR_IS_INDEXED(&fg) && !VTERM_COLOR_IS_DEFAULT_FG(&fg))
        return (char)('0' + fg.indexed.idx % 10);
    return cell->attrs.underline ? 'U' : cell->attrs.bold ? 'B' : '.';
}

char *vth_snap(const struct vth *t, bool attrs)
{
    size_t size = (size_t)t->rows * ((size_t)t->cols * 8 + 2) * 2 + 16, at = 0;
    char *out = calloc(1, size);
    for (int row = 0; out && row < t->rows; row++) {
        vth_row(t, row, out + at, size - at);
        at += strlen(out + at);
        out[at++] = '\n';
    }
    for (int row = 0; out && attrs && row < t->rows; row++) {
        size_t end = at;
        for (int col = 0; col < t->cols;) {
            VTermScreenCell cell;
            vterm_screen_get_cell(t->screen, (VTermPos){row, col}, &cell);
            for (int half = 0; half < (cell.width > 1 ? 2 : 1); half++, col++) {
                out[at] = letter(t, &cell);
                if (out[at++] != '.')
                    end = at;
            }
        }
        at = end;
        out[at++] = '\n';
    }
    if (out)
        out[at] = 0;
    return out;
}

static int palette(const VTermColor *c, bool is_default)
{
    return is_default ? -1 : VTERM_COLOR_IS_INDEXED(c) ? c->indexed.idx : -2;
}

void vth_cells(const struct vth *t, FILE *out)
{
    for (int row = 0; row < t->rows; row++) {
        for (int col = 0; col < t->cols;) {
            VTermScreenCell cell;
            char text[64];
            size_t at = 0;
            vterm_screen_get_cell(t->screen, (VTermPos){row, col}, &cell);
            at = put(text, at, sizeof text, cell.chars[0] ? cell.chars[0] : ' ');
            for (int i = 1; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[0] && cell.chars[i]; i++)
                at = put(text, at, sizeof text, cell.chars[i]);
            text[at] = 0;
            fprintf(out, "%d %d %d %d %d %s%s%s %s\n", row, col, cell.width,
                    palette(&cell.fg, VTERM_COLOR_IS_DEFAULT_FG(&cell.fg)),
                    palette(&cell.bg, VTERM_COLOR_IS_DEFAULT_BG(&cell.bg)),
                    cell.attrs.bold ? "B" : "-", cell.attrs.underline ? "U" : "-",
                    cell.attrs.reverse ? "R" : "-", text);
            col += cell.width > 0 ? cell.width : 1;
        }
    }
}

pid_t vth_child(const struct vth *t)
{
    char path[64], text[64] = "";
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)t->pid, (int)t->pid);
    FILE *f = fopen(path, "r");
    if (!f)
        return 0;
    size_t n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[n] = 0;
    return (pid_t)strtol(text, NULL, 10);
}
