/* SPDX-License-Identifier: Apache-2.0 */
/* cluster_place.c — where the private cluster lives, who owns it and which programs run it.
 *
 * Three things go wrong on real machines: PostgreSQL refuses to run as root, the owner cannot reach
 * the folder that root chose, and the socket's path is longer than the kernel takes. Each is
 * settled or explained here, before any process is started. */
#include "cluster_int.h"
#include "conf_int.h"

#include <errno.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    SOCKET_LONGEST = 107 - (int)sizeof("/.s.PGSQL.5432") + 1, /* sun_path without its final 0 */
    MAJOR_LEAST = 13,
    MAJOR_MOST = 40,
};

bool pni_fmt(char *out, size_t size, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int len = vsnprintf(out, size, fmt, args);
    va_end(args);
    return len >= 0 && (size_t)len < size;
}

pn_code pni_pg_fail(struct pni_place *at, pn_code code, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(at->out->message, sizeof(at->out->message), fmt, args);
    va_end(args);
    return code;
}

pn_code pni_pg_hint(struct pni_place *at, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(at->out->hint, sizeof(at->out->hint), fmt, args);
    va_end(args);
    return PN_ECONF;
}

static bool user_take(struct pni_place *at, const struct passwd *user)
{
    at->uid = user->pw_uid;
    at->gid = user->pw_gid;
    return pni_fmt(at->owner, sizeof(at->owner), "%s", user->pw_name);
}

/* initdb and postgres refuse uid 0, so root acts for somebody: whoever owns the data already, else
 * the distribution's database user, else nobody. */
static pn_code owner_find(struct pni_place *at)
{
    struct stat st;
    struct passwd user, *found = NULL;
    char text[4096];
    at->drop = !geteuid();
    bool made = !stat(at->data, &st);
    if (!at->drop) {
        at->uid = geteuid();
        at->gid = getegid();
        if (made && st.st_uid != at->uid) {
            (void)pni_pg_hint(at, "%s", pn_tr("Run it as that user or as root."));
            return pni_pg_fail(at, PN_EPERM, pn_tr("The cluster in %s belongs to user id %u"),
                               at->data, (unsigned)st.st_uid);
        }
        if (!getpwuid_r(at->uid, &user, text, sizeof(text), &found) && found)
            user_take(at, found);
        else
            pni_fmt(at->owner, sizeof(at->owner), "%u", (unsigned)at->uid);
        return PN_OK;
    }
    if (made && st.st_uid) {
        at->uid = st.st_uid;
        at->gid = st.st_gid;
        if (!getpwuid_r(st.st_uid, &user, text, sizeof(text), &found) && found)
            user_take(at, found);
        else
            pni_fmt(at->owner, sizeof(at->owner), "%u", (unsigned)st.st_uid);
        return PN_OK;
    }
    static const char *const names[] = {"postgres", "nobody"};
    for (int i = 0; i < 2; i++)
        if (!getpwnam_r(names[i], &user, text, sizeof(text), &found) && found && found->pw_uid &&
            user_take(at, found))
            return PN_OK;
    return pni_pg_fail(at, PN_ECONF, "%s", pn_tr("PostgreSQL cannot run as root and there is no "
                                                 "user postgres or nobody"));
}

static uint64_t fnv(const char *text)
{
    uint64_t hash = 14695981039346656037ULL;
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 1099511628211ULL;
    return hash;
}

/* libpq splits host= at commas, and the server's list of folders has quoting rules of its own. */
static bool socket_fits(const char *folder)
{
    return strlen(folder) <= SOCKET_LONGEST && !strpbrk(folder, ",\"'\\\n");
}

/* The folder of the socket: S/run when the kernel takes that path, else a short one elsewhere. */
static void socket_find(struct pni_place *at)
{
    char folder[PNI_PATH];
    if (pni_fmt(folder, sizeof(folder), "%s/run", at->state) && socket_fits(folder) &&
        pni_fmt(at->socket, sizeof(at->socket), "%s", folder))
        return;
    const char *base = at->drop ? NULL : pni_env("XDG_RUNTIME_DIR");
    if (!base || *base != '/' || strlen(base) > 64 || !socket_fits(base))
        base = "/tmp";
    pni_fmt(at->socket, sizeof(at->socket), "%s/pn-%016llx", base,
            (unsigned long long)fnv(at->state));
}

