/* SPDX-License-Identifier: Apache-2.0 */
/* tools.c — see tools.h. */
#include "tools.h"

#include <dirent.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static char folder[200];

pn *bare_unit(void)
{
    static pn_ctx *ctx;
    pn_open_opts opts = {.no_connect = true};
    if (!ctx && pn_ctx_open(&opts, &ctx))
        ck_abort_msg("%s", pn_ctx_error(ctx)->message);
    test_ctx = ctx;
    return pn_begin(ctx);
}

char *source_file(const char *path, size_t *len)
{
    char full[1000];
    const char *root = getenv("PN_SRCDIR");
    snprintf(full, sizeof full, "%s/%s", root ? root : ".", path);
    FILE *f = fopen(full, "rb");
    ck_assert_msg(f != NULL, "%s", full);
    char *text = calloc(1, 1 << 20);
    size_t n = fread(text, 1, (1 << 20) - 1, f);
    fclose(f);
    if (len)
        *len = n;
    return text;
}

pn_layout *standard_face(pn *p)
{
    size_t len;
    pn_layout *face = NULL;
    char *text = source_file("data/face/standard-80x180.yaml", &len);
    ok(pn_layout_read(p, "standard-80x180.yaml", text, len, &face));
    free(text);
    return face;
}

void sample_words(pn_face_data *data, char code[PN_PN1_CHARS + 1], char bar[PN_BARCODE_MAX])
{
    unsigned char pub[PN_KEY_PUBLIC], secret[PN_KEY_SECRET];
    const pn_pn1 pn1 = {1, 40961, 5369733121, 1, 1, PN_PN1_PAPER};
    pn_face_sample(data);
    ck_assert_int_eq(pn_key_make(pub, secret), 0);
    ck_assert_int_eq(pn_pn1_make(&pn1, secret, code), 0);
    ck_assert_int_eq(pn_barcode_make(pn1.ticket, 1, secret, bar, PN_BARCODE_MAX), 0);
    data->v[PN_F_code] = code;
    data->v[PN_F_barcode] = bar;
}

/* ---- files ---- */

static void clean(void)
{
    char path[500];
    DIR *dir = opendir(folder);
    for (struct dirent *e; dir && (e = readdir(dir));) {
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        unlink(path);
    }
    if (dir)
        closedir(dir);
    rmdir(folder);
}

const char *scratch(void)
{
    static pid_t owner;
    if (owner != getpid()) { /* every forked test has its own */
        const char *tmp = getenv("TMPDIR");
        snprintf(folder, sizeof folder, "%s/pn-ticket.XXXXXX", tmp ? tmp : "/tmp");
        ck_assert_ptr_nonnull(mkdtemp(folder));
        owner = getpid();
        atexit(clean);
    }
    return folder;
}

const char *scratch_file(const char *name)
{
    static char path[4][400];
    static int at;
    at = (at + 1) % 4;
    snprintf(path[at], sizeof path[at], "%s/%s", scratch(), name);
    return path[at];
}

void save(const char *path, const pn_buf *b)
{
    FILE *f = fopen(path, "wb");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(b->text, 1, b->len, f), b->len);
    fclose(f);
}

const char *output_of(const char *fmt, ...)
{
    static char out[65536];
    char command[1000];
    va_list args;
    va_start(args, fmt);
    vsnprintf(command, sizeof command, fmt, args);
    va_end(args);
    FILE *f = popen(command, "r");
    ck_assert_ptr_nonnull(f);
    size_t n = fread(out, 1, sizeof out - 1, f);
    out[n] = 0;
    ck_assert_msg(pclose(f) == 0, "%s", command);
    while (n && out[n - 1] == '\n')
        out[--n] = 0;
    return out;
}

/* ---- the virtual printer ---- */

struct vprinter_run {
    pthread_t thread;
    pn_ctx *ctx;
    pn_vserver server;
    volatile int stop, port, tickets;
    char refusal[1000], dir[300];
};

static void on_listen(void *payload, int port)
{
    ((vprinter_run *)payload)->port = port;
}

static void on_ticket(void *payload, const char *path, bool jammed)
{
    (void)path;
    (void)jammed;
    ((vprinter_run *)payload)->tickets++;
}

static void on_refusal(void *payload, const char *message)
{
    vprinter_run *r = payload;
    snprintf(r->refusal, sizeof r->refusal, "%s", message);
}

static void *serve(void *payload)
{
    vprinter_run *r = payload;
    pn *p = pn_begin(r->ctx);
    if (pn_vprinter_serve(p, &r->server))
        snprintf(r->refusal, sizeof r->refusal, "server: %s", pn_error(p)->message);
    pn_end(p);
    return NULL;
}

static void nap(void)
{
    nanosleep(&(struct timespec){0, 5000000}, NULL);
}

vprinter_run *printer_on(pn_ctx *ctx, pn_vprinter_opts opts)
{
    vprinter_run *r = calloc(1, sizeof *r);
    r->ctx = ctx;
    snprintf(r->dir, sizeof r->dir, "%s", scratch());
    r->server = (pn_vserver){.dir = r->dir, .printer = opts, .stop = &r->stop,
                             .listening = on_listen, .ticket = on_ticket, .refused = on_refusal,
                             .payload = r};
    ck_assert_int_eq(pthread_create(&r->thread, NULL, serve, r), 0);
    for (int i = 0; i < 2000 && !r->port; i++)
        nap();
    ck_assert_int_gt(r->port, 0);
    return r;
}

int printer_port(const vprinter_run *r)
{
    return r->port;
}

const char *printer_dir(const vprinter_run *r)
{
    return r->dir;
}

void printer_wait(vprinter_run *r, int n)
{
    for (int i = 0; i < 2000 && r->tickets < n; i++)
        nap();
    ck_assert_int_eq(r->tickets, n);
}

const char *printer_refusal(const vprinter_run *r)
{
    return r->refusal;
}

void printer_off(vprinter_run *r)
{
    r->stop = 1;
    pthread_join(r->thread, NULL);
    free(r);
}
