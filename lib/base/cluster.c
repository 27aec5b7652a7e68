/* SPDX-License-Identifier: Apache-2.0 */
/* cluster.c — the private cluster from nothing to a database that answers.
 *
 * Every step can be cut off by a crash and is found half done by the next `up`: initdb works in a
 * folder of its own that is renamed when complete, the files below are written anew at each start,
 * and the database is looked for before it is made. One lock makes starters wait for each other. */
#include "cluster_int.h"
#include "pq_int.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <locale.h>
#include <pwd.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

enum {
    LOCK_MS = 90 * 1000, /* a start with recovery may take that long */
    FILES_OPEN = 16,
};
static const int64_t MIB = 1 << 20, GIB = 1 << 30;

static pn_code io_failed(struct pni_place *at, const char *name)
{
    return pni_pg_fail(at, PN_EIO, pn_tr("%s cannot be written: %s"), name,
                       strerrordesc_np(errno));
}

/* ---- one at a time ---- */

static pn_code lock(struct pni_place *at, int *fd)
{
    char name[PNI_PATH];
    pni_fmt(name, sizeof(name), "%s/pg.lock", at->state);
    *fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (*fd < 0)
        return io_failed(at, name);
    for (int waited = 0; flock(*fd, LOCK_EX | LOCK_NB); waited += 20) {
        if (waited >= LOCK_MS) {
            close(*fd);
            *fd = -1;
            return pni_pg_fail(at, PN_EBUSY, "%s",
                               pn_tr("Another process has been starting or stopping the database "
                                     "for too long"));
        }
        nanosleep(&(struct timespec){0, 20 * 1000000L}, NULL);
    }
    return PN_OK;
}

static void unlock(int fd)
{
    if (fd >= 0)
        close(fd);
}

/* ---- files ---- */