/* A server that was started with other surroundings keeps the folder it noted. */
static void socket_noted(struct pni_place *at)
{
    char name[PNI_PATH], line[sizeof(at->socket)] = "";
    if (!pni_fmt(name, sizeof(name), "%s/run.path", at->state))
        return;
    FILE *file = fopen(name, "re");
    if (!file)
        return;
    if (fgets(line, sizeof(line), file)) {
        line[strcspn(line, "\n")] = 0;
        if (*line == '/' && socket_fits(line))
            pni_fmt(at->socket, sizeof(at->socket), "%s", line);
    }
    fclose(file);
}

pn_code pni_place(const char *state, pn_cluster *out, struct pni_place *at)
{
    memset(out, 0, sizeof(*out));
    memset(at, 0, sizeof(*at));
    at->out = out;
    size_t len = strlen(state);
    while (len > 1 && state[len - 1] == '/')
        len--;
    if (*state != '/' || len + 64 > PNI_PATH)
        return pni_pg_fail(at, PN_ECONF, pn_tr("The state folder '%.200s' is not a usable path"),
                           state);
    pni_fmt(at->state, sizeof(at->state), "%.*s", (int)len, state);
    pni_fmt(at->data, sizeof(at->data), "%s/pg", at->state);
    pni_fmt(at->log, sizeof(at->log), "%s/pg.log", at->state);
    pni_fmt(out->data_dir, sizeof(out->data_dir), "%s", at->data);
    pni_fmt(out->log, sizeof(out->log), "%s", at->log);
    pn_code rc = owner_find(at);
    socket_find(at);
    socket_noted(at);
    pni_fmt(out->socket, sizeof(out->socket), "%s", at->socket);
    return rc;
}

static pn_code make_failed(struct pni_place *at, const char *folder)
{
    (void)pni_pg_hint(at, "%s", pn_tr("Choose another folder by PN_STATE or state_dir."));
    return pni_pg_fail(at, PN_EIO, pn_tr("Folder %s cannot be made: %s"), folder,
                       strerrordesc_np(errno));
}

/* mkdir -p; what already exists is left as it is. */
static pn_code folders_make(struct pni_place *at)
{
    char part[PNI_PATH];
    pni_fmt(part, sizeof(part), "%s", at->state);
    mode_t mode = at->drop ? 0755 : 0700;
    for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (mkdir(part, 0755) && errno != EEXIST)
            return make_failed(at, part);
        *slash = '/';
    }
    if (mkdir(part, mode) && errno != EEXIST)
        return make_failed(at, part);
    struct stat st;
    if (stat(at->state, &st) || !S_ISDIR(st.st_mode)) {
        errno = ENOTDIR;
        return make_failed(at, at->state);
    }
    return PN_OK;
}

static bool searchable(const struct pni_place *at, const struct stat *st)
{
    if (!at->uid || st->st_uid == at->uid)
        return st->st_mode & S_IXUSR;
    return st->st_mode & (st->st_gid == at->gid ? S_IXGRP : S_IXOTH);
}

/* Name the folder that keeps the owner out: the server would only say "permission denied". */
static pn_code reachable(struct pni_place *at)
{
    char part[PNI_PATH];
    struct stat st;
    if (!at->drop)
        return PN_OK;
    for (const char *end = at->state; end; end = *end ? strchrnul(end + 1, '/') : NULL) {
        size_t len = (size_t)(end - at->state);
        pni_fmt(part, sizeof(part), "%.*s", len ? (int)len : 1, at->state);
        if (!stat(part, &st) && !searchable(at, &st)) {
            (void)pni_pg_hint(at, pn_tr("Choose another folder by PN_STATE or state_dir, or run: "
                                        "chmod o+x '%s'"), part);
            return pni_pg_fail(at, PN_EPERM,
                               pn_tr("User %s, who runs the database for root, cannot enter %s"),
                               at->owner, part);
        }
    }
    return PN_OK;
}

/* The socket folder may be in a place where others can write: it must be ours and a real folder.
 * Under the lock: a second starter must not look at it between mkdir and chown. */
pn_code pni_place_socket(struct pni_place *at)
{
    struct stat st;
    if (!mkdir(at->socket, 0700)) {
        if (at->drop && chown(at->socket, at->uid, at->gid))
            return make_failed(at, at->socket);
    } else if (errno != EEXIST) {
        return make_failed(at, at->socket);
    }
    if (lstat(at->socket, &st))
        return make_failed(at, at->socket);
    if (!S_ISDIR(st.st_mode) || st.st_uid != at->uid || (st.st_mode & 077)) {
        (void)pni_pg_hint(at, pn_tr("Remove it, or make it a folder of user %s with mode 0700."),
                          at->owner);
        return pni_pg_fail(at, PN_EPERM, pn_tr("%s is in the way of the database socket"),
                           at->socket);
    }
    char name[PNI_PATH];
    pni_fmt(name, sizeof(name), "%s/run.path", at->state);
    if (!strncmp(at->socket, at->state, strlen(at->state)))
        return PN_OK; /* the usual place needs no note */
    FILE *file = fopen(name, "we");
    bool ok = file && fputs(at->socket, file) >= 0 && fputc('\n', file) == '\n';
    ok = file && !fclose(file) && ok;
    return ok ? PN_OK : make_failed(at, name);
}

