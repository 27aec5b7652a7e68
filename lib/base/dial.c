/* SPDX-License-Identifier: Apache-2.0 */
/* dial.c — finds out whether a connection string is a case for the wire, and connects. Whatever
 * is not understood here is left to libpq, its error messages too. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/unit_int.h"
#include "base/wire_int.h"

enum { WORD = 128, WORDS_MOST = 24, AGAIN_MS = 10 };

typedef struct where { char host[WORD], port[WORD], user[WORD], dbname[WORD]; } where;

/* A name or a value of a connection string, in quotes or not. */
static bool word(const char **s, char out[WORD], const char *ends)
{
    const char *at = *s;
    size_t n = 0;
    bool quoted = *at == '\'';
    for (at += quoted; *at && (quoted ? *at != '\'' : !strchr(ends, *at)); at++) {
        at += *at == '\\' && at[1];
        if (n + 1 == WORD)
            return false;
        out[n++] = *at;
    }
    out[n] = 0;
    if (quoted && *at++ != '\'')
        return false;
    *s = at + strspn(at, " \t\n");
    return true;
}

/* All that is said is where the socket is and who wants in. */
static bool understood(const char *dsn, where *to)
{
    *to = (where){.port = "5432"};
    for (const char *s = dsn + strspn(dsn, " \t\n"); *s;) {
        char name[WORD], value[WORD];
        if (!word(&s, name, " \t\n=") || *s++ != '=')
            return false;
        s += strspn(s, " \t\n");
        if (!word(&s, value, " \t\n"))
            return false;
        char *place = !strcmp(name, "host")     ? to->host
                      : !strcmp(name, "port")   ? to->port
                      : !strcmp(name, "user")   ? to->user
                      : !strcmp(name, "dbname") ? to->dbname
                                                : NULL;
        if (!place)
            return false;
        snprintf(place, WORD, "%s", value);
    }
    return *to->host == '/' && *to->port && *to->user && *to->dbname && !strchr(to->host, ',');
}

/* PGOPTIONS, PGSERVICE, PGSSLMODE …: libpq knows what they mean. */
static bool environment_speaks(void)
{
    for (char **e = environ; e && *e; e++)
        if (!strncmp(*e, "PG", 2))
            return true;
    return false;
}

int pni_dial(const struct sockaddr_un *at, int64_t until_ms)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    while (fd >= 0 && connect(fd, (const struct sockaddr *)at, sizeof *at)) {
        bool full = errno == EAGAIN; /* as many wait already as may */
        if ((full || errno == EINTR) && pni_mono_ms() < until_ms) {
            poll(NULL, 0, AGAIN_MS);
            continue;
        }
        close(fd);
        errno = full ? EAGAIN : ECONNREFUSED;
        return -1;
    }
    return fd;
}

/* Wait until everything that was asked is answered. */
static pni_wire_met settle(pni_wire *w, int64_t until)
{
    bool synced = false, refused = false;
    while (!synced) {
        int more = pni_wire_flush(w);
        struct pollfd fd = {pni_wire_fd(w), (short)(POLLIN | (more > 0 ? POLLOUT : 0)), 0};
        int64_t left = until - pni_mono_ms();
        bool ready = pni_wire_ready(w);
        if (!ready && (left <= 0 || !poll(&fd, 1, (int)left)))
            return PNI_WIRE_LATE;
        if (!ready) {
            (void)pni_wire_read(w);
            continue;
        }
        pni_reply *r = pni_wire_next(w);
        if (!r)
            return PNI_WIRE_NOT;
        refused |= r->kind == PNI_REPLY_REFUSED;
        synced = r->kind == PNI_REPLY_SYNC;
        pni_reply_free(r);
    }
    return refused ? PNI_WIRE_NOT : PNI_WIRE_OPEN;
}

/* A socket on which the first words are said; NULL with errno EAGAIN: all doors are taken. */
static pni_wire *knock(const char *dsn, const char *const settings[], int64_t until)
{
    where to;
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    errno = 0;
    if (environment_speaks() || !understood(dsn, &to) ||
        snprintf(at.sun_path, sizeof at.sun_path, "%s/.s.PGSQL.%s", to.host, to.port) >=
            (int)sizeof at.sun_path)
        return NULL;
    int fd = pni_dial(&at, until);
    if (fd < 0)
        return NULL;
    pni_wire *w = pni_wire_new(fd, &at);
    if (!w)
        close(fd);
    const char *words[WORDS_MOST + 5] = {"user", to.user, "database", to.dbname};
    for (int i = 0; i < WORDS_MOST && settings[i]; i++)
        words[i + 4] = settings[i];
    if (w && pni_wire_start(w, words) && pni_wire_flush(w) >= 0)
        return w;
    pni_wire_close(w, false);
    errno = 0;
    return NULL;
}

pni_wire *pni_wire_knock(const char *dsn, const char *const settings[])
{
    return knock(dsn, settings, 0);
}

pni_wire_met pni_wire_enter(pni_wire *w, int ms)
{
    pni_wire_met met = settle(w, pni_mono_ms() + ms);
    if (met != PNI_WIRE_OPEN)
        pni_wire_close(w, false);
    return met;
}

pni_wire_met pni_wire_open(const char *dsn, const char *const settings[], int ms, pni_wire **out)
{
    int64_t until = pni_mono_ms() + ms;
    pni_wire *w = knock(dsn, settings, until);
    if (!w)
        return errno == EAGAIN ? PNI_WIRE_LATE : PNI_WIRE_NOT;
    int64_t left = until - pni_mono_ms();
    pni_wire_met met = pni_wire_enter(w, left > 0 ? (int)left : 0);
    if (met == PNI_WIRE_OPEN)
        *out = w;
    return met;
}

bool pni_wire_do(pni_wire *w, const char *text, int ms)
{
    return pni_wire_run(w, text) && pni_wire_sync(w) &&
           settle(w, pni_mono_ms() + ms) == PNI_WIRE_OPEN;
}
