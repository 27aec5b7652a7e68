/* SPDX-License-Identifier: Apache-2.0 */
/* unpack.c — gzip and zip by libarchive, loaded when a file is first read: with all it needs itself
 * it would cost every command its start. */
#include "base/ssl_int.h"
#include "link/unpack_int.h"

#include <archive.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { BLOCK = 64 << 10 };
#define UNPACKED_MAX (INT64_C(64) << 30) /* no bill is so long: a file that unpacks without end */

struct pni_unpack {
    struct archive *a;
    int64_t size, out;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct {
    bool ready;
    __typeof__(&archive_read_new) make;
    __typeof__(&archive_read_support_filter_gzip) gzip;
    __typeof__(&archive_read_support_format_zip) zip;
    __typeof__(&archive_read_support_format_raw) raw;
    __typeof__(&archive_read_support_format_empty) empty;
    __typeof__(&archive_read_open_filename) open;
    __typeof__(&archive_read_next_header) next;
    __typeof__(&archive_read_data) data;
    __typeof__(&archive_filter_bytes) bytes;
    __typeof__(&archive_error_string) error;
    __typeof__(&archive_read_free) drop;
} lib;

static void load(void)
{
    void *so = dlopen("libarchive.so.13", RTLD_NOW | RTLD_LOCAL);
    if (!so)
        return;
#define FIND(field, symbol) lib.field = (__typeof__(lib.field))dlsym(so, #symbol)
    FIND(make, archive_read_new);
    FIND(gzip, archive_read_support_filter_gzip);
    FIND(zip, archive_read_support_format_zip);
    FIND(raw, archive_read_support_format_raw);
    FIND(empty, archive_read_support_format_empty);
    FIND(open, archive_read_open_filename);
    FIND(next, archive_read_next_header);
    FIND(data, archive_read_data);
    FIND(bytes, archive_filter_bytes);
    FIND(error, archive_error_string);
    FIND(drop, archive_read_free);
#undef FIND
    lib.ready = lib.make && lib.gzip && lib.zip && lib.raw && lib.empty && lib.open && lib.next &&
                lib.data && lib.bytes && lib.error && lib.drop;
}

static int bad(pn *p, const pni_unpack *u)
{
    const char *why = lib.error(u->a);
    return pn_fail(p, PN_EIO, "file", pn_tr("The file cannot be read: %s"), why ? why : "?");
}

void pni_unpack_close(pni_unpack *u)
{
    if (u && u->a)
        lib.drop(u->a);
    free(u);
}

static int begin(pn *p, pni_unpack *u, const char *path)
{
    if (!u || !(u->a = lib.make()))
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    if (lib.gzip(u->a) < ARCHIVE_WARN || lib.zip(u->a) < ARCHIVE_WARN ||
        lib.raw(u->a) < ARCHIVE_WARN || lib.empty(u->a) < ARCHIVE_WARN)
        return bad(p, u);
    return lib.open(u->a, path, BLOCK) == ARCHIVE_OK ? 0 : bad(p, u);
}

int pni_unpack_open(pn *p, const char *path, pni_unpack **out)
{
    struct stat st;
    pthread_once(&once, load);
    if (!lib.ready) {
        pn_fail(p, PN_EIO, "file", "%s", pn_tr("The library that unpacks files is missing"));
        return pn_hint(p, "%s", pn_tr("Install libarchive13"));
    }
    if (stat(path, &st) || !S_ISREG(st.st_mode))
        return pn_fail(p, PN_EIO, "file", pn_tr("There is no file %s"), path);
    pni_unpack *u = calloc(1, sizeof *u);
    int rc = begin(p, u, path);
    if (rc) {
        pni_unpack_close(u);
        return rc;
    }
    u->size = st.st_size;
    *out = u;
    return 0;
}

int pni_unpack_next(pn *p, pni_unpack *u, bool *more)
{
    struct archive_entry *entry;
    int rc = lib.next(u->a, &entry);
    *more = rc != ARCHIVE_EOF;
    return rc == ARCHIVE_EOF || rc == ARCHIVE_OK || rc == ARCHIVE_WARN ? 0 : bad(p, u);
}

int pni_unpack_read(pn *p, pni_unpack *u, void *data, size_t cap, size_t *n)
{
    la_ssize_t got = lib.data(u->a, data, cap);
    if (got < 0)
        return bad(p, u);
    u->out += got;
    if (u->out > UNPACKED_MAX)
        return pn_fail(p, PN_ETOO_BIG, "file", "%s", pn_tr("The file unpacks without end"));
    *n = (size_t)got;
    return 0;
}

int pni_unpack_done(const pni_unpack *u)
{
    int64_t read = lib.bytes(u->a, -1);
    return u->size > 0 && read < u->size ? (int)((double)read / (double)u->size * 10000) : 10000;
}

/* ---- digest ---- */

static void drop_context(EVP_MD_CTX **c)
{
    EVP_MD_CTX_free(*c);
}
static void drop_unpack(pni_unpack **u)
{
    pni_unpack_close(*u);
}

static const char *hex(pn *p, const unsigned char *data, unsigned n)
{
    static const char digits[] = "0123456789abcdef";
    char *text = pn_alloc(p, 2 * n + 1);
    for (unsigned i = 0; text && i < n; i++) {
        text[2 * i] = digits[data[i] >> 4];
        text[2 * i + 1] = digits[data[i] & 15];
    }
    return text;
}

static void drop_file(FILE **f)
{
    if (*f)
        fclose(*f);
}

/* Of an archive's content, or, without one, of a file. */
static int digest(pn *p, pni_unpack *u, FILE *f, const char *how, const char **out)
{
    __attribute__((cleanup(drop_context))) EVP_MD_CTX *c = EVP_MD_CTX_new();
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    char *block = pn_alloc(p, BLOCK);
    bool more = true, fine = true;
    if (!c || !block || !EVP_DigestInit_ex(c, EVP_get_digestbyname(how), NULL))
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    if (u)
        PN_TRY(pni_unpack_next(p, u, &more));
    while (more && fine) {
        size_t n = u ? 0 : fread(block, 1, BLOCK, f);
        if (u)
            PN_TRY(pni_unpack_read(p, u, block, BLOCK, &n));
        fine = EVP_DigestUpdate(c, block, n);
        more = n > 0;
        if (!n && u)
            PN_TRY(pni_unpack_next(p, u, &more));
    }
    if (!fine || !EVP_DigestFinal_ex(c, sum, &len))
        return pn_fail(p, PN_EINTERNAL, NULL, "digest");
    *out = hex(p, sum, len);
    return *out ? 0 : pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

int pni_unpack_digest(pn *p, const char *path, const char *how, const char **out)
{
    __attribute__((cleanup(drop_unpack))) pni_unpack *u = NULL;
    PN_TRY(pni_unpack_open(p, path, &u));
    return digest(p, u, NULL, how, out);
}

int pni_file_digest(pn *p, const char *path, const char **out)
{
    __attribute__((cleanup(drop_file))) FILE *f = fopen(path, "re");
    return f ? digest(p, NULL, f, "sha256", out)
             : pn_fail(p, PN_EIO, "file", pn_tr("There is no file %s"), path);
}
