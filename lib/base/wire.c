/* SPDX-License-Identifier: Apache-2.0 */
/* wire.c — see wire_int.h. Messages are composed in one buffer and read from another. What has been
 * asked stands in a queue, a letter each: when a statement is refused the server is silent until the
 * next sync, and those in between are answered here. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/unit_int.h"
#include "base/wire_int.h"

enum { ASKED_PREPARE = 'p', ASKED_ROWS = 'r', ASKED_SYNC = 's' };
enum { PROTOCOL = 3 << 16, CANCEL = 80877102, HEAD = 5, READ_LEAST = 16384, MESSAGE_MOST = 1 << 30 };

typedef struct heap { char *bytes; size_t from, len, room; } heap;

struct pni_wire {
    int fd;
    struct sockaddr_un at;
    uint32_t pid, secret;
    heap in, out, asked;
    pni_reply *now, *ready; /* coming; complete */
    bool failed;            /* the server skips what comes before the next sync */
    bool over;              /* nothing more will come */
    bool lost;
    bool bad; /* a message could not be composed */
    char why[300];
    pni_wire_heard *notices, *notes;
    void *notices_whom, *notes_whom;
};

/* ---- composing ---- */

static bool heap_room(heap *h, size_t more)
{
    if (h->from && h->from == h->len)
        h->from = h->len = 0;
    if (h->room - h->len >= more)
        return true;
    if (h->from)
        memmove(h->bytes, h->bytes + h->from, h->len - h->from);
    h->len -= h->from;
    h->from = 0;
    if (h->room - h->len >= more)
        return true;
    size_t room = (h->len + more) * 2;
    char *bigger = realloc(h->bytes, room);
    if (!bigger)
        return false;
    h->bytes = bigger;
    h->room = room;
    return true;
}

static void put(pni_wire *w, const void *bytes, size_t n)
{
    w->bad = w->bad || !heap_room(&w->out, n);
    if (w->bad || !n)
        return;
    memcpy(w->out.bytes + w->out.len, bytes, n);
    w->out.len += n;
}

static void put_int(pni_wire *w, uint32_t v, int bytes)
{
    unsigned char big[4] = {(unsigned char)(v >> 24), (unsigned char)(v >> 16),
                            (unsigned char)(v >> 8), (unsigned char)v};
    put(w, big + 4 - bytes, (size_t)bytes);
}

static void put_text(pni_wire *w, const char *text)
{
    put(w, text, strlen(text) + 1);
}

/* A message of that type (0: the first one, which has none); where its length will stand. */
static size_t begin(pni_wire *w, char type)
{
    if (type)
        put(w, &type, 1);
    put_int(w, 0, 4);
    return w->out.len - w->out.from;
}

static void end(pni_wire *w, size_t begun)
{
    if (w->bad)
        return;
    size_t body = w->out.len - w->out.from - begun + 4;
    unsigned char *at = (unsigned char *)w->out.bytes + w->out.from + begun - 4;
    w->bad = body > MESSAGE_MOST;
    at[0] = (unsigned char)(body >> 24);
    at[1] = (unsigned char)(body >> 16);
    at[2] = (unsigned char)(body >> 8);
    at[3] = (unsigned char)body;
}

static bool ask(pni_wire *w, char what)
{
    w->bad = w->bad || !heap_room(&w->asked, 1);
    if (w->bad)
        return false;
    w->asked.bytes[w->asked.len++] = what;
    return true;
}

static void put_parse(pni_wire *w, const char *name, const char *text, int n, const Oid oid[])
{
    size_t at = begin(w, 'P');
    put_text(w, name);
    put_text(w, text);
    put_int(w, (uint32_t)n, 2);
    for (int i = 0; i < n; i++)
        put_int(w, oid[i], 4);
    end(w, at);
}

