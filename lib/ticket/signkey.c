/* SPDX-License-Identifier: Apache-2.0 */
/* signkey.c — where signing keys live. The file is written before the row: a row whose secret is
 * lost would stop the sale, a file without row is simply taken up by the next call. */
#include "ticket/signkey.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ticket/ticket_int.h"

const pn_words pn_signkey_states[] = {PN_SIGNKEY_STATES(PN_WORD_ROW){0}};

static PN_TYPE(key_row_t, "key", pn_key_row,
    PN_COL(pn_key_row, id, N_("Key"), .flags = PN_KEY | PN_BRIEF | PN_SORT, .sql = "k.id"),
    PN_COL(pn_key_row, public_hex, N_("Public key"), .flags = PN_BRIEF | PN_NOFILTER,
           .sql = "encode(k.public_key, 'hex')"),
    PN_COL(pn_key_row, state, N_("State"), .flags = PN_BRIEF, .words = pn_signkey_states,
           .sql = "k.state"),
    PN_COL(pn_key_row, created_at, N_("Created"), .flags = PN_BRIEF, .sql = "k.created_at"),
    PN_COL(pn_key_row, retired_at, N_("Retired at"), .flags = PN_BRIEF, .sql = "k.retired_at"));

static PN_TYPE(rotate_t, "key.rotate", struct pn_key_rotate,
    PN_COL(struct pn_key_rotate, reason, N_("Reason"), .flags = PN_REQ, .max = 200));

typedef struct key_in {
    int id;
    pn_bytes public_key;
} key_in;
static PN_TYPE(key_in_t, "key.in", key_in, PN_COL(key_in, id, ""),
    PN_COL(key_in, public_key, ""));

static const pn_sql current = {"key_current", NULL, &key_in_t,
    "SELECT id, public_key FROM ticket_key WHERE state = 'CURRENT' ORDER BY id DESC LIMIT 1"};
static const pn_sql by_id = {"key_by_id", &key_in_t, &key_in_t,
    "SELECT id, public_key FROM ticket_key WHERE id = :id"};
static const pn_sql last = {"key_last", NULL, &key_in_t,
    "SELECT coalesce(max(id), 0)::int AS id FROM ticket_key"};
static const pn_sql every = {"key_every", NULL, &key_in_t,
    "SELECT id, public_key FROM ticket_key ORDER BY id DESC"};
static const pn_sql put = {"key_put", &key_in_t, NULL,
    "INSERT INTO ticket_key (id, public_key, state, created_at)"
    " VALUES (:id, :public_key, 'CURRENT', :now) ON CONFLICT (id) DO NOTHING"};
static const pn_sql retire = {"key_retire", &key_in_t, NULL,
    "UPDATE ticket_key SET state = 'RETIRED', retired_at = :now"
    " WHERE state = 'CURRENT' AND id <> :id"};
static const pn_sql row_of = {"key_row", &key_in_t, &key_row_t,
    "SELECT id, encode(public_key, 'hex') AS public_hex, state, created_at, retired_at"
    " FROM ticket_key WHERE id = :id"};
static const pn_list_spec all = {.row = &key_row_t, .from = "ticket_key k", .key = "k.id",
                                 .sort = "-id"};

/* ---- files ---- */

static void close_fd(const int *fd)
{
    if (*fd >= 0)
        close(*fd);
}
#define AUTO_FD __attribute__((cleanup(close_fd))) int

static const char *key_path(pn *p, int id)
{
    return pn_printf(p, "%s/keys/ticket-%d.key", pn_state_dir(pn_unit_ctx(p)), id);
}

/* 0 and the key; PN_ENONE without words when there is no such file. */
static int read_secret(pn *p, int id, unsigned char secret[PN_KEY_SECRET])
{
    const char *path = key_path(p, id);
    char hex[2 * PN_KEY_SECRET + 2] = "";
    AUTO_FD fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0 && errno == ENOENT)
        return PN_ENONE;
    size_t len = 0;
    ssize_t n = fd < 0 ? -1 : read(fd, hex, sizeof(hex) - 1);
    int bad = n < 2 * PN_KEY_SECRET || sodium_hex2bin(secret, PN_KEY_SECRET, hex, 2 * PN_KEY_SECRET,
                                                      NULL, &len, NULL) || len != PN_KEY_SECRET;
    sodium_memzero(hex, sizeof(hex));
    if (bad)
        return pn_fail(p, PN_ECONF, NULL, pn_tr("The signing key %s cannot be read: %s"), path,
                       fd < 0 ? strerror(errno) : pn_tr("it is damaged"));
    return 0;
}

/* Make the file; PN_EEXISTS without words when another process was faster. */
static int write_secret(pn *p, int id, const unsigned char secret[PN_KEY_SECRET])
{
    const char *dir = pn_printf(p, "%s/keys", pn_state_dir(pn_unit_ctx(p)));
    const char *path = key_path(p, id);
    char hex[2 * PN_KEY_SECRET + 1];
    if (!dir || !path)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    if (mkdir(pn_state_dir(pn_unit_ctx(p)), 0700) && errno != EEXIST)
        return pn_fail(p, PN_EIO, NULL, "%s: %s", pn_state_dir(pn_unit_ctx(p)), strerror(errno));
    if (mkdir(dir, 0700) && errno != EEXIST)
        return pn_fail(p, PN_EIO, NULL, "%s: %s", dir, strerror(errno));
    AUTO_FD fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST)
        return PN_EEXISTS;
    sodium_bin2hex(hex, sizeof(hex), secret, PN_KEY_SECRET);
    ssize_t n = fd < 0 ? -1 : write(fd, hex, sizeof(hex) - 1);
    sodium_memzero(hex, sizeof(hex));
    if (n != (ssize_t)sizeof(hex) - 1 || fsync(fd))
        return pn_fail(p, PN_EIO, NULL, "%s: %s", path, strerror(errno));
    return 0;
}