pn_code pni_place_make(struct pni_place *at)
{
    pn_code rc = folders_make(at);
    return rc ? rc : reachable(at);
}

/* ---- programs ---- */

static bool program_in(const char *bin)
{
    char name[PNI_PATH];
    return pni_fmt(name, sizeof(name), "%s/postgres", bin) && !access(name, X_OK) &&
           pni_fmt(name, sizeof(name), "%s/initdb", bin) && !access(name, X_OK);
}

/* First line that a shell command prints: pg_config is found by PATH. */
static bool first_line(const char *command, char *line, int size)
{
    FILE *pipe = popen(command, "re");
    if (!pipe)
        return false;
    bool ok = fgets(line, size, pipe);
    while (ok && getc(pipe) != EOF)
        continue;
    ok = !pclose(pipe) && ok;
    if (ok)
        line[strcspn(line, "\n")] = 0;
    return ok;
}

/* "PostgreSQL 15.20 (Debian …)" */
static int major_of(const char *version)
{
    version += strcspn(version, "0123456789");
    return (int)strtol(version, NULL, 10);
}

/* Versioned folders first: they can be chosen to fit existing data. pg_config last. */
pn_code pni_pg_find(struct pni_place *at, int major)
{
    char version[128];
    int newest = 0;
    for (int v = MAJOR_MOST; v >= MAJOR_LEAST; v--) {
        for (int i = 0; i < 2; i++) {
            pni_fmt(at->bin, sizeof(at->bin),
                    i ? "/usr/pgsql-%d/bin" : "/usr/lib/postgresql/%d/bin", v);
            if (!program_in(at->bin))
                continue;
            newest = newest ? newest : v;
            at->major = v;
            if (!major || v == major)
                return PN_OK;
        }
    }
    if (first_line("pg_config --bindir 2>/dev/null", at->bin, sizeof(at->bin)) &&
        program_in(at->bin) &&
        first_line("pg_config --version 2>/dev/null", version, sizeof(version))) {
        at->major = major_of(version);
        newest = newest ? newest : at->major;
        if (at->major >= MAJOR_LEAST && (!major || at->major == major))
            return PN_OK;
    }
    *at->bin = 0;
    if (!newest) {
        (void)pni_pg_hint(at, "%s", pn_tr("Install PostgreSQL (Debian: apt install postgresql), "
                                          "or name a server by PN_DSN."));
        return pni_pg_fail(at, PN_ECONF, "%s", pn_tr("No PostgreSQL server is installed here"));
    }
    (void)pni_pg_hint(at, pn_tr("Install PostgreSQL %d, or move the data with pg_upgrade or "
                                "pg_dump."), major);
    return pni_pg_fail(at, PN_ECONF,
                       pn_tr("The cluster in %s was made by PostgreSQL %d; installed is %d"),
                       at->data, major, newest);
}

/* ---- connection strings ---- */

/* Values are quoted; a quote or backslash never gets here (socket_fits). */
bool pni_pg_dsn(const struct pni_place *at, const char *database, char *dsn, size_t size)
{
    return pni_fmt(dsn, size, "host='%s' port=5432 user=app dbname=%s connect_timeout=5",
                   at->socket, database);
}

char *pni_cluster_dsn(const char *state)
{
    struct pni_place *at = malloc(sizeof(*at));
    pn_cluster *out = malloc(sizeof(*out));
    char name[PNI_PATH], dsn[512];
    char *made = NULL;
    if (at && out) {
        pn_code rc = pni_place(state, out, at); /* another user's: the socket tells */
        if ((!rc || rc == PN_EPERM) && pni_fmt(name, sizeof(name), "%s/PG_VERSION", at->data) &&
            (!access(name, F_OK) || errno == EACCES) &&
            pni_pg_dsn(at, "piaoniu", dsn, sizeof(dsn)))
            made = strdup(dsn);
    }
    free(at);
    free(out);
    return made;
}