/* Bind, describe, execute; values and results are binary. */
static void put_portal(pni_wire *w, const char *name, int n, const char *const value[],
                       const int len[])
{
    size_t at = begin(w, 'B');
    put_text(w, "");
    put_text(w, name);
    put_int(w, 1, 2);
    put_int(w, 1, 2);
    put_int(w, (uint32_t)n, 2);
    for (int i = 0; i < n; i++) {
        put_int(w, value[i] ? (uint32_t)len[i] : UINT32_MAX, 4);
        if (value[i])
            put(w, value[i], (size_t)len[i]);
    }
    put_int(w, 1, 2);
    put_int(w, 1, 2);
    end(w, at);
    at = begin(w, 'D');
    put(w, "P", 2);
    end(w, at);
    at = begin(w, 'E');
    put_text(w, "");
    put_int(w, 0, 4);
    end(w, at);
}

bool pni_wire_prepare(pni_wire *w, const char *name, const char *text, int n, const Oid oid[])
{
    put_parse(w, name, text, n, oid);
    return ask(w, ASKED_PREPARE);
}

bool pni_wire_execute(pni_wire *w, const char *name, int n, const char *const value[],
                      const int len[])
{
    put_portal(w, name, n, value, len);
    return ask(w, ASKED_ROWS);
}

bool pni_wire_run(pni_wire *w, const char *text)
{
    put_parse(w, "", text, 0, NULL);
    put_portal(w, "", 0, NULL, NULL);
    return ask(w, ASKED_ROWS);
}

bool pni_wire_sync(pni_wire *w)
{
    end(w, begin(w, 'S'));
    return ask(w, ASKED_SYNC);
}

/* ---- bytes ---- */

static void lose(pni_wire *w, const char *why)
{
    if (!w->lost)
        snprintf(w->why, sizeof w->why, "%s", why);
    w->lost = true;
}

int pni_wire_flush(pni_wire *w)
{
    heap *o = &w->out;
    while (!w->lost && o->from < o->len) {
        ssize_t n = send(w->fd, o->bytes + o->from, o->len - o->from, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n >= 0) {
            o->from += (size_t)n;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return 1;
        } else if (errno != EINTR) { /* it may have said why */
            o->from = o->len;
            (void)pni_wire_read(w);
            w->over = true;
        }
    }
    return w->lost ? -1 : 0;
}

