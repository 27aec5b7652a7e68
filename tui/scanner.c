/* SPDX-License-Identifier: Apache-2.0 */
/* scanner.c — `--scanner DEVICE`. A serial scanner sends lines; one that is a keyboard to the
 * kernel (/dev/input/event…) is taken for ourselves, and its keys are those of a US keyboard, as
 * scanners are set. A device that is pulled out is looked for again until it is back. */
#include "config.h"
#include "scanner.h"
#include "app.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/input.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum { CODE_MOST = 512, LOOK_MS = 1000 };

static struct {
    const char *path;
    int fd;
    bool keyboard, shift, gone;
    int64_t look_at;
    char text[CODE_MOST];
    size_t len;
    bool spilt; /* longer than any code: nothing of this line counts */
    char words[300];
} s = {.fd = -1};

/* Keys by their kernel codes: what they type without and with shift. */
static const struct { char plain, shift; } keys[] = {
    [KEY_1] = {'1', '!'}, [KEY_2] = {'2', '@'}, [KEY_3] = {'3', '#'}, [KEY_4] = {'4', '$'},
    [KEY_5] = {'5', '%'}, [KEY_6] = {'6', '^'}, [KEY_7] = {'7', '&'}, [KEY_8] = {'8', '*'},
    [KEY_9] = {'9', '('}, [KEY_0] = {'0', ')'}, [KEY_MINUS] = {'-', '_'},
    [KEY_EQUAL] = {'=', '+'}, [KEY_Q] = {'q', 'Q'}, [KEY_W] = {'w', 'W'}, [KEY_E] = {'e', 'E'},
    [KEY_R] = {'r', 'R'}, [KEY_T] = {'t', 'T'}, [KEY_Y] = {'y', 'Y'}, [KEY_U] = {'u', 'U'},
    [KEY_I] = {'i', 'I'}, [KEY_O] = {'o', 'O'}, [KEY_P] = {'p', 'P'},
    [KEY_LEFTBRACE] = {'[', '{'}, [KEY_RIGHTBRACE] = {']', '}'}, [KEY_A] = {'a', 'A'},
    [KEY_S] = {'s', 'S'}, [KEY_D] = {'d', 'D'}, [KEY_F] = {'f', 'F'}, [KEY_G] = {'g', 'G'},
    [KEY_H] = {'h', 'H'}, [KEY_J] = {'j', 'J'}, [KEY_K] = {'k', 'K'}, [KEY_L] = {'l', 'L'},
    [KEY_SEMICOLON] = {';', ':'}, [KEY_APOSTROPHE] = {'\'', '"'}, [KEY_GRAVE] = {'`', '~'},
    [KEY_BACKSLASH] = {'\\', '|'}, [KEY_Z] = {'z', 'Z'}, [KEY_X] = {'x', 'X'},
    [KEY_C] = {'c', 'C'}, [KEY_V] = {'v', 'V'}, [KEY_B] = {'b', 'B'}, [KEY_N] = {'n', 'N'},
    [KEY_M] = {'m', 'M'}, [KEY_COMMA] = {',', '<'}, [KEY_DOT] = {'.', '>'},
    [KEY_SLASH] = {'/', '?'}, [KEY_SPACE] = {' ', ' '}, [KEY_ENTER] = {'\n', '\n'},
    [KEY_KPENTER] = {'\n', '\n'}, [KEY_TAB] = {'\n', '\n'},
};
enum { KEYS = sizeof keys / sizeof *keys };

static const char *lose(int why)
{
    if (s.fd >= 0)
        close(s.fd);
    s.fd = -1;
    s.len = 0;
    s.look_at = tui_clock() + LOOK_MS;
    if (s.gone)
        return NULL; /* said once */
    s.gone = true;
    snprintf(s.words, sizeof s.words, pn_tr("! The scanner %.180s is not there: %.80s"), s.path,
             strerror(why));
    return s.words;
}

/* A serial line, or a test's: bytes as they come, whatever its speed was set to. */
static void make_raw(void)
{
    struct termios t;
    if (!isatty(s.fd) || tcgetattr(s.fd, &t))
        return;
    cfmakeraw(&t);
    t.c_cflag |= CLOCAL | CREAD;
    tcsetattr(s.fd, TCSANOW, &t);
    tcflush(s.fd, TCIFLUSH); /* what was scanned before anybody looked */
}

static const char *look(void)
{
    int version;
    s.look_at = 0;
    s.fd = open(s.path, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (s.fd < 0)
        return lose(errno);
    s.keyboard = ioctl(s.fd, EVIOCGVERSION, &version) == 0;
    s.shift = s.spilt = false;
    s.len = 0;
    if (s.keyboard && ioctl(s.fd, EVIOCGRAB, 1)) /* nobody else is to get its keys */
        return lose(errno);
    make_raw();
    if (!s.gone)
        return NULL;
    s.gone = false;
    snprintf(s.words, sizeof s.words, pn_tr("The scanner %.180s is back"), s.path);
    return s.words;
}

void scanner_start(const char *path)
{
    s.path = path;
    s.look_at = path ? 1 : 0; /* at once, when there is somebody to tell */
}

int scanner_fd(void)
{
    return s.fd;
}

bool scanner_gone(void)
{
    return s.gone;
}

int64_t scanner_due(void)
{
    return s.look_at;
}

const char *scanner_tick(int64_t now)
{
    return s.look_at && now >= s.look_at ? look() : NULL;
}

/* One character; a line's end is a scan. */
static void take(char c, void (*handle)(void *, const struct tui_event *), void *who)
{
    if (c != '\r' && c != '\n') {
        s.spilt |= s.len + 1 == sizeof s.text;
        if (!s.spilt && (unsigned char)c >= ' ')
            s.text[s.len++] = c;
        return;
    }
    s.text[s.len] = 0;
    if (s.len && !s.spilt)
        handle(who, &(struct tui_event){.kind = IN_SCAN, .text = s.text});
    s.len = 0;
    s.spilt = false;
}

static void take_key(const struct input_event *e, void (*handle)(void *, const struct tui_event *),
                     void *who)
{
    if (e->type != EV_KEY)
        return;
    if (e->code == KEY_LEFTSHIFT || e->code == KEY_RIGHTSHIFT)
        s.shift = e->value != 0;
    else if (e->value == 1 && e->code < KEYS && keys[e->code].plain)
        take(s.shift ? keys[e->code].shift : keys[e->code].plain, handle, who);
}

const char *scanner_read(void (*handle)(void *, const struct tui_event *), void *who)
{
    struct input_event event[32];
    char bytes[sizeof event];
    ssize_t n = s.fd < 0 ? 0 : read(s.fd, bytes, sizeof bytes);
    if (s.fd < 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
        return NULL;
    if (n <= 0)
        return lose(n ? errno : ENODEV);
    if (!s.keyboard) {
        for (ssize_t i = 0; i < n; i++)
            take(bytes[i], handle, who);
        return NULL;
    }
    memcpy(event, bytes, (size_t)n);
    for (size_t i = 0; i < (size_t)n / sizeof *event; i++)
        take_key(&event[i], handle, who);
    return NULL;
}