/* ---- keys ---- */

/* The next key: its file (an orphan's, or a new one), then its row. */
static int make_key(pn *p, pni_sign_key *out)
{
    key_in in;
    unsigned char pub[PN_KEY_PUBLIC];
    PN_TRY(pn_one(p, &last, NULL, &in));
    if (++in.id > 65535)
        return pn_fail(p, PN_ELIMIT, NULL, pn_tr("All 65535 key numbers are used"));
    int rc = read_secret(p, in.id, out->secret);
    if (rc == PN_ENONE) {
        if (pn_key_make(pub, out->secret))
            return pn_fail(p, PN_EINTERNAL, NULL, "no random numbers");
        rc = write_secret(p, in.id, out->secret);
        if (rc == PN_EEXISTS)
            rc = read_secret(p, in.id, out->secret);
    }
    PN_TRY(rc);
    pn_key_public(out->secret, pub);
    in.public_key = (pn_bytes){pub, sizeof(pub)};
    out->id = in.id;
    int64_t made = 0;
    PN_TRY(pn_exec(p, &put, &in, &made));
    if (!made)
        return pn_fail(p, PN_ECONFLICT, NULL,
                       pn_tr("Another process made a signing key meanwhile"));
    return pn_exec(p, &retire, &in, NULL);
}

/* A unit of its own: the key must be there even when the caller's transaction is undone. */
static int first_key(pn *p, pni_sign_key *out)
{
    PN_AUTO_UNIT own = pn_begin(pn_unit_ctx(p));
    pn_actor actor = *pn_who(p);
    pn_key_row row;
    if (!own)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    actor.roles |= PN_ROLE_SYSTEM;
    pn_act_as(own, &actor);
    int rc = pn_key_rotate(own, &(struct pn_key_rotate){"first"}, &row);
    if (rc && rc != PN_ECONFLICT)
        return pn_fail(p, (pn_code)rc, NULL, "%s", pn_error(own)->message);
    key_in now;
    PN_TRY(pn_one(p, &current, NULL, &now));
    out->id = now.id;
    return 0;
}

int pni_sign_key_current(pn *p, pni_sign_key *out)
{
    key_in now;
    int rc = pn_one(p, &current, NULL, &now);
    if (rc && rc != PN_ENONE)
        return rc;
    out->id = now.id;
    if (rc)
        PN_TRY(first_key(p, out));
    rc = read_secret(p, out->id, out->secret);
    if (rc != PN_ENONE)
        return rc;
    pn_fail(p, PN_ECONF, NULL, pn_tr("The secret half of signing key %d is not on this machine"),
            out->id);
    return pn_hint(p, pn_tr("copy %s from the machine that made it, or run: pn key rotate"),
                   key_path(p, out->id));
}

int pni_sign_key_public(pn *p, int id, unsigned char pub[PN_KEY_PUBLIC], bool *known)
{
    key_in got;
    int rc = pn_one(p, &by_id, &(key_in){.id = id}, &got);
    if (rc && rc != PN_ENONE)
        return rc;
    *known = !rc && got.public_key.len == PN_KEY_PUBLIC;
    if (*known)
        memcpy(pub, got.public_key.data, PN_KEY_PUBLIC);
    return 0;
}

int pni_barcode_known(pn *p, const char *barcode, bool *good)
{
    pn_rows rows;
    unsigned char secret[PN_KEY_SECRET];
    *good = false;
    PN_TRY(pn_all(p, &every, NULL, &rows));
    pn_each(key_in, k, &rows) {
        int rc = read_secret(p, k->id, secret);
        if (rc == PN_ENONE)
            continue;
        PN_TRY(rc);
        *good = *good || pn_barcode_good(barcode, secret);
    }
    sodium_memzero(secret, sizeof(secret));
    return 0;
}

/* ---- operations ---- */

static int rotate(pn *p, const struct pn_key_rotate *in, pn_key_row *out)
{
    pni_sign_key key;
    (void)in;
    PN_TRY(make_key(p, &key));
    sodium_memzero(key.secret, sizeof(key.secret));
    PN_TRY(pn_one(p, &row_of, &(key_in){.id = key.id}, out));
    return pn_audit(p, "key", key.id, &key_row_t, NULL, out, in->reason);
}

PN_OP_LIST(key, list, all, .brief = N_("List the keys that sign ticket codes"), .out = &key_row_t,
    .may = PN_ROLE_OPS)
PN_OP(key, rotate, pn_key_row, .brief = N_("Sign ticket codes with a new key from now on"),
    .help = N_("Codes of older keys stay valid. The secret half is a file of the state directory."),
    .in = &rotate_t, .out = &key_row_t, .may = PN_ROLE_SYSTEM,
    .flags = PN_WRITE | PN_ONCE | PN_LOCAL | PN_DANGER,
    .example = "pn key rotate --reason 'a laptop was stolen'")

const pn_module pn_key_module = {"key", N_("Signing keys"),
    .ops = PN_LIST(pn_op, &key_list_op, &key_rotate_op),
    .sql = PN_LIST(pn_sql, &current, &by_id, &last, &every, &put, &retire, &row_of)};