static uint32_t int_at(const char *at)
{
    const unsigned char *b = (const unsigned char *)at;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* What the message that is coming still needs. */
static size_t wanted(const heap *in)
{
    size_t have = in->len - in->from;
    size_t whole = have < HEAD ? HEAD : int_at(in->bytes + in->from + 1) + (size_t)1;
    return whole > have ? whole - have : 0;
}

bool pni_wire_read(pni_wire *w)
{
    heap *in = &w->in;
    while (!w->over && !w->lost) {
        size_t want = wanted(in);
        if (want > MESSAGE_MOST || !heap_room(in, want > READ_LEAST ? want : READ_LEAST)) {
            lose(w, pn_code_text(PN_EMEM));
            break;
        }
        size_t room = in->room - in->len;
        ssize_t n = recv(w->fd, in->bytes + in->len, room, MSG_DONTWAIT);
        if (n > 0)
            in->len += (size_t)n;
        if (n > 0 && (size_t)n < room)
            break;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            break;
        w->over = !n || (n < 0 && errno != EINTR);
    }
    return !w->lost;
}

/* ---- messages ---- */

typedef struct body { const char *at, *end; bool bad; } body;

static const char *take(body *b, size_t n)
{
    const char *at = b->at;
    if ((size_t)(b->end - b->at) < n) {
        b->bad = true;
        return NULL;
    }
    b->at += n;
    return at;
}

static uint32_t take_int(body *b)
{
    const char *at = take(b, 4);
    return at ? int_at(at) : 0;
}

static int take_short(body *b)
{
    const unsigned char *at = (const unsigned char *)take(b, 2);
    return at ? at[0] << 8 | at[1] : 0;
}

static const char *take_text(body *b)
{
    const char *nul = memchr(b->at, 0, (size_t)(b->end - b->at));
    const char *at = nul ? take(b, (size_t)(nul - b->at) + 1) : NULL;
    b->bad |= !at;
    return at ? at : "";
}

static char first_asked(const pni_wire *w)
{
    return w->asked.from < w->asked.len ? w->asked.bytes[w->asked.from] : 0;
}

static pni_reply *current(pni_wire *w)
{
    if (!w->now)
        w->now = pni_reply_new(PNI_REPLY_DONE);
    return w->now;
}

/* The first that was asked is answered. */
static bool answered(pni_wire *w, pni_reply_kind kind)
{
    pni_reply *r = current(w);
    if (!r || !first_asked(w))
        return false;
    r->kind = r->kind == PNI_REPLY_ROWS && kind == PNI_REPLY_DONE ? r->kind : kind;
    w->asked.from++;
    w->now = NULL;
    w->ready = r;
    return true;
}

static bool heads(pni_wire *w, body *b)
{
    pni_reply *r = current(w);
    int n = take_short(b);
    if (!r || !(r->head = calloc((size_t)n + 1, sizeof *r->head)))
        return false;
    r->kind = PNI_REPLY_ROWS;
    r->cols = n;
    for (int i = 0; i < n && !b->bad; i++) {
        const char *name = take_text(b);
        if (!pni_reply_keep(r, name, strlen(name), &r->head[i].name))
            return false;
        take(b, 6); /* table and column */
        r->head[i].type = take_int(b);
        take(b, 8); /* size, modifier, format */
    }
    return true;
}

static bool row(pni_wire *w, body *b)
{
    pni_reply *r = current(w);
    int n = take_short(b);
    if (!r || n != r->cols)
        return false;
    size_t cols = (size_t)n, at = (size_t)r->rows * cols;
    if (r->cell_room < at + cols) {
        size_t room = (at + cols) * 2 + 16 * cols;
        pni_reply_cell *more = reallocarray(r->cell, room, sizeof *more);
        if (!more)
            return false;
        r->cell = more;
        r->cell_room = room;
    }
    for (pni_reply_cell *cell = r->cell + at; n--; cell++) {
        cell->len = (int)take_int(b);
        const char *value = cell->len < 0 ? "" : take(b, (size_t)cell->len);
        if (!value || (cell->len >= 0 && !pni_reply_keep(r, value, (size_t)cell->len, &cell->at)))
            return false;
    }
    r->rows++;
    return true;
}

/* "UPDATE 3", "INSERT 0 1": the last word, when it is a number. */
static bool finished(pni_wire *w, body *b)
{
    pni_reply *r = current(w);
    const char *words = take_text(b), *last = strrchr(words, ' ');
    if (r && last)
        r->affected = strtoll(last + 1, NULL, 10);
    return answered(w, PNI_REPLY_DONE);
}

/* The fields of an error or a notice: its state and its words. */
static void fields(body *b, char state[6], const char **words)
{
    state[0] = 0;
    *words = "";
    while (!b->bad && b->at < b->end && *b->at) {
        char field = *take(b, 1);
        const char *text = take_text(b);
        if (field == 'M')
            *words = text;
        else if (field == 'C')
            snprintf(state, 6, "%s", text);
    }
}

static bool refused(pni_wire *w, body *b)
{
    char state[6];
    const char *words;
    pni_reply *r;
    fields(b, state, &words);
    if (!first_asked(w) || first_asked(w) == ASKED_SYNC) { /* nobody asked: it is going down */
        lose(w, words);
        return true;
    }
    pni_reply_free(w->now);
    w->now = NULL;
    if (!(r = current(w)) || !pni_reply_keep(r, words, strlen(words), &r->message))
        return false;
    memcpy(r->state, state, sizeof r->state);
    w->failed = true;
    return answered(w, PNI_REPLY_REFUSED);
}

static void said(pni_wire *w, body *b)
{
    char state[6];
    const char *words;
    fields(b, state, &words);
    if (w->notices)
        w->notices(w->notices_whom, words);
}

static void noted(pni_wire *w, body *b)
{
    take_int(b);  /* who sent it */
    take_text(b); /* the channel: there is one */
    const char *words = take_text(b);
    if (w->notes && !b->bad)
        w->notes(w->notes_whom, words);
}

static bool message(pni_wire *w, char type, body *b)
{
    switch (type) {
    case '1': return first_asked(w) != ASKED_PREPARE || answered(w, PNI_REPLY_DONE);
    case 'T': return heads(w, b);
    case 'D': return row(w, b);
    case 'C': return finished(w, b);
    case 'I': return answered(w, PNI_REPLY_DONE);
    case 'E': return refused(w, b);
    case 'Z':
        w->failed = false;
        return first_asked(w) == ASKED_SYNC && answered(w, PNI_REPLY_SYNC);
    case 'N': said(w, b); return true;
    case 'A': noted(w, b); return true;
    case 'R': return !take_int(b); /* else a password is wanted */
    case 'K':
        w->pid = take_int(b);
        w->secret = take_int(b);
        return true;
    case '2': case 'n': case 'S': return true; /* bound, no rows to come, a setting */
    default: return false;
    }
}

bool pni_wire_ready(pni_wire *w)
{
    heap *in = &w->in;
    while (!w->ready && !w->lost) {
        if (w->failed && first_asked(w) && first_asked(w) != ASKED_SYNC) {
            if (!answered(w, PNI_REPLY_SKIPPED))
                lose(w, pn_code_text(PN_EMEM));
            continue;
        }
        if (wanted(in) && !w->over)
            return false;
        if (wanted(in)) {
            lose(w, pn_tr("the server has closed it"));
            break;
        }
        size_t len = int_at(in->bytes + in->from + 1);
        const char *at = in->bytes + in->from;
        body b = {at + HEAD, at + 1 + len, len < 4 || len > MESSAGE_MOST};
        if (b.bad || !message(w, *at, &b) || b.bad) {
            lose(w, pn_tr("what the server says is not understood"));
            pni_reply_free(w->ready); /* half of an answer is none */
            w->ready = NULL;
        }
        in->from += len + 1;
    }
    return true;
}

pni_reply *pni_wire_next(pni_wire *w)
{
    pni_reply *r = pni_wire_ready(w) ? w->ready : NULL;
    w->ready = NULL;
    return r;
}

/* ---- the connection ---- */

pni_wire *pni_wire_new(int fd, const struct sockaddr_un *at)
{
    pni_wire *w = calloc(1, sizeof *w);
    if (w) {
        w->fd = fd;
        w->at = *at;
    }
    return w;
}

bool pni_wire_start(pni_wire *w, const char *const words[])
{
    size_t at = begin(w, 0);
    put_int(w, PROTOCOL, 4);
    for (; *words; words++)
        put_text(w, *words);
    put(w, "", 1);
    end(w, at);
    return ask(w, ASKED_SYNC);
}

void pni_wire_close(pni_wire *w, bool politely)
{
    if (!w)
        return;
    if (politely && !w->lost && !w->bad) {
        end(w, begin(w, 'X'));
        (void)pni_wire_flush(w);
    }
    if (w->fd >= 0)
        close(w->fd);
    pni_reply_free(w->now);
    pni_reply_free(w->ready);
    free(w->in.bytes);
    free(w->out.bytes);
    free(w->asked.bytes);
    free(w);
}

void pni_wire_notices(pni_wire *w, pni_wire_heard *heard, void *whom)
{
    w->notices = heard;
    w->notices_whom = whom;
}

void pni_wire_notes(pni_wire *w, pni_wire_heard *heard, void *whom)
{
    w->notes = heard;
    w->notes_whom = whom;
}

bool pni_wire_lost(const pni_wire *w)
{
    return w->lost;
}

const char *pni_wire_why(const pni_wire *w)
{
    return w->why;
}

int pni_wire_fd(const pni_wire *w)
{
    return w->fd;
}

void pni_wire_cancel(const pni_wire *w)
{
    struct sockaddr_un to = w->at;
    pni_wire other = {.fd = pni_dial(&to, 0)};
    size_t at = begin(&other, 0);
    put_int(&other, CANCEL, 4);
    put_int(&other, w->pid, 4);
    put_int(&other, w->secret, 4);
    end(&other, at);
    if (!other.bad && other.fd >= 0)
        (void)pni_wire_flush(&other);
    if (other.fd >= 0)
        close(other.fd);
    free(other.out.bytes);
    free(other.in.bytes);
}
