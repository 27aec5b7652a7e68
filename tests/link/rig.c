/* SPDX-License-Identifier: Apache-2.0 */
#include "rig.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define p rig_p

pn_ctx *rig_ctx;
pn *rig_p;
char rig_folder[64];

static const char *srcdir(void)
{
    const char *named = getenv("PN_SRCDIR");
    return named ? named : ".";
}

const char *rig_file(const char *name, const char *text)
{
    static char path[200];
    snprintf(path, sizeof path, "%s/%s", rig_folder, name);
    unlink(path);
    FILE *f = fopen(path, "w");
    ck_assert_msg(f != NULL, "%s", path);
    ck_assert_int_eq(fputs(text, f) < 0, 0);
    fclose(f);
    chmod(path, 0600);
    return path;
}

void rig_open(const char *more)
{
    if (p)
        pn_end(p);
    pn_ctx_close(rig_ctx);
    FILE *f = fopen(rig_file("piaoniu.yaml", ""), "w");
    fprintf(f, "state_dir: %s\nkeys:\n  dir: %s\nlink:\n  dir: %s\n%s", rig_folder, rig_folder,
            rig_folder, more);
    fclose(f);
    char path[200];
    snprintf(path, sizeof path, "%s/piaoniu.yaml", rig_folder);
    pn_open_opts o = {.conf = path, .no_connect = true};
    rig_ctx = NULL;
    int rc = pn_ctx_open(&o, &rig_ctx);
    ck_assert_msg(!rc, "%s", pn_ctx_error(rig_ctx)->message);
    p = pn_begin(rig_ctx);
}

void rig_setup(void)
{
    char path[200];
    snprintf(rig_folder, sizeof rig_folder, "/tmp/pn-link.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(rig_folder));
    snprintf(path, sizeof path, "%s/link", rig_folder);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    pni_ring_forget();
    rig_open("");
}

void rig_teardown(void)
{
    char command[120];
    pn_end(p);
    pn_ctx_close(rig_ctx);
    p = NULL;
    rig_ctx = NULL;
    snprintf(command, sizeof command, "rm -rf '%s'", rig_folder);
    FILE *rm = popen(command, "r");
    if (rm)
        pclose(rm);
}

const char *rig_vector(const char *name)
{
    static char path[500];
    snprintf(path, sizeof path, "%s/tests/link/vector/%s", srcdir(), name);
    return path;
}

pni_span rig_slurp(const char *path)
{
    static char text[1 << 17];
    FILE *f = fopen(path, "r");
    ck_assert_msg(f != NULL, "%s", path);
    size_t n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    pni_span out;
    ok(pni_span_copy(p, text, n, &out));
    return out;
}

void rig_secret(const char *name, const char *vector)
{
    char path[120];
    pni_span bytes = rig_slurp(rig_vector(vector));
    snprintf(path, sizeof path, "link/%s", name);
    FILE *f = fopen(rig_file(path, ""), "w");
    ck_assert_int_eq(fwrite(bytes.s, 1, bytes.n, f) == bytes.n, 1);
    fclose(f);
}

pni_pairs rig_pairs(const char *const *list)
{
    pni_pairs out = {0};
    for (; *list; list += 2)
        ck_assert(pni_pairs_put(p, &out, list[0], pni_span_of(list[1]), false));
    return out;
}