/* Replace a file as a whole, so that a crash leaves the old one or the new one. */
static pn_code put_file(struct pni_place *at, const char *folder, const char *name,
                        const char *text)
{
    char whole[PNI_PATH], part[PNI_PATH];
    pni_fmt(whole, sizeof(whole), "%s/%s", folder, name);
    pni_fmt(part, sizeof(part), "%s/%s.new", folder, name);
    int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return io_failed(at, part);
    size_t len = strlen(text);
    bool ok = write(fd, text, len) == (ssize_t)len && !fsync(fd) &&
              (!at->drop || !fchown(fd, at->uid, at->gid));
    ok = !close(fd) && ok;
    return ok && !rename(part, whole) ? PN_OK : io_failed(at, whole);
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t within(int64_t value, int64_t low, int64_t high)
{
    return value < low ? low : least(value, high);
}

/* What this process may use: the machine's memory or the container's limit. */
static int64_t memory(void)
{
    int64_t bytes = (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
    char line[64] = "";
    FILE *file = fopen("/sys/fs/cgroup/memory.max", "re");
    if (file && fgets(line, sizeof(line), file)) {
        long long limit = strtoll(line, NULL, 10); /* "max": 0 */
        if (limit > 0)
            bytes = least(bytes, limit);
    }
    if (file)
        fclose(file);
    return bytes > 0 ? bytes : GIB;
}

static int processors(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof(set), &set) ? 1 : CPU_COUNT(&set);
}

static int64_t disk_free(const char *folder)
{
    struct statvfs st;
    return statvfs(folder, &st) ? 8 * GIB : (int64_t)st.f_bavail * (int64_t)st.f_frsize;
}

/* Sizes follow the machine, which is shared with the programs and maybe a desktop. */
static pn_code put_conf(struct pni_place *at)
{
    int64_t ram = memory(), wal = within(disk_free(at->state) / 8, 256 * MIB, 4 * GIB);
    char text[4096];
    bool ok = pni_fmt(
        text, sizeof(text),
        "# Written at every start from the size of the machine. Your own settings: ../pg.conf\n"
        "listen_addresses = ''\nport = 5432\nunix_socket_directories = '%s'\n"
        "unix_socket_permissions = 0700\nmax_connections = 100\n"
        "shared_buffers = %lldMB\neffective_cache_size = %lldMB\nwork_mem = %lldMB\n"
        "maintenance_work_mem = %lldMB\nhuge_pages = try\ndynamic_shared_memory_type = mmap\n"
        "wal_compression = %s\nmax_wal_size = %lldMB\nmin_wal_size = %lldMB\n"
        "checkpoint_timeout = 15min\nwal_level = replica\nrandom_page_cost = 1.1\n"
        "effective_io_concurrency = 200\njit = off\nmax_parallel_workers_per_gather = %d\n"
        "statement_timeout = 0\nlock_timeout = 5s\nidle_in_transaction_session_timeout = 30s\n"
        "log_destination = stderr\nlogging_collector = off\n"
        "log_line_prefix = '%%m [%%p] %%q%%u@%%d '\n"
        "log_lock_waits = on\nlog_min_duration_statement = 250ms\nlog_checkpoints = on\n"
        "log_autovacuum_min_duration = 1s\nlc_messages = 'C'\ntimezone = 'UTC'\n"
        "log_timezone = 'UTC'\ntrack_io_timing = on\nautovacuum_vacuum_cost_limit = 2000\n"
        "autovacuum_naptime = 15s\ninclude_if_exists = '../pg.conf'\n",
        at->socket, (long long)(within(ram / 6, 32 * MIB, 4 * GIB) / MIB),
        (long long)(ram / MIB * 2 / 3), (long long)(within(ram / 1500, 4 * MIB, 16 * MIB) / MIB),
        (long long)(within(ram / 48, 64 * MIB, 512 * MIB) / MIB),
        at->major >= 15 ? "lz4" : "on", (long long)(wal / MIB), (long long)(wal / MIB / 8),
        processors() > 1);
    return ok ? put_file(at, at->data, "pn.conf", text) : PN_EINTERNAL;
}

/* Root, the owner and whoever starts it are the user `app`; nobody else gets in. */
static pn_code put_access(struct pni_place *at)
{
    char text[512], name[4096], caller[64] = "root";
    struct passwd user, *found = NULL;
    if (!getpwuid_r(getuid(), &user, name, sizeof(name), &found) && found &&
        !strpbrk(found->pw_name, "\"\n"))
        pni_fmt(caller, sizeof(caller), "%s", found->pw_name);
    bool twice = !strcmp(caller, at->owner) || !strcmp(caller, "root");
    bool ok = pni_fmt(text, sizeof(text), "pn \"root\" app\npn \"%s\" app\n%s%s%s", at->owner,
                      twice ? "" : "pn \"", twice ? "" : caller, twice ? "" : "\" app\n");
    pn_code rc = ok ? put_file(at, at->data, "pg_ident.conf", text) : PN_EINTERNAL;
    return rc ? rc
              : put_file(at, at->data, "pg_hba.conf",
                         "local all all peer map=pn\nlocal replication all peer map=pn\n");
}

/* ---- making it ---- */

static int remove_one(const char *name, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)kind, (void)ftw;
    return remove(name);
}

/* Folders of makers that were killed. We hold the lock: nobody else works on one. */
static void sweep_half_made(struct pni_place *at)
{
    char name[PNI_PATH];
    DIR *dir = opendir(at->state);
    const struct dirent *entry;
    while (dir && (entry = readdir(dir)))
        if (!strncmp(entry->d_name, "pg.tmp.", 7) &&
            pni_fmt(name, sizeof(name), "%s/%s", at->state, entry->d_name))
            nftw(name, remove_one, FILES_OPEN, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    if (dir)
        closedir(dir);
}

/* Any UTF-8 character type: with plain C, Chinese text has no trigrams and no letters at all. */
static const char *utf8_ctype(void)
{
    static const char *const names[] = {"C.UTF-8", "en_US.UTF-8", "zh_CN.UTF-8"};
    for (int i = 0; i < 3; i++) {
        locale_t there = newlocale(LC_CTYPE_MASK, names[i], (locale_t)0);
        if (there) {
            freelocale(there);
            return names[i];
        }
    }
    return NULL;
}

static pn_code run_initdb(struct pni_place *at, const char *folder)
{
    char ctype[64];
    const char *name = utf8_ctype();
    if (!name)
        return pni_pg_fail(at, PN_ECONF, "%s", pn_tr("This system has no UTF-8 locale"));
    pni_fmt(ctype, sizeof(ctype), "--lc-ctype=%s", name);
    const char *const argv[] = {
        "initdb", "-D", folder, "-E", "UTF8", "--lc-collate=C", ctype, "--lc-messages=C",
        "--lc-monetary=C", "--lc-numeric=C", "--lc-time=C", "-A", "peer", "-U", "app", "-k",
        "--no-instructions", NULL};
    return pni_pg_run(at, argv);
}

/* PostgreSQL's own file stays as it is but for one line; pn.conf wins because it comes last. */
static pn_code add_include(struct pni_place *at, const char *folder)
{
    char name[PNI_PATH];
    pni_fmt(name, sizeof(name), "%s/postgresql.conf", folder);
    FILE *file = fopen(name, "ae");
    bool ok = file && fputs("\ninclude_if_exists = 'pn.conf'\n", file) >= 0;
    ok = file && !fclose(file) && ok;
    return ok ? PN_OK : io_failed(at, name);
}

static void sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    if (fsync(fd) && errno == EIO) /* nothing better to do: the next start sees what is there */
        errno = 0;
    close(fd);
}

