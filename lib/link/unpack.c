/* SPDX-License-Identifier: Apache-2.0 */
/* unpack.c — gzip and zip by libarchive, loaded when a file is first read: with all it needs itself
 * it would cost every command its start. */
#include "base/ssl_int.h"
#include "link/unpack_int.h"

#include <archive.h>
#include <archive_entry.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { BLOCK = 64 << 10, SPAN_MAX = 64 << 20 };
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
    __typeof__(&archive_read_open_memory) open_memory;
    __typeof__(&archive_write_new) write_make;
    __typeof__(&archive_write_add_filter_gzip) write_gzip;
    __typeof__(&archive_write_set_format_raw) write_raw;
    __typeof__(&archive_write_set_format_zip) write_zip;
    __typeof__(&archive_write_set_options) write_options;
    __typeof__(&archive_write_open_memory) write_open;
    __typeof__(&archive_write_header) write_header;
    __typeof__(&archive_write_data) write_data;
    __typeof__(&archive_write_close) write_close;
    __typeof__(&archive_write_free) write_drop;
    __typeof__(&archive_entry_new) entry_make;
    __typeof__(&archive_entry_free) entry_drop;
    __typeof__(&archive_entry_set_pathname) entry_name;
    __typeof__(&archive_entry_set_size) entry_size;
    __typeof__(&archive_entry_set_filetype) entry_type;
    __typeof__(&archive_entry_set_perm) entry_perm;
    __typeof__(&archive_entry_set_mtime) entry_time;
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
    FIND(open_memory, archive_read_open_memory);
    FIND(write_make, archive_write_new);
    FIND(write_gzip, archive_write_add_filter_gzip);
    FIND(write_raw, archive_write_set_format_raw);
    FIND(write_zip, archive_write_set_format_zip);
    FIND(write_options, archive_write_set_options);
    FIND(write_open, archive_write_open_memory);
    FIND(write_header, archive_write_header);
    FIND(write_data, archive_write_data);
    FIND(write_close, archive_write_close);
    FIND(write_drop, archive_write_free);
    FIND(entry_make, archive_entry_new);
    FIND(entry_drop, archive_entry_free);
    FIND(entry_name, archive_entry_set_pathname);
    FIND(entry_size, archive_entry_set_size);
    FIND(entry_type, archive_entry_set_filetype);
    FIND(entry_perm, archive_entry_set_perm);
    FIND(entry_time, archive_entry_set_mtime);
#undef FIND
    lib.ready = lib.make && lib.gzip && lib.zip && lib.raw && lib.empty && lib.open && lib.next &&
                lib.data && lib.bytes && lib.error && lib.drop && lib.open_memory &&
                lib.write_make && lib.write_gzip && lib.write_raw && lib.write_zip &&
                lib.write_options && lib.write_open && lib.write_header && lib.write_data &&
                lib.write_close && lib.write_drop && lib.entry_make && lib.entry_drop &&
                lib.entry_name && lib.entry_size && lib.entry_type && lib.entry_perm &&
                lib.entry_time;
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

static int begin(pn *p, pni_unpack *u)
{
    if (!u || !(u->a = lib.make()))
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    if (lib.gzip(u->a) < ARCHIVE_WARN || lib.zip(u->a) < ARCHIVE_WARN ||
        lib.raw(u->a) < ARCHIVE_WARN || lib.empty(u->a) < ARCHIVE_WARN)
        return bad(p, u);
    return 0;
}

static int there(pn *p)
{
    pthread_once(&once, load);
    if (lib.ready)
        return 0;
    pn_fail(p, PN_EIO, "file", "%s", pn_tr("The library that unpacks files is missing"));
    return pn_hint(p, "%s", pn_tr("Install libarchive13"));
}

int pni_unpack_open(pn *p, const char *path, pni_unpack **out)
{
    struct stat st;
    PN_TRY(there(p));
    if (stat(path, &st) || !S_ISREG(st.st_mode))
        return pn_fail(p, PN_EIO, "file", pn_tr("There is no file %s"), path);
    pni_unpack *u = calloc(1, sizeof *u);
    int rc = begin(p, u);
    if (!rc && lib.open(u->a, path, BLOCK) != ARCHIVE_OK)
        rc = bad(p, u);
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

static void drop_unpack(pni_unpack **u)
{
    pni_unpack_close(*u);
}

int pni_unpack_span(pn *p, pni_span in, pni_span *out)
{
    pn_buf b = pn_buf_new(p);
    bool more = false;
    size_t n = 1;
    PN_TRY(there(p));
    __attribute__((cleanup(drop_unpack))) pni_unpack *u = calloc(1, sizeof *u);
    char *block = pn_alloc(p, BLOCK);
    PN_TRY(begin(p, u));
    if (!block)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    if (lib.open_memory(u->a, in.s, in.n) != ARCHIVE_OK)
        return bad(p, u);
    PN_TRY(pni_unpack_next(p, u, &more));
    pn_buf_puts(&b, "");
    while (more && n) {
        PN_TRY(pni_unpack_read(p, u, block, BLOCK, &n));
        pn_buf_put(&b, block, n);
        if (b.len > SPAN_MAX)
            return pn_fail(p, PN_ETOO_BIG, "file", "%s", pn_tr("The file unpacks without end"));
    }
    *out = (pni_span){b.text, b.len};
    return b.bad ? pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM)) : 0;
}

/* ---- packing ---- */

static void drop_writer(struct archive **a)
{
    if (*a)
        lib.write_drop(*a);
}
static void drop_entry(struct archive_entry **e)
{
    if (*e)
        lib.entry_drop(*e);
}

/* The same bytes for the same input: gzip is told no time, zip that of the call. */
int pni_pack(pn *p, pni_span in, bool zip, int64_t now_s, pni_span *out)
{
    PN_TRY(there(p));
    __attribute__((cleanup(drop_writer))) struct archive *a = lib.write_make();
    __attribute__((cleanup(drop_entry))) struct archive_entry *e = lib.entry_make();
    size_t room = in.n + in.n / 8 + 4096, used = 0;
    char *text = pn_alloc(p, room);
    if (!a || !e || !text)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    lib.entry_name(e, "data");
    lib.entry_size(e, (la_int64_t)in.n);
    lib.entry_type(e, AE_IFREG);
    lib.entry_perm(e, 0644);
    lib.entry_time(e, now_s, 0);
    bool good = zip ? lib.write_zip(a) == ARCHIVE_OK
                    : lib.write_gzip(a) == ARCHIVE_OK && lib.write_raw(a) == ARCHIVE_OK &&
                          lib.write_options(a, "gzip:!timestamp") == ARCHIVE_OK;
    good = good && lib.write_open(a, text, room, &used) == ARCHIVE_OK &&
           lib.write_header(a, e) == ARCHIVE_OK &&
           lib.write_data(a, in.s, in.n) == (la_ssize_t)in.n && lib.write_close(a) == ARCHIVE_OK;
    if (!good)
        return pn_fail(p, PN_EIO, "body", "%s", pn_tr("The text cannot be packed"));
    *out = (pni_span){text, used};
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
