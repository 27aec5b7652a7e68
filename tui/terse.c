/* SPDX-License-Identifier: Apache-2.0 */
/* terse.c — terminfo cannot know what the terminal was told a moment ago: each reset of attributes
 * also chooses the character set, and a colour is ended before everything is. Over a slow line that
 * is a tenth of a keystroke's bytes. */
#include "config.h"
#include "terse.h"

#include <stdbool.h>
#include <string.h>

static const char ascii_set[] = "\033(B", line_set[] = "\033(0";
enum { SET = sizeof ascii_set - 1, SHIFT_OUT = 016 };

static bool is_set(const char *at, const char *end, const char *set)
{
    return end - at >= SET && !memcmp(at, set, SET);
}

/* ESC [ digits and ; m: its length, or 0. */
static size_t attributes(const char *at, const char *end)
{
    if (end - at < 3 || at[0] != '\033' || at[1] != '[')
        return 0;
    const char *p = at + 2;
    while (p < end && ((*p >= '0' && *p <= '9') || *p == ';'))
        p++;
    return p < end && *p == 'm' ? (size_t)(p - at) + 1 : 0;
}

/* Does it forget all attributes before it sets its own? "m", "0m", "0;…m", "00m" and ";m" do. */
static bool resets(const char *at)
{
    for (at += 2; *at == '0'; at++) {}
    return *at == 'm' || *at == ';';
}

static bool other_set(const char *frame, const char *end)
{
    if (memchr(frame, SHIFT_OUT, (size_t)(end - frame)))
        return true;
    for (const char *p = frame; (p = memchr(p, '\033', (size_t)(end - p))); p++)
        if (is_set(p, end, line_set))
            return true;
    return false;
}

size_t frame_terse(char *frame, size_t len)
{
    const char *p = frame, *end = frame + len;
    if (other_set(p, end))
        return len;
    char *out = frame, *unused = NULL; /* where attributes began that nothing was drawn in yet */
    while (p < end) {
        if (is_set(p, end, ascii_set)) {
            p += SET;
            continue;
        }
        size_t n = attributes(p, end);
        if (n && unused && resets(p))
            out = unused;
        unused = !n ? NULL : unused ? unused : out;
        n = n ? n : 1;
        memmove(out, p, n);
        out += n, p += n;
    }
    return (size_t)(out - frame);
}