static pn_code make(struct pni_place *at)
{
    char folder[PNI_PATH];
    if (rmdir(at->data) && errno != ENOENT) {
        (void)pni_pg_hint(at, "%s", pn_tr("Move it away; pn up then makes a new cluster."));
        return pni_pg_fail(at, PN_ECONF, pn_tr("%s is not a database cluster and not empty"),
                           at->data);
    }
    sweep_half_made(at);
    pni_fmt(folder, sizeof(folder), "%s/pg.tmp.%d", at->state, (int)getpid());
    if (mkdir(folder, 0700) || (at->drop && chown(folder, at->uid, at->gid)))
        return io_failed(at, folder);
    pn_code rc = run_initdb(at, folder);
    if (!rc)
        rc = add_include(at, folder);
    if (!rc && rename(folder, at->data))
        rc = io_failed(at, at->data);
    if (rc)
        sweep_half_made(at);
    sync_folder(at->state);
    at->out->fresh = !rc;
    return rc;
}

/* Major version the data was made by; 0: there is no cluster. */
static int data_major(const struct pni_place *at)
{
    char name[PNI_PATH], line[16] = "";
    pni_fmt(name, sizeof(name), "%s/PG_VERSION", at->data);
    FILE *file = fopen(name, "re");
    if (!file)
        return 0;
    if (!fgets(line, sizeof(line), file))
        *line = 0;
    fclose(file);
    return (int)strtol(line, NULL, 10);
}

/* ---- the database ---- */

static pn_code command(struct pni_place *at, PGconn *conn, const char *sql, bool *any)
{
    PGresult *result = PQexec(conn, sql);
    ExecStatusType status = PQresultStatus(result);
    pn_code rc = PN_OK;
    if (any)
        *any = PQntuples(result) > 0;
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        rc = pni_pg_fail(at, PN_EDATABASE, pn_tr("The database refused: %s"),
                         PQerrorMessage(conn));
    PQclear(result);
    return rc;
}

static pn_code connect_to(struct pni_place *at, const char *database, PGconn **conn)
{
    char dsn[512];
    *conn = NULL;
    if (!pni_pg_dsn(at, database, dsn, sizeof(dsn)))
        return pni_pg_fail(at, PN_ECONF, "%s", pn_tr("The socket path is too long"));
    *conn = PQconnectdb(dsn);
    if (PQstatus(*conn) == CONNECTION_OK)
        return PN_OK;
    pn_code rc = pni_pg_fail(at, PN_EDATABASE, pn_tr("The database cannot be reached: %s"),
                             PQerrorMessage(*conn));
    PQfinish(*conn);
    *conn = NULL;
    return rc;
}

/* Extensions are asked for one by one: a server without the contrib package still works. */
static pn_code make_extensions(struct pni_place *at)
{
    static const char *const asked[] = {
        "select from pg_available_extensions where name = 'pg_trgm'",
        "select from pg_available_extensions where name = 'btree_gin'",
        "select from pg_available_extensions where name = 'pgcrypto'",
    };
    static const char *const made[] = {
        "create extension if not exists pg_trgm",
        "create extension if not exists btree_gin",
        "create extension if not exists pgcrypto",
    };
    PGconn *conn;
    pn_code rc = connect_to(at, "piaoniu", &conn);
    for (int i = 0; i < 3 && !rc; i++) {
        bool there = false;
        rc = command(at, conn, asked[i], &there);
        if (!rc && there)
            rc = command(at, conn, made[i], NULL);
    }
    PQfinish(conn);
    return rc;
}

/* "15.20 (Debian …)" */
static void take_version(pn_cluster *out, const PGconn *conn)
{
    const char *version = PQparameterStatus(conn, "server_version");
    if (version)
        pni_fmt(out->version, sizeof(out->version), "%.*s", (int)strcspn(version, " "), version);
}

static pn_code make_database(struct pni_place *at)
{
    PGconn *conn;
    bool there = false;
    pn_code rc = connect_to(at, "postgres", &conn);
    if (rc)
        return rc;
    take_version(at->out, conn);
    rc = command(at, conn, "select from pg_database where datname = 'piaoniu'", &there);
    if (!rc && !there)
        rc = command(at, conn, "create database piaoniu template template0", NULL);
    PQfinish(conn);
    return rc || there ? rc : make_extensions(at);
}

/* ---- operations ---- */

static void tell(struct pni_place *at)
{
    pn_cluster *out = at->out;
    out->state = pni_pg_state(at);
    out->pid = pni_pg_pid(at);
    int major = data_major(at);
    if (!*out->version && major)
        pni_fmt(out->version, sizeof(out->version), "%d", major);
    if (out->state != PN_CLUSTER_NONE && !pni_pg_dsn(at, "piaoniu", out->dsn, sizeof(out->dsn)))
        *out->dsn = 0;
}

static pn_code up_locked(struct pni_place *at)
{
    int major = data_major(at);
    if (pni_pg_state(at) != PN_CLUSTER_UP) {
        pn_code rc = pni_pg_find(at, major);
        if (!rc && !major)
            rc = make(at);
        bool begun = !rc && pni_pg_pid(at); /* one that starts has read its files already */
        if (!rc && !begun)
            rc = put_conf(at);
        if (!rc && !begun)
            rc = put_access(at);
        if (!rc)
            rc = pni_pg_start(at);
        if (rc)
            return rc;
    }
    return make_database(at);
}

pn_code pni_cluster_up(const char *state, pn_cluster *out)
{
    struct pni_place *at = malloc(sizeof(*at));
    int fd = -1;
    if (!at)
        return PN_EMEM;
    pn_code rc = pni_place(state, out, at);
    if (!rc)
        rc = pni_place_make(at);
    if (!rc)
        rc = lock(at, &fd);
    if (!rc)
        rc = pni_place_socket(at);
    if (!rc)
        rc = up_locked(at);
    if (!rc)
        tell(at);
    unlock(fd);
    free(at);
    return rc;
}

pn_code pni_cluster_down(const char *state, bool now, pn_cluster *out)
{
    struct pni_place *at = malloc(sizeof(*at));
    int fd = -1;
    if (!at)
        return PN_EMEM;
    pn_code rc = pni_place(state, out, at);
    if (!rc && pni_pg_state(at) != PN_CLUSTER_NONE) {
        rc = lock(at, &fd);
        if (!rc)
            rc = pni_pg_stop(at, now);
        unlock(fd);
    }
    if (!rc)
        tell(at);
    free(at);
    return rc;
}

pn_code pni_cluster_status(const char *state, pn_cluster *out)
{
    struct pni_place *at = malloc(sizeof(*at));
    PGconn *conn = NULL;
    if (!at)
        return PN_EMEM;
    pn_code rc = pni_place(state, out, at);
    if (!rc)
        tell(at);
    if (!rc && out->state == PN_CLUSTER_UP && !connect_to(at, "postgres", &conn)) {
        take_version(out, conn);
        PQfinish(conn);
    }
    free(at);
    return rc;
}

int pn_cluster_up(pn_ctx *ctx, pn_cluster *out)
{
    return pni_cluster_up(pn_state_dir(ctx), out);
}

int pn_cluster_down(pn_ctx *ctx, bool now, pn_cluster *out)
{
    return pni_cluster_down(pn_state_dir(ctx), now, out);
}

int pn_cluster_status(pn_ctx *ctx, pn_cluster *out)
{
    return pni_cluster_status(pn_state_dir(ctx), out);
}
